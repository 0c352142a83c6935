//! What the services say to people, English and Korean side by side.

pub mod coverage;
mod drills;
mod escalations;
pub mod log_lines;
pub mod on_call;
mod presses;
mod silences;
mod sources;
mod topics;

pub use drills::*;
pub use escalations::*;
pub use presses::*;
pub use silences::*;
pub use sources::*;
pub use topics::*;

use domain::{
    approvals::VoteRefusal, changes::ChangeState, i18n::Lang, messages, people::Role,
    text::TextError,
};
use ports::CloudErrorKind;

messages! {
    sign_in_first => "Sign in first.", "먼저 로그인하세요.";
    asked_too_often => "You have asked AWS too often within a minute. Wait a moment.",
        "1분 안에 AWS를 너무 자주 조회했습니다. 잠시 후 다시 시도하세요.";
    filter_values(most: usize) => "A filter takes at most {most} values.", "필터 값은 {most}개까지 지정할 수 있습니다.";
    needs_role(role: &str) => "This needs the role “{role}”.", "“{role}” 역할이 필요합니다.";
    not_found => "There is no such thing, or none that you may see.",
        "그런 항목이 없거나 볼 권한이 없습니다.";
    internal => "Something went wrong on our side. The log has the cause under the request id.",
        "서버에서 문제가 생겼습니다. 원인은 로그에서 요청 ID로 찾을 수 있습니다.";
    database_busy => "The database did not answer in time. Try again.",
        "데이터베이스가 제때 응답하지 않았습니다. 다시 시도하세요.";
    worker_waits_for_database(words: &str) => "The database did not answer in time; the next run tries again. ({words})",
        "데이터베이스가 제때 응답하지 않았습니다. 다음 실행 때 다시 시도합니다. ({words})";
    worker_failed(words: &str) => "This run failed; the next one tries again. ({words})",
        "이번 실행에 실패했습니다. 다음 실행 때 다시 시도합니다. ({words})";
    moved_on => "Someone else changed this at the same moment. Look again and decide anew.",
        "같은 순간에 다른 사람이 이 항목을 바꾸었습니다. 다시 확인한 뒤 결정하세요.";
    too_many_followers => "Too many browsers follow live. Try again later.",
        "실시간 연결이 너무 많습니다. 잠시 후 다시 시도하세요.";
    too_many_own_followers(count: u32) => "You have {count} live pages open. Close one and try again.",
        "실시간 페이지를 {count}개 열어 두었습니다. 하나를 닫고 다시 시도하세요.";

    nothing_to_interrupt => "No spot instance is running.", "실행 중인 스팟 인스턴스가 없습니다.";
    out_of_range(least: u32, most: u32) => "Must be from {least} to {most}.",
        "{least} 이상 {most} 이하여야 합니다.";
    one_of(known: &str) => "Must be one of: {known}.", "다음 중 하나여야 합니다: {known}.";

    text_empty => "Must not be empty.", "비워 둘 수 없습니다.";
    text_too_long(chars_max: usize) => "Longer than {chars_max} characters.",
        "{chars_max}자보다 깁니다.";
    text_control => "Contains a character that cannot be written here.",
        "쓸 수 없는 문자가 들어 있습니다.";
    text_not_an_address => "Not an e-mail address.", "이메일 주소가 아닙니다.";
    key_length(chars_max: usize) => "The key must have 1 to {chars_max} printable ASCII characters.",
        "키는 인쇄 가능한 ASCII 1~{chars_max}자여야 합니다.";
    key_taken => "This key was used for another change. Take a new key.",
        "이 키는 다른 변경에 이미 사용되었습니다. 새 키를 사용하세요.";

    not_in_alarm => "This alarm is not in ALARM: there is nothing to take on.",
        "이 경보는 ALARM 상태가 아니어서 확인할 것이 없습니다.";
    not_given_up => "This message was not given up: there is nothing to send again.",
        "포기된 메시지가 아니어서 다시 보낼 것이 없습니다.";
    channel_unconfigured => "The channel of this message is no longer configured.",
        "이 메시지의 채널은 더 이상 설정되어 있지 않습니다.";
    not_acknowledged => "Nobody has acknowledged this alarm.", "확인한 사람이 없는 경보입니다.";
    already_acknowledged(who: &str) => "{who} has already acknowledged this alarm.",
        "{who} 님이 이미 확인한 경보입니다.";
    alarm_unconfigured => "The account and region of this alarm are no longer configured.", "이 경보의 계정과 리전은 더 이상 설정되어 있지 않습니다.";
    target_unconfigured => "The account and region of this target are no longer configured.", "이 대상의 계정과 리전은 더 이상 설정되어 있지 않습니다.";
    alarm_gone => "CloudWatch no longer has this alarm.", "CloudWatch에 더 이상 없는 경보입니다.";
    chart_composite => "A composite alarm has no metric of its own; its rule is above.",
        "복합 경보에는 자체 지표가 없습니다. 위의 규칙을 보세요.";
    chart_expression => "This alarm watches an expression over several metrics.",
        "이 경보는 여러 지표에 대한 수식을 감시합니다.";
    alarm_over => "Its source called this alarm over and has not told of it since.",
        "원본 시스템이 이 경보의 종료를 알린 뒤로 소식이 없습니다.";
    source_unknown => "There is no such source, or its token is another. Send it as “Authorization: Bearer …”.",
        "그런 원본이 없거나 토큰이 다릅니다. “Authorization: Bearer …”로 보내세요.";
    source_too_often(most: u32) => "This source may call {most} times a minute.",
        "이 원본은 1분에 {most}번까지 호출할 수 있습니다.";
    calendar_not_followed(name: &str) => "no calendar `{name}` is followed here, or it has not been read yet",
        "여기서 따르는 캘린더 `{name}`이(가) 없거나 아직 읽지 않았습니다";
    still_unread(why: &str) => "It still cannot be read: {why}", "여전히 읽을 수 없습니다: {why}";
    chart_reported => "The metric of this alarm is kept by its source.",
        "이 경보의 지표는 원본 시스템에 있습니다.";
    chart_empty => "CloudWatch has no data in this range.", "이 기간에는 CloudWatch 데이터가 없습니다.";
    hours_range(hours_max: u32) => "Must be from 1 to {hours_max} hours.",
        "1시간 이상 {hours_max}시간 이하여야 합니다.";

    timeline_range(days_before: i64, days_ahead: i64) => "A timeline begins at most {days_before} days before now and {days_ahead} days after.",
        "타임라인은 현재보다 최대 {days_before}일 전부터 {days_ahead}일 후 사이에 시작할 수 있습니다.";

    target_gone => "AWS no longer has this target.", "AWS에 더 이상 없는 대상입니다.";
    too_many(most: usize) => "At most {most}.", "최대 {most}개까지입니다.";
    a_schedule => "schedule", "일정";
    a_removal => "removal of the schedule", "일정 제거";
    an_extension => "the next days of the schedule", "일정의 다음 날들";
    not_taken_over => "What the console itself put cannot be taken over.",
        "콘솔이 등록한 작업은 가져올 수 없습니다.";
    has_schedule(name: &str) => "The schedule “{name}” stands on this target.",
        "이 대상에는 일정 “{name}”이(가) 적용되어 있습니다.";
    no_schedule => "No schedule of this name stands.", "이 이름의 일정이 적용되어 있지 않습니다.";
    no_target_known => "None of these targets is known in that account and region, or none can be scheduled from here.",
        "그 계정과 리전에서 알려진 대상이 없거나, 여기서 일정을 적용할 수 없는 대상입니다.";
    override_past => "The time of this override is over.", "이미 지난 재정의 기간입니다.";
    override_gone => "The schedule has no such override any more: it is over, or was ended.",
        "이 일정에 그런 재정의가 없습니다. 이미 지났거나 종료되었습니다.";
    override_misfit => "The schedule has changed, and the override does not fit it any more.",
        "일정이 바뀌어 재정의를 적용할 수 없습니다.";
    an_override => "override of the schedule", "일정 재정의";
    an_override_end => "end of the override", "재정의 종료";
    not_asked_for => "The console does this by itself; nobody asks for it.",
        "콘솔이 스스로 하는 변경이며, 요청할 수 없습니다.";
    not_planned => "No time is set for this: it has its own, or is carried out by the policy at once.",
        "이 변경에는 실행 시각을 정할 수 없습니다. 자체 시작 시각이 있거나 정책에 따라 바로 실행됩니다.";
    planned_past => "This time is past.", "이미 지난 시각입니다.";
    planned_too_far(days_max: i64) => "At most {days_max} days ahead.", "최대 {days_max}일 뒤까지 정할 수 있습니다.";
    planned_not_now(at: &str) => "This is planned for {at}. To have it carried out at once, take its time off first.",
        "{at}에 실행하기로 한 변경입니다. 바로 실행하려면 먼저 실행 시각을 없애세요.";
    not_approved_in_time(at: &str, until: &str) => "It was to be carried out at {at}, and by {until} not enough people had approved it.",
        "{at}에 실행하기로 했지만 {until}까지 필요한 승인이 모이지 않았습니다.";
    not_begun_in_time(at: &str, until: &str) => "It was to be carried out at {at}, and could not be begun by {until}.",
        "{at}에 실행하기로 했지만 {until}까지 시작하지 못했습니다.";
    no_process => "Name at least one process.", "프로세스를 하나 이상 지정하세요.";
    a_suspension(processes: &str) => "suspend {processes}", "{processes} 일시 중지";
    a_resumption(processes: &str) => "resume {processes}", "{processes} 재개";
    a_refresh => "instance refresh", "인스턴스 새로 고침";
    a_refresh_end => "end of the instance refresh", "인스턴스 새로 고침 취소";
    refreshing(percent: u32, left: u32) => "Instance refresh: {percent} % replaced, {left} to go.", "인스턴스 새로 고침: {percent} % 교체, {left}대 남음.";
    a_start => "start now", "지금 시작";
    a_stop => "stop now", "지금 중지";
    actions_on => "alarm actions on", "경보 작업 켜기";
    actions_off => "alarm actions off", "경보 작업 끄기";
    an_alarm => "new alarm", "새 경보";
    a_definition => "alarm changed", "경보 변경";
    an_alarm_back => "alarm put back", "경보 되돌리기";
    target_missing => "AWS does not show this any more.",
        "AWS에서 더 이상 찾을 수 없습니다.";

    freeze_order => "The end must be after the start.", "종료 시각은 시작 시각보다 뒤여야 합니다.";
    freeze_over => "The end is past.", "종료 시각이 이미 지났습니다.";
    freezes_full => "There are too many freezes. Lift those that are over.",
        "동결이 너무 많습니다. 끝난 동결을 해제하세요.";
    freeze_of_calendar(calendar: &str) => "The calendar {calendar} names this freeze. Lift it there.",
        "{calendar} 캘린더에서 온 동결입니다. 그 캘린더에서 해제하세요.";
    calendar_full(most: usize, days: i64) => "The calendar names more than {most} times within {days} days. Import a part of it.",
        "캘린더에 {days}일 안의 일정이 {most}개가 넘습니다. 일부만 가져오세요.";
    calendar_other_days(name: &str) => "The calendar {name} names other days than these: read the schedule again.",
        "{name} 캘린더의 날짜가 이와 다릅니다. 일정을 다시 읽으세요.";
    calendar_empty(days: i64) => "The calendar names no time in the coming {days} days.",
        "캘린더에 앞으로 {days}일 안의 일정이 없습니다.";
    environments_full => "Too many environments.", "환경이 너무 많습니다.";
    environment_form => "An environment has 1 to 32 of a-z, 0-9 and -.",
        "환경 이름은 a-z, 0-9, - 문자 1~32자입니다.";

    blocked => "The checks forbid this. Correct the marked fields.",
        "검사를 통과하지 못했습니다. 표시된 항목을 고치세요.";
    edited_since => "The change request was edited since you opened it. Look at it again.",
        "열어 본 뒤에 변경 요청이 수정되었습니다. 다시 확인하세요.";
    live_changed => "The live state has changed since this was planned. The plan was made anew and all votes are void: look at it again.",
        "계획한 뒤에 실제 상태가 바뀌었습니다. 계획을 다시 세웠고 기존 승인은 무효입니다. 다시 확인하세요.";
    not_open(state: &str) => "This change request is {state}: it can no longer be changed or voted on.",
        "이 변경 요청은 {state} 상태여서 더 이상 수정하거나 투표할 수 없습니다.";
    not_withdrawable(state: &str) => "This change request is {state}: it can no longer be withdrawn.",
        "이 변경 요청은 {state} 상태여서 철회할 수 없습니다.";
    same_kind => "An edit cannot turn a change request into another kind or move it to another target.",
        "수정으로 변경 요청의 종류나 대상을 바꿀 수는 없습니다.";
    end_not_edited => "The end of a scale event has nothing to edit.",
        "스케일 이벤트 종료 요청에는 수정할 내용이 없습니다.";
    not_an_author => "You did not write this change request. Only its authors withdraw it; you can reject it.",
        "작성자만 철회할 수 있습니다. 대신 반려할 수 있습니다.";
    not_an_event => "This is not a scale event.", "스케일 이벤트가 아닙니다.";
    event_not_standing(state: &str) => "This scale event is {state}: there is nothing in AWS to end.",
        "이 스케일 이벤트는 {state} 상태여서 AWS에서 끝낼 것이 없습니다.";
    event_over => "This scale event is over.", "이미 끝난 스케일 이벤트입니다.";
    event_ending => "This scale event is being ended already.", "이미 종료 중인 스케일 이벤트입니다.";

    vote_author => "You wrote a part of this change request. Someone else must decide.",
        "작성에 참여한 변경 요청입니다. 다른 사람이 결정해야 합니다.";
    vote_repeated => "You have already voted on this.", "이미 투표했습니다.";
    vote_frozen => "A freeze covers this change. It needs a freeze approver (admin).",
        "동결 기간의 변경입니다. 동결 승인자(관리자)가 승인해야 합니다.";

    comments_full(most: u32) => "There are {most} comments already.", "댓글이 이미 {most}개입니다.";
    no_emergency => "Nobody let this through without an approval: there is nothing to review.",
        "승인 없이 적용된 변경이 아니어서 검토할 것이 없습니다.";
    own_emergency => "You wrote this or let it through yourself. Someone else must review it.",
        "직접 작성했거나 긴급 적용한 변경입니다. 다른 사람이 검토해야 합니다.";
    reviewed_already => "It has been reviewed already.", "이미 검토되었습니다.";

    step_failed(number: usize, message: &str) => "Step {number} failed: {message}",
        "{number}단계 실패: {message}";
    undo_failed(number: usize, message: &str) => "Step {number} could not be undone: {message}",
        "{number}단계를 되돌리지 못했습니다: {message}";
    undone(number: usize) => "Step {number} was undone.", "{number}단계를 되돌렸습니다.";
    no_undo(number: usize) => "Step {number} stays as it was done.", "{number}단계는 적용된 채로 둡니다.";
    read_back(capacity: &str) => "AWS shows {capacity} (min–desired–max).", "AWS 상태: {capacity}(최소–희망–최대)";
    unread(message: &str) => "AWS could not be read back: {message}",
        "AWS 상태를 다시 읽지 못했습니다: {message}";
    unread_since(since: &str, message: &str) => "Not verified: AWS could not be read back since {since}: {message}",
        "확인되지 않음: {since}부터 AWS 상태를 다시 읽지 못했습니다: {message}";
    void_live_state => "The live state has changed since this was planned.",
        "계획한 뒤에 실제 상태가 바뀌었습니다.";
    void_votes_short => "More approvals are needed now than were given: a freeze was declared, or more are asked for.",
        "동결이 선언되었거나 필요한 승인 수가 늘어 기존 승인으로는 부족합니다.";

    edited(what: &str, from: &str, to: &str) => "{what}: {from} → {to}.", "{what}: {from} → {to}.";
    edited_capacity => "Capacity", "용량";
    edited_start => "Start", "시작";
    edited_end => "End", "종료";
    edited_reason => "Reason", "사유";
    edited_planned => "Carried out", "실행";
    a_session => "a session", "세션";
    a_token => "an API token", "API 토큰";
    an_end => "end of the scale event", "스케일 이벤트 종료";
    at_least(count: u32) => "at least {count}", "{count} 이상";
    exactly(count: u32) => "exactly {count}", "정확히 {count}";
    when_approved => "when approved", "승인되는 즉시";

    by_policy => "Approved by policy", "정책에 따른 승인";
    by_policy_note => "Returns to what was approved with the event.",
        "이벤트와 함께 승인된 상태로 되돌립니다.";
}

