//! Every address of the application as a typed function, and the query strings
//! behind them. No other file writes an address. Nothing here trusts a query:
//! what cannot be read is left out, and an address to go on to must be local.

mod findings;

pub use findings::{check_query, checks, coverage, coverage_query};

mod query;

pub use query::Query;

use api::{
    alarms::{AlarmQuery, AlarmSort},
    audit::AuditQuery,
    aws_events::AwsEventQuery,
    capacity::TargetQuery,
    changes::ChangeQuery,
    notifications::NotificationQuery,
    page::PageQuery,
    timeline::{TIMELINE_DAYS_DEFAULT, TimelineQuery},
};
use domain::{
    alarms::{AlarmState, Priority},
    aws_events::AwsEventKind,
    capacity::TargetKind,
    changes::ChangeState,
    estate::Environment,
    fit::Edit,
    ids::{AlarmId, AwsEventId, ChangeId, DrillId, SetAsideId, TargetId},
    limits,
    notifications::DeliveryState,
    scale_events::EventPhase,
    sources::SourceKind,
    time::Timestamp,
};

/// An address of this installation to go on to, or the overview: one slash at
/// the start, no second one, no backslash or control character that a browser
/// would read as one.
#[must_use]
pub fn parse_local(text: &str) -> String {
    let local = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains('\\')
        && !text.chars().any(char::is_control);
    if local { text.to_owned() } else { overview() }
}

/// The overview.
#[must_use]
pub fn overview() -> String {
    "/".into()
}

/// The alarms, filtered.
#[must_use]
pub fn alarms(query: &AlarmQuery) -> String {
    let sort = (query.sort != AlarmSort::default()).then(|| alarm_sort_word(query.sort));
    let acknowledged = query.acknowledged.map(|yes| if yes { "yes" } else { "no" });
    Query::default()
        .with_all("state", &query.state, |state| state.as_str().into())
        .with_all("environment", &query.environment, ToString::to_string)
        .with_all("priority", &query.priority, |p| p.as_str().into())
        .with_all("source", &query.source, |source| source.as_str().into())
        .with("acknowledged", acknowledged.unwrap_or_default())
        .with("text", query.text.as_str())
        .with("sort", sort.unwrap_or_default())
        .with_page(query.page)
        .on("/alarms")
}

/// The word of an order in an address.
#[must_use]
pub const fn alarm_sort_word(sort: AlarmSort) -> &'static str {
    match sort {
        AlarmSort::Urgency => "urgency",
        AlarmSort::Newest => "newest",
        AlarmSort::Name => "name",
    }
}

/// The filters of [`alarms`].
#[must_use]
pub fn alarm_query(query: &Query) -> AlarmQuery {
    AlarmQuery {
        state: query.read_all("state", AlarmState::parse),
        environment: query.read_all("environment", Environment::parse),
        priority: query.read_all("priority", Priority::parse),
        source: query.read_all("source", SourceKind::parse),
        acknowledged: match query.get("acknowledged") {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        },
        text: query.text(),
        sort: match query.get("sort") {
            Some("newest") => AlarmSort::Newest,
            Some("name") => AlarmSort::Name,
            _ => AlarmSort::Urgency,
        },
        page: query.page(),
    }
}

/// The wall board of the environments and priorities of a query.
#[must_use]
pub fn wall(query: &AlarmQuery) -> String {
    Query::default()
        .with_all("environment", &query.environment, ToString::to_string)
        .with_all("priority", &query.priority, |one| one.as_str().into())
        .on("/alarms/wall")
}

/// What [`wall`] wrote.
#[must_use]
pub fn wall_query(query: &Query) -> AlarmQuery {
    AlarmQuery {
        environment: query.read_all("environment", Environment::parse),
        priority: query.read_all("priority", Priority::parse),
        ..AlarmQuery::default()
    }
}

/// One alarm.
#[must_use]
pub fn alarm(id: AlarmId) -> String {
    format!("/alarms/{id}")
}

/// One alarm with its chart over so many hours.
#[must_use]
pub fn alarm_over(id: AlarmId, hours: u32) -> String {
    Query::default()
        .with("hours", hours.to_string())
        .on(&alarm(id))
}

