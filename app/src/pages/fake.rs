//! A backend of canned answers, for rendering pages in tests. Every text that a
//! person or AWS could have written holds markup that must not survive.

mod capacity;
mod coverage;
mod drills;
mod notifications;
mod on_call;
mod silences;
mod sources;
mod system;

use super::{changes::model::tests::detail as change_detail, schedules::fake as schedule};
use api::{
    ApiError, ApiResult, Backend, ErrorCode, Page, PageQuery, alarms::*, audit::*, aws_events::*,
    calendars::*, capacity::*, changes::*, checks::*, fit::*, freezes::*, overview::*, people::*,
    prices::*, queues::*, sandbox::*, schedules::*, spot::*, timeline::*, tokens::*,
};
use domain::{
    alarms::{
        AlarmKind, AlarmRule, AlarmState, AlarmTransition, FlapRule, MetricRef, Priority, Series,
    },
    approvals::Vote,
    audit::AuditOutcome,
    aws_events::{AwsEventKind, EndReason},
    aws_timing::{Effect, Object, ObjectKind},
    capacity::*,
    changes::Proposal,
    checks::Severity,
    estate::{AccountId, Environment, Region, Scope},
    fit::Traffic,
    freezes::Freeze,
    ids::*,
    people::{Grant, Reach, Role},
    prices::{Buying, Usage, month_end, unit_price},
    queues::QueueRef,
    schedules::SpotShare,
    sources::{AlarmNotes, Link, LinkKind, SourceKind},
    spot::{Bought, PricePoint, SpotNoticeKind, SpotPart, TypePrices, ZonePrices},
    time::{DAY_MS, Timestamp},
    timeline::{Cause, PlannedStep},
    timers::Timer,
};

/// What every text holds.
pub(super) const MARKUP: &str = "</textarea><script>alert(1)</script>\"'<b>";

/// How the backend is disposed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Full,
    Empty,
    Failing(ErrorCode),
}

pub(super) struct Fake(pub Mood);

pub(super) fn at(minute: i64) -> Timestamp {
    Timestamp::from_ms(1_760_000_000_000 + minute * 60_000)
}

pub(super) fn scope() -> Scope {
    Scope {
        account: AccountId::new("111122223333"),
        region: Region::new("ap-northeast-2"),
    }
}

fn prod() -> Environment {
    Environment::from("prod")
}

impl Fake {
    fn one<T>(&self, value: impl FnOnce() -> T) -> ApiResult<T> {
        match self.0 {
            Mood::Failing(code) => Err(ApiError {
                request_id: Some("req_1".into()),
                ..ApiError::new(code, format!("failed {MARKUP}"))
            }),
            _ => Ok(value()),
        }
    }

    fn many<T>(&self, value: impl FnOnce() -> T) -> ApiResult<Vec<T>> {
        let empty = self.0 == Mood::Empty;
        self.one(|| if empty { Vec::new() } else { vec![value()] })
    }

    fn page<T>(&self, value: impl FnOnce() -> T) -> ApiResult<Page<T>> {
        let rows = self.many(value)?;
        let total = if rows.is_empty() { 0 } else { 120 };
        Ok(Page {
            rows,
            total,
            offset: 0,
            limit: 50,
        })
    }
}

fn alarm_row() -> AlarmRow {
    AlarmRow {
        id: AlarmId::from_parts(0, 1),
        name: format!("web-prod-cpu {MARKUP}"),
        scope: Some(scope()),
        source: SourceKind::Cloudwatch,
        source_name: "seoul".parse().ok(),
        environment: prod(),
        priority: Priority::P1,
        state: AlarmState::Alarm,
        state_at: at(-5),
        reason: format!("Threshold Crossed {MARKUP}"),
        acknowledged: Some(Acknowledgement {
            by: format!("Mina {MARKUP}"),
            at: at(-1),
            note: Some(MARKUP.into()),
        }),
        silenced_until: Some(at(90)),
        version: 1,
    }
}

