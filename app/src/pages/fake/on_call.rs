//! Who is on call at the canned backend.

use super::{Fake, MARKUP, at};
use api::{ApiResult, on_call::*};
use domain::{
    ids::CoverId,
    on_call::{Contact, ContactName, QuietHours, RotationName, Shift},
};

fn name() -> ContactName {
    "mina".parse().expect("a name")
}

fn rotation() -> RotationName {
    "web".parse().expect("a name")
}

#[async_trait::async_trait]
impl OnCall for Fake {
    async fn on_call(&self) -> ApiResult<OnCallBoard> {
        let id = CoverId::from_parts(0, 1);
        Ok(OnCallBoard {
            rotations: self.many(|| RotationRow {
                name: rotation(),
                timezone: MARKUP.into(),
                shift: "1 week".into(),
                contacts: vec![name()],
                shifts: vec![
                    Shift {
                        contact: name(),
                        from: at(-60),
                        until: at(60),
                        cover: Some(id),
                    },
                    Shift {
                        contact: name(),
                        from: at(60),
                        until: at(120),
                        cover: None,
                    },
                ],
            })?,
            contacts: self.many(|| Contact {
                name: name(),
                channels: vec!["ops".parse().expect("a name")],
                quiet_hours: vec![QuietHours {
                    priority: Vec::new(),
                    time_intervals: vec!["nights".parse().expect("a name")],
                }],
            })?,
            covers: self.many(|| CoverRow {
                id,
                rotation: rotation(),
                contact: name(),
                from: at(-60),
                until: at(60),
                note: MARKUP.into(),
                by: MARKUP.into(),
                is_void: true,
            })?,
        })
    }
    async fn on_call_calendar(&self, _rotation: RotationName) -> ApiResult<String> {
        self.one(|| MARKUP.into())
    }
    async fn add_cover(&self, _cover: NewCover) -> ApiResult<CoverId> {
        self.one(|| CoverId::from_parts(0, 1))
    }
    async fn end_cover(&self, _id: CoverId) -> ApiResult<()> {
        self.one(|| ())
    }
}
