//! Words of the sources.

domain::messages! {
    title => "Sources", "원본";
    text => "What calls us about alarms and events, as the configuration names it.", "설정에 등록한, 경보와 이벤트를 보내는 원본입니다.";
    empty => "No source calls", "호출하는 원본이 없습니다";
    empty_text => "Add one under [[sources]] in the configuration.", "설정의 [[sources]]에 추가하세요.";
    address => "Address", "주소";
    kind => "Kind", "종류";
    called => "Last call", "마지막 호출";
    never => "not yet", "아직 없음";
    refused => "Last refusal", "마지막 거부";
    alarms => "Alarms", "경보";
    alarms_of(now: u64, most: u32) => "{now} of {most}", "{most}개 중 {now}개";
    heartbeat => "Heartbeat", "하트비트";
    beats => "calls", "호출 중";
    late => "late", "늦음";
    waiting => "waiting for the first call", "첫 호출 대기";
    every(minutes: u32) => "every {minutes} min", "{minutes}분마다";
    due => "due by", "기한";

    try_title => "Try a mapping", "매핑 시험";
    try_text => "Paste a body as the source posts it. Nothing is written and nobody is told.", "원본이 보내는 본문을 붙여 넣으세요. 아무것도 기록하지 않고 알리지 않습니다.";
    source => "Source", "원본";
    name => "Alarm", "경보";
    since => "Since", "시작";
    none => "none", "없음";
    sample => "Sample", "예시 본문";
    sample_hint(most: usize) => "JSON, at most {most} KiB.", "JSON, 최대 {most}KiB.";
    expression_hint => "JMESPath, in each alert.", "각 경보에서 찾는 JMESPath 식.";
    alerts => "Where the alerts are (alerts)", "경보 목록의 위치(alerts)";
    alerts_hint => "JMESPath. Empty: the whole body is one alert.", "JMESPath. 비워 두면 본문 전체가 경보 하나입니다.";
    labels => "Labels (labels)", "레이블(labels)";
    state => "State (state)", "상태(state)";
    alarm_when => "Goes off when the state is (alarm_when)", "경보로 볼 상태 값(alarm_when)";
    ok_when => "Is well when the state is (ok_when)", "정상으로 볼 상태 값(ok_when)";
    words_hint => "Separated by commas. Empty: the usual words.", "쉼표로 구분합니다. 비워 두면 흔히 쓰는 값을 씁니다.";
    at => "Since when (at)", "시작 시각(at)";
    description => "Description (description)", "설명(description)";
    reason => "Reason (reason)", "사유(reason)";
    link => "Link (link)", "링크(link)";
    try_it => "Try", "시험";
    result => "Result", "결과";
    no_alarms => "This body tells of no alarm.", "이 본문에는 경보가 없습니다.";
    rule(number: u32) => "rule {number}", "규칙 {number}";
    no_rule => "no rule fits", "맞는 규칙 없음";
}
