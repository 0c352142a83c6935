//! Notifications in words: what a channel is told, and why a route tells it.

use super::Lang;
use crate::{
    alarms::AlarmState,
    changes::ChangeState,
    channels::{ChannelKind, ChannelName},
    drills, limits, messages,
    notifications::{AlarmTold, DeliveryState, Event, FailureKind, Message, Together},
    on_call::{ContactName, RotationName},
    routes::{
        EscalationStep, Explanation, Mismatch, Person, Quiet, Recipients, Verdict, groups::Group,
    },
    time::Zone,
    time_intervals::TimeIntervalName,
};

messages! {
    firing(priority: &str, environment: &str, name: &str) => "{priority} ALARM · {environment} · {name}",
        "{priority} 경보 발생 · {environment} · {name}";
    flapping(priority: &str, environment: &str, name: &str) => "{priority} ALARM, flapping · {environment} · {name}",
        "{priority} 경보 발생(반복) · {environment} · {name}";
    no_data(priority: &str, environment: &str, name: &str) => "{priority} no data · {environment} · {name}",
        "{priority} 데이터 없음 · {environment} · {name}";
    resolved(environment: &str, name: &str) => "Recovered · {environment} · {name}",
        "복구됨 · {environment} · {name}";
    withdrawn(environment: &str, name: &str) => "No longer watched · {environment} · {name}",
        "더 이상 감시하지 않음 · {environment} · {name}";
    acknowledged(by: &str, environment: &str, name: &str) => "{by} looks after it · {environment} · {name}",
        "담당: {by} · {environment} · {name}";
    released(environment: &str, name: &str) => "Nobody looks after it now · {environment} · {name}",
        "담당자 없음 · {environment} · {name}";
    test(by: &str) => "Test by {by}: messages from Lamplighter arrive here.",
        "{by} 님의 시험 발송: Lamplighter의 메시지가 이곳에 도착합니다.";
    test_over(by: &str) => "The test by {by} is over.", "{by} 님의 시험 발송이 끝났습니다.";

    drill(told: &str) => "DRILL: {told}", "훈련: {told}";

    digest(count: u64) => "Not urgent and still standing: {count}", "급하지 않지만 아직 남은 경보: {count}개";
    digest_line(priority: &str, environment: &str, name: &str, since: &str) => "{priority} · {environment} · {name} · since {since}",
        "{priority} · {environment} · {name} · {since}부터";
    digest_more(count: u64) => "and {count} more", "외 {count}개";
    went_off_together(count: u32) => "{count} alarms went off", "경보 {count}개 발생";
    over_together(count: u32) => "{count} over", "{count}개 복구";
    together_over(count: u32) => "{count} alarms are over", "경보 {count}개 복구";
    and_over(went_off: &str, over: &str) => "{went_off}, {over}", "{went_off}, {over}";
    grouped(told: &str, labels: &str, seconds: u32, minutes: u32) => "{told}, together with others of {labels}: {seconds} s after the first, then at most every {minutes} min",
        "{told}. {labels}이(가) 같은 경보와 묶어 첫 경보 {seconds}초 뒤, 이후 {minutes}분마다 한 번만 알립니다";
    whatever_they_are => "any kind", "모든 조건";
    changed(environment: &str, title: &str) => "Applied · {environment} · {title}", "적용됨 · {environment} · {title}";
    changed_otherwise(environment: &str, title: &str) => "Applied, with differences · {environment} · {title}", "적용됨(차이 있음) · {environment} · {title}";
    event_changed => "Change applied", "변경 적용";
    event_digest => "Digest", "요약";
    event_firing => "Went off", "발생";
    event_acknowledged => "Acknowledged", "확인";
    event_released => "Given back", "담당 해제";
    event_resolved => "Over", "종료";
    event_test => "Test", "시험";

    button_acknowledge => "Acknowledge", "확인";
    button_silence(minutes: i64) => "Silence for {minutes} minutes", "{minutes}분 음소거";
    button_open => "Open", "열기";

    state_waiting => "Waiting", "대기";
    state_sending => "Being sent", "발송 중";
    state_sent => "Sent", "발송됨";
    state_failed => "Failed, tried again", "실패, 재시도 예정";
    state_unknown => "Unknown, tried again", "결과 불명, 재시도 예정";
    state_dead => "Given up", "포기";
    state_collapsed => "Superseded", "대체됨";

    failure_limited => "It asked for fewer messages, or to try later.", "메시지를 줄이거나 나중에 다시 보내 달라고 요청했습니다.";
    failure_unreachable => "It could not be reached.", "연결할 수 없었습니다.";
    failure_denied => "It does not accept our secret, or we may not write there.",
        "비밀값을 받아들이지 않거나 쓸 권한이 없습니다.";
    failure_uncertain => "It did not say whether it took the message.",
        "메시지를 받았는지 답하지 않았습니다.";
    failure_gone => "The message to be edited was gone; a new one is written.",
        "수정할 메시지가 없어져 새로 작성합니다.";
    failure_refused => "It refused the message for good.", "메시지를 최종적으로 거부했습니다.";
    failure_unconfigured => "The channel is no longer configured.", "채널이 더 이상 설정되어 있지 않습니다.";

    promise_edited => "At least once: one message for each alarm, edited in place; when very many wait, or by group, one message tells of several. When the outcome of an attempt is unknown, it may appear more than once.",
        "최소 한 번: 경보마다 메시지 하나를 보내고 그 자리에서 수정합니다. 많이 밀렸거나 묶음이면 메시지 하나로 여러 경보를 알립니다. 결과를 알 수 없으면 여러 번 표시될 수 있습니다.";
    promise_pagerduty => "At least once, and nobody is called twice: repeats carry the same key.",
        "최소 한 번이며 두 번 호출하지 않습니다. 반복 발송에는 같은 키가 붙습니다.";
    promise_webhook => "At least once: repeats carry the same Idempotency-Key.",
        "최소 한 번: 반복 발송에는 같은 Idempotency-Key가 붙습니다.";
    promise_email => "At least once: repeats carry the same Message-ID, by which many mailboxes know them. Recipients that the server does not take while it takes others are named in the receipt and not tried again. What becomes of a mail after the server took it is not told here.",
        "최소 한 번: 반복 발송에는 같은 Message-ID가 붙어 많은 메일함이 중복을 알아봅니다. 다른 수신자는 받고 일부만 거부하면 그 수신자를 수신 번호에 적고 다시 보내지 않습니다. 메일 서버가 받은 뒤의 일은 이곳에 표시되지 않습니다.";
    promise_teams => "At least once: a card for each message. Teams knows no repeat, so when the outcome of an attempt is unknown, a card may appear more than once; and what the workflow does after it was started is not told here.",
        "최소 한 번: 메시지마다 카드를 하나 보냅니다. Teams는 반복 발송을 알아보지 못하므로 결과를 알 수 없으면 카드가 여러 번 표시될 수 있으며, 워크플로가 시작된 뒤의 일은 이곳에 표시되지 않습니다.";
    promise_sms => "At most once: a text whose outcome is not known is not sent again, for nobody should be woken twice by it. It is listed as given up and can be sent again by hand, so let another channel be told, too. One segment; nothing is told of who takes an alarm on.",
        "최대 한 번: 결과를 알 수 없는 문자는 같은 일로 두 번 깨우지 않도록 다시 보내지 않습니다. 포기로 표시되며 직접 다시 보낼 수 있으므로 다른 채널에도 알리세요. 한 건 길이로 보내며 담당자 변경은 알리지 않습니다.";
    promise_inbox => "At least once: repeats replace the message. Nothing leaves the sandbox.",
        "최소 한 번: 반복 발송은 메시지를 바꿉니다. 샌드박스 밖으로 나가지 않습니다.";

    why_tells(route: &str, channels: &str) => "route {route} fits and tells {channels}",
        "{route}번 경로가 일치하여 {channels}에 알립니다";
    with_people(told: &str, people: &str) => "{told} ({people})", "{told} ({people})";
    person(contact: &str, channels: &str) => "{contact}: {channels}", "{contact}: {channels}";
    on_call_person(contact: &str, rotation: &str, channels: &str) => "{contact}, on call in {rotation}: {channels}",
        "{rotation} 당직 {contact}: {channels}";
    quiet_person(person: &str, interval: &str) => "{person}, but later while {interval} holds",
        "{person}, {interval} 시간 구간에는 나중에";
    whoever_on_call(rotation: &str) => "whoever is on call in {rotation}", "{rotation} 당직";
    why_tells_nobody(route: &str) => "route {route} fits and names no channel",
        "{route}번 경로가 일치하지만 채널이 없습니다";
    why_digest(told: &str, digest: &str) => "{told}, but only in the digest {digest}, if the alarm still stands then",
        "{told}. 단, 그때까지 경보가 남아 있으면 {digest} 요약에서만 알립니다";
    why_mute(told: &str, intervals: &str) => "{told}, but not while {intervals} holds: later, if the alarm still stands",
        "{told}. 단, {intervals} 시간 구간에는 알리지 않고 경보가 남아 있으면 나중에 알립니다";
    why_inactive(told: &str, intervals: &str) => "{told}, but only while {intervals} holds: later, if the alarm still stands",
        "{told}. 단, {intervals} 시간 구간에만 알리며 경보가 남아 있으면 그때 알립니다";
    and_later(told: &str, steps: &str) => "{told}; while nobody takes the alarm on, {steps}",
        "{told}. 담당자가 없으면 {steps}에 알립니다";
    after_minutes(minutes: u32, channels: &str) => "{channels} after {minutes} min", "{minutes}분 뒤 {channels}";
    why_below(route: &str) => "route {route} fits; a route below it was taken",
        "{route}번 경로가 일치하여 그 아래 경로를 따릅니다";
    why_passed(route: &str, what: &str) => "route {route} does not fit: {what}",
        "{route}번 경로는 일치하지 않습니다: {what}";
    why_not_asked(route: &str, taken: &str) => "route {route} was not asked: route {taken} ends the search",
        "{route}번 경로는 확인하지 않았습니다: {taken}번 경로에서 끝났습니다";
    another_state => "another state", "다른 상태";
    another_environment => "another environment", "다른 환경";
    another_priority => "another priority", "다른 우선순위";
    another_name => "the name contains none of its words", "이름에 해당 단어가 없음";
    another_account => "another account", "다른 계정";
    another_region => "another region", "다른 리전";
    other_labels => "other labels", "다른 레이블";
    nobody_told => "Nobody is told.", "아무에게도 알리지 않습니다.";
    told(channels: &str) => "Told: {channels}.", "알림 대상: {channels}.";
    told_later(told: &str, channels: &str) => "{told} Later: {channels}.", "{told} 나중에 알림: {channels}.";
}