#[async_trait::async_trait]
impl Alarms for Fake {
    async fn list_alarms(&self, _query: AlarmQuery) -> ApiResult<Page<AlarmRow>> {
        self.page(alarm_row)
    }
    async fn count_alarms(&self) -> ApiResult<Vec<AlarmCount>> {
        self.many(|| AlarmCount {
            state: AlarmState::Alarm,
            priority: Priority::P1,
            environment: prod(),
            count: 7,
        })
    }
    async fn alarm(&self, _id: AlarmId) -> ApiResult<AlarmDetail> {
        self.one(|| AlarmDetail {
            row: alarm_row(),
            arn: format!("arn:aws:cloudwatch {MARKUP}"),
            kind: AlarmKind::Metric,
            description: MARKUP.into(),
            rule: AlarmRule {
                comparison: "GreaterThanThreshold".into(),
                threshold: Some(80.0),
                evaluation_periods: 5,
                datapoints_to_alarm: 3,
                missing_data: "missing".into(),
                metric: Some(MetricRef {
                    namespace: "AWS/EC2".into(),
                    name: "CPUUtilization".into(),
                    dimensions: vec![("AutoScalingGroupName".into(), MARKUP.into())],
                    statistic: "Average".into(),
                    period_s: 60,
                    unit: String::new(),
                }),
                expression: Some(MARKUP.into()),
            },
            actions_enabled: false,
            alarm_actions: vec![MARKUP.into()],
            definition: None,
            priority_rule: 3,
            priority_because: Some(MARKUP.into()),
            target: Some(TargetId::from_parts(0, 1)),
            read_at: at(0),
            gone: true,
            configured: false,
            console_url: Some("https://console.aws.amazon.com/".into()),
            matchers: format!("team=\"{MARKUP}\""),
            silences: vec![silences::silence_row()],
            inhibited: Some(Inhibited {
                by: Some(AlarmId::from_parts(0, 2)),
                name: Some(MARKUP.into()),
                until: Some(at(3)),
            }),
            flapping: Some(FlapRule {
                times: 7,
                within_minutes: 30,
            }),
            next_told: Some(NextTold {
                at: at(2),
                channels: vec!["lead".parse().expect("a name")],
            }),
            acknowledged_until: Some(at(3)),
            notes: AlarmNotes {
                labels: [(MARKUP.into(), MARKUP.into())].into(),
                annotations: [(MARKUP.into(), MARKUP.into())].into(),
                links: Link::new(LinkKind::Runbook, "https://wiki.example/")
                    .into_iter()
                    .collect(),
            },
        })
    }
    async fn alarm_chart(&self, _id: AlarmId, _hours: u32) -> ApiResult<AlarmChart> {
        self.one(|| AlarmChart {
            from: at(-180),
            until: at(0),
            series: Series::default(),
            threshold: None,
            transitions: vec![],
            note: None,
        })
    }
    async fn alarm_history(&self, _id: AlarmId) -> ApiResult<Vec<AlarmTransition>> {
        self.many(|| AlarmTransition {
            at: at(-5),
            from: Some(AlarmState::Ok),
            to: AlarmState::Alarm,
            reason: MARKUP.into(),
        })
    }
    async fn acknowledge_alarm(&self, _id: AlarmId, _note: String) -> ApiResult<AlarmRow> {
        self.one(alarm_row)
    }
    async fn unacknowledge_alarm(&self, _id: AlarmId) -> ApiResult<AlarmRow> {
        self.one(alarm_row)
    }
}

fn aws_event_row() -> AwsEventRow {
    AwsEventRow {
        id: AwsEventId::from_parts(0, 1),
        kind: AwsEventKind::Instance,
        name: MARKUP.into(),
        scope: Some(scope()),
        environment: prod(),
        subject: MARKUP.into(),
        at: at(-5),
        received_at: at(-4),
        explanation: Some(EndReason::Change),
        alarm: Some(AlarmId::from_parts(0, 1)),
    }
}

#[async_trait::async_trait]
impl AwsEvents for Fake {
    async fn list_aws_events(&self, _query: AwsEventQuery) -> ApiResult<Page<AwsEventRow>> {
        self.page(aws_event_row)
    }
    async fn aws_event(&self, _id: AwsEventId) -> ApiResult<AwsEventDetail> {
        self.one(|| AwsEventDetail {
            row: aws_event_row(),
            payload: MARKUP.into(),
        })
    }
}

