//! Instants for people: in the viewer's zone, UTC on hover; or how long ago by
//! the server's clock. No view reads a clock.

use crate::{
    live::use_live,
    texts::common as t,
    viewer::{use_viewing, utc_text},
};
use domain::{
    i18n::Lang,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use leptos::prelude::*;

/// An instant to the minute.
#[component]
pub(crate) fn Moment(
    /// When.
    at: Timestamp,
    /// To the second.
    #[prop(optional)]
    seconds: bool,
) -> impl IntoView {
    let viewing = use_viewing();
    let text = if seconds {
        viewing.second(at)
    } else {
        viewing.minute(at)
    };
    view! { <kit::Time text datetime=at.to_string() title=utc_text(at)/> }
}

/// How long ago, or in how long; it follows the server's clock.
#[component]
pub(crate) fn Ago(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    let viewing = use_viewing();
    let now = use_live().now;
    let title = format!("{} · {}", viewing.minute(at), utc_text(at));
    view! {
        <kit::Time text=Signal::derive(move || distance(viewing.lang, now.get(), at))
            datetime=at.to_string() title/>
    }
}

/// `3 min ago`, `in 2 h`.
#[must_use]
pub(crate) fn distance(lang: Lang, now: Timestamp, at: Timestamp) -> String {
    let ms = now.since_ms(at);
    let length = duration(lang, ms.abs());
    match ms {
        _ if ms.abs() < MINUTE_MS => t::just_now(lang).into(),
        0.. => t::ago(lang, &length),
        _ => t::ahead(lang, &length),
    }
}

/// `45 s`, `3 min`, `2 h 5 min`, `4 d 2 h`: at most two parts.
#[must_use]
pub(crate) fn duration(lang: Lang, ms: i64) -> String {
    let (days, hours, minutes) = (ms / DAY_MS, ms % DAY_MS / HOUR_MS, ms % HOUR_MS / MINUTE_MS);
    if days > 0 {
        two(&t::days(lang, days), hours, &t::hours(lang, hours))
    } else if hours > 0 {
        two(&t::hours(lang, hours), minutes, &t::minutes(lang, minutes))
    } else if minutes > 0 {
        t::minutes(lang, minutes)
    } else {
        t::seconds(lang, ms / 1_000)
    }
}

fn two(first: &str, rest: i64, second: &str) -> String {
    if rest == 0 {
        first.to_owned()
    } else {
        format!("{first} {second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_have_at_most_two_parts() {
        let at = |ms| Timestamp::from_ms(ms);
        for (now, then, english, korean) in [
            (30_000, 0, "just now", "방금"),
            (3 * MINUTE_MS, 0, "3 min ago", "3분 전"),
            (0, 65 * MINUTE_MS, "in 1 h 5 min", "1시간 5분 후"),
            (50 * HOUR_MS, 0, "2 d 2 h ago", "2일 2시간 전"),
            (2 * HOUR_MS, 0, "2 h ago", "2시간 전"),
        ] {
            assert_eq!(distance(Lang::En, at(now), at(then)), english);
            assert_eq!(distance(Lang::Ko, at(now), at(then)), korean);
        }
        assert_eq!(duration(Lang::En, 45_000), "45 s");
    }
}