/// A message in one line.
#[must_use]
pub fn headline(lang: Lang, event: Event, message: &Message) -> String {
    if let Some(together) = message.together {
        return told_together(lang, together);
    }
    if let Some(change) = &message.change {
        let environment = change.environment.as_str();
        return match change.state {
            ChangeState::Applied => changed(lang, environment, &change.title),
            _ => changed_otherwise(lang, environment, &change.title),
        };
    }
    let by = message.by.as_deref().unwrap_or("?");
    let Some(alarm) = &message.alarm else {
        return match event {
            Event::Resolved => test_over(lang, by),
            Event::Digest => digest(lang, message.standing.unwrap_or_default()),
            _ => test(lang, by),
        };
    };
    if alarm.drill {
        // First of all: in a summary that is cut, and to whoever is half asleep.
        return drill(lang, &alarm_headline(lang, event, alarm, by));
    }
    alarm_headline(lang, event, alarm, by)
}

fn told_together(lang: Lang, Together { went_off, over }: Together) -> String {
    match (went_off, over) {
        (0, over) => together_over(lang, over),
        (went_off, 0) => went_off_together(lang, went_off),
        (went_off, over) => {
            let over = over_together(lang, over);
            and_over(lang, &went_off_together(lang, went_off), &over)
        }
    }
}

