//! Alarms that are made and changed through the one door, and put back to what they were.

use crate::story::{applied, audit_is_whole, called, refused};
use api::{
    ErrorCode,
    alarms::{AlarmDetail, AlarmQuery},
    changes::Preview,
};
use domain::{
    alarms::{AlarmRef, AlarmState, MetricRef, definition::AlarmDefinition},
    changes::{Change, ChangeState},
    checks::Finding,
    decimals::Decimal,
    ids::{AlarmId, ChangeId},
    people::{Reach, Role},
    plan::Call,
    time::MINUTE_MS,
};
use ports::CloudErrorKind;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Asked, Backing, Harness, story};

/// An alarm of production on a group's CPU, and one that a step policy hangs on.
const BUSY: &str = "web-prod-cpu-high";
const WIRED: &str = "worker-prod-queue-age-high";

async fn alarms(h: &Harness, name: &str) -> Vec<AlarmId> {
    let query = AlarmQuery {
        text: name.into(),
        ..AlarmQuery::default()
    };
    let found = h.as_role(Role::Admin).list_alarms(query).await;
    let rows = found.expect("alarms").rows.into_iter();
    rows.filter(|row| row.name == name)
        .map(|row| row.id)
        .collect()
}

async fn alarm(h: &Harness, name: &str) -> AlarmDetail {
    let id = *alarms(h, name).await.first().expect("the alarm");
    h.as_role(Role::Admin).alarm(id).await.expect("the alarm")
}

fn definition(of: &AlarmDetail) -> AlarmDefinition {
    *of.definition.clone().expect("an alarm on a metric")
}

fn reference(of: &AlarmDetail, name: &str) -> AlarmRef {
    AlarmRef {
        scope: of.row.scope.clone().expect("CloudWatch's"),
        name: name.into(),
    }
}

/// The alarm under another name, with another threshold.
async fn like(h: &Harness, of: &str, name: &str, threshold: &str) -> Change {
    let of = alarm(h, of).await;
    Change::PutAlarm {
        alarm: reference(&of, name),
        replaces: None,
        definition: Box::new(AlarmDefinition {
            threshold: Decimal::parse(threshold).expect("a decimal"),
            ..definition(&of)
        }),
        reason: "nobody watches this".into(),
    }
}

/// Another definition of an alarm that is there.
async fn changed(h: &Harness, name: &str, edit: impl FnOnce(&mut AlarmDefinition)) -> Change {
    let of = alarm(h, name).await;
    let mut definition = definition(&of);
    edit(&mut definition);
    Change::PutAlarm {
        alarm: reference(&of, name),
        replaces: Some(of.row.id),
        definition: Box::new(definition),
        reason: "it comes too late".into(),
    }
}

fn back(put: ChangeId) -> Change {
    Change::PutAlarmBack {
        put,
        reason: "it was a mistake".into(),
    }
}

async fn previewed(h: &Harness, change: Change) -> Preview {
    let preview = h
        .as_role(Role::Operator)
        .preview_change(change.into())
        .await;
    preview.expect("a preview")
}

fn rules(preview: &Preview) -> Vec<&'static str> {
    preview.plan.findings.iter().map(Finding::rule).collect()
}

story!(
    a_new_alarm_goes_off_by_its_definition_and_is_put_back_to_none,
    |h| async move {
        let name = "prod-anything-at-all";
        let put = like(&h, BUSY, name, "0.5").await;
        let preview = previewed(&h, put.clone()).await;
        assert_eq!(rules(&preview), ["alarm-breaches-mostly"]);
        let parameters = &preview.calls[0].parameters;
        let threshold = ("Threshold".to_owned(), "0.5".to_owned());
        assert!(parameters.contains(&threshold), "{parameters:?}");

        let id = applied(&h, put.clone()).await;
        assert_eq!(called(&h.cloud.writes()), ["cloudwatch:PutMetricAlarm"]);
        h.pass(2 * MINUTE_MS).await;
        let made = alarm(&h, name).await;
        assert_eq!(made.row.state, AlarmState::Alarm);
        assert_eq!(made.row.environment.as_str(), "prod");
        assert_eq!(definition(&made).threshold.to_string(), "0.5");

        // One of its name is there now.
        let operator = h.as_role(Role::Operator);
        let error = refused(
            operator.propose_change(put.into(), None).await,
            ErrorCode::Invalid,
        );
        assert_eq!(error.fields[0].field, "name", "{error:?}");

        applied(&h, back(id)).await;
        h.pass(MINUTE_MS).await;
        assert_eq!(alarms(&h, name).await, []);
        assert_eq!(
            called(&h.cloud.writes()),
            ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"]
        );
        let again = operator.propose_change(back(id).into(), None).await;
        refused(again, ErrorCode::Invalid);
        audit_is_whole(&h).await;
    }
);

