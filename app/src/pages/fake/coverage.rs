//! What has no alarm, of the canned backend.

use super::{Fake, MARKUP, at, prod, scope};
use api::{
    ApiResult,
    agent::*,
    checks::{CheckCount, CheckQuery},
    coverage::*,
    log_lines::*,
};
use domain::{
    alarms::{
        AlarmRef, MetricRef,
        definition::{AlarmDefinition, MissingData},
    },
    changes::Change,
    checks::Severity,
    decimals::Decimal,
    ids::{AlarmId, TargetId},
    log_lines::LogLine,
    step_policies::Comparison,
};

fn draft() -> CoverageDraft {
    let definition = AlarmDefinition {
        description: MARKUP.into(),
        metric: MetricRef {
            namespace: "AWS/Lambda".into(),
            name: "Errors".into(),
            dimensions: vec![("FunctionName".into(), MARKUP.into())],
            statistic: "Sum".into(),
            period_s: 300,
            unit: String::new(),
        },
        comparison: Comparison::Greater,
        threshold: Decimal::of(0.0).expect("finite"),
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        missing_data: MissingData::NotBreaching,
        actions_enabled: true,
        alarm_actions: vec![MARKUP.into()],
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        lines: None,
    };
    CoverageDraft {
        change: Change::PutAlarm {
            alarm: AlarmRef {
                scope: scope(),
                name: MARKUP.into(),
            },
            replaces: None,
            definition: Box::new(definition),
            reason: String::new(),
        },
        why: MARKUP.into(),
    }
}

#[async_trait::async_trait]
impl Coverage for Fake {
    async fn list_coverage(&self, _query: CheckQuery) -> ApiResult<CoverageList> {
        let rule = || "function-no-error-alarm".to_owned();
        Ok(CoverageList {
            counts: self.many(|| CheckCount {
                rule: rule(),
                severity: Severity::Warning,
                environment: prod(),
                count: 120,
            })?,
            seen: CoverageSeen {
                alarms: 60,
                targets: 16,
                balancers: 5,
                functions: 8,
            },
            listed_at: Some(at(-3)),
            blind: self.many(|| CoverageBlind {
                scope: scope(),
                what: MARKUP.into(),
                why: MARKUP.into(),
                missing: Some("lambda:ListFunctions".into()),
            })?,
            page: self.page(|| CoverageRow {
                rule: rule(),
                severity: Severity::Warning,
                environment: prod(),
                scope: scope(),
                subject: CoverageSubject::Function,
                name: MARKUP.into(),
                alarm: None,
                target: None,
                what: MARKUP.into(),
                evidence: vec![MARKUP.into()],
                fix: MARKUP.into(),
                draft: Some(draft()),
            })?,
        })
    }
}

#[async_trait::async_trait]
impl Agent for Fake {
    async fn target_agent(&self, _id: TargetId) -> ApiResult<AgentReport> {
        Ok(AgentReport {
            rows: self.many(|| AgentRow {
                metric: MARKUP.into(),
                instance: Some(MARKUP.into()),
                part: MARKUP.into(),
                percent: Some(71.25),
                at: Some(at(-4)),
            })?,
            left_out: 7,
            note: None,
            missing: None,
        })
    }
}

#[async_trait::async_trait]
impl Logs for Fake {
    async fn alarm_logs(&self, _id: AlarmId) -> ApiResult<AlarmLogs> {
        let line = || LogLine::read(at(-4), MARKUP, MARKUP);
        Ok(AlarmLogs {
            from: at(-10),
            until: at(0),
            groups: vec![LogGroupLines {
                group: MARKUP.into(),
                filter: Some(MARKUP.into()),
                pattern: MARKUP.into(),
                lines: self.many(line)?,
                more: true,
                note: Some(MARKUP.into()),
                missing: None,
                console_url: None,
            }],
            left_out: 7,
            note: None,
            missing: None,
        })
    }
}
