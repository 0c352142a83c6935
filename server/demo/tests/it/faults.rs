//! The simulated AWS fails as the real one does, and recovers.

use crate::kit::*;
use demo::Fault;
use domain::{alarms::MetricRef, estate::Scope};
use ports::{CloudErrorKind, MetricRequest, ProbeOutcome};

#[test]
fn every_call_fails_with_its_own_name_and_recovers() {
    let sandbox = sandbox(7, MONDAY_9);
    let cloud = sandbox.cloud();
    let front = group("web-prod");
    for (word, kind) in [
        ("throttled", CloudErrorKind::Throttled),
        ("unavailable", CloudErrorKind::Unavailable),
        ("denied", CloudErrorKind::Denied),
    ] {
        let before = target(&sandbox, &front);
        sandbox.fault(Fault::parse(word).expect("a fault"), 60);
        let request = MetricRequest {
            metric: MetricRef {
                namespace: "AWS/EC2".into(),
                name: "CPUUtilization".into(),
                dimensions: Vec::new(),
                statistic: "Average".into(),
                period_s: 60,
                unit: String::new(),
            },
            from: sandbox.now(),
            until: sandbox.now(),
        };
        let (from, until) = (sandbox.now(), sandbox.now());
        let errors = [
            now(cloud.identity(&seoul())).expect_err("a fault"),
            now(cloud.alarms(&seoul())).expect_err("a fault"),
            now(cloud.alarm_history(&seoul(), "x", from, until)).expect_err("a fault"),
            now(cloud.metric(&seoul(), &request)).expect_err("a fault"),
            now(cloud.targets(&seoul())).expect_err("a fault"),
            now(cloud.target(&front)).expect_err("a fault"),
            now(cloud.activities(&front)).expect_err("a fault"),
            set(&sandbox, &front, (Some(1), None, None)).expect_err("a fault"),
        ];
        for error in &errors {
            assert_eq!(error.kind, kind, "{error}");
            assert!(error.action.contains(':') && !error.message.is_empty());
        }
        assert_eq!(errors[7].action, "autoscaling:UpdateAutoScalingGroup");
        let denied = now(cloud.probe(&seoul()))
            .iter()
            .filter(|probe| probe.outcome == ProbeOutcome::Denied)
            .count();
        assert_eq!(denied > 0, kind == CloudErrorKind::Denied);
        sandbox.fault(Fault::None, 0);
        assert_eq!(
            target(&sandbox, &front),
            before,
            "a failed call changes nothing"
        );
        sandbox.fault(Fault::parse(word).expect("a fault"), 60);
        sandbox.step(59);
        assert!(now(cloud.alarms(&seoul())).is_err());
        sandbox.step(1);
        assert!(now(cloud.alarms(&seoul())).is_ok());
    }
    let probes = now(cloud.probe(&seoul()));
    assert!(probes.len() > 10 && probes.iter().all(|probe| probe.outcome == ProbeOutcome::Ok));
}

#[test]
fn what_is_not_there_is_said_so() {
    let sandbox = sandbox(7, MONDAY_9);
    let cloud = sandbox.cloud();
    let elsewhere = Scope {
        region: "eu-west-1".into(),
        ..seoul()
    };
    let error = now(cloud.alarms(&elsewhere)).expect_err("not part of the estate");
    assert_eq!(error.kind, CloudErrorKind::NotFound);
    assert_eq!(now(cloud.target(&group("web-nowhere"))), Ok(None));
    assert_eq!(history(&sandbox, &seoul(), "no-such-alarm"), Vec::new());
    assert_eq!(Fault::parse("earthquake"), None);
}