fn set_aside_row() -> SetAsideRow {
    SetAsideRow {
        id: SetAsideId::from_parts(0, 1),
        queue: QueueRef {
            scope: scope(),
            name: MARKUP.into(),
        },
        message: MARKUP.into(),
        error: Some(MARKUP.into()),
        takings: 1,
        sent_at: Some(at(-5)),
        at: at(-4),
    }
}

#[async_trait::async_trait]
impl Queues for Fake {
    async fn list_set_aside(&self, _query: PageQuery) -> ApiResult<Page<SetAsideRow>> {
        self.page(set_aside_row)
    }
    async fn set_aside(&self, _id: SetAsideId) -> ApiResult<SetAsideDetail> {
        self.one(|| SetAsideDetail {
            row: set_aside_row(),
            body: MARKUP.into(),
        })
    }
    async fn take_again(&self, _id: SetAsideId) -> ApiResult<()> {
        Ok(())
    }
    async fn discard_set_aside(&self, _id: SetAsideId) -> ApiResult<()> {
        Ok(())
    }
}

#[async_trait::async_trait]
impl Audit for Fake {
    async fn list_audit(&self, _query: AuditQuery) -> ApiResult<Page<AuditRow>> {
        self.page(|| AuditRow {
            seq: 12,
            at: at(0),
            actor: "system".into(),
            actor_name: "system".into(),
            action: "change.propose".into(),
            subject: ChangeId::from_parts(0, 1).to_string(),
            subject_name: format!("web-prod {MARKUP}"),
            environment: "prod".into(),
            outcome: AuditOutcome::Done,
            detail_json: serde_json::json!({ "note": MARKUP }).to_string(),
            hash: "0123456789abcdef".repeat(4),
        })
    }
}

#[async_trait::async_trait]
impl Changes for Fake {
    async fn list_changes(&self, _query: ChangeQuery) -> ApiResult<Page<ChangeRow>> {
        self.page(|| change_detail().row)
    }
    async fn change(&self, id: ChangeId) -> ApiResult<ChangeDetail> {
        self.one(|| {
            let mut detail = if id == schedule::change_id() {
                schedule::change()
            } else {
                change_detail()
            };
            if self.0 == Mood::Full {
                detail.votes = vec![VoteView {
                    person: None,
                    name: MARKUP.into(),
                    vote: Vote::Approve,
                    at: at(0),
                    note: Some(MARKUP.into()),
                    void: true,
                }];
                detail.story = vec![StoryLine {
                    at: at(0),
                    who: MARKUP.into(),
                    action: "change.propose".into(),
                    outcome: domain::audit::AuditOutcome::Done,
                    detail: MARKUP.into(),
                }];
                detail.result = vec![MARKUP.into()];
                detail.ended_by = Some(ChangeId::from_parts(0, 2));
            }
            detail
        })
    }
    async fn preview_change(&self, _: Proposal) -> ApiResult<Preview> {
        self.one(|| Preview {
            plan: change_detail().plan,
            calls: vec![],
            approvals_needed: 1,
            blocked: false,
        })
    }
    async fn propose_change(&self, _: Proposal, _: Option<String>) -> ApiResult<ChangeId> {
        self.one(|| ChangeId::from_parts(0, 1))
    }
    async fn edit_change(&self, _: ChangeId, _: Proposal, _: String) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn vote_change(&self, _: ChangeId, _: Vote, _: String, _: String) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn withdraw_change(&self, _id: ChangeId) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn comment_on_change(&self, _id: ChangeId, _text: String) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn break_glass(&self, _id: ChangeId, _hash: String, _reason: String) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn review_change(
        &self,
        _id: ChangeId,
        _seen_hash: String,
        _text: String,
    ) -> ApiResult<()> {
        self.one(|| ())
    }
}