/// What AWS told by events, filtered.
#[must_use]
pub fn aws_events(query: &AwsEventQuery) -> String {
    Query::default()
        .with_all("kind", &query.kind, |kind| kind.as_str().into())
        .with("text", query.text.as_str())
        .with_page(query.page)
        .on("/alarms/events")
}

/// The filters of [`aws_events`].
#[must_use]
pub fn aws_event_query(query: &Query) -> AwsEventQuery {
    AwsEventQuery {
        kind: query.read_all("kind", AwsEventKind::parse),
        text: query.text(),
        page: query.page(),
    }
}

/// One event of AWS.
#[must_use]
pub fn aws_event(id: AwsEventId) -> String {
    format!("/alarms/events/{id}")
}

/// Messages that were set aside, from so many rows on.
#[must_use]
pub fn set_asides(page: PageQuery) -> String {
    Query::default().with_page(page).on("/alarms/set-aside")
}

/// Who is on call.
#[must_use]
pub fn on_call() -> String {
    "/alarms/on-call".into()
}

/// The drills.
#[must_use]
pub fn drills() -> String {
    "/alarms/drills".into()
}

/// One drill.
#[must_use]
pub fn drill(id: DrillId) -> String {
    format!("/alarms/drills/{id}")
}

/// The silences.
#[must_use]
pub fn silences() -> String {
    "/alarms/silences".into()
}

/// The page of [`set_asides`].
#[must_use]
pub fn set_aside_page(query: &Query) -> PageQuery {
    query.page()
}

/// One message that was set aside.
#[must_use]
pub fn set_aside(id: SetAsideId) -> String {
    format!("/alarms/set-aside/{id}")
}

/// The messages to channels, filtered.
#[must_use]
pub fn notifications(query: &NotificationQuery) -> String {
    let alarm = query.alarm.map(|id| id.to_string()).unwrap_or_default();
    Query::default()
        .with_all("state", &query.state, |state| state.as_str().into())
        .with_all("channel", &query.channel, ToString::to_string)
        .with("alarm", alarm)
        .with_page(query.page)
        .on("/alarms/notifications")
}

/// The filters of [`notifications`].
#[must_use]
pub fn notification_query(query: &Query) -> NotificationQuery {
    NotificationQuery {
        state: query.read_all("state", DeliveryState::parse),
        channel: query.read_all("channel", |text| text.parse().ok()),
        alarm: query.get("alarm").and_then(|text| text.parse().ok()),
        page: query.page(),
    }
}

/// The channels and the routes.
#[must_use]
pub fn routing() -> String {
    "/alarms/routes".into()
}

/// The targets, filtered.
#[must_use]
pub fn targets(query: &TargetQuery) -> String {
    Query::default()
        .with_all("kind", &query.kind, |kind| kind.as_str().into())
        .with_all("environment", &query.environment, ToString::to_string)
        .with("text", query.text.as_str())
        .with_page(query.page)
        .on("/capacity")
}

/// The filters of [`targets`].
#[must_use]
pub fn target_query(query: &Query) -> TargetQuery {
    TargetQuery {
        kind: query.read_all("kind", TargetKind::parse),
        environment: query.read_all("environment", Environment::parse),
        text: query.text(),
        page: query.page(),
    }
}

/// One target.
#[must_use]
pub fn target(id: TargetId) -> String {
    format!("/capacity/targets/{id}")
}

/// One target with its chart over so many hours.
#[must_use]
pub fn target_over(id: TargetId, hours: u32) -> String {
    Query::default()
        .with("hours", hours.to_string())
        .on(&target(id))
}

/// One target, with the question whether it buys on demand from now on.
#[must_use]
pub fn target_on_demand(id: TargetId) -> String {
    Query::default().with("buy", "on-demand").on(&target(id))
}

/// Whether [`target_on_demand`] is asked.
#[must_use]
pub fn buys_on_demand(query: &Query) -> bool {
    query.get("buy") == Some("on-demand")
}

/// Planning a scale event on a target.
#[must_use]
pub fn new_event(id: TargetId) -> String {
    format!("/capacity/targets/{id}/event")
}

