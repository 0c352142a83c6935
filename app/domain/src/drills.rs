//! Drills: alarms that nothing set off, to prove that whoever should be told is told. They take
//! the way of every other alarm; what is theirs is the mark, what was expected, and the receipts.

use crate::{
    alarms::Priority,
    channels::ChannelName,
    estate::Environment,
    ids::SilenceId,
    names::short_name,
    notifications::{DeliveryState, Event},
    recurrences::Recurrence,
    routes::Quiet,
    time::{MINUTE_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

short_name! {
    /// The name of a drill that recurs in the configuration: 1 to 32 of `a-z 0-9 -`.
    DrillName,
    /// Why a text is no name of such a drill.
    DrillNameError
}

/// A drill that begins by itself again and again. It tells whomever the routes tell at its time:
/// that it stands in the configuration is their consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurringDrill {
    /// Its name.
    pub name: DrillName,
    /// When it begins.
    pub when: Recurrence,
    /// In which environment.
    pub environment: Environment,
    /// The alarm's name that routes and silences see.
    pub plays: String,
    /// How much it matters; by the rules when none is named.
    pub priority: Option<Priority>,
    /// How long it stands if nobody ends it.
    pub minutes: u32,
    /// It fails unless somebody takes it on within so many minutes.
    pub acknowledge_minutes: Option<u32>,
}

/// Why a drill did not begin at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillSkipped {
    /// An alarm that wakes people stands in its environment: whoever is called has enough to do.
    UrgentAlarmStands,
    /// As many drills run as may.
    TooManyRun,
    /// Nothing is known of its environment.
    NoSuchEnvironment,
}

/// What the name of a drill's alarm begins with, in every language.
const MARK: &str = "DRILL ";

/// The name of a drill's alarm: marked, and by its tag never that of another alarm.
#[must_use]
pub fn marked(name: &str, tag: &str) -> String {
    format!("{MARK}{name} #{tag}")
}

/// The name of a drill's alarm without the mark, for where the mark is said already.
#[must_use]
pub fn unmarked(name: &str) -> &str {
    name.strip_prefix(MARK).unwrap_or(name)
}

/// The name that a drill plays, without mark and tag: what routes look at.
#[must_use]
pub fn played(name: &str) -> &str {
    let name = unmarked(name);
    name.rsplit_once(" #").map_or(name, |(played, _)| played)
}

/// Why a channel would not be told when its turn comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "held", rename_all = "snake_case")]
pub enum Held {
    /// A silence holds it back.
    Silence {
        /// Which.
        silence: SilenceId,
        /// Why it was asked for.
        comment: String,
    },
    /// An alarm that stands holds it back, by the rules of the configuration.
    Inhibited,
    /// Every route that names it is mute then.
    Hours {
        /// By which intervals.
        quiet: Quiet,
    },
}

/// A channel that should be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Expected {
    /// Which.
    pub channel: ChannelName,
    /// So long after the start, while nobody takes the drill on.
    pub after_minutes: u32,
    /// Why it would not be, as known at the start.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub held: Option<Held>,
}

/// One message of a drill, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillMessage {
    /// What it says.
    pub event: Event,
    /// How it stands.
    pub state: DeliveryState,
    /// When it was written.
    pub written_at: Timestamp,
    /// From then until the channel took it.
    pub took_ms: Option<i64>,
    /// What the channel gave for it.
    pub receipt: Option<String>,
    /// Why the last attempt failed, in English.
    pub failure: Option<String>,
}

/// What is to be said of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took all that it was told.
    Took,
    /// Some of it is still to be sent, or its turn has not come.
    Waits,
    /// It never got it.
    Missed,
    /// A silence or the hours of its routes kept it from being told.
    Held,
    /// Its turn never came: somebody took the drill on, or ended it, before.
    NotReached,
}

/// What one channel got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Which, when, and what held it back.
    #[serde(flatten)]
    pub expected: Expected,
    /// What is to be said of it.
    pub outcome: Outcome,
    /// Its messages, the oldest first.
    pub messages: Vec<DrillMessage>,
}

/// How a drill stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is not known yet.
    Open,
    /// Everybody got it.
    Passed,
    /// Somebody did not, or nobody took it on in time.
    Failed,
}

impl Verdict {
    /// All.
    pub const ALL: [Self; 3] = [Self::Open, Self::Passed, Self::Failed];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }

    /// Reads what [`Verdict::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
    }
}

/// How far a drill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// It is over; none of its steps comes any more.
    pub is_over: bool,
    /// What has not gone by now counts as never.
    pub is_settled: bool,
}

/// What a channel got: the message that it began must have arrived as such, for whoever hears
/// only that it is over was not called.
#[must_use]
pub fn outcome(expected: &Expected, messages: &[DrillMessage], progress: Progress) -> Outcome {
    let called = messages
        .iter()
        .find(|message| message.event == Event::Firing);
    let Some(called) = called else {
        return match (&expected.held, progress.is_over) {
            (Some(_), _) => Outcome::Held,
            (None, false) => Outcome::Waits,
            (None, true) if expected.after_minutes == 0 => Outcome::Missed,
            (None, true) => Outcome::NotReached,
        };
    };
    let never = |state| matches!(state, DeliveryState::Dead | DeliveryState::Collapsed);
    if never(called.state) || messages.iter().any(|m| m.state == DeliveryState::Dead) {
        return Outcome::Missed;
    }
    let is_settled = |state| state == DeliveryState::Sent || never(state);
    match (messages.iter().all(|m| is_settled(m.state)), progress) {
        (true, _) => Outcome::Took,
        (false, progress) if progress.is_settled => Outcome::Missed,
        (false, _) => Outcome::Waits,
    }
}

