//! What the pages about notifications show, as plain values.

use crate::{shared::alarm_state, texts::notifications as t};
use api::notifications::NotificationQuery;
use domain::{
    alarms::Priority,
    channels::{ChannelKind, ChannelName},
    estate::{AccountId, Environment, Region},
    i18n::{Lang, notifications as words},
    labels::{self, Labels},
    notifications::DeliveryState,
    routes::{Matchers, Route, groups::EACH_ALONE, trial::Reached},
};
use kit::{Choice, Tone};

/// A message's state: its tone and its word.
pub(super) fn state(lang: Lang, state: DeliveryState) -> (Tone, &'static str) {
    let tone = match state {
        DeliveryState::Waiting | DeliveryState::Sending => Tone::Info,
        DeliveryState::Sent => Tone::Ok,
        DeliveryState::Failed | DeliveryState::Unknown => Tone::Warning,
        DeliveryState::Dead => Tone::Alarm,
        DeliveryState::Collapsed => Tone::Neutral,
    };
    (tone, words::state_word(lang, state))
}

/// The states of a filter, "all" first.
pub(super) fn state_choices(lang: Lang) -> Vec<Choice> {
    let all = Choice::new("", t::all_states(lang));
    let states = DeliveryState::ALL.map(|one| Choice::new(one.as_str(), state(lang, one).1));
    std::iter::once(all).chain(states).collect()
}

/// Whether a list leaves anything out.
pub(super) fn is_filtered(query: &NotificationQuery) -> bool {
    !query.state.is_empty() || !query.channel.is_empty() || query.alarm.is_some()
}

/// A kind of channel.
pub(super) fn kind(lang: Lang, kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Slack => t::kind_slack(lang),
        ChannelKind::Pagerduty => t::kind_pagerduty(lang),
        ChannelKind::Webhook => t::kind_webhook(lang),
        ChannelKind::Email => t::kind_email(lang),
        ChannelKind::Discord => t::kind_discord(lang),
        ChannelKind::Teams => t::kind_teams(lang),
        ChannelKind::Sms => t::kind_sms(lang),
        ChannelKind::Inbox => t::kind_inbox(lang),
    }
}

/// Labels, one to a line as `team=payments`; none when a line is not so.
pub(crate) fn labels(text: &str) -> Option<Labels> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let label = |line: &str| {
        let (name, value) = labels::pair(line)?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.map(label).collect()
}

/// A route in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RouteLine {
    /// Its place in the tree.
    pub(super) path: String,
    /// What it is about.
    pub(super) fits: String,
    /// Whom it tells.
    pub(super) tells: String,
    /// What follows.
    pub(super) then: &'static str,
}

/// The routes, those below a route after it.
pub(super) fn route_lines(lang: Lang, routes: &[Route]) -> Vec<RouteLine> {
    let mut lines = Vec::new();
    add_lines(lang, routes, "", &mut lines);
    lines
}

fn add_lines(lang: Lang, routes: &[Route], above: &str, lines: &mut Vec<RouteLine>) {
    for (number, route) in (1_u32..).zip(routes) {
        let path = format!("{above}{number}");
        lines.push(RouteLine {
            path: path.clone(),
            fits: fits(lang, &route.matchers),
            tells: tells(lang, route),
            then: match route.goes_on {
                true => t::goes_on(lang),
                false => t::ends(lang),
            },
        });
        add_lines(lang, &route.routes, &format!("{path}."), lines);
    }
}

fn tells(lang: Lang, route: &Route) -> String {
    let mut parts = vec![match route.recipients.is_empty() {
        true => t::inherits(lang).to_owned(),
        false => words::recipient_list(lang, &route.recipients),
    }];
    if !route.escalation.is_empty() {
        let steps = words::escalation_list(lang, &route.escalation);
        parts.push(t::escalates(lang, &steps));
    }
    if !route.mute_time_intervals.is_empty() {
        let intervals = words::interval_list(&route.mute_time_intervals);
        parts.push(t::mute_in(lang, &intervals));
    }
    if !route.active_time_intervals.is_empty() {
        let intervals = words::interval_list(&route.active_time_intervals);
        parts.push(t::active_in(lang, &intervals));
    }
    if let Some(digest) = &route.digest {
        parts.push(t::in_digest(lang, digest.as_str()));
    }
    if let Some(grouping) = &route.grouping {
        let (wait, interval) = (grouping.wait_seconds, grouping.interval_minutes);
        parts.push(match grouping.by.join(", ").as_str() {
            EACH_ALONE => t::each_alone(lang).to_owned(),
            by => t::grouped_by(lang, by, wait, interval),
        });
    }
    parts.join(" · ")
}

