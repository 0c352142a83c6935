//! Words of the timeline.

domain::messages! {
    timeline => "Timeline", "타임라인";
    subtitle => "What is planned for each target, and what was there.", "대상마다 계획된 용량과 실제 용량을 보여 줍니다.";
    how_to => "Drag over a lane to draft an override of its schedule, or a scale event where none stands; with the keyboard, arrow keys move along a lane, and Enter begins and ends a span.", "레인을 드래그하면 그 시간의 일정 재정의를, 일정이 없으면 스케일 이벤트를 작성합니다. 키보드에서는 화살표 키로 이동하고 Enter 키로 구간의 시작과 끝을 정합니다.";
    span => "Days shown", "표시 기간";
    days_1 => "1 day", "1일";
    days_7 => "1 week", "1주";
    days_28 => "4 weeks", "4주";
    earlier => "Earlier", "이전";
    today => "Today", "오늘";
    later => "Later", "이후";
    earliest => "What is older is not kept.", "더 오래된 기록은 보관하지 않습니다.";
    latest => "AWS is told no further than this yet.", "아직 AWS에 등록되지 않는 기간입니다.";
    lanes => "Capacity over time", "시간별 용량";
    lane(target: &str) => "Capacity of {target} over time", "{target} 시간별 용량";
    planned => "Planned", "계획";
    up_to => "Policies may add", "정책이 추가 가능";
    in_service => "In service", "서비스 중";
    event => "Scale event", "스케일 이벤트";
    event_count(count: u32) => "Scale event: {count}", "스케일 이벤트: {count}";
    override_mark => "Override", "재정의";
    freeze => "Freeze", "동결";
    frozen(name: &str) => "Freeze: {name}", "동결: {name}";
    now => "Now", "현재";
    planned_count(count: u32) => "planned {count}", "계획 {count}";
    planned_range(min: u32, max: u32) => "planned {min} to {max}", "계획 {min}~{max}";
    served(count: u32) => "in service {count}", "서비스 중 {count}";
    by_schedule(name: &str, rule: &str) => "{name}: {rule}", "{name}: {rule}";
    by_action(name: &str) => "Scheduled action {name}", "예약 작업 {name}";
    by_start => "Scale event begins", "스케일 이벤트 시작";
    by_return => "Scale event returns", "스케일 이벤트 복귀";
    by_found => "As AWS was read", "AWS 조회 값";
    draft => "Draft event", "이벤트 작성";
    draft_for(target: &str) => "Draft event: {target}", "이벤트 작성: {target}";
    draft_override => "Draft override", "재정의 작성";
    draft_override_for(target: &str) => "Draft override: {target}", "재정의 작성: {target}";
    as_table => "Planned changes as a table", "계획된 변경을 표로 보기";
    from_when => "From", "시각";
    because => "Why", "근거";
}