/// A message as a line among others.
#[must_use]
pub fn bundle_line(lang: Lang, event: Event, message: &Message) -> String {
    let line = headline(lang, event, message);
    if line.chars().count() <= limits::BUNDLE_LINE_CHARS_MAX {
        return line;
    }
    let kept = line.chars().take(limits::BUNDLE_LINE_CHARS_MAX - 1);
    kept.chain(['…']).collect()
}

/// A message as one segment of a text (3GPP TS 23.038): 160 characters of the plain alphabet, or
/// 70 where another letter stands among them. The link comes last, where it leaves room to say what
/// it is about.
#[must_use]
pub fn text_message(lang: Lang, event: Event, message: &Message, link: Option<&str>) -> String {
    let headline = headline(lang, event, message).replace('·', "-");
    let is_plain = |c: char| {
        let extended = matches!(c, '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' | '`');
        (c == ' ' || c.is_ascii_graphic()) && !extended
    };
    let most = match headline.chars().all(is_plain) {
        true => limits::TEXT_CHARS_MAX,
        false => limits::TEXT_WIDE_CHARS_MAX,
    };
    let link = link.filter(|link| link.chars().all(is_plain));
    let room = |link: &str| most.checked_sub(link.len() + 1);
    let fitting = link.and_then(|link| Some((link, room(link)?)));
    let fitting = fitting.filter(|(_, room)| *room >= limits::TEXT_HEADLINE_CHARS_MIN);
    let cut = |most: usize| -> String {
        // Outside of the first plane a letter takes two places.
        let mut places = 0;
        let kept = headline.chars().take_while(|c| {
            places += c.len_utf16();
            places <= most
        });
        kept.collect()
    };
    match fitting {
        Some((link, room)) => format!("{} {link}", cut(room)),
        None => cut(most),
    }
}

