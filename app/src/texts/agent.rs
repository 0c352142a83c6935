//! Words of what the CloudWatch agent reports.

domain::messages! {
    title => "Memory and disks", "메모리와 디스크";
    about => "As the CloudWatch agent reported them last.", "CloudWatch 에이전트가 마지막으로 보고한 값입니다.";
    empty => "The CloudWatch agent reports neither memory nor disks of this target, and EC2 itself knows none.", "CloudWatch 에이전트가 이 대상의 메모리와 디스크를 보고하지 않으며, EC2 자체는 이 지표를 제공하지 않습니다.";
    metric => "Metric", "지표";
    of => "Of", "대상";
    whole => "the group", "그룹 전체";
    percent => "Percent", "퍼센트";
    at => "At", "시각";
    silent => "no value lately", "최근 값 없음";
    left_out(count: u32) => "Metrics not shown: {count}.", "표시하지 않은 지표: {count}개";
}
