//! Words for the states and kinds of things.

domain::messages! {
    alarm_alarm => "In alarm", "경보 발생";
    alarm_unknown => "Insufficient data", "데이터 부족";
    alarm_ok => "OK", "정상";
    p1 => "wake somebody", "즉시 대응";
    p2 => "look today, at once in working hours", "오늘 중 확인, 근무 시간에는 즉시";
    p3 => "look this week", "이번 주 중 확인";
    p4 => "good to know", "참고";
    kind_asg => "Auto Scaling group", "Auto Scaling 그룹";
    kind_ecs => "ECS service", "ECS 서비스";
    policy_tracking => "Target tracking", "대상 추적";
    policy_step => "Step", "단계 조정";
    policy_simple => "Simple", "단순 조정";
    policy_predictive => "Predictive", "예측";
    on_demand => "on demand", "온디맨드";
    spot => "spot", "스팟";
    purchase_unknown => "unknown", "알 수 없음";
    change_proposed => "Waiting for approval", "승인 대기";
    change_approved => "Approved", "승인됨";
    change_applying => "Applying", "적용 중";
    change_applied => "Applied", "적용됨";
    change_different => "Applied, with differences", "적용됨(차이 있음)";
    change_failed => "Failed", "실패";
    change_rejected => "Rejected", "반려됨";
    change_withdrawn => "Withdrawn", "철회됨";
    change_expired => "Expired", "만료됨";
    phase_waiting => "Scheduled", "예약됨";
    phase_running => "Running", "진행 중";
    phase_returning => "Waiting to see the return", "복귀 확인 대기";
    phase_over => "Over", "종료됨";
    phase_cancelled => "Cancelled", "취소됨";
    step_waiting => "waiting", "대기";
    step_begun => "under way", "진행 중";
    step_done => "done", "완료";
    step_failed => "failed", "실패";
    step_undone => "undone", "되돌림";
    severity_error => "Blocks", "차단";
    severity_warning => "Check", "확인 필요";
    severity_info => "Note", "참고";
    outcome_begun => "begun", "시작";
    outcome_done => "done", "완료";
    outcome_failed => "failed", "실패";
    hold_at_least(target: &str, count: u32) => "{target}: at least {count}", "{target}: 최소 {count}";
    hold_exactly(target: &str, count: u32) => "{target}: exactly {count}", "{target}: 정확히 {count}";
    end_event(target: &str) => "{target}: end the scale event", "{target}: 스케일 이벤트 종료";
}