story!(
    another_threshold_is_put_and_taken_back_with_what_came_after,
    |h| async move {
        let before = definition(&alarm(&h, BUSY).await);
        let lower = |text: &'static str| {
            move |definition: &mut AlarmDefinition| {
                definition.threshold = Decimal::parse(text).expect("a decimal");
            }
        };
        let first = applied(&h, changed(&h, BUSY, lower("70.5")).await).await;
        h.pass(MINUTE_MS).await;
        let now = alarm(&h, BUSY).await;
        assert_eq!(definition(&now).threshold.to_string(), "70.5");
        applied(&h, changed(&h, BUSY, lower("60")).await).await;
        h.pass(MINUTE_MS).await;

        let preview = previewed(&h, back(first)).await;
        assert!(
            rules(&preview).contains(&"alarm-changed-since"),
            "{:?}",
            preview.plan.findings
        );
        applied(&h, back(first)).await;
        h.pass(MINUTE_MS).await;
        assert_eq!(definition(&alarm(&h, BUSY).await), before);
        audit_is_whole(&h).await;
    }
);

story!(
    a_threshold_that_a_policy_has_no_step_for_is_told_before,
    |h| async move {
        let unwired = changed(&h, WIRED, |definition| definition.alarm_actions.clear()).await;
        let found = rules(&previewed(&h, unwired).await);
        assert!(found.contains(&"mutes-a-policy"), "{found:?}");
        assert!(found.contains(&"tells-nobody"), "{found:?}");
        // As a low alarm it delivers what the steps, all above the threshold, do not take.
        let low = changed(&h, WIRED, |definition| {
            definition.comparison = domain::step_policies::Comparison::Less;
        });
        let found = rules(&previewed(&h, low.await).await);
        assert!(found.contains(&"step-gap"), "{found:?}");
        assert!(found.contains(&"alarm-silent-when-missing"), "{found:?}");
    }
);

story!(
    nobody_reaches_another_environment_by_an_alarm_of_their_own,
    |h| async move {
        let reach = Reach::Only(vec!["dev".into()]);
        let of_dev = h.person("dora", Role::Operator, reach).await;
        let dora = h.of(&of_dev);
        let preview = async |change: Change| dora.preview_change(change.into()).await;
        // A name of dev on a group of production belongs to production.
        let watching = like(&h, BUSY, "dev-busy", "80").await;
        refused(preview(watching).await, ErrorCode::NotFound);
        // So does one that is there.
        let change = changed(&h, BUSY, |_| {}).await;
        refused(preview(change).await, ErrorCode::NotFound);
        let on_own = |action: Option<String>| {
            let h = &h;
            async move {
                let Change::PutAlarm {
                    alarm,
                    mut definition,
                    ..
                } = like(h, WIRED, "dev-own-metric", "1").await
                else {
                    unreachable!("it is put");
                };
                definition.metric = MetricRef {
                    namespace: "Own".into(),
                    name: "Errors".into(),
                    dimensions: Vec::new(),
                    statistic: "Sum".into(),
                    period_s: 60,
                    unit: String::new(),
                };
                definition.alarm_actions.extend(action);
                Change::PutAlarm {
                    alarm,
                    replaces: None,
                    definition,
                    reason: "our own".into(),
                }
            }
        };
        // Nor does it run a policy of production, or end an instance.
        let scales = preview(on_own(None).await).await.expect("a preview");
        let terminate = "arn:aws:automate:ap-northeast-2:ec2:terminate";
        let ends = on_own(Some(terminate.to_owned())).await;
        let ends = preview(ends).await.expect("a preview");
        let foreign = |preview: &Preview| {
            let found = rules(preview).into_iter();
            found.filter(|rule| *rule == "alarm-foreign-action").count()
        };
        assert_eq!((foreign(&scales), foreign(&ends)), (1, 2));
        assert!(scales.blocked && ends.blocked);
        assert!(rules(&ends).contains(&"alarm-no-values"), "{ends:?}");
    }
);

