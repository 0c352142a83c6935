//! Notifications: what is said about an alarm, to whom it is still to be said,
//! and what follows when saying it fails.
//!
//! A *thread* is what one channel is told of one life of an alarm: from the
//! moment it goes off until it is over. A *delivery* is one message of a thread.
//! Deliveries are written in the transaction that changes the alarm and leave by
//! a worker, one after the other within a thread, so that nothing is lost and
//! nothing overtakes.
//!
//! | state | meaning | next |
//! |---|---|---|
//! | waiting | to be sent | sending |
//! | sending | written down before the call | sent, failed, unknown, dead |
//! | sent | the channel took it | – |
//! | failed | it surely did not arrive | sending, collapsed |
//! | unknown | it may have arrived | sending: a repeat does no harm there |
//! | dead | given up, or refused for good | waiting, when somebody asks |
//! | collapsed | something newer says it all | – |

use crate::{
    alarms::{AlarmState, Priority},
    changes::ChangeState,
    channels::{ChannelKind, ChannelName},
    estate::{Environment, Scope},
    ids::{AlarmId, ChangeId, DeliveryId, ThreadId},
    limits,
    routes::groups::ThreadGroup,
    sources::SourceName,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The alarm went off, or is in another state that somebody wants to hear of.
    Firing,
    /// Somebody looks after it.
    Acknowledged,
    /// Nobody looks after it any more.
    Released,
    /// It is over.
    Resolved,
    /// Nothing happened: somebody tries the channel.
    Test,
    /// All that is not urgent and still stands.
    Digest,
    /// A change request was applied.
    Changed,
}

impl Event {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Firing,
        Self::Acknowledged,
        Self::Released,
        Self::Resolved,
        Self::Test,
        Self::Digest,
        Self::Changed,
    ];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Acknowledged => "acknowledged",
            Self::Released => "released",
            Self::Resolved => "resolved",
            Self::Test => "test",
            Self::Digest => "digest",
            Self::Changed => "changed",
        }
    }

    /// Reads what [`Event::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent.
    Waiting,
    /// Being sent.
    Sending,
    /// The channel took it.
    Sent,
    /// It did not arrive; it is tried again.
    Failed,
    /// It may have arrived; it is tried again.
    Unknown,
    /// Given up.
    Dead,
    /// Something newer says it all.
    Collapsed,
}

impl DeliveryState {
    /// All, in the order of a message's life.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Unknown,
        Self::Dead,
        Self::Collapsed,
    ];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Dead => "dead",
            Self::Collapsed => "collapsed",
        }
    }

    /// Reads what [`DeliveryState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The alarm of a message, as it was when the message was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmTold {
    /// Which.
    pub id: AlarmId,
    /// Its name.
    pub name: String,
    /// Its environment.
    pub environment: Environment,
    /// How much it matters.
    pub priority: Priority,
    /// Account and region; none of what lies outside of AWS.
    pub scope: Option<Scope>,
    /// The source that told of it; none of what was read.
    #[serde(default)]
    pub source: Option<SourceName>,
    /// Nothing happened: a drill.
    #[serde(default)]
    pub drill: bool,
    /// Its state.
    pub state: AlarmState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why, in the source's words, shortened.
    pub reason: String,
    /// The source no longer has it.
    pub gone: bool,
    /// It goes off again and again: nothing more is said of that until it has calmed down.
    #[serde(default)]
    pub flapping: bool,
}

impl AlarmTold {
    /// Where it comes from: the account and region, or the source.
    #[must_use]
    pub fn place(&self) -> String {
        let scope = self.scope.as_ref().map(ToString::to_string);
        let source = self.source.as_ref().map(ToString::to_string);
        scope.or(source).unwrap_or_default()
    }
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Message {
    /// The alarm; none for a test.
    pub alarm: Option<AlarmTold>,
    /// Who did it, when somebody did.
    pub by: Option<String>,
    /// What they wrote, or the lines of a digest.
    pub note: Option<String>,
    /// How many alarms a digest is about.
    #[serde(default)]
    pub standing: Option<u64>,
    /// What it tells together, each in a line of the note; none of one alarm alone.
    #[serde(default)]
    pub together: Option<Together>,
    /// The change request that was applied; none of an alarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeTold>,
}

/// What is told of a change request that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTold {
    /// Which.
    pub id: ChangeId,
    /// Its kind, as in the API.
    pub kind: String,
    /// What was asked for, in the channel's language.
    pub title: String,
    /// The target's, schedule's or alarm's name.
    pub target: String,
    /// Its environment.
    pub environment: Environment,
    /// Applied, or applied with differences.
    pub state: ChangeState,
    /// When it was.
    pub at: Timestamp,
}