fn alarm_headline(lang: Lang, event: Event, alarm: &AlarmTold, by: &str) -> String {
    let (environment, priority) = (alarm.environment.as_str(), alarm.priority.as_str());
    let name = match alarm.drill {
        true => drills::unmarked(&alarm.name),
        false => &alarm.name,
    };
    match event {
        Event::Resolved if alarm.gone => withdrawn(lang, environment, name),
        Event::Resolved => resolved(lang, environment, name),
        Event::Acknowledged => acknowledged(lang, by, environment, name),
        Event::Released => released(lang, environment, name),
        Event::Firing | Event::Test | Event::Digest | Event::Changed
            if alarm.state == AlarmState::InsufficientData =>
        {
            no_data(lang, priority, environment, name)
        }
        Event::Firing if alarm.flapping => flapping(lang, priority, environment, name),
        Event::Firing | Event::Test | Event::Digest | Event::Changed => {
            firing(lang, priority, environment, name)
        }
    }
}

/// The lines of a digest: those named, and how many there are beside them.
#[must_use]
pub fn digest_lines(lang: Lang, zone: &Zone, alarms: &[AlarmTold], more: u64) -> String {
    let line = |alarm: &AlarmTold| {
        let (priority, environment) = (alarm.priority.as_str(), alarm.environment.as_str());
        let since = format!("{} {}", zone.minute_text(alarm.state_at), zone.name());
        digest_line(lang, priority, environment, &alarm.name, &since)
    };
    let mut lines: Vec<String> = alarms.iter().map(line).collect();
    if more > 0 {
        lines.push(digest_more(lang, more));
    }
    lines.join("\n")
}

/// What happened, in a word.
#[must_use]
pub fn event_word(lang: Lang, event: Event) -> &'static str {
    match event {
        Event::Firing => event_firing(lang),
        Event::Acknowledged => event_acknowledged(lang),
        Event::Released => event_released(lang),
        Event::Resolved => event_resolved(lang),
        Event::Test => event_test(lang),
        Event::Digest => event_digest(lang),
        Event::Changed => event_changed(lang),
    }
}

