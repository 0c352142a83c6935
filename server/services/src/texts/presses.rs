//! What is said to people who press a button elsewhere.

use domain::messages;

messages! {
    press_unmapped(user: &str, team: &str) => "Lamplighter does not know who you are, so nothing was changed. Ask for account, slack_user = \"{user}\" and slack_team = \"{team}\" under your [[contacts]] in its configuration.",
        "Lamplighter가 누구인지 알 수 없어 아무것도 바꾸지 않았습니다. 설정의 [[contacts]]에 account, slack_user = \"{user}\", slack_team = \"{team}\"을(를) 추가해 달라고 요청하세요.";
    word_unmapped(user: &str) => "Nobody is mapped to the person {user} of PagerDuty: name account and pagerduty_user = \"{user}\" under one of the [[contacts]].",
        "PagerDuty 사용자 {user}에 연결된 계정이 없습니다. [[contacts]]에 account와 pagerduty_user = \"{user}\"을(를) 추가하세요.";
    word_unproved => "The signature does not prove that PagerDuty sent this to this channel.", "PagerDuty가 이 채널로 보낸 요청임을 서명으로 확인할 수 없습니다.";
    press_no_account(account: &str) => "There is no account “{account}” that may sign in to Lamplighter, so nothing was changed.",
        "Lamplighter에 로그인할 수 있는 “{account}” 계정이 없어 아무것도 바꾸지 않았습니다.";
    press_silenced(minutes: i64) => "This alarm is silenced for {minutes} minutes.", "이 경보를 {minutes}분 동안 음소거했습니다.";
    press_unproved => "The signature does not prove that Slack sent this to this channel's app.", "이 채널의 Slack 앱이 보낸 요청임을 서명으로 확인할 수 없습니다.";
    press_drill => "A drill is not silenced. End it on its page.", "훈련은 음소거할 수 없습니다. 훈련 페이지에서 종료하세요.";
    pressed_in_slack => "Pressed in Slack", "Slack에서 누름";
}
