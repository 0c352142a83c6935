//! Sources whose every text is hostile.

use super::{Fake, MARKUP, at};
use api::{
    ApiResult,
    sources::{HeartbeatView, Refusal, SourceView, Sources, Trial, Tried},
};
use domain::{
    alarms::AlarmState,
    mappings::{MappingText, StateWord},
};

#[async_trait::async_trait]
impl Sources for Fake {
    async fn list_sources(&self) -> ApiResult<Vec<SourceView>> {
        self.many(|| SourceView {
            name: "datadog".parse().expect("a name"),
            kind: "json".into(),
            path: "/hooks/json/datadog".into(),
            called_at: Some(at(-5)),
            refused: Some(Refusal {
                at: at(-9),
                why: MARKUP.into(),
            }),
            alarms: Some(3),
            alarms_max: Some(1_000),
            calls_a_minute_max: 300,
            heartbeat: Some(HeartbeatView {
                minutes: 5,
                state: AlarmState::Alarm,
                due_at: Some(at(-1)),
            }),
            mapping: Some(MappingText {
                labels: MARKUP.into(),
                state: MARKUP.into(),
                alarm_when: vec![StateWord::Text(MARKUP.into())],
                ..MappingText::default()
            }),
        })
    }
    async fn try_mapping(&self, _trial: Trial) -> ApiResult<Tried> {
        self.one(|| Tried { alarms: vec![] })
    }
}