/// Planning a scale event on a target for a stretch of time.
#[must_use]
pub fn new_event_over(id: TargetId, from: Timestamp, until: Timestamp) -> String {
    over(Query::default(), from, until).on(&new_event(id))
}

fn over(query: Query, from: Timestamp, until: Timestamp) -> Query {
    query
        .with("from", from.to_string())
        .with("until", until.to_string())
}

/// The stretch of time of [`new_event_over`] and [`new_override_over`]; none where the form
/// begins empty.
#[must_use]
pub fn span(query: &Query) -> Option<(Timestamp, Timestamp)> {
    let at = |name| query.get(name).and_then(|text| text.parse().ok());
    at("from")
        .zip(at("until"))
        .filter(|(from, until)| from < until)
}

/// The timeline, filtered.
#[must_use]
pub fn timeline(query: &TimelineQuery) -> String {
    let from = query.from.map(|at| at.to_string()).unwrap_or_default();
    let days = (query.days != TIMELINE_DAYS_DEFAULT).then(|| query.days.to_string());
    Query::default()
        .with_all("environment", &query.environment, ToString::to_string)
        .with("text", query.text.as_str())
        .with("from", from)
        .with("days", days.unwrap_or_default())
        .with_page(query.page)
        .on("/capacity/timeline")
}

/// The filters of [`timeline`].
#[must_use]
pub fn timeline_query(query: &Query) -> TimelineQuery {
    let days = query.get("days").and_then(|text| text.parse().ok());
    TimelineQuery {
        environment: query.read_all("environment", Environment::parse),
        text: query.text(),
        from: query.get("from").and_then(|text| text.parse().ok()),
        days: days
            .unwrap_or(TIMELINE_DAYS_DEFAULT)
            .clamp(1, limits::TIMELINE_DAYS_MAX),
        page: query.page(),
    }
}

/// The schedules.
#[must_use]
pub fn schedules() -> String {
    "/capacity/schedules".into()
}

/// Writing a schedule, for a target if there is one in mind.
#[must_use]
pub fn new_schedule(target: Option<TargetId>) -> String {
    let target = target.map(|id| id.to_string()).unwrap_or_default();
    Query::default()
        .with("target", target)
        .on("/capacity/new-schedule")
}

/// One schedule. Its name has no character that an address would escape.
#[must_use]
pub fn schedule(name: &str) -> String {
    format!("/capacity/schedules/{name}")
}

/// Drafting an override of a schedule, on its page.
#[must_use]
pub fn new_override(name: &str) -> String {
    drafting_override().on(&schedule(name))
}

/// Drafting an override of a schedule for a stretch of time.
#[must_use]
pub fn new_override_over(name: &str, from: Timestamp, until: Timestamp) -> String {
    over(drafting_override(), from, until).on(&schedule(name))
}

fn drafting_override() -> Query {
    Query::default().with("override", "new")
}

/// Whether it is the address of [`new_override`].
#[must_use]
pub fn drafts_override(query: &Query) -> bool {
    query.get("override").is_some()
}

/// Editing a schedule that stands.
#[must_use]
pub fn edit_schedule(name: &str) -> String {
    format!("/capacity/schedules/{name}/edit")
}

/// Editing a schedule as an advice would have it.
#[must_use]
pub fn edit_schedule_so(name: &str, edit: &Edit) -> String {
    // A tree of plain texts and numbers always serialises.
    let text = serde_json::to_string(edit).unwrap_or_default();
    Query::default().with("so", text).on(&edit_schedule(name))
}

/// The edit of [`edit_schedule_so`]; none where the editor begins with what stands.
#[must_use]
pub fn schedule_edit(query: &Query) -> Option<Edit> {
    serde_json::from_str(query.get("so")?).ok()
}

/// The change requests, filtered.
#[must_use]
pub fn changes(query: &ChangeQuery) -> String {
    let target = query.target.map(|id| id.to_string()).unwrap_or_default();
    Query::default()
        .with_all("state", &query.state, |state| state.as_str().into())
        .with_all("state", &query.phase, |phase| phase.as_str().into())
        .with_all("environment", &query.environment, ToString::to_string)
        .with("target", target)
        .with("waiting", if query.waiting_for_me { "me" } else { "" })
        .with("text", query.text.as_str())
        .with_page(query.page)
        .on("/changes")
}