/// Whom an alarm reaches, in a line.
pub(super) fn reached(lang: Lang, reached: &Reached) -> String {
    if reached.is_nobody() {
        return t::try_nobody(lang).to_owned();
    }
    let names = |channels: &[ChannelName]| {
        let names: Vec<_> = channels.iter().map(ChannelName::as_str).collect();
        names.join(", ")
    };
    let mut parts = Vec::new();
    if !reached.at_once.is_empty() {
        parts.push(names(&reached.at_once));
    }
    if !reached.later.is_empty() {
        parts.push(t::reached_later(lang, &names(&reached.later)));
    }
    if !reached.on_call.is_empty() {
        let rotations: Vec<_> = reached.on_call.iter().map(ToString::to_string).collect();
        parts.push(t::reached_on_call(lang, &rotations.join(", ")));
    }
    for one in &reached.digests {
        let channels = names(&one.channels);
        parts.push(t::reached_digest(lang, one.digest.as_str(), &channels));
    }
    if !reached.escalation.is_empty() {
        let steps = words::escalation_list(lang, &reached.escalation);
        parts.push(t::escalates(lang, &steps));
    }
    parts.join(" · ")
}

fn fits(lang: Lang, matchers: &Matchers) -> String {
    let mut parts = Vec::new();
    let mut list = |words: Vec<&str>| {
        if !words.is_empty() {
            parts.push(words.join(", "));
        }
    };
    list(
        matchers
            .environment
            .iter()
            .map(Environment::as_str)
            .collect(),
    );
    list(
        matchers
            .priority
            .iter()
            .map(|one: &Priority| one.as_str())
            .collect(),
    );
    list(matchers.account.iter().map(AccountId::as_str).collect());
    list(matchers.region.iter().map(Region::as_str).collect());
    list(
        matchers
            .state
            .iter()
            .map(|one| alarm_state(lang, *one).1)
            .collect(),
    );
    if !matchers.name_contains.is_empty() {
        parts.push(t::name_has(lang, &matchers.name_contains.join(", ")));
    }
    let labels = matchers.labels.to_string();
    if !labels.is_empty() {
        parts.push(t::has_labels(lang, &labels));
    }
    match parts.is_empty() {
        true => t::fits_all(lang).to_owned(),
        false => parts.join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::routes::{EscalationStep, Recipients};

    #[test]
    fn routes_are_listed_with_their_places_and_conditions() {
        let below = Route {
            matchers: Matchers {
                priority: vec![Priority::P1, Priority::P2],
                name_contains: vec!["5xx".into()],
                labels: "team=pay".parse().expect("matchers"),
                ..Matchers::default()
            },
            goes_on: true,
            mute_time_intervals: "nights".parse().into_iter().collect(),
            ..Route::default()
        };
        let top = Route {
            recipients: Recipients::of("ops".parse().into_iter().collect()),
            escalation: vec![EscalationStep {
                after_minutes: 15,
                recipients: Recipients::of("lead".parse().into_iter().collect()),
            }],
            routes: vec![below],
            ..Route::default()
        };
        let lines = route_lines(Lang::En, &[top]);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.path.as_str(), line.fits.as_str(), line.tells.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "1",
                    "every alarm that goes off",
                    "ops · while nobody takes it on: lead after 15 min"
                ),
                (
                    "1.1",
                    "P1, P2 · name contains 5xx · labels team=\"pay\"",
                    "whoever the route above tells · mute while nights"
                ),
            ]
        );
        assert_ne!(lines[0].then, lines[1].then);
    }
}
