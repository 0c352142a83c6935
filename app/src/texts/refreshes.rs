//! Words of instance refreshes: asking for one, and ending it.

domain::messages! {
    refresh => "Refresh the instances", "인스턴스 새로 고침";
    only_groups => "Only Auto Scaling groups have instance refreshes.", "인스턴스 새로 고침은 Auto Scaling 그룹에만 있습니다.";
    title(target: &str) => "Replace the instances of {target}?", "{target}의 인스턴스를 교체할까요?";
    text => "Somebody else must approve it. AWS replaces some at a time; this page follows it to the end. It can be cancelled: what was replaced stays replaced.", "다른 사람이 승인해야 합니다. AWS가 조금씩 교체하며 끝날 때까지 진행률을 보여 줍니다. 취소해도 교체된 것은 그대로입니다.";
    propose => "Propose the refresh", "새로 고침 제안";
    reason_missing => "Say why the instances are replaced.", "인스턴스를 교체하는 사유를 입력하세요.";
    min_healthy => "In service at least", "최소 정상 비율";
    min_healthy_hint => "Percent of the desired capacity.", "희망 용량에 대한 비율입니다.";
    max_healthy => "Running at most", "최대 정상 비율";
    max_healthy_hint => "More than 100 launches before it terminates. As the group has it when empty.", "100보다 크면 종료하기 전에 먼저 시작합니다. 비워 두면 그룹의 설정을 따릅니다.";
    warm_up => "Warm-up", "워밍업";
    warm_up_hint => "A new instance serves so long before the next goes. As the group has it when empty.", "새 인스턴스가 이만큼 서비스한 뒤 다음을 교체합니다. 비워 두면 그룹의 설정을 따릅니다.";
    seconds => "s", "초";
    minutes => "min", "분";
    checkpoints => "Checkpoints", "체크포인트";
    checkpoints_hint => "Percent at which it pauses, such as 20, 50, 100.", "멈추는 비율입니다. 예: 20, 50, 100";
    pause => "Pause at a checkpoint", "체크포인트 대기 시간";
    pause_hint => "An hour when empty.", "비워 두면 한 시간입니다.";
    skip => "Leave instances that match the template", "템플릿과 같은 인스턴스는 그대로 두기";
    skip_hint => "By template and instance type, not by how they were bought.", "템플릿과 인스턴스 유형만 보며 구매 방식은 보지 않습니다.";
    whole_number => "Enter a whole number.", "정수를 입력하세요.";
    percents => "Enter whole numbers, separated by commas.", "정수를 쉼표로 구분해 입력하세요.";
    cancel => "Cancel the refresh", "새로 고침 취소";
    cancel_title(target: &str) => "Cancel the instance refresh of {target}?", "{target}의 인스턴스 새로 고침을 취소할까요?";
    cancel_text => "It ends at once, and nobody needs to approve that. What was replaced stays replaced.", "승인 없이 바로 끝납니다. 교체된 것은 그대로 남습니다.";
    keep_reason_missing => "Say why it ends early.", "취소하는 사유를 입력하세요.";
    pace => "Pace", "속도";
    ends => "The refresh ends", "새로 고침을 끝냄";
    as_group => "as the group has it", "그룹의 설정";
    yes => "yes", "예";
    no => "no", "아니요";
}
