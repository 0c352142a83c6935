//! Words of the overview.

domain::messages! {
    title => "Overview", "개요";
    all_calm => "Nothing needs you now.", "지금 처리할 일이 없습니다.";
    needs_you(count: usize) => "Needs attention now: {count}", "지금 처리할 일: {count}건";
    alarms_of(priority: &str) => "{priority} in alarm", "{priority} 경보 발생";
    waiting => "Waiting for my approval", "내 승인 대기";
    drift => "Drift", "이탈(drift)";
    urgent => "Urgent alarms nobody looks after", "담당자가 없는 긴급 경보";
    urgent_empty => "No urgent alarm is without an owner", "담당자가 없는 긴급 경보가 없습니다";
    urgent_empty_text => "Alarms of P1 and P2 appear here until somebody acknowledges them.", "P1, P2 경보는 누군가 확인할 때까지 여기에 표시됩니다.";
    all_alarms => "All alarms", "경보 전체 보기";
    waiting_empty => "No change request waits for you", "승인할 변경 요청이 없습니다";
    waiting_empty_text => "Proposals of others that you may decide on appear here.", "승인할 수 있는 다른 사람의 제안이 여기에 표시됩니다.";
    proposed => "My proposals, waiting for others", "내 제안(다른 사람의 승인 대기)";
    drift_text => "AWS no longer shows what was applied.", "적용한 내용과 AWS의 현재 상태가 다릅니다.";
    since => "since", "발견";
    events => "Scale events", "스케일 이벤트";
    events_empty => "No scale event waits or runs", "예약되거나 진행 중인 스케일 이벤트가 없습니다";
    events_empty_text => "Plan one on the page of a target.", "대상 페이지에서 계획할 수 있습니다.";
    to_targets => "Targets", "대상 보기";
    upcoming => "Next scheduled changes", "다음 예약 변경";
    upcoming_empty => "Nothing is scheduled", "예약된 변경이 없습니다";
    when => "When", "시각";
    target => "Target", "대상";
    sets => "Sets", "설정 값";
    action => "Action", "작업";
    day => "Last 24 hours", "최근 24시간";
    capacity_of(environment: &str) => "Capacity in {environment}", "{environment} 용량";
    requests_of(environment: &str) => "Requests per minute in {environment}", "{environment} 분당 요청 수";
    desired => "Desired", "희망";
    in_service => "In service", "서비스 중";
    requests => "Requests per minute", "분당 요청 수";
    health => "How fresh this is", "데이터 최신 상태";
    fresh => "up to date", "최신";
    failing => "cannot be read", "읽기 실패";
    never_read => "not read yet", "아직 읽지 않음";
    last_read => "last read", "마지막 조회";
    no_days => "No data of the last day yet", "최근 24시간 데이터가 아직 없습니다";
    no_days_text => "Charts appear after the first readings of AWS.", "AWS를 처음 조회한 뒤 차트가 나타납니다.";
}
