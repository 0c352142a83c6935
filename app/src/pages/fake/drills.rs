//! Drills of the canned backend.

use super::{Fake, MARKUP, Mood, at, prod};
use api::{ApiResult, drills::*};
use domain::{
    alarms::Priority,
    channels::ChannelName,
    drills::{DrillMessage, Expected, Held, Outcome, Receipt, Verdict},
    ids::{AlarmId, DrillId, SilenceId},
    notifications::{DeliveryState, Event},
    routes::Quiet,
};

fn drill_row() -> DrillRow {
    DrillRow {
        id: DrillId::from_parts(0, 1),
        alarm: AlarmId::from_parts(0, 1),
        environment: prod(),
        name: format!("DRILL {MARKUP}"),
        priority: Priority::P1,
        note: Some(MARKUP.into()),
        started_by: format!("Mina {MARKUP}"),
        started_at: at(-15),
        ends_at: at(-5),
        ended_at: Some(at(-5)),
        ended_by: Some(MARKUP.into()),
        acknowledge_minutes: Some(5),
        verdict: Verdict::Failed,
        end_refused: None,
    }
}

fn channel() -> ChannelName {
    "ops".parse().expect("a name")
}

fn expected(after_minutes: u32, held: Option<Held>) -> Expected {
    Expected {
        channel: channel(),
        after_minutes,
        held,
    }
}

fn silence() -> Held {
    Held::Silence {
        silence: SilenceId::from_parts(0, 1),
        comment: MARKUP.into(),
    }
}

fn nights() -> Held {
    let interval = "nights".parse().expect("a name");
    Held::Hours {
        quiet: Quiet::Mute { interval },
    }
}

fn took() -> Receipt {
    Receipt {
        expected: expected(0, None),
        outcome: Outcome::Took,
        messages: vec![DrillMessage {
            event: Event::Firing,
            state: DeliveryState::Sent,
            written_at: at(-15),
            took_ms: Some(1_240),
            receipt: Some(MARKUP.into()),
            failure: Some(MARKUP.into()),
        }],
    }
}

fn held() -> Receipt {
    Receipt {
        expected: expected(5, Some(silence())),
        outcome: Outcome::Held,
        messages: Vec::new(),
    }
}

#[async_trait::async_trait]
impl Drills for Fake {
    async fn list_drills(&self) -> ApiResult<Vec<DrillRow>> {
        self.many(drill_row)
    }
    async fn list_recurring_drills(&self) -> ApiResult<Vec<RecurringDrillRow>> {
        self.many(|| RecurringDrillRow {
            name: "monthly".parse().expect("a name"),
            environment: prod(),
            plays: MARKUP.to_owned(),
            at: "tue 1..7 10:00".to_owned(),
            timezone: "Asia/Seoul".to_owned(),
            minutes: 10,
            acknowledge_minutes: Some(5),
            next_at: Some(at(60)),
        })
    }
    async fn preview_drill(&self, _subject: DrillSubject) -> ApiResult<DrillPreview> {
        self.one(|| DrillPreview {
            environment: prod(),
            name: MARKUP.to_owned(),
            priority: Priority::P1,
            minutes: 10,
            expected: vec![
                expected(0, None),
                expected(0, Some(silence())),
                expected(5, Some(nights())),
            ],
            tells: vec![channel()],
        })
    }
    async fn start_drill(&self, _drill: NewDrill) -> ApiResult<DrillId> {
        self.one(|| DrillId::from_parts(0, 1))
    }
    async fn drill(&self, _id: DrillId) -> ApiResult<DrillDetail> {
        self.one(|| {
            let tells = self.0 != Mood::Empty;
            DrillDetail {
                row: drill_row(),
                acknowledged: tells.then(|| DrillAcknowledgement {
                    by: MARKUP.into(),
                    at: at(-14),
                }),
                receipts: match tells {
                    true => vec![took(), held()],
                    false => Vec::new(),
                },
                missed: tells.then(channel).into_iter().collect(),
            }
        })
    }
    async fn end_drill(&self, _id: DrillId) -> ApiResult<()> {
        self.one(|| ())
    }
}
