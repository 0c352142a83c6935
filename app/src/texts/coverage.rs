//! Words of what has no alarm.

domain::messages! {
    title => "Coverage", "경보 범위";
    subtitle => "What nobody would hear of: alarms that tell nobody or cannot go off, and what has no alarm at all. Any gap that an alarm closes can be proposed from here.", "아무도 모르고 지나갈 것들: 알리지 못하거나 울릴 수 없는 경보와, 경보가 아예 없는 것을 보여 줍니다. 경보로 막을 수 있는 것은 여기서 바로 제안할 수 있습니다.";
    error => "Cannot go off", "울릴 수 없음";
    warning => "Nobody is told", "알림 없음";
    info => "Note", "참고";
    search_placeholder => "Alarm, target, load balancer or function", "경보, 대상, 로드 밸런서, 함수";
    seen(alarms: u32, targets: u32, balancers: u32, functions: u32) => "Looked at: {alarms} alarms, {targets} targets, {balancers} load balancers, {functions} functions, and what the CloudWatch agent reports.", "확인한 것: 경보 {alarms}개, 대상 {targets}개, 로드 밸런서 {balancers}개, 함수 {functions}개, CloudWatch 에이전트가 보고하는 지표.";
    listed => "Listed", "목록 조회";
    blind(what: &str, scope: &str) => "Not looked at: {what} of {scope}", "확인하지 못함: {scope}의 {what}";
    alarm => "Alarm", "경보";
    target => "Target", "대상";
    balancer => "Load balancer", "로드 밸런서";
    target_group => "Target group", "대상 그룹";
    function => "Function", "함수";
    draft => "Draft an alarm…", "경보 초안…";
    tell => "Have it tell somebody…", "알림 대상 추가…";
    switch_on => "Switch its actions on…", "작업 켜기…";
    empty => "Nothing goes unheard", "빠진 경보가 없습니다";
    empty_filtered => "No gap fits these filters", "이 조건에 맞는 항목이 없습니다";
}