story!(
    what_cloudwatch_would_refuse_is_told_at_its_field,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        let wrong = changed(&h, BUSY, |definition| {
            definition.metric.period_s = 45;
            definition.datapoints_to_alarm = 9;
        });
        let answer = operator.propose_change(wrong.await.into(), None).await;
        let error = refused(answer, ErrorCode::Invalid);
        let fields: Vec<_> = error.fields.iter().map(|at| at.field.as_str()).collect();
        assert_eq!(fields, ["period", "datapoints_to_alarm"]);
        let Change::PutAlarm {
            mut alarm,
            definition,
            reason,
            ..
        } = like(&h, BUSY, "prod-x", "1").await
        else {
            unreachable!("it is put");
        };
        alarm.scope.account = "999999999999".into();
        let nowhere = Change::PutAlarm {
            alarm,
            replaces: None,
            definition,
            reason,
        };
        refused(
            operator.preview_change(nowhere.into()).await,
            ErrorCode::NotFound,
        );
    }
);

story!(
    what_somebody_else_changed_meanwhile_voids_the_approvals,
    |h| async move {
        let put = changed(&h, BUSY, |definition| definition.evaluation_periods = 5).await;
        let id = h.approved(put).await;
        let of = alarm(&h, BUSY).await;
        let elsewhere = Call::PutAlarm {
            alarm: reference(&of, BUSY),
            definition: Box::new(AlarmDefinition {
                description: "changed by hand".into(),
                ..definition(&of)
            }),
        };
        let cloud: &dyn ports::Cloud = &*h.cloud;
        cloud.carry_out(&elsewhere).await.expect("carried out");
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(
            (detail.row.state, detail.revision),
            (ChangeState::Proposed, 2)
        );
    }
);

story!(
    an_alarm_that_could_not_be_read_back_is_told_by_the_next_poll,
    |h| async move {
        let put = changed(&h, BUSY, |definition| definition.evaluation_periods = 5).await;
        let id = h.approved(put).await;
        let looks = Arc::new(AtomicU32::new(0));
        h.cloud.script(Box::new(move |asked| match asked {
            Asked::Alarm(_) if looks.fetch_add(1, Ordering::Relaxed) > 0 => {
                Some(CloudErrorKind::Denied)
            }
            _ => None,
        }));
        h.drain().await;
        let state = h.change(id).await.row.state;
        assert_eq!(state, ChangeState::AppliedWithDifference);
        h.pass(5 * MINUTE_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
    }
);

#[tokio::test]
async fn a_kill_between_any_two_writes_puts_one_alarm() {
    let mut point = 0;
    loop {
        let mut h = Harness::start(Backing::Sqlite).await;
        let name = "prod-anything-at-all";
        let id = h.approved(like(&h, BUSY, name, "0.5").await).await;
        let passed = Arc::new(AtomicU32::new(0));
        let counter = passed.clone();
        let crash = move |_| counter.fetch_add(1, Ordering::SeqCst) == point;
        h.restart_with(Arc::new(crash)).await;
        h.drain().await;
        let killed = passed.load(Ordering::SeqCst) > point;
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(
            detail.row.state,
            ChangeState::Applied,
            "killed at {point}: {:?}",
            detail.result
        );
        // What was put before the kill is seen, and not put again.
        assert_eq!(
            called(&h.cloud.writes()),
            ["cloudwatch:PutMetricAlarm"],
            "killed at {point}"
        );
        assert_eq!(alarm(&h, name).await.row.state, AlarmState::Alarm);
        audit_is_whole(&h).await;
        if !killed {
            break;
        }
        point += 1;
    }
    assert!(point > 5, "{point}");
}
