//! Words of the checks.

domain::messages! {
    checks => "Checks", "점검";
    subtitle => "What would not happen as it is set up: policies, alarms, scheduled actions and spot capacity, as last read from AWS.", "설정한 대로 되지 않을 것들: AWS에서 마지막으로 조회한 정책, 경보, 예약 작업, 스팟 용량을 점검합니다.";
    severity => "Severity", "심각도";
    all_severities => "All severities", "모든 심각도";
    error => "Does not work", "작동 안 함";
    warning => "Check", "확인 필요";
    info => "Note", "참고";
    rule => "Rule", "규칙";
    all_rules => "All rules", "모든 규칙";
    search_placeholder => "Target, policy or alarm", "대상, 정책, 경보";
    policy => "policy", "정책";
    alarm => "alarm", "경보";
    evidence => "Seen in AWS", "AWS에서 확인한 값";
    to_do => "What to do:", "조치:";
    empty => "Nothing is the matter", "문제가 없습니다";
    empty_text => "With each reading of AWS, step policies are compared with their alarms, maxima with what policies set, scheduled actions with suspended processes, and spot groups with what keeps them up. What does not fit appears here.", "AWS를 조회할 때마다 단계 정책과 경보, 최대 용량과 정책 값, 예약 작업과 일시 중지된 프로세스, 스팟 그룹의 설정을 비교합니다. 맞지 않는 것이 여기에 나타납니다.";
    empty_filtered => "No finding fits these filters", "이 조건에 맞는 점검 결과가 없습니다";
    empty_filtered_text => "Fewer filters show more.", "필터를 줄이면 더 많이 보입니다.";
    to_look_at => "Checks to look at", "확인할 점검 결과";
}
