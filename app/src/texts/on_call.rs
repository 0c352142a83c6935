//! Words of who is on call.

domain::messages! {
    title => "On call", "당직";
    subtitle => "Who takes turns, who is told now, and who covers for whom. Rotations and people stand in the configuration.",
        "누가 순번을 맡고 지금 누구에게 알리며 누가 대신하는지 보여 줍니다. 순번과 사람은 설정 파일에 있습니다.";
    empty => "Nobody takes turns yet", "아직 당직 순번이 없습니다";
    empty_text => "Name people in [[contacts]] and their turns in [[rotations]] of the configuration, and rotations in the `on_call` of routes.",
        "설정 파일의 [[contacts]]에 사람을, [[rotations]]에 순번을 적고, 경로의 `on_call`에 순번 이름을 적으세요.";
    cover => "Cover", "대신 서기";
    cover_title => "Cover a shift", "당직 대신 서기";
    now => "On call now", "지금 당직";
    until => "Until", "종료 시각";
    from => "From", "시작 시각";
    from_hint => "Empty: now", "비우면 지금";
    until_missing => "Write when it ends.", "종료 시각을 적으세요.";
    shift_hours(count: u16) => "{count}-hour turns", "{count}시간씩";
    shift_days(count: u16) => "{count}-day turns", "{count}일씩";
    shift_weeks(count: u16) => "{count}-week turns", "{count}주씩";
    turns(length: &str, zone: &str) => "{length}, by the clock of {zone}", "{zone} 기준 {length}";
    shifts => "Next shifts", "다음 당직";
    shifts_of(rotation: &str) => "Next shifts of {rotation}", "{rotation} 다음 당직";
    more_shifts(count: usize) => "and {count} more in the next four weeks", "앞으로 4주 동안 {count}번 더";
    who => "Who", "누가";
    who_missing => "Choose who covers.", "대신할 사람을 고르세요.";
    covers => "Covers", "대체 당직";
    covering => "covers", "대체";
    rotation => "Rotation", "순번";
    person => "Person", "사람";
    note => "Why", "사유";
    by => "By", "요청자";
    void => "counts for nothing: no longer configured", "설정에 없어 적용되지 않음";
    end => "End", "종료";
    end_title => "End this cover?", "대체 당직을 종료할까요?";
    end_text => "Whoever has the turn is on call then. Outside of quiet hours they are told of alarms that nobody has taken on, unless they were told before.",
        "원래 순번의 사람이 당직을 맡습니다. 방해 금지 시간이 아니면, 아직 알리지 않은 담당자 없는 경보를 알립니다.";
    ended_toast => "The cover is over.", "대체 당직을 종료했습니다.";
    added_toast => "Covered.", "대체 당직을 등록했습니다.";
    people => "People", "사람";
    channels => "Told by", "알림 채널";
    quiet => "Quiet hours", "방해 금지 시간";
    quiet_line(priorities: &str, hours: &str) => "{priorities}: later while {hours} holds", "{priorities}: {hours} 시간 구간에는 나중에";
    every_priority => "all but P1", "P1을 제외한 모든 우선순위";
    none => "none", "없음";
    calendar_hint(path: &str) => "As a calendar, with an API token: GET {path}", "달력 파일(API 토큰 필요): GET {path}";
}
