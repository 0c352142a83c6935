//! Words of change requests that are carried out without an approval.

domain::messages! {
    mark_to_review => "Emergency, to review", "긴급 적용, 검토 필요";
    mark_reviewed => "Emergency, reviewed", "긴급 적용, 검토됨";
    votes_short => "none: emergency", "없음(긴급)";
    let_through => "carried out without an approval", "승인 없이 적용";
    break_glass => "Let it through without approval", "승인 없이 긴급 적용";
    break_title => "Carry it out without an approval?", "승인 없이 적용할까요?";
    break_text => "It is carried out at once, even in a freeze. It stays on everybody's overview until another person has reviewed it.", "동결 중에도 바로 적용됩니다. 다른 사람이 검토할 때까지 모두의 개요에 표시됩니다.";
    break_now => "Carry it out now", "지금 적용";
    reason_hint => "Why nobody can be asked. For the reviewer and the audit log.", "승인을 기다릴 수 없는 사유. 검토자와 감사 기록에 남습니다.";
    reason_missing => "Say why it cannot wait for an approval.", "승인을 기다릴 수 없는 사유를 입력하세요.";
    broken_toast => "It is being carried out without an approval.", "승인 없이 적용하는 중입니다.";
    to_review => "Carried out without an approval: it needs a review", "승인 없이 적용됨: 검토가 필요합니다";
    reviewed => "Carried out without an approval, and reviewed", "승인 없이 적용되었고 검토되었습니다";
    broken_by(who: &str) => "{who} broke the glass", "긴급 적용: {who}";
    reviewed_by(who: &str) => "Reviewed by {who}", "검토: {who}";
    review => "Review", "검토";
    review_title => "Review this emergency", "이 긴급 적용을 검토합니다";
    review_text => "You sign that you have looked at what was done and why.", "무엇을 왜 했는지 확인했음을 서명합니다.";
    review_label => "What you found", "확인한 내용";
    review_missing => "Write what you found.", "확인한 내용을 입력하세요.";
    reviewed_toast => "Reviewed.", "검토했습니다.";
    sign => "Sign", "서명";
    needs_review => "Needs review", "검토 필요";
    needs_review_text => "Carried out without an approval. Another person must look at them.", "승인 없이 적용되었습니다. 다른 사람이 확인해야 합니다.";
}
