//! Words of the pages of AWS's events.

domain::messages! {
    title => "Events", "이벤트";
    one => "Event", "이벤트";
    kind => "Kind", "종류";
    all_kinds => "All kinds", "모든 종류";
    kind_alarm => "Alarm", "경보";
    kind_instance => "Instance", "인스턴스";
    kind_spot => "Spot", "스팟";
    kind_scaling => "Scaling", "스케일링";
    kind_ecs => "ECS", "ECS";
    kind_rds => "Database", "데이터베이스";
    kind_health => "AWS Health", "AWS Health";
    kind_other => "Other", "기타";
    search_placeholder => "Name or subject", "이름 또는 대상";
    subject => "About", "대상";
    happened => "Happened", "발생 시각";
    received => "Came", "수신 시각";
    outcome => "Outcome", "결과";
    as_it_came => "As it came", "수신한 그대로";
    became_alarm => "Became an alarm", "경보가 됨";
    why_spot => "Explained: AWS took the spot instance away", "설명됨: AWS가 스팟 인스턴스를 회수함";
    why_scheduled_action => "Explained: a scheduled action", "설명됨: 예약 작업";
    why_scale_in => "Explained: a policy scaled in", "설명됨: 정책에 따른 축소";
    why_health_replacement => "Explained: replaced as unhealthy", "설명됨: 비정상 인스턴스 교체";
    why_rebalanced => "Explained: the group replaced or spread its instances", "설명됨: 그룹이 인스턴스를 교체하거나 재배치함";
    why_change => "Explained: a change request", "설명됨: 변경 요청";
    empty => "No events", "이벤트가 없습니다";
    empty_text => "Once EventBridge sends events to a source of kind eventbridge, they appear here.", "eventbridge 종류의 원본으로 EventBridge가 이벤트를 보내면 여기에 나타납니다.";
    empty_filtered => "No event fits these filters", "이 조건에 맞는 이벤트가 없습니다";
}
