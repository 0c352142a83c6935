//! Words of the pages about notifications.

domain::messages! {
    views => "Alarms, notifications, routes", "경보, 알림, 경로";
    alarms => "All alarms", "전체 경보";
    title => "Notifications", "알림";
    routing => "Channels and routes", "채널과 경로";
    message => "Message", "메시지";
    channel => "Channel", "채널";
    written => "Written", "작성";
    attempts => "Attempts", "시도";
    outcome => "Outcome", "결과";
    receipt(id: &str) => "Receipt {id}", "수신 번호 {id}";
    tried_again => "Tried again", "재시도";
    all_states => "All states", "모든 상태";
    all_channels => "All channels", "모든 채널";
    one_alarm => "One alarm only", "경보 하나만";
    send_again => "Send again", "다시 보내기";
    sent_again => "It is on its way again.", "다시 발송합니다.";
    empty => "Nobody was told of anything yet", "아직 보낸 알림이 없습니다";
    empty_text => "When an alarm goes off that a route fits, the messages about it appear here.", "경로에 맞는 경보가 발생하면 그 메시지가 여기에 나타납니다.";
    empty_filtered => "No message fits these filters", "이 조건에 맞는 메시지가 없습니다";
    empty_filtered_text => "Fewer filters show more.", "필터를 줄이면 더 많이 보입니다.";
    to_routing => "See who is told", "알림 대상 보기";

    told => "Who was told", "알림 대상";
    told_nobody => "Nobody was told", "아무에게도 알리지 않았습니다";
    told_nobody_text => "No route fits, or it went off before the console knew of it.", "맞는 경로가 없거나, 콘솔이 알기 전에 발생한 경보입니다.";
    all_of_it => "All messages about it", "이 경보의 모든 메시지";

    channels => "Channels", "채널";
    no_channels => "No channel is configured", "설정된 채널이 없습니다";
    no_channels_text => "Name one under [[channels]] in the configuration, and whom to tell under [[routes]].", "설정 파일의 [[channels]]에 채널을, [[routes]]에 알림 대상을 적으세요.";
    place => "Goes to", "보내는 곳";
    unsettled => "To be sent", "발송 대기";
    dead => "Given up", "포기";
    last_sent => "Last taken", "마지막 수신";
    never => "never", "없음";
    rests => "Rests until", "쉬는 중:";
    test => "Send a test", "시험 발송";
    test_title(name: &str) => "Send a test to {name}?", "{name} 채널에 시험 메시지를 보낼까요?";
    test_text => "Whoever is there sees your name. Where a message calls somebody, they are called, and it is ended at once.", "받는 사람에게 이름이 표시됩니다. 사람을 호출하는 채널이라면 호출한 뒤 바로 종료합니다.";
    test_sent => "The test is on its way; its outcome is among the notifications.", "시험 메시지를 보냈습니다. 결과는 알림에서 볼 수 있습니다.";
    kind_slack => "Slack", "Slack";
    kind_pagerduty => "PagerDuty", "PagerDuty";
    kind_webhook => "Webhook", "웹훅";
    kind_email => "E-mail", "이메일";
    kind_discord => "Discord", "Discord";
    kind_teams => "Microsoft Teams", "Microsoft Teams";
    kind_sms => "Text message", "문자";
    kind_inbox => "Sandbox inbox", "샌드박스 수신함";
    promise => "Promise", "약속";

    routes => "Routes", "경로";
    no_routes => "No route is configured: nobody is told of anything", "설정된 경로가 없어 아무에게도 알리지 않습니다";
    route => "Route", "경로";
    fits => "Fits", "조건";
    tells => "Tells", "알림 대상";
    then => "Then", "다음";
    fits_all => "every alarm that goes off", "발생하는 모든 경보";
    inherits => "whoever the route above tells", "위 경로와 같음";
    goes_on => "the next route is asked too", "다음 경로도 확인";
    ends => "ends the search", "여기서 끝";
    has_labels(labels: &str) => "labels {labels}", "레이블 {labels}";
    mute_in(intervals: &str) => "mute while {intervals}", "{intervals} 시간 구간에는 알리지 않음";
    active_in(intervals: &str) => "only while {intervals}", "{intervals} 시간 구간에만 알림";
    escalates(steps: &str) => "while nobody takes it on: {steps}", "담당자가 없으면 {steps}에 알림";
    time_intervals => "Time intervals", "시간 구간";
    time_interval => "Name", "이름";
    hours => "Hours", "시간";
    time_zone => "Time zone", "시간대";
    each_alone => "each alarm in a message of its own", "경보마다 따로";
    grouped_by(labels: &str, wait: u32, interval: u32) => "grouped by {labels}: {wait} s after the first, then at most every {interval} min",
        "{labels} 기준으로 묶음: 첫 경보 {wait}초 뒤, 이후 {interval}분마다 한 번";
    in_digest(digest: &str) => "only in the digest {digest}", "{digest} 요약에서만";
    digest_at(digest: &str, at: &str, zone: &str) => "The digest {digest} comes {at}, by the clock of {zone}: all that still stands, in one message.",
        "{digest} 요약은 {zone} 기준 {at}에 아직 남은 경보를 메시지 하나로 알립니다.";
    inhibitions => "What holds others back", "다른 경보를 억제하는 규칙";
    while_stands => "While an alarm stands with", "다음 레이블의 경보가 계속되면";
    holds_back => "nobody new is told of those with", "다음 레이블의 경보를 새로 알리지 않음";
    with_equal => "and the same", "같은 값이어야 할 레이블";
    whatever => "whatever their other labels", "다른 레이블 무관";
    flapping(times: u32, minutes: u32) => "An alarm that goes off {times} times within {minutes} minutes is flapping: people are told once, until it has calmed down.",
        "{minutes}분 동안 {times}번 발생한 경보는 반복 발생으로 보고, 잠잠해질 때까지 한 번만 알립니다.";
    acknowledgement_ends(minutes: u32) => "An acknowledgement ends by itself after {minutes} minutes. Whoever was told hears of it, but for PagerDuty, which has a time-out of its own; then escalation begins anew with whoever was not told yet.", "확인은 {minutes}분이 지나면 자동으로 해제됩니다. 알림을 받은 곳에 해제를 알리며(자체 시간 제한이 있는 PagerDuty 제외), 아직 알리지 않은 곳으로 에스컬레이션을 다시 시작합니다.";
    at => "When", "시각";
    at_hint => "Empty: now", "비우면 지금";
    unattended => "Minutes that nobody has had it", "담당자 없이 지난 시간(분)";
    explain_labels => "Labels", "레이블";
    labels_hint => "One to a line: team=payments", "한 줄에 하나: team=payments";
    minutes_wanted(most: u32) => "Write whole minutes from 0 to {most}.", "0~{most} 사이의 분을 정수로 입력하세요.";
    label_wanted => "Write each label as team=payments.", "레이블은 team=payments 형식으로 입력하세요.";
    time_wanted => "Write a date and a time.", "날짜와 시각을 입력하세요.";
    name_has(words: &str) => "name contains {words}", "이름에 {words} 포함";

    explain => "Who would be told?", "누구에게 알리나요?";
    explain_text => "Choose an alarm as it could be; nothing is sent.", "가정할 경보를 고르세요. 아무것도 보내지 않습니다.";
    explain_name => "Name of the alarm", "경보 이름";
    ask => "Explain", "설명 보기";

    try_routes => "Try other routes", "다른 경로 시험";
    try_routes_text => "Change the routes below and see, alarm by alarm, who would be told instead. Nothing changes by this: routes stand in the configuration. Copy these there when they are right.",
        "아래 경로를 고치고 경보마다 알림 대상이 어떻게 바뀌는지 확인하세요. 여기서는 아무것도 바뀌지 않습니다. 경로는 설정 파일에 있으니, 맞으면 복사해 넣으세요.";
    try_label => "Routes", "경로";
    try_hint => "[[routes]] in TOML; channels, people, rotations, hours and digests as they are configured",
        "TOML의 [[routes]]. 채널, 사람, 순번, 시간 구간, 요약은 설정된 것만 쓸 수 있습니다";
    try_it => "See what changes", "바뀌는 점 보기";
    try_anew => "Begin with those in force", "현재 경로로 되돌리기";
    try_changed(changed: u32, looked_at: u32) => "{changed} of {looked_at} alarms would reach somebody else", "경보 {looked_at}건 중 {changed}건의 알림 대상이 바뀝니다";
    try_unheard(after: u32, before: u32) => "Nobody would hear of {after} of them; today of {before}.", "아무에게도 알리지 않는 경보: {after}건(현재 {before}건).";
    try_not_looked_at(count: u64) => "{count} more were not looked at.", "그 밖의 {count}건은 확인하지 않았습니다.";
    try_at(instants: usize) => "As though each went off and nobody took it on, at {instants} instants: now, and when the time intervals begin and end.",
        "각 경보가 발생하고 담당자가 없다고 가정해 {instants}개 시각(지금과 시간 구간의 시작·종료)에서 비교했습니다.";
    try_more(count: usize) => "and {count} more", "외 {count}건";
    try_result => "What would change", "바뀌는 경보";
    try_before => "Today", "현재";
    try_after => "Then", "변경 후";
    try_nobody => "nobody", "알림 없음";
    reached_later(channels: &str) => "later: {channels}", "나중에: {channels}";
    reached_on_call(rotations: &str) => "on call: {rotations}", "당직: {rotations}";
    reached_digest(digest: &str, channels: &str) => "digest {digest}: {channels}", "{digest} 요약: {channels}";
}