/// Several messages told in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Together {
    /// How many alarms went off.
    pub went_off: u32,
    /// How many are over.
    pub over: u32,
}

/// What names the button in Slack that takes an alarm on.
pub const PRESS_ACKNOWLEDGE: &str = "alarm.acknowledge";
/// What names the one that silences it for an hour.
pub const PRESS_SILENCE: &str = "alarm.silence";
/// What names the one that opens its page; of that we hear, too.
pub const PRESS_OPEN: &str = "alarm.open";

impl Message {
    /// The order in which messages leave: alarms that go off first, by priority,
    /// then tests, then what became of alarms.
    #[must_use]
    pub fn urgency(&self, event: Event) -> u32 {
        let priority = self.alarm.as_ref().map_or(0, |alarm| match alarm.priority {
            Priority::P1 => 1,
            Priority::P2 => 2,
            Priority::P3 => 3,
            Priority::P4 => 4,
        });
        match event {
            Event::Firing => priority,
            Event::Test => 5,
            Event::Digest | Event::Changed => 6,
            Event::Acknowledged | Event::Released | Event::Resolved => 10 + priority,
        }
    }
}

/// What one channel is told of one life of an alarm, while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// The alarm; none for a test.
    pub alarm: Option<AlarmId>,
    /// The channel.
    pub channel: ChannelName,
    /// The state last told.
    pub state: AlarmState,
    /// The group in which it is told.
    pub group: Option<ThreadGroup>,
    /// The channel has a message of its own for it, which later ones edit.
    pub has_message: bool,
}

impl Thread {
    /// The group for whose sake a message of it waits: where people read that an alarm goes off or
    /// is over. What only edits a message disturbs nobody.
    #[must_use]
    pub fn waits_for(&self, kind: ChannelKind, event: Event) -> Option<&ThreadGroup> {
        let is_bundled = kind.is_bundled() && matches!(event, Event::Firing | Event::Resolved);
        let group = self.group.as_ref();
        group.filter(|_| is_bundled && !self.has_message)
    }
}

/// What a change of an alarm's state means for one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act<'a> {
    /// Tell a channel that knows nothing yet.
    Open(&'a ChannelName),
    /// Tell a channel that knows of the alarm its new state.
    Update(&'a Thread),
    /// Tell a channel that it is over.
    Close(&'a Thread),
}

/// What follows from an alarm's new state: `told` are the channels that the routes
/// name for it, `open` the threads of its life so far.
///
/// A channel is told of a life once, whatever the routes say later; and who was
/// told that it began is told that it is over. An alarm that has no data is not over.
#[must_use]
pub fn acts<'a>(state: AlarmState, told: &'a [ChannelName], open: &'a [Thread]) -> Vec<Act<'a>> {
    if state == AlarmState::Ok {
        return open.iter().map(Act::Close).collect();
    }
    let act = |channel: &'a ChannelName| match open.iter().find(|thread| thread.channel == *channel)
    {
        None => Some(Act::Open(channel)),
        Some(thread) if thread.state != state => Some(Act::Update(thread)),
        Some(_) => None,
    };
    told.iter().filter_map(act).collect()
}

/// A message of a thread that is not yet settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// Which.
    pub id: DeliveryId,
    /// What it says.
    pub event: Event,
    /// How it stands.
    pub state: DeliveryState,
    /// It is the first of its thread: until it has gone, nobody knows anything.
    pub is_first: bool,
}

/// What a new message makes needless.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collapse {
    /// These, of the same thread.
    pub older: Vec<DeliveryId>,
    /// The new one itself.
    pub itself: bool,
}

