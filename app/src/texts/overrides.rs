//! Words of overrides: other capacities than a schedule says, for a time.

domain::messages! {
    overrides => "Overrides", "재정의";
    add => "Add override", "재정의 추가";
    add_text(name: &str) => "For this time the capacity below holds instead of what schedule {name} says. Somebody else must approve it.", "이 기간에는 일정 {name} 대신 아래 용량을 적용합니다. 다른 사람의 승인이 필요합니다.";
    add_reason_missing => "Say why: the reason stands in the schedule.", "사유를 입력하세요. 사유는 일정에 남습니다.";
    until => "Until", "종료 시각";
    starts_at => "From", "시작 시각";
    whole_number => "Enter a whole number, 0 or more.", "0 이상의 정수를 입력하세요.";
    time_past => "This is over already.", "이미 지난 시각입니다.";
    time_missing => "Enter a date and a time.", "날짜와 시각을 입력하세요.";
    end => "End override", "재정의 종료";
    end_of(span: &str) => "End override: {span}", "재정의 종료: {span}";
    end_title(name: &str) => "End this override of schedule {name}?", "일정 {name}의 이 재정의를 종료할까요?";
    end_text => "Once somebody else has approved it, it is taken out of the schedule and of AWS, and what the schedule says without it holds again.", "다른 사람이 승인하면 일정과 AWS에서 삭제하고 재정의가 없을 때의 일정대로 되돌립니다.";
    end_reason_missing => "Say why it ends.", "종료 사유를 입력하세요.";
    puts(name: &str, span: &str, before: &str, after: &str) => "Overrides schedule {name}, {span}: {before} → {after}", "일정 {name} 재정의, {span}: {before} → {after}";
    ends(name: &str, span: &str, before: &str, after: &str) => "Ends the override of schedule {name}, {span}: {before} → {after}", "일정 {name}의 재정의 종료, {span}: {before} → {after}";
}