/// A role's name.
#[must_use]
pub const fn role(lang: Lang, role: Role) -> &'static str {
    match (lang, role) {
        (Lang::En, Role::Viewer) => "viewer",
        (Lang::En, Role::Operator) => "operator",
        (Lang::En, Role::Approver) => "approver",
        (Lang::En, Role::Admin) => "admin",
        (Lang::Ko, Role::Viewer) => "조회자",
        (Lang::Ko, Role::Operator) => "운영자",
        (Lang::Ko, Role::Approver) => "승인자",
        (Lang::Ko, Role::Admin) => "관리자",
    }
}

/// A change request's state.
#[must_use]
pub const fn state(lang: Lang, state: ChangeState) -> &'static str {
    use ChangeState as S;
    match (lang, state) {
        (Lang::En, S::Proposed) => "proposed",
        (Lang::En, S::Approved) => "approved",
        (Lang::En, S::Applying) => "being applied",
        (Lang::En, S::Applied) => "applied",
        (Lang::En, S::AppliedWithDifference) => "applied with a difference",
        (Lang::En, S::Failed) => "failed",
        (Lang::En, S::Rejected) => "rejected",
        (Lang::En, S::Withdrawn) => "withdrawn",
        (Lang::En, S::Expired) => "expired",
        (Lang::Ko, S::Proposed) => "제안됨",
        (Lang::Ko, S::Approved) => "승인됨",
        (Lang::Ko, S::Applying) => "적용 중",
        (Lang::Ko, S::Applied) => "적용됨",
        (Lang::Ko, S::AppliedWithDifference) => "차이가 있는 채 적용됨",
        (Lang::Ko, S::Failed) => "실패",
        (Lang::Ko, S::Rejected) => "반려됨",
        (Lang::Ko, S::Withdrawn) => "철회됨",
        (Lang::Ko, S::Expired) => "만료됨",
    }
}

