//! Words of the activity page, and of the audit log's verbs wherever they are shown.

domain::messages! {
    title => "Activity", "활동 기록";
    subtitle => "The audit log: every entry's hash covers the one before it.", "감사 기록입니다. 각 항목의 해시는 이전 항목까지 포함합니다.";
    when => "When", "시각";
    who => "Who", "수행자";
    what => "What", "내용";
    subject => "About", "대상";
    outcome => "Outcome", "결과";
    hash => "Hash", "해시";
    detail => "Detail", "상세";
    number => "No.", "번호";
    subject_filter => "About (an id)", "대상(ID)";
    person_filter => "Who (a name)", "수행자(이름)";
    range => "When", "기간";
    any_time => "Any time", "전체 기간";
    last_hour => "Last hour", "최근 1시간";
    last_day => "Last 24 hours", "최근 24시간";
    last_week => "Last 7 days", "최근 7일";
    last_month => "Last 30 days", "최근 30일";
    all_actions => "Everything", "전체";
    area_change => "Change requests", "변경 요청";
    area_event => "Scale events", "스케일 이벤트";
    area_schedule => "Schedules", "일정";
    area_estate => "Accounts and regions", "계정과 리전";
    area_alarm => "Alarms", "경보";
    area_notification => "Notifications", "알림";
    area_on_call => "On call", "당직";
    area_drill => "Drills", "훈련";
    area_silence => "Silences", "음소거";
    area_freeze => "Freezes", "동결";
    area_person => "People", "사용자";
    area_session => "Sessions", "세션";
    area_token => "Tokens", "토큰";
    empty => "Nothing is recorded yet", "아직 기록이 없습니다";
    empty_text => "Everything that somebody does appears here.", "수행한 작업이 모두 여기에 기록됩니다.";
    empty_filtered => "Nothing fits these filters", "이 조건에 맞는 기록이 없습니다";
    empty_filtered_text => "Fewer filters show more.", "필터를 줄이면 더 많이 보입니다.";
    system => "system", "시스템";

    alarm_acknowledge => "acknowledged an alarm", "경보 확인";

    alarm_resolve_in_pagerduty => "closed an alarm's incident in PagerDuty", "PagerDuty에서 경보 인시던트 종료";
    pagerduty_refuse => "could not follow PagerDuty", "PagerDuty의 조치를 반영하지 못함";
    alarm_unacknowledge => "gave an alarm back", "경보 담당 해제";
    calendar_follow => "followed a calendar", "캘린더 확인 시작";
    calendar_forget => "let go of a calendar", "캘린더 확인 중단";
    channel_test => "tested a channel", "채널 시험";
    notification_send_again => "sent a message again", "메시지 재발송";
    change_propose => "proposed", "제안";
    change_edit => "edited", "수정";
    change_approve => "approved", "승인";
    change_reject => "rejected", "반려";
    change_withdraw => "withdrew", "철회";
    change_comment => "commented", "댓글";
    change_break_glass => "broke the glass", "긴급 적용";
    change_review => "reviewed the emergency", "긴급 적용 검토";
    change_expire => "expired", "만료";
    change_void => "votes became void", "투표 무효";
    change_begin => "began to apply", "적용 시작";
    change_step => "AWS call", "AWS 호출";
    change_undo => "took a step back", "단계 되돌림";
    change_applied => "applied", "적용 완료";
    change_verified => "read back late", "뒤늦게 확인";
    event_start => "started, as AWS shows", "시작 확인";
    change_fail => "failed", "실패";
    event_end => "ended early", "조기 종료";
    event_return => "returned, as AWS shows", "복귀 확인";
    event_return_missing => "the return has not happened", "복귀되지 않음";
    event_return_given_up => "the return was looked for in vain", "복귀 확인 포기";
    event_drift => "drift", "이탈(drift)";
    event_drift_over => "drift is over", "이탈(drift) 해소";
    estate_let_go => "stopped watching", "감시 중단";
    cover_add => "put somebody on call", "대체 당직 등록";
    cover_end => "ended a cover", "대체 당직 종료";
    drill_start => "started a drill", "훈련 시작";
    drill_skip => "left a drill out", "훈련 건너뜀";
    drill_end => "ended a drill", "훈련 종료";
    drill_conclude => "settled the receipts of a drill", "훈련 수신 결과 확정";
    silence_add => "silenced alarms", "경보 음소거";
    silence_end => "ended a silence", "음소거 종료";
    freeze_declare => "declared a freeze", "동결 선언";
    freeze_lift => "lifted a freeze", "동결 해제";
    person_add => "added a person", "사용자 추가";
    person_change => "changed a person", "사용자 변경";
    person_password => "changed the password", "비밀번호 변경";
    person_reset => "set a person's password", "사용자 비밀번호 재설정";
    person_setup => "set the console up", "초기 설정";
    queue_take_again => "took a message in again", "메시지 다시 받음";
    queue_discard => "let go of a message", "메시지 버림";
    session_in => "signed in", "로그인";
    session_out => "signed out", "로그아웃";
    session_end => "ended a session", "세션 종료";
    token_make => "made a token", "토큰 발급";
    token_revoke => "revoked a token", "토큰 폐기";
    topic_confirm => "confirmed a subscription", "구독 확인";
    topic_unsubscribed => "subscription was ended by somebody", "구독이 해지됨";
    sandbox_act => "turned the sandbox", "샌드박스 조작";
}

