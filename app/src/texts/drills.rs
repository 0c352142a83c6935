//! Words of the drills.

domain::messages! {
    title => "Drills", "훈련";
    subtitle => "An alarm that nothing set off takes the way of every other, and proves who is told.",
        "실제 원인이 없는 경보를 다른 경보와 똑같은 경로로 보내 누구에게 알림이 가는지 확인합니다.";
    start => "Start a drill", "훈련 시작";
    start_title => "Start a drill", "훈련 시작";
    drill_this => "Drill this", "이 경보로 훈련";
    empty => "No drill yet", "아직 훈련이 없습니다";
    empty_text => "Start one to learn who is really told, and how fast.", "훈련을 시작해 누구에게 얼마나 빨리 알림이 가는지 확인하세요.";
    drill => "Drill", "훈련";
    recurring => "Begin by themselves", "자동으로 시작하는 훈련";
    plays => "Plays", "연기하는 경보";
    when => "When", "시각";
    next => "Next", "다음";
    started_by => "Started by", "시작한 사람";
    started => "Started", "시작";
    lasted => "Took", "걸린 시간";
    lasts_until => "until", "종료 예정";
    running => "Running", "진행 중";
    settling => "Settling", "결과 대기";
    passed => "Passed", "통과";
    failed => "Failed", "실패";

    banner => "DRILL", "훈련";
    banner_text => "Nothing set this alarm off. It is told as if something had, to see who hears of it.",
        "실제 문제가 아닙니다. 누구에게 알림이 가는지 확인하려고 실제 경보처럼 알립니다.";
    to_drill => "To the drill", "훈련 보기";

    as_alarm_text => "What you leave open is as of this alarm.", "비워 둔 항목은 이 경보를 따릅니다.";
    as_the_alarm => "As the alarm", "경보와 같음";
    by_rules => "By the priority rules", "우선순위 규칙에 따름";
    name_hint => "What routes and silences see; people see it marked. Optional.", "경로와 음소거가 보는 이름이며 사람에게는 훈련 표시가 붙습니다. 선택 사항입니다.";
    labels_hint => "One to a line: team=payments. Optional.", "한 줄에 하나: team=payments. 선택 사항입니다.";
    minutes => "Minutes", "시간(분)";
    minutes_hint => "How long it stands if nobody ends it.", "아무도 종료하지 않을 때 지속되는 시간입니다.";
    acknowledge => "Must be acknowledged within (minutes)", "확인 제한 시간(분)";
    acknowledge_hint => "It fails unless somebody takes it on by then. Empty: it need not be.", "그때까지 아무도 맡지 않으면 실패합니다. 비우면 제한이 없습니다.";
    minutes_wanted(most: u32) => "Write whole minutes from 1 to {most}.", "1~{most} 사이의 분을 정수로 입력하세요.";
    note => "Why", "사유";
    preview => "Who would be told", "알림 대상";
    preview_of(what: &str, minutes: u32) => "{what}, for {minutes} min", "{what}, {minutes}분 동안";
    preview_wanted => "Who would be told is not known yet.", "누구에게 알릴지 아직 확인하지 못했습니다.";
    tells_nobody => "Nobody would be told.", "알림을 받을 사람이 없습니다.";
    step_now(channels: &str) => "At once: {channels}", "즉시: {channels}";
    step_later(minutes: u32, channels: &str) => "After {minutes} min, while nobody takes it on: {channels}", "{minutes}분 후(아무도 맡지 않으면): {channels}";
    step_held(channel: &str, why: &str) => "Not {channel}: {why}", "{channel} 제외: {why}";
    tell(channels: &str) => "Tell {channels}", "{channels}에 알리기";
    tell_nobody => "Start, telling nobody", "알림 없이 시작";
    started_toast => "The drill has begun.", "훈련을 시작했습니다.";

    held_inhibited => "held back by another alarm that stands", "계속되는 다른 경보 때문에 알리지 않음";
    held_silence(comment: &str) => "silenced ({comment})", "음소거됨({comment})";
    held_mute(interval: &str) => "muted while {interval} holds", "{interval} 시간 구간에는 알리지 않음";
    held_inactive(intervals: &str) => "told only while {intervals} holds", "{intervals} 시간 구간에만 알림";

    result => "Result", "결과";
    facts => "This drill", "훈련 정보";
    receipts => "What each channel got", "채널별 수신 결과";
    channel => "Channel", "채널";
    expected => "Expected", "예정";
    at_once => "at once", "즉시";
    after(minutes: u32) => "after {minutes} min", "{minutes}분 후";
    outcome => "Outcome", "결과";
    told_at => "Told", "알린 시각";
    took => "Took", "걸린 시간";
    took_seconds(seconds: &str) => "{seconds} s", "{seconds}초";
    receipt => "Receipt", "수신 확인";
    acknowledged => "Acknowledged", "확인";
    why_not => "Why not", "알리지 않은 이유";
    nobody => "No channel was to be told.", "알림 대상 채널이 없었습니다.";
    nobody_text => "No route fits what it plays.", "훈련 내용에 맞는 경로가 없습니다.";
    got => "took it", "수신";
    waits => "not yet", "대기";
    missed => "missed", "누락";
    held => "held back", "보류";
    not_reached => "not reached", "차례 오지 않음";

    is_running(took: usize, all: usize) => "It runs: {took} of {all} channels have taken it.", "진행 중입니다. 채널 {all}개 중 {took}개가 받았습니다.";
    is_judged => "It is over, and every channel has taken all of it. What it proved is written down in a moment.", "종료되었으며 모든 채널이 받았습니다. 곧 결과가 확정됩니다.";
    is_settling(took: usize, all: usize) => "It is over: {took} of {all} channels have taken all of it, and the others are waited for.",
        "종료되었습니다. 채널 {all}개 중 {took}개가 모두 받았으며 나머지를 기다리고 있습니다.";
    has_passed => "It passed: every channel whose turn came took all of it.", "통과했습니다. 차례가 된 모든 채널이 알림을 모두 받았습니다.";
    has_failed => "It failed.", "실패했습니다.";
    told_nobody => "Nobody was told.", "아무에게도 알림이 가지 않았습니다.";
    did_not_get(channels: &str) => "These did not get it: {channels}.", "알림을 받지 못한 채널: {channels}.";
    not_in_time(minutes: u32) => "Nobody took it on within {minutes} min.", "{minutes}분 안에 아무도 맡지 않았습니다.";
    taken_by(name: &str) => "{name} took it on.", "{name} 님이 맡았습니다.";
    within(minutes: u32) => "within {minutes} min", "{minutes}분 이내";
    must_acknowledge => "To be acknowledged", "확인 제한";
    ends => "Ends", "종료 예정";
    ended => "Ended", "종료";
    ended_by(name: &str) => "by {name}", "{name} 님이 종료";
    alarm => "Its alarm", "훈련 경보";
    open_alarm => "Open the alarm", "경보 열기";
    end => "End", "종료";
    end_title => "End this drill?", "훈련을 종료할까요?";
    end_text => "Whoever was told hears that it is over. Later steps do not come.", "알림을 받은 사람에게 종료를 알립니다. 이후 단계는 실행되지 않습니다.";
    ended_toast => "The drill is over.", "훈련을 종료했습니다.";
}