/// Whether somebody took a drill on as asked. One that ended before the time for that was over
/// says nothing about it.
#[must_use]
pub fn attended_in_time(
    (started, ended): (Timestamp, Timestamp),
    wanted_minutes: Option<u32>,
    acknowledged: Option<Timestamp>,
) -> bool {
    wanted_minutes.is_none_or(|minutes| {
        let latest = started.plus_ms(i64::from(minutes) * MINUTE_MS);
        acknowledged.map_or(ended < latest, |at| at <= latest)
    })
}

/// What a drill that is over proved. One that tells nobody proves that nobody is told; and a
/// channel that was held back did not get it, whatever the reason.
#[must_use]
pub fn verdict(receipts: &[Receipt], attended_in_time: bool) -> Verdict {
    let fine = |receipt: &Receipt| matches!(receipt.outcome, Outcome::Took | Outcome::NotReached);
    let took = |receipt: &Receipt| receipt.outcome == Outcome::Took;
    match receipts.iter().all(fine) && receipts.iter().any(took) && attended_in_time {
        true => Verdict::Passed,
        false => Verdict::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState::{Collapsed, Dead, Failed, Sent, Waiting};

    fn message(event: Event, state: DeliveryState) -> DrillMessage {
        DrillMessage {
            event,
            state,
            written_at: Timestamp::from_ms(0),
            took_ms: None,
            receipt: None,
            failure: None,
        }
    }

    fn expected(after_minutes: u32, is_held: bool) -> Expected {
        Expected {
            channel: "x".parse().expect("a name"),
            after_minutes,
            held: is_held.then(|| Held::Silence {
                silence: SilenceId::from_parts(0, 1),
                comment: "a move".into(),
            }),
        }
    }

    #[test]
    fn a_channel_that_hears_only_the_end_was_not_called() {
        let (run, over, settled) = ((false, false), (true, false), (true, true));
        let (firing, resolved) = (Event::Firing, Event::Resolved);
        for (after, held, told, (is_over, is_settled), wanted) in [
            (0, false, &[][..], run, Outcome::Waits),
            (5, false, &[][..], over, Outcome::NotReached),
            (0, false, &[][..], over, Outcome::Missed),
            (0, true, &[][..], run, Outcome::Held),
            (0, true, &[(firing, Sent)][..], run, Outcome::Took),
            (0, false, &[(firing, Failed)][..], run, Outcome::Waits),
            (0, false, &[(firing, Failed)][..], settled, Outcome::Missed),
            (0, false, &[(firing, Dead)][..], run, Outcome::Missed),
            (
                0,
                false,
                &[(firing, Collapsed), (resolved, Sent)][..],
                over,
                Outcome::Missed,
            ),
            (
                0,
                false,
                &[(firing, Sent), (resolved, Waiting)][..],
                over,
                Outcome::Waits,
            ),
            (
                0,
                false,
                &[(firing, Sent), (resolved, Dead)][..],
                over,
                Outcome::Missed,
            ),
            (
                0,
                false,
                &[(firing, Sent), (resolved, Sent)][..],
                settled,
                Outcome::Took,
            ),
        ] {
            let messages: Vec<_> = told.iter().map(|(e, s)| message(*e, *s)).collect();
            let progress = Progress {
                is_over,
                is_settled,
            };
            let found = outcome(&expected(after, held), &messages, progress);
            assert_eq!(found, wanted, "{after} {held} {told:?} {progress:?}");
        }
    }

    #[test]
    fn a_drill_passes_when_all_whose_turn_came_took_it() {
        let receipts = |outcomes: &[Outcome]| -> Vec<_> {
            let receipt = |outcome: &Outcome| Receipt {
                expected: expected(0, false),
                outcome: *outcome,
                messages: Vec::new(),
            };
            outcomes.iter().map(receipt).collect()
        };
        use Outcome::{Held, Missed, NotReached, Took};
        for (outcomes, in_time, wanted) in [
            (&[Took, NotReached][..], true, Verdict::Passed),
            (&[Took][..], false, Verdict::Failed),
            (&[Took, Missed][..], true, Verdict::Failed),
            (&[Took, Held][..], true, Verdict::Failed),
            (&[NotReached][..], true, Verdict::Failed),
            (&[][..], true, Verdict::Failed),
        ] {
            assert_eq!(
                verdict(&receipts(outcomes), in_time),
                wanted,
                "{outcomes:?}"
            );
        }
        let at = Timestamp::from_ms;
        let life = (at(0), at(120_000));
        assert!(attended_in_time(life, None, None));
        assert!(!attended_in_time(life, Some(1), None));
        assert!(attended_in_time(life, Some(1), Some(at(60_000))));
        assert!(!attended_in_time(life, Some(1), Some(at(60_001))));
        // Somebody ended it before.
        assert!(attended_in_time((at(0), at(30_000)), Some(1), None));
    }

    #[test]
    fn a_mark_is_taken_off_once() {
        let name = marked("DRILL me", "1a");
        assert_eq!(name, "DRILL DRILL me #1a");
        assert_eq!(unmarked(&name), "DRILL me #1a");
        assert_eq!(played(&marked("cpu #2", "1a")), "cpu #2");
    }
}
