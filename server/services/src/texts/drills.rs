//! What is said of drills.

use domain::messages;

messages! {
    drill_too_short(minutes: u32) => "It lasts {minutes} minutes: nobody can take it on later.", "훈련은 {minutes}분 동안만 지속되므로 그 이후에는 맡을 수 없습니다.";
    drill_minutes(most: u32) => "Between 1 and {most} minutes.", "1분에서 {most}분 사이여야 합니다.";
    drill_labels(most: usize) => "At most {most} labels.", "레이블은 {most}개까지 지정할 수 있습니다.";
    drill_source => "A drill plays another source than itself.", "훈련은 훈련이 아닌 출처를 흉내 내야 합니다.";
    drill_others(now: &str) => "Not the channels that you confirmed would be told now, but: {now}. Look at the preview again.",
        "확인하신 채널과 지금 알림을 받을 채널이 다릅니다: {now}. 미리 보기를 다시 확인하세요.";
    drill_nobody => "nobody", "없음";
    drills_full => "There are too many drills. End those that are not needed.", "훈련이 너무 많습니다. 필요 없는 훈련을 종료하세요.";
    drills_listed => "Too many drills of this account and region are still in the list of alarms. They leave it after a week.",
        "이 계정과 리전의 지난 훈련이 경보 목록에 너무 많습니다. 일주일 뒤 목록에서 사라집니다.";
    drill_environment(name: &str) => "Nothing is in an environment `{name}`.", "`{name}` 환경에는 아무것도 없습니다.";
    drill_over => "The drill is over already.", "이미 끝난 훈련입니다.";
}
