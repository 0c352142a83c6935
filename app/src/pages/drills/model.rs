//! What the pages of drills say in words.

use crate::texts::drills as t;
use api::drills::{DrillDetail, DrillRow};
use domain::{
    drills::{Held, Outcome, Verdict, attended_in_time},
    i18n::{Lang, notifications::channel_list},
    routes::Quiet,
};
use kit::Tone;

/// How a drill stands.
pub(super) fn state(lang: Lang, row: &DrillRow) -> (Tone, &'static str) {
    match (row.verdict, row.ended_at) {
        (Verdict::Open, None) => (Tone::Info, t::running(lang)),
        (Verdict::Open, Some(_)) => (Tone::Info, t::settling(lang)),
        (Verdict::Passed, _) => (Tone::Ok, t::passed(lang)),
        (Verdict::Failed, _) => (Tone::Alarm, t::failed(lang)),
    }
}

/// Whether it is over and yet not known what it proved: no news tells of that.
pub(super) fn is_settling(row: &DrillRow) -> bool {
    row.verdict == Verdict::Open && row.ended_at.is_some()
}

/// What became of a channel.
pub(super) fn outcome(lang: Lang, outcome: Outcome) -> (Tone, &'static str) {
    match outcome {
        Outcome::Took => (Tone::Ok, t::got(lang)),
        Outcome::Waits => (Tone::Info, t::waits(lang)),
        Outcome::Missed => (Tone::Alarm, t::missed(lang)),
        Outcome::Held => (Tone::Warning, t::held(lang)),
        Outcome::NotReached => (Tone::Neutral, t::not_reached(lang)),
    }
}

/// What holds a channel back.
pub(super) fn held(lang: Lang, held: &Held) -> String {
    match held {
        Held::Inhibited => t::held_inhibited(lang).to_owned(),
        Held::Silence { comment, .. } => t::held_silence(lang, comment),
        Held::Hours {
            quiet: Quiet::Mute { interval },
        } => t::held_mute(lang, interval.as_str()),
        Held::Hours {
            quiet: Quiet::Inactive { intervals },
        } => {
            let names: Vec<&str> = intervals.iter().map(|one| one.as_str()).collect();
            t::held_inactive(lang, &names.join(", "))
        }
    }
}

/// Milliseconds as seconds with a tenth: a channel often takes less than one.
pub(super) fn seconds(lang: Lang, ms: i64) -> String {
    let tenths = ms.max(0) / 100;
    t::took_seconds(lang, &format!("{}.{}", tenths / 10, tenths % 10))
}

/// What a drill proved so far, in sentences.
pub(super) fn verdict(lang: Lang, detail: &DrillDetail) -> String {
    let row = &detail.row;
    let outcomes = || detail.receipts.iter().map(|receipt| receipt.outcome);
    let took = outcomes().filter(|one| *one == Outcome::Took).count();
    let all = detail.receipts.len();
    let taken = detail.acknowledged.as_ref();
    let mut said = match row.verdict {
        Verdict::Open if row.ended_at.is_none() => vec![t::is_running(lang, took, all)],
        Verdict::Open if took == all => vec![t::is_judged(lang).to_owned()],
        Verdict::Open => vec![t::is_settling(lang, took, all)],
        Verdict::Passed => vec![t::has_passed(lang).to_owned()],
        Verdict::Failed => vec![t::has_failed(lang).to_owned()],
    };
    if row.verdict == Verdict::Failed {
        if !detail.missed.is_empty() {
            said.push(t::did_not_get(lang, &channel_list(&detail.missed)));
        } else if took == 0 {
            said.push(t::told_nobody(lang).to_owned());
        }
        let wanted = row.acknowledge_minutes;
        let life = (row.started_at, row.ended_at.unwrap_or(row.ends_at));
        let in_time = attended_in_time(life, wanted, taken.map(|taken| taken.at));
        if let (Some(minutes), false) = (wanted, in_time) {
            said.push(t::not_in_time(lang, minutes));
        }
    }
    said.extend(taken.map(|taken| t::taken_by(lang, &taken.by)));
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        alarms::Priority,
        drills::{Expected, Receipt},
        ids::{AlarmId, DrillId},
        time::Timestamp,
    };

    fn detail(verdict: Verdict, ended: Option<i64>, outcomes: &[Outcome]) -> DrillDetail {
        let receipt = |(n, outcome): (usize, &Outcome)| Receipt {
            expected: Expected {
                channel: format!("c{n}").parse().expect("a name"),
                after_minutes: 0,
                held: None,
            },
            outcome: *outcome,
            messages: Vec::new(),
        };
        let receipts: Vec<_> = outcomes.iter().enumerate().map(receipt).collect();
        let missed = receipts.iter().filter(|r| r.outcome == Outcome::Missed);
        DrillDetail {
            row: DrillRow {
                id: DrillId::from_parts(0, 1),
                alarm: AlarmId::from_parts(0, 1),
                environment: "prod".into(),
                name: "DRILL x".into(),
                priority: Priority::P1,
                note: None,
                started_by: "ana".into(),
                started_at: Timestamp::from_ms(0),
                ends_at: Timestamp::from_ms(600_000),
                ended_at: ended.map(Timestamp::from_ms),
                ended_by: None,
                acknowledge_minutes: Some(5),
                verdict,
                end_refused: None,
            },
            acknowledged: None,
            missed: missed.map(|r| r.expected.channel.clone()).collect(),
            receipts,
        }
    }

    #[test]
    fn a_drill_says_how_far_it_is_and_why_it_failed() {
        use Outcome::{Missed, NotReached, Took, Waits};
        let over = Some(600_000);
        for (verdict_of, ended, outcomes, said) in [
            (
                Verdict::Open,
                None,
                &[Took, Waits][..],
                "It runs: 1 of 2 channels have taken it.",
            ),
            (
                Verdict::Open,
                over,
                &[Took, Waits][..],
                "It is over: 1 of 2 channels have taken all of it, and the others are waited for.",
            ),
            (
                Verdict::Failed,
                over,
                &[Took, Missed][..],
                "It failed. These did not get it: c1. Nobody took it on within 5 min.",
            ),
            (
                Verdict::Failed,
                over,
                &[NotReached][..],
                "It failed. Nobody was told. Nobody took it on within 5 min.",
            ),
        ] {
            let detail = detail(verdict_of, ended, outcomes);
            assert_eq!(verdict(Lang::En, &detail), said);
            assert_eq!(
                is_settling(&detail.row),
                verdict_of == Verdict::Open && ended.is_some()
            );
        }
    }

    #[test]
    fn what_took_less_than_a_second_is_told() {
        let told = [0, 99, 100, 1_240, -5].map(|ms| seconds(Lang::En, ms));
        assert_eq!(told, ["0.0 s", "0.0 s", "0.1 s", "1.2 s", "0.0 s"]);
    }
}
