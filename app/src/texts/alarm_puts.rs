//! Words of putting an alarm, and of taking that back.

domain::messages! {
    new => "New alarm…", "새 경보…";
    new_of_lines => "New log alarm…", "새 로그 경보…";
    new_of_lines_title => "A new alarm on lines of a log", "로그에 새 경보 만들기";
    change_lines => "Change what counts…", "집계 대상 변경…";
    change => "Change the alarm…", "경보 변경…";
    new_title => "A new alarm on a metric", "지표에 새 경보 만들기";
    change_title(alarm: &str) => "Change {alarm}?", "{alarm}을(를) 변경할까요?";
    text_new => "Somebody else must approve it.", "다른 사람이 승인해야 합니다.";
    text => "Somebody else must approve it. CloudWatch replaces all that an alarm is told to do; its tags stay.", "다른 사람이 승인해야 합니다. CloudWatch는 경보의 정의 전체를 바꾸며 태그는 그대로 둡니다.";
    propose => "Propose the alarm", "경보 제안";
    reason_missing => "Say why the alarm is put.", "경보를 설정하는 사유를 입력하세요.";
    only_cloudwatch => "Only CloudWatch's alarms can be changed from here.", "여기서는 CloudWatch 경보만 변경할 수 있습니다.";
    only_metrics => "Only an alarm on one metric with a fixed threshold can be changed from here.", "여기서는 고정 임계값을 쓰는 단일 지표 경보만 변경할 수 있습니다.";
    not_read => "AWS is not asked about this alarm any more.", "더 이상 AWS에서 조회하지 않는 경보입니다.";
    no_scope => "Choose an account and region; none has been read yet.", "계정과 리전을 고르세요. 아직 조회한 것이 없습니다.";
    whole_number => "Enter a whole number.", "정수를 입력하세요.";
    name_hint => "Its environment is that of what it watches, or is told by a word of the name such as prod.", "환경은 감시 대상을 따르며, 없으면 이름에 든 prod 같은 단어로 정해집니다.";
    log_group_hint => "Such as /aws/lambda/prod-payment. A metric filter counts its lines.", "예: /aws/lambda/prod-payment. 지표 필터가 로그를 셉니다.";
    pattern_hint => "In the syntax of CloudWatch Logs: ERROR, ?ERROR ?FATAL, or { $.status >= 500 }. Left open: every line.", "CloudWatch Logs 구문: ERROR, ?ERROR ?FATAL, { $.status >= 500 } 등. 비우면 모든 로그입니다.";
    as_the_alarm => "Left open: as the alarm.", "비우면 경보 이름을 씁니다.";
    dimensions_hint => "One in each line: AutoScalingGroupName=web-prod.", "한 줄에 하나씩: AutoScalingGroupName=web-prod";
    statistic_hint => "Average, Sum, Minimum, Maximum, SampleCount, or such as p99.", "Average, Sum, Minimum, Maximum, SampleCount 또는 p99 등입니다.";
    period_hint => "Seconds: 10, 20, 30, or whole minutes.", "초 단위: 10, 20, 30 또는 60의 배수";
    unit_hint => "Best left open: another unit than the metric's own finds no values.", "비워 두는 것이 좋습니다. 지표와 다른 단위로는 값을 찾지 못합니다.";
    any_unit => "as the metric has it", "지표의 단위";
    actions_hint => "ARNs, one in each line: SNS topics, or scaling policies of its environment.", "한 줄에 ARN 하나씩: SNS 주제 또는 같은 환경의 조정 정책";

    put_back => "Put back", "되돌리기";
    put_back_title(alarm: &str) => "Put {alarm} back to what it was?", "{alarm}을(를) 이전 상태로 되돌릴까요?";
    put_back_text => "Somebody else must approve it. Its old definition is put again; an alarm that was new is deleted.", "다른 사람이 승인해야 합니다. 이전 정의를 다시 설정하며, 새로 만든 경보는 삭제합니다.";
    put_back_propose => "Propose to put back", "되돌리기 제안";
    put_back_reason_missing => "Say why it goes back.", "되돌리는 사유를 입력하세요.";
    takes_back => "Takes back", "되돌리는 요청";
}