#[async_trait::async_trait]
impl Checks for Fake {
    async fn list_checks(&self, _query: CheckQuery) -> ApiResult<CheckList> {
        Ok(CheckList {
            counts: self.many(|| CheckCount {
                rule: "step-gap".into(),
                severity: Severity::Error,
                environment: prod(),
                count: 120,
            })?,
            page: self.page(|| CheckRow {
                rule: "step-gap".into(),
                severity: Severity::Error,
                environment: prod(),
                scope: scope(),
                target: Some(CheckTarget {
                    id: TargetId::from_parts(0, 1),
                    name: MARKUP.into(),
                }),
                policy: Some(MARKUP.into()),
                alarm: Some(CheckAlarm {
                    id: Some(AlarmId::from_parts(0, 1)),
                    name: MARKUP.into(),
                }),
                what: MARKUP.into(),
                evidence: vec![MARKUP.into()],
                fix: MARKUP.into(),
            })?,
        })
    }
}

#[async_trait::async_trait]
impl Freezes for Fake {
    async fn list_freezes(&self) -> ApiResult<Vec<Freeze>> {
        self.many(|| Freeze {
            id: FreezeId::from_parts(0, 1),
            name: format!("Registration {MARKUP}"),
            environments: vec![prod()],
            from: at(-60),
            until: at(600),
            reason: MARKUP.into(),
            calendar: Some(MARKUP.into()),
        })
    }
    async fn declare_freeze(&self, _freeze: NewFreeze) -> ApiResult<FreezeId> {
        self.one(|| FreezeId::from_parts(0, 1))
    }
    async fn lift_freeze(&self, _id: FreezeId) -> ApiResult<()> {
        self.one(|| ())
    }
}

#[async_trait::async_trait]
impl Fits for Fake {
    async fn target_traffic(&self, _id: TargetId) -> ApiResult<TargetTraffic> {
        self.one(|| TargetTraffic {
            traffic: Some(Traffic {
                first: at(-28 * 24 * 60),
                requests: vec![Some(900); 28 * 96],
                per_member: vec![Some(300); 28 * 96],
            }),
            note: None,
        })
    }
}

#[async_trait::async_trait]
impl Calendars for Fake {
    async fn list_calendars(&self) -> ApiResult<Vec<CalendarRow>> {
        self.many(|| CalendarRow {
            name: MARKUP.into(),
            place: MARKUP.into(),
            environments: vec![prod()],
            freezes: false,
            timezone: MARKUP.into(),
            read_at: Some(at(-60)),
            error: Some(MARKUP.into()),
        })
    }
    async fn import_calendar(&self, _calendar: NewCalendar) -> ApiResult<Vec<FreezeId>> {
        self.many(|| FreezeId::from_parts(0, 1))
    }
}

#[async_trait::async_trait]
impl Overviews for Fake {
    async fn overview(&self) -> ApiResult<Overview> {
        Ok(Overview {
            alarms: self.count_alarms().await?,
            checks: 3,
            checks_failing: 1,
            urgent: self.many(alarm_row)?,
            waiting: self.many(|| change_detail().row)?,
            proposed: self.many(|| change_detail().row)?,
            to_review: self.many(|| change_detail().row)?,
            events: self.many(|| change_detail().row)?,
            drift: self.many(|| Drift {
                change: ChangeId::from_parts(0, 1),
                target: TargetId::from_parts(0, 1),
                target_name: MARKUP.into(),
                environment: prod(),
                differences: vec![MARKUP.into()],
                since: at(-20),
            })?,
            upcoming: self.many(|| Upcoming {
                at: at(60),
                target: TargetId::from_parts(0, 1),
                target_name: MARKUP.into(),
                environment: prod(),
                action: MARKUP.into(),
                sets: "min 2 · desired 4".into(),
                change: None,
            })?,
            days: self.many(|| EnvironmentDay {
                environment: prod(),
                at: vec![at(-10), at(-5)],
                bucket_s: 300,
                in_service: vec![Some(4), None],
                desired: vec![Some(4), Some(4)],
                requests_per_minute: vec![Some(1_234.5), None],
            })?,
            scopes: self.many(|| ScopeHealth {
                scope: scope().to_string(),
                read_at: Some(at(-1)),
                error: Some(MARKUP.into()),
            })?,
            at: at(0),
        })
    }
}