/// How a message stands, in a word.
#[must_use]
pub fn state_word(lang: Lang, state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => state_waiting(lang),
        DeliveryState::Sending => state_sending(lang),
        DeliveryState::Sent => state_sent(lang),
        DeliveryState::Failed => state_failed(lang),
        DeliveryState::Unknown => state_unknown(lang),
        DeliveryState::Dead => state_dead(lang),
        DeliveryState::Collapsed => state_collapsed(lang),
    }
}

/// Why an attempt failed.
#[must_use]
pub fn failure_word(lang: Lang, kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Limited => failure_limited(lang),
        FailureKind::Unreachable => failure_unreachable(lang),
        FailureKind::Denied => failure_denied(lang),
        FailureKind::Uncertain => failure_uncertain(lang),
        FailureKind::Gone => failure_gone(lang),
        FailureKind::Refused => failure_refused(lang),
        FailureKind::Unconfigured => failure_unconfigured(lang),
    }
}

/// What a kind of channel promises.
#[must_use]
pub fn promise(lang: Lang, kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Slack | ChannelKind::Discord => promise_edited(lang),
        ChannelKind::Pagerduty => promise_pagerduty(lang),
        ChannelKind::Webhook => promise_webhook(lang),
        ChannelKind::Email => promise_email(lang),
        ChannelKind::Teams => promise_teams(lang),
        ChannelKind::Sms => promise_sms(lang),
        ChannelKind::Inbox => promise_inbox(lang),
    }
}

/// Channels, one after the other.
#[must_use]
pub fn channel_list(channels: &[ChannelName]) -> String {
    let names: Vec<_> = channels.iter().map(ChannelName::as_str).collect();
    names.join(", ")
}

/// Who is told, as a sentence.
#[must_use]
pub fn conclusion(lang: Lang, explanation: &Explanation) -> String {
    let now = match explanation.told.as_slice() {
        [] => nobody_told(lang).to_owned(),
        channels => told(lang, &channel_list(channels)),
    };
    match explanation.quiet.as_slice() {
        [] => now,
        channels => told_later(lang, &now, &channel_list(channels)),
    }
}

/// Whom a route or a step tells, one after the other.
#[must_use]
pub fn recipient_list(lang: Lang, recipients: &Recipients) -> String {
    let channels = recipients.channels.iter().map(|name| name.to_string());
    let contacts = recipients.contacts.iter().map(ContactName::to_string);
    let on_call = recipients.on_call.iter().map(RotationName::as_str);
    let on_call = on_call.map(|rotation| whoever_on_call(lang, rotation));
    let names: Vec<String> = channels.chain(contacts).chain(on_call).collect();
    names.join(", ")
}

fn person_text(lang: Lang, told: &Person) -> String {
    let (contact, channels) = (told.contact.as_str(), channel_list(&told.channels));
    let who = match &told.rotation {
        None => person(lang, contact, &channels),
        Some(rotation) => on_call_person(lang, contact, rotation.as_str(), &channels),
    };
    match &told.quiet {
        None => who,
        Some(interval) => quiet_person(lang, &who, interval.as_str()),
    }
}

