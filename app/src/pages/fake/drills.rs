//! Drills of the canned backend.

use super::{Fake, MARKUP, at, prod};
use api::{ApiResult, drills::*};
use domain::{
    alarms::Priority,
    drills::Verdict,
    ids::{AlarmId, DrillId},
};

fn drill_row() -> DrillRow {
    DrillRow {
        id: DrillId::from_parts(0, 1),
        alarm: AlarmId::from_parts(0, 1),
        environment: prod(),
        name: format!("DRILL {MARKUP}"),
        priority: Priority::P1,
        note: None,
        started_by: format!("Mina {MARKUP}"),
        started_at: at(-5),
        ends_at: at(5),
        ended_at: None,
        ended_by: None,
        acknowledge_minutes: None,
        verdict: Verdict::Open,
        end_refused: None,
    }
}

#[async_trait::async_trait]
impl Drills for Fake {
    async fn list_drills(&self) -> ApiResult<Vec<DrillRow>> {
        self.many(drill_row)
    }
    async fn preview_drill(&self, _subject: DrillSubject) -> ApiResult<DrillPreview> {
        self.one(|| DrillPreview {
            environment: prod(),
            name: MARKUP.to_owned(),
            priority: Priority::P1,
            minutes: 10,
            expected: Vec::new(),
            tells: Vec::new(),
        })
    }
    async fn start_drill(&self, _drill: NewDrill) -> ApiResult<DrillId> {
        self.one(|| DrillId::from_parts(0, 1))
    }
    async fn drill(&self, _id: DrillId) -> ApiResult<DrillDetail> {
        self.one(|| DrillDetail {
            row: drill_row(),
            acknowledged: None,
            receipts: Vec::new(),
            missed: Vec::new(),
        })
    }
    async fn end_drill(&self, _id: DrillId) -> ApiResult<()> {
        self.one(|| ())
    }
}
