//! What the console's background workers do and how the last turn of each went.

use crate::texts::workers as t;
use api::system::{WorkerKind, WorkerReport};
use domain::i18n::Lang;

/// What a worker does.
pub(super) fn duty(lang: Lang, kind: &WorkerKind) -> String {
    let words = match kind {
        WorkerKind::Poll { scope } => return t::poll(lang, &scope.to_string()),
        WorkerKind::Notify { channel } => return t::notify(lang, &channel.to_string()),
        WorkerKind::Queue { queue } => return t::queue(lang, &queue.to_string()),
        WorkerKind::Feed => t::feed(lang),
        WorkerKind::Apply => t::apply(lang),
        WorkerKind::Watch => t::watch(lang),
        WorkerKind::Schedules => t::schedules(lang),
        WorkerKind::Calendars => t::calendars(lang),
        WorkerKind::Ends => t::ends(lang),
        WorkerKind::Held => t::held(lang),
        WorkerKind::Escalate => t::escalate(lang),
        WorkerKind::Heartbeats => t::heartbeats(lang),
        WorkerKind::LogQueries => t::log_queries(lang),
        WorkerKind::Digests => t::digests(lang),
        WorkerKind::Drills => t::drills(lang),
        WorkerKind::Topics => t::topics(lang),
        WorkerKind::Expire => t::expire(lang),
        WorkerKind::Scopes => t::scopes(lang),
        WorkerKind::Retain => t::retain(lang),
    };
    words.into()
}

/// What its last turn did.
pub(super) fn report(lang: Lang, report: &WorkerReport) -> String {
    match *report {
        WorkerReport::Elsewhere => t::elsewhere(lang).into(),
        WorkerReport::NotConfigured => t::not_configured(lang).into(),
        WorkerReport::FollowsFromHere => t::follows_from_here(lang).into(),
        WorkerReport::MissedTooMuch => t::missed_too_much(lang).into(),
        WorkerReport::Read { alarms, targets } => t::read(lang, alarms, targets),
        WorkerReport::Sent { messages, more } => match more {
            true => t::sent_more(lang, messages),
            false => t::sent(lang, messages),
        },
        WorkerReport::SentThenFailed {
            messages,
            ref error,
        } => t::sent_then_failed(lang, messages, error),
        WorkerReport::Told { news, followers } => t::told(lang, news, followers),
        WorkerReport::Carried { changes } => t::carried(lang, changes),
        WorkerReport::Watched {
            standing,
            drifted,
            returns,
            reread,
        } => t::watched(lang, standing, drifted, returns, reread),
        WorkerReport::LookedAfter {
            standing,
            drifted,
            extended,
        } => t::looked_after(lang, standing, drifted, extended),
        WorkerReport::Followed { read, failed } => t::followed(lang, read, failed),
        WorkerReport::Took {
            kept,
            set_aside,
            left,
        } => t::took(lang, kept, set_aside, left),
        WorkerReport::Judged { ends, over } => t::judged(lang, ends, over),
        WorkerReport::Released { alarms } => t::released(lang, alarms),
        WorkerReport::Escalated { alarms, released } => t::escalated(lang, alarms, released),
        WorkerReport::Listened { watched, late } => t::listened(lang, watched, late),
        WorkerReport::Queried { asked, unanswered } => t::queried(lang, asked, unanswered),
        WorkerReport::Digested { messages } => t::digested(lang, messages),
        WorkerReport::Drilled {
            started,
            ended,
            concluded,
        } => t::drilled(lang, started, ended, concluded),
        WorkerReport::Confirmed { confirmed, failed } => t::confirmed(lang, confirmed, failed),
        WorkerReport::Expired { changes } => t::expired(lang, changes),
        WorkerReport::LetGo { scopes, messages } => t::let_go(lang, scopes, messages),
        WorkerReport::Deleted { rows } => t::deleted(lang, rows),
    }
}