/// Why a vote was refused.
#[must_use]
pub fn vote_refusal(lang: Lang, refusal: VoteRefusal) -> &'static str {
    match refusal {
        VoteRefusal::Author => vote_author(lang),
        VoteRefusal::Stale => edited_since(lang),
        VoteRefusal::Repeated => vote_repeated(lang),
        VoteRefusal::Frozen => vote_frozen(lang),
    }
}

/// What is wrong with a text.
#[must_use]
pub fn text_error(lang: Lang, error: &TextError) -> String {
    match error {
        TextError::Empty => text_empty(lang).into(),
        TextError::TooLong(chars_max) => text_too_long(lang, *chars_max),
        TextError::Control => text_control(lang).into(),
        TextError::NotAnAddress => text_not_an_address(lang).into(),
    }
}

/// Why the cloud did not answer: our sentence, then the other side's words.
#[must_use]
pub fn cloud_failed(lang: Lang, kind: CloudErrorKind, action: &str, message: &str) -> String {
    format!("{} ({action}: {message})", cloud_kind(lang, kind))
}

/// The kind of a cloud failure and what helps.
#[must_use]
pub const fn cloud_kind(lang: Lang, kind: CloudErrorKind) -> &'static str {
    use CloudErrorKind as K;
    match (lang, kind) {
        (Lang::En, K::Throttled) => "AWS is throttling our calls; try again in a minute.",
        (Lang::En, K::Denied) => "The role may not do this in AWS.",
        (Lang::En, K::Credentials) => "The AWS credentials are missing, expired or wrong.",
        (Lang::En, K::NotFound) => "AWS does not have it.",
        (Lang::En, K::Invalid) => "AWS refused the parameters.",
        (Lang::En, K::Unavailable) => "AWS cannot be reached; try again in a minute.",
        (Lang::Ko, K::Throttled) => "AWS가 호출을 제한하고 있습니다. 잠시 후 다시 시도하세요.",
        (Lang::Ko, K::Denied) => "이 역할에는 AWS 권한이 없습니다.",
        (Lang::Ko, K::Credentials) => "AWS 자격 증명이 없거나 만료되었거나 잘못되었습니다.",
        (Lang::Ko, K::NotFound) => "AWS에 없습니다.",
        (Lang::Ko, K::Invalid) => "AWS가 매개변수를 거부했습니다.",
        (Lang::Ko, K::Unavailable) => "AWS에 연결할 수 없습니다. 잠시 후 다시 시도하세요.",
    }
}