/// The filters of [`changes`].
#[must_use]
pub fn change_query(query: &Query) -> ChangeQuery {
    ChangeQuery {
        state: query.read_all("state", ChangeState::parse),
        // No word is both a state's and a phase's: one filter offers them all.
        phase: query.read_all("state", EventPhase::parse),
        environment: query.read_all("environment", Environment::parse),
        target: query.get("target").and_then(|text| text.parse().ok()),
        waiting_for_me: query.get("waiting") == Some("me"),
        text: query.text(),
        page: query.page(),
    }
}

/// One change request.
#[must_use]
pub fn change(id: ChangeId) -> String {
    format!("/changes/{id}")
}

/// Editing a proposal.
#[must_use]
pub fn edit_change(id: ChangeId) -> String {
    format!("/changes/{id}/edit")
}

/// Editing a proposal that brings a schedule.
#[must_use]
pub fn edit_schedule_change(id: ChangeId) -> String {
    format!("/changes/{id}/schedule")
}

/// The freezes.
#[must_use]
pub fn freezes() -> String {
    "/changes/freezes".into()
}

/// The audit log, filtered.
#[must_use]
pub fn activity(query: &AuditQuery) -> String {
    Query::default()
        .with("subject", query.subject.as_str())
        .with("action", query.action.as_str())
        .with("actor", query.actor.as_str())
        .with("person", query.person.as_str())
        .with(
            "hours",
            query
                .hours
                .map_or_else(String::new, |hours| hours.to_string()),
        )
        .with_page(query.page)
        .on("/activity")
}

/// The filters of [`activity`].
#[must_use]
pub fn audit_query(query: &Query) -> AuditQuery {
    let text = |name| {
        let text = query.get(name).unwrap_or_default().trim();
        text.chars().take(limits::SEARCH_CHARS_MAX).collect()
    };
    AuditQuery {
        subject: text("subject"),
        action: text("action"),
        actor: text("actor"),
        person: text("person"),
        hours: query.get("hours").and_then(|text| text.parse().ok()),
        page: query.page(),
    }
}

/// One's own preferences.
#[must_use]
pub fn settings() -> String {
    "/settings".into()
}

/// One's own password and sessions.
#[must_use]
pub fn security() -> String {
    "/settings/security".into()
}

/// One's own API tokens.
#[must_use]
pub fn tokens() -> String {
    "/settings/tokens".into()
}

/// Everybody.
#[must_use]
pub fn people() -> String {
    "/settings/people".into()
}

/// The sources that call us.
#[must_use]
pub fn sources() -> String {
    "/settings/sources".into()
}

/// How the console is doing.
#[must_use]
pub fn system() -> String {
    "/settings/system".into()
}

/// Where people sign in, and then go on to a local address.
#[must_use]
pub fn sign_in(next: &str) -> String {
    Query::default().with("next", next).on("/sign-in")
}

/// The sign-in page for somebody whose session has ended; then back.
#[must_use]
pub fn session_over(here: &str) -> String {
    Query::default()
        .with("error", "expired")
        .with("next", here)
        .on("/sign-in")
}

/// Where the form of the sign-in page is sent.
pub const SIGN_IN_POST: &str = "/sign-in";
/// Where the form that signs out is sent.
pub const SIGN_OUT_POST: &str = "/sign-out";
/// Where the set-up form is sent.
pub const SETUP_POST: &str = "/setup";
/// Where one click signs a sandbox person in.
pub const SANDBOX_SIGN_IN_POST: &str = "/sandbox/sign-in";
/// Where a stranger's language and theme are kept.
pub const PREFERENCES_POST: &str = "/preferences";
/// The live stream.
pub const STREAM: &str = "/api/v1/stream";
/// The description of the REST interface.
pub const OPENAPI: &str = "/api/v1/openapi.json";

#[cfg(test)]
mod tests;