/// What of a thread's messages need not be sent when `new` is added. Only what
/// surely did not arrive is left out.
///
/// - Where people read, the newest says it all, edited in place or not.
/// - Nobody is called out of bed for what is over: while the call itself has not
///   gone, its end takes it back.
/// - So it is of what waits to be told with others: what is over before is not told.
/// - A program gets every event.
#[must_use]
pub fn collapse(
    kind: ChannelKind,
    unsettled: &[Unsettled],
    new: Event,
    is_grouped: bool,
) -> Collapse {
    let unsent =
        |one: &&Unsettled| matches!(one.state, DeliveryState::Waiting | DeliveryState::Failed);
    let all = || unsettled.iter().filter(unsent).map(|one| one.id).collect();
    let mut first = unsettled.iter().filter(unsent);
    // What may be on its way must still be ended.
    let is_certain = unsettled.iter().filter(unsent).count() == unsettled.len();
    let began = |one: &Unsettled| one.is_first && one.event == Event::Firing;
    let nobody_knows = is_certain && first.any(began);
    if nobody_knows && is_grouped && new == Event::Resolved && kind.is_bundled() {
        return Collapse {
            older: all(),
            itself: true,
        };
    }
    match kind {
        ChannelKind::Webhook => Collapse::default(),
        ChannelKind::Slack
        | ChannelKind::Email
        | ChannelKind::Discord
        | ChannelKind::Teams
        | ChannelKind::Inbox => Collapse {
            older: all(),
            itself: false,
        },
        ChannelKind::Sms => Collapse {
            older: all(),
            itself: nobody_knows && new == Event::Resolved,
        },
        ChannelKind::Pagerduty => {
            if nobody_knows && new == Event::Resolved {
                Collapse {
                    older: all(),
                    itself: true,
                }
            } else {
                Collapse::default()
            }
        }
    }
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Too many messages; the channel took it not.
    Limited,
    /// No connection.
    Unreachable,
    /// The channel does not accept our secret, or it may not write there: somebody
    /// must mend it, and then the message is still wanted.
    Denied,
    /// No answer, or one that does not say whether it was taken.
    Uncertain,
    /// The message to be edited is no longer there: the next attempt writes a new one.
    Gone,
    /// The channel will never take this message.
    Refused,
    /// The channel is configured no more.
    Unconfigured,
}

/// What becomes of a message after an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its state.
    pub state: DeliveryState,
    /// Not to be tried before.
    pub not_before: Timestamp,
}

/// What becomes of a message after its `attempts`-th attempt failed.
#[must_use]
pub fn after_failure(
    channel: ChannelKind,
    kind: FailureKind,
    attempts: u32,
    retry_after_ms: Option<i64>,
    now: Timestamp,
) -> Next {
    let state = match kind {
        FailureKind::Refused | FailureKind::Unconfigured => DeliveryState::Dead,
        _ if attempts >= limits::DELIVERY_ATTEMPTS_MAX => DeliveryState::Dead,
        FailureKind::Uncertain if !channel.repeats() => DeliveryState::Dead,
        FailureKind::Uncertain => DeliveryState::Unknown,
        _ => DeliveryState::Failed,
    };
    let pause_ms = match kind {
        FailureKind::Gone => 0,
        _ => pause_ms(attempts),
    };
    let asked_ms = retry_after_ms.unwrap_or(0).min(limits::CHANNEL_REST_MS_MAX);
    Next {
        state,
        not_before: now.plus_ms(pause_ms.max(asked_ms)),
    }
}