/// Who looks at the pages.
pub(super) fn viewer(role: Role, lang: domain::i18n::Lang) -> Viewer {
    Viewer {
        id: PersonId::from_parts(0, 1),
        name: format!("Mina {MARKUP}"),
        login: "mina@example.com".into(),
        grants: vec![Grant {
            role,
            reach: Reach::All,
        }],
        lang,
        lang_chosen: true,
        zone: domain::time::Zone::named("Asia/Seoul").expect("a zone"),
        theme: Theme::Dark,
        environments: vec![Environment::from("dev"), prod()],
        sandbox: true,
        unread: Vec::new(),
        now: at(0),
    }
}

#[async_trait::async_trait]
impl People for Fake {
    async fn viewer(&self) -> ApiResult<Viewer> {
        self.one(|| viewer(Role::Admin, domain::i18n::Lang::En))
    }
    async fn save_profile(&self, _profile: Profile) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn zone_names(&self) -> ApiResult<Vec<String>> {
        self.many(|| "Asia/Seoul".into())
    }
    async fn change_password(&self, _current: String, _new: String) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn list_sessions(&self) -> ApiResult<Vec<SessionRow>> {
        self.many(|| SessionRow {
            id: SessionId::from_parts(0, 1),
            created_at: at(-60),
            used_at: at(-1),
            device: MARKUP.into(),
            agent: MARKUP.into(),
            current: false,
        })
    }
    async fn end_session(&self, _id: SessionId) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn list_people(&self) -> ApiResult<Vec<PersonRow>> {
        self.many(|| PersonRow {
            id: PersonId::from_parts(0, 1),
            login: "mina@example.com".into(),
            name: MARKUP.into(),
            grants: viewer(Role::Operator, domain::i18n::Lang::En).grants,
            disabled: true,
            version: "0123456789abcdef".into(),
            created_at: at(-600),
            signed_in_at: None,
        })
    }
    async fn add_person(&self, _person: NewPerson) -> ApiResult<PersonId> {
        self.one(|| PersonId::from_parts(0, 2))
    }
    async fn change_person(&self, _id: PersonId, _change: PersonChange) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn reset_password(&self, _id: PersonId, _password: String) -> ApiResult<()> {
        self.one(|| ())
    }
}

fn sandbox_view() -> SandboxView {
    SandboxView {
        now: at(0),
        clock: ClockMode::Running { speed: 60 },
        seed: 42,
    }
}

#[async_trait::async_trait]
impl Sandbox for Fake {
    async fn sandbox(&self) -> ApiResult<SandboxView> {
        self.one(sandbox_view)
    }
    async fn sandbox_act(&self, _act: SandboxAct) -> ApiResult<SandboxView> {
        self.one(sandbox_view)
    }
}

#[async_trait::async_trait]
impl Schedules for Fake {
    async fn list_schedules(&self) -> ApiResult<Vec<ScheduleRow>> {
        self.many(schedule::row)
    }
    async fn schedule(&self, _name: String) -> ApiResult<ScheduleDetail> {
        self.one(schedule::detail)
    }
    async fn adopt_actions(&self, _target: TargetId) -> ApiResult<Adoption> {
        self.one(schedule::adoption)
    }
    async fn read_schedule(&self, _text: String) -> ApiResult<ScheduleReading> {
        self.one(schedule::reading)
    }
}

#[async_trait::async_trait]
impl Tokens for Fake {
    async fn list_tokens(&self) -> ApiResult<Vec<TokenRow>> {
        self.many(|| TokenRow {
            id: TokenId::from_parts(0, 1),
            name: MARKUP.into(),
            role: Role::Viewer,
            created_at: at(-600),
            expires_at: at(60_000),
            used_at: None,
        })
    }
    async fn make_token(&self, _token: NewToken) -> ApiResult<MadeToken> {
        self.one(|| MadeToken {
            id: TokenId::from_parts(0, 1),
            secret: "lamplighter_x".into(),
        })
    }
    async fn revoke_token(&self, _id: TokenId) -> ApiResult<()> {
        self.one(|| ())
    }
}

impl Backend for Fake {}
