//! Sources whose every text is hostile.

use super::{Fake, MARKUP, at};
use api::{
    ApiResult,
    log_queries::LogQueryView,
    sources::{HeartbeatView, Refusal, SourceView, Sources, Trial, Tried},
};
use domain::{
    alarms::AlarmState,
    estate::Scope,
    ids::AlarmId,
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
    async fn list_log_queries(&self) -> ApiResult<Vec<LogQueryView>> {
        self.many(|| LogQueryView {
            name: "enrol-errors".parse().expect("a name"),
            scope: Scope {
                account: "111122223333".into(),
                region: "ap-northeast-2".into(),
            },
            groups: vec![MARKUP.into()],
            query: MARKUP.into(),
            every_minutes: 5,
            window_minutes: 5,
            above: 0,
            environment: "prod".into(),
            scan_gb_a_day: 20,
            ran_at: Some(at(-2)),
            rows: Some(7),
            scanned_bytes: 17_000_000,
            scanned_today_bytes: 3_400_000_000,
            state: AlarmState::Alarm,
            reason: MARKUP.into(),
            alarm: Some(AlarmId::from_parts(0, 7)),
        })
    }
    async fn try_mapping(&self, _trial: Trial) -> ApiResult<Tried> {
        self.one(|| Tried { alarms: vec![] })
    }
}