/// Who else is told, and when, while nobody takes an alarm on.
#[must_use]
pub fn escalation_list(lang: Lang, steps: &[EscalationStep]) -> String {
    let step = |step: &EscalationStep| {
        after_minutes(
            lang,
            step.after_minutes,
            &recipient_list(lang, &step.recipients),
        )
    };
    steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

/// Names of time intervals, one after the other.
#[must_use]
pub fn interval_list(intervals: &[TimeIntervalName]) -> String {
    let names: Vec<_> = intervals.iter().map(TimeIntervalName::as_str).collect();
    names.join(", ")
}

/// What became of each route, one line for each.
#[must_use]
pub fn reasons(lang: Lang, explanation: &Explanation) -> Vec<String> {
    let line = |step: &crate::routes::Step| {
        let route = step.route.to_string();
        match &step.verdict {
            Verdict::Tells {
                channels,
                people,
                later,
                quiet,
                digest,
                group,
            } => {
                let told = match channels.as_slice() {
                    [] => why_tells_nobody(lang, &route),
                    channels => why_tells(lang, &route, &channel_list(channels)),
                };
                let told = match people.as_slice() {
                    [] => told,
                    people => {
                        let people = people.iter().map(|one| person_text(lang, one));
                        with_people(lang, &told, &people.collect::<Vec<_>>().join("; "))
                    }
                };
                let told = match later.as_slice() {
                    [] => told,
                    steps => and_later(lang, &told, &escalation_list(lang, steps)),
                };
                let told = match group {
                    None => told,
                    Some(group) => in_group(lang, &told, group),
                };
                if let Some(digest) = digest {
                    return why_digest(lang, &told, digest.as_str());
                }
                match quiet {
                    None => told,
                    Some(Quiet::Mute { interval }) => why_mute(lang, &told, interval.as_str()),
                    Some(Quiet::Inactive { intervals }) => {
                        why_inactive(lang, &told, &interval_list(intervals))
                    }
                }
            }
            Verdict::Below => why_below(lang, &route),
            Verdict::Passed { mismatch } => {
                why_passed(lang, &route, mismatch_word(lang, *mismatch))
            }
            Verdict::NotAsked { taken } => why_not_asked(lang, &route, &taken.to_string()),
        }
    };
    explanation.steps.iter().map(line).collect()
}

fn in_group(lang: Lang, told: &str, group: &Group) -> String {
    let labels = group.labels.iter();
    let labels: Vec<String> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let labels = match labels.as_slice() {
        [] => whatever_they_are(lang).to_owned(),
        labels => labels.join(", "),
    };
    grouped(
        lang,
        told,
        &labels,
        group.wait_seconds,
        group.interval_minutes,
    )
}

fn mismatch_word(lang: Lang, mismatch: Mismatch) -> &'static str {
    match mismatch {
        Mismatch::State => another_state(lang),
        Mismatch::Environment => another_environment(lang),
        Mismatch::Priority => another_priority(lang),
        Mismatch::Name => another_name(lang),
        Mismatch::Account => another_account(lang),
        Mismatch::Region => another_region(lang),
        Mismatch::Labels => other_labels(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alarms::Priority, ids::AlarmId, time::Timestamp};

    fn message(name: &str) -> Message {
        Message {
            alarm: Some(AlarmTold {
                id: AlarmId::from_parts(1, 3),
                name: name.into(),
                environment: "prod".into(),
                priority: Priority::P1,
                scope: None,
                source: None,
                drill: false,
                state: AlarmState::Alarm,
                state_at: Timestamp::from_ms(0),
                reason: String::new(),
                gone: false,
                flapping: false,
            }),
            ..Message::default()
        }
    }

    #[test]
    fn a_text_is_one_segment_with_its_link_where_it_leaves_room() {
        let link = "https://ops.example.com/alarms/alm_01KJNXGE00KVPJ84NFEFYYWZ7W";
        let text =
            |lang, name: &str, link| text_message(lang, Event::Firing, &message(name), Some(link));
        assert_eq!(
            text(Lang::En, "web-5xx", link),
            format!("P1 ALARM - prod - web-5xx {link}")
        );
        let long = text(Lang::En, &"x".repeat(250), link);
        assert_eq!(long.len(), limits::TEXT_CHARS_MAX);
        assert!(long.ends_with(link), "{long}");
        // Letters of another alphabet make a segment of seventy.
        let korean = text(Lang::Ko, "web-5xx", link);
        assert_eq!(korean, "P1 경보 발생 - prod - web-5xx");
        let wide = text(Lang::Ko, &"가".repeat(250), link);
        assert_eq!(wide.chars().count(), limits::TEXT_WIDE_CHARS_MAX);
        let far = text(Lang::En, &"😀".repeat(250), link);
        assert!(far.encode_utf16().count() <= limits::TEXT_WIDE_CHARS_MAX);
        let endless = format!("https://ops.example.com/{}", "x".repeat(200));
        assert_eq!(
            text(Lang::En, "web-5xx", &endless),
            "P1 ALARM - prod - web-5xx"
        );
    }
}