/// The pause after so many attempts: it doubles up to a limit.
fn pause_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    (limits::DELIVERY_PAUSE_MS_MIN << doublings).min(limits::DELIVERY_PAUSE_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(channel: &str, state: AlarmState) -> Thread {
        Thread {
            id: ThreadId::from_parts(0, 1),
            alarm: Some(AlarmId::from_parts(0, 1)),
            channel: channel.parse().expect("a name"),
            state,
            group: None,
            has_message: false,
        }
    }

    #[test]
    fn a_channel_hears_of_a_life_once_and_of_its_end() {
        let told: Vec<ChannelName> = ["ops", "phone"]
            .map(|name| name.parse().expect("a name"))
            .into();
        let open = [thread("ops", AlarmState::Alarm)];
        let check = |state, told: &[ChannelName], open: &[Thread], expected: &[&str]| {
            let acts = acts(state, told, open);
            let found: Vec<_> = acts
                .iter()
                .map(|act| match act {
                    Act::Open(channel) => format!("open {channel}"),
                    Act::Update(thread) => format!("update {}", thread.channel),
                    Act::Close(thread) => format!("close {}", thread.channel),
                })
                .collect();
            assert_eq!(found, expected);
        };
        check(AlarmState::Alarm, &told, &[], &["open ops", "open phone"]);
        check(AlarmState::Alarm, &told, &open, &["open phone"]);
        check(
            AlarmState::InsufficientData,
            &told,
            &open,
            &["update ops", "open phone"],
        );
        check(AlarmState::InsufficientData, &[], &open, &[]);
        check(AlarmState::Ok, &told, &open, &["close ops"]);
        check(AlarmState::Ok, &told, &[], &[]);
    }

    #[test]
    fn what_is_over_before_it_was_said_calls_nobody() {
        let one = |number, event, state| Unsettled {
            id: DeliveryId::from_parts(0, number),
            event,
            state,
            is_first: number == 1,
        };
        let firing = one(1, Event::Firing, DeliveryState::Failed);
        let taken = one(2, Event::Acknowledged, DeliveryState::Waiting);
        let maybe = one(1, Event::Firing, DeliveryState::Unknown);
        let check_of = |kind, unsettled: &[Unsettled], new, is_grouped, older, itself| {
            let found = collapse(kind, unsettled, new, is_grouped);
            assert_eq!(
                (found.older.len(), found.itself),
                (older, itself),
                "{kind:?} {new:?} {is_grouped}"
            );
        };
        let check = |kind, unsettled: &[Unsettled], new, older: usize, itself| {
            check_of(kind, unsettled, new, false, older, itself);
        };
        let again = one(3, Event::Firing, DeliveryState::Waiting);
        use ChannelKind::{Discord, Email, Inbox, Pagerduty, Slack, Teams, Webhook};
        check(Pagerduty, &[firing, taken], Event::Resolved, 2, true);
        check(Pagerduty, &[firing], Event::Acknowledged, 0, false);
        check(Pagerduty, &[maybe, taken], Event::Resolved, 0, false);
        check(Pagerduty, &[taken], Event::Resolved, 0, false);
        check(Pagerduty, &[], Event::Resolved, 0, false);
        for kind in [Slack, Email, Discord, Teams, Inbox] {
            check(kind, &[firing, taken], Event::Resolved, 2, false);
            check(kind, &[maybe, taken], Event::Resolved, 1, false);
        }
        check(Webhook, &[firing, taken], Event::Resolved, 0, false);
        // It began to be told, so its end is, although what came in between is not.
        check(Pagerduty, &[again], Event::Resolved, 0, false);
        check(ChannelKind::Sms, &[firing], Event::Resolved, 1, true);
        check(ChannelKind::Sms, &[again], Event::Resolved, 1, false);
        for kind in [Slack, Email, Discord, Teams, Inbox] {
            check_of(kind, &[firing, taken], Event::Resolved, true, 2, true);
            check_of(kind, &[maybe, taken], Event::Resolved, true, 1, false);
            check_of(kind, &[again], Event::Resolved, true, 1, false);
            check_of(kind, &[firing], Event::Acknowledged, true, 1, false);
        }
        check_of(Webhook, &[firing], Event::Resolved, true, 0, false);
    }

    #[test]
    fn attempts_are_repeated_after_growing_pauses_until_given_up() {
        let now = Timestamp::from_ms(1_800_000_000_000);
        let check = |kind, attempts, asked_ms, state, wait_ms| {
            let next = after_failure(ChannelKind::Slack, kind, attempts, asked_ms, now);
            assert_eq!(
                (next.state, next.not_before.since_ms(now)),
                (state, wait_ms)
            );
        };
        let last = limits::DELIVERY_ATTEMPTS_MAX;
        check(
            FailureKind::Unreachable,
            1,
            None,
            DeliveryState::Failed,
            1_000,
        );
        check(FailureKind::Denied, 4, None, DeliveryState::Failed, 8_000);
        check(
            FailureKind::Uncertain,
            30,
            None,
            DeliveryState::Unknown,
            300_000,
        );
        check(
            FailureKind::Limited,
            1,
            Some(30_000),
            DeliveryState::Failed,
            30_000,
        );
        check(
            FailureKind::Limited,
            1,
            Some(i64::MAX),
            DeliveryState::Failed,
            900_000,
        );
        check(FailureKind::Gone, 3, None, DeliveryState::Failed, 0);
        // Nobody is woken twice by one text, and none that surely did not go is lost.
        let text = |kind| after_failure(ChannelKind::Sms, kind, 1, None, now).state;
        assert_eq!(text(FailureKind::Uncertain), DeliveryState::Dead);
        assert_eq!(text(FailureKind::Limited), DeliveryState::Failed);
        assert_eq!(text(FailureKind::Denied), DeliveryState::Failed);
        check(FailureKind::Refused, 1, None, DeliveryState::Dead, 1_000);
        check(
            FailureKind::Unreachable,
            last,
            None,
            DeliveryState::Dead,
            300_000,
        );
        let whole_ms: i64 = (1..last).map(pause_ms).sum();
        assert!(whole_ms > 2 * 3_600_000, "{whole_ms}");
    }
}