/// A verb of the audit log in words; one that is not known here reads as it is.
#[must_use]
pub fn verb(lang: domain::i18n::Lang, action: &str) -> String {
    let known = match action {
        "alarm.acknowledge" => alarm_acknowledge(lang),
        "alarm.unacknowledge" => alarm_unacknowledge(lang),
        "alarm.resolve_in_pagerduty" => alarm_resolve_in_pagerduty(lang),
        "pagerduty.refuse" => pagerduty_refuse(lang),
        "calendar.follow" => calendar_follow(lang),
        "calendar.forget" => calendar_forget(lang),
        "channel.test" => channel_test(lang),
        "notification.send_again" => notification_send_again(lang),
        "change.propose" => change_propose(lang),
        "change.edit" => change_edit(lang),
        "change.approve" => change_approve(lang),
        "change.reject" => change_reject(lang),
        "change.withdraw" => change_withdraw(lang),
        "change.comment" => change_comment(lang),
        "change.break_glass" => change_break_glass(lang),
        "change.review" => change_review(lang),
        "change.expire" => change_expire(lang),
        "change.void" => change_void(lang),
        "change.begin" => change_begin(lang),
        "change.step" => change_step(lang),
        "change.undo" => change_undo(lang),
        "change.applied" => change_applied(lang),
        "change.verified" => change_verified(lang),
        "event.start" => event_start(lang),
        "change.fail" => change_fail(lang),
        "event.end" => event_end(lang),
        "event.return" => event_return(lang),
        "event.return_missing" => event_return_missing(lang),
        "event.return_given_up" => event_return_given_up(lang),
        "event.drift" | "schedule.drift" => event_drift(lang),
        "event.drift_over" | "schedule.drift_over" => event_drift_over(lang),
        "estate.let_go" => estate_let_go(lang),
        "cover.add" => cover_add(lang),
        "cover.end" => cover_end(lang),
        "drill.start" => drill_start(lang),
        "drill.skip" => drill_skip(lang),
        "drill.end" => drill_end(lang),
        "drill.conclude" => drill_conclude(lang),
        "silence.add" => silence_add(lang),
        "silence.end" => silence_end(lang),
        "freeze.declare" => freeze_declare(lang),
        "freeze.lift" => freeze_lift(lang),
        "person.add" => person_add(lang),
        "person.change" => person_change(lang),
        "person.change_password" => person_password(lang),
        "person.reset_password" => person_reset(lang),
        "person.set_up" => person_setup(lang),
        "queue.take_again" => queue_take_again(lang),
        "queue.discard" => queue_discard(lang),
        "session.sign_in" => session_in(lang),
        "session.sign_out" => session_out(lang),
        "session.end" => session_end(lang),
        "token.make" => token_make(lang),
        "token.revoke" => token_revoke(lang),
        "topic.confirm" => topic_confirm(lang),
        "topic.unsubscribed" => topic_unsubscribed(lang),
        "sandbox.act" => sandbox_act(lang),
        other => return other.to_owned(),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::i18n::Lang;
    use std::{collections::BTreeSet, fs, path::Path};

    /// What the words of the audit log begin with.
    const AREAS: [&str; 18] = [
        "alarm",
        "calendar",
        "change",
        "channel",
        "cover",
        "drill",
        "estate",
        "event",
        "freeze",
        "notification",
        "person",
        "queue",
        "sandbox",
        "schedule",
        "session",
        "silence",
        "token",
        "topic",
    ];

    /// The words of the audit log among the texts of the services' sources.
    fn verbs(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                verbs(&path, found);
                continue;
            }
            let source = fs::read_to_string(&path).expect("a source");
            let texts = source.split('"').filter(|text| {
                let verb = |verb: &str| verb.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                let parts = text.split_once('.');
                parts.is_some_and(|(area, rest)| AREAS.contains(&area) && verb(rest))
            });
            found.extend(
                texts
                    .filter(|text| *text != "calendar.ics")
                    .map(str::to_owned),
            );
        }
    }

    #[test]
    fn whatever_the_services_record_has_words() {
        let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/services/src");
        let mut found = BTreeSet::new();
        verbs(&services, &mut found);
        assert!(found.len() > 40, "{found:?}");
        for action in found {
            for lang in [Lang::En, Lang::Ko] {
                assert_ne!(verb(lang, &action), action, "{lang:?}");
            }
        }
    }
}
