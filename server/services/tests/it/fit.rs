//! How schedules fit traffic: what the sandbox's load balancers sent is enough to advise.

use crate::story::refused;
use api::ErrorCode;
use domain::{
    fit::{Edit, TooLittle, compare},
    ids::TargetId,
    people::Role,
    schedules::{Schedule, Zones},
    time::DAY_MS,
};
use serde_json::json;
use testkit::{Fault, Harness, story};

/// In front of students: quiet before dawn, busiest in the evening.
const GROUP: &str = "web-prod";

fn always(members: u32) -> Schedule {
    let schedule = json!({
        "name": "always", "timezone": "Asia/Seoul", "targets": [{ "asg": GROUP }],
        "base": { "min": members, "desired": members, "max": 30 },
    });
    serde_json::from_value(schedule).expect("a schedule")
}

async fn id(h: &Harness, name: &str) -> TargetId {
    h.target_id(name).await
}

story!(
    weeks_of_requests_say_when_a_minimum_is_unused,
    |h| async move {
        let viewer = h.as_role(Role::Viewer);
        let read = viewer.target_traffic(id(&h, GROUP).await).await;
        let read = read.expect("an answer");
        assert_eq!(read.note, None);
        let traffic = read.traffic.expect("traffic");
        assert_eq!(traffic.days(), 28);
        let schedule = always(10);
        let zones = Zones::named_by(&schedule).expect("zones");
        let fit = compare(&schedule, &zones, &traffic, h.now());
        let fit = fit.expect("enough").expect("a group");
        let quiet: Vec<_> = fit
            .advice
            .iter()
            .filter_map(|advice| match &advice.edit {
                Edit::Quiet { from, to, .. } => Some((from.to_string(), to.to_string())),
                _ => None,
            })
            .collect();
        assert_eq!(quiet.len(), 1, "{:?}", fit.advice);
        let advice = &fit.advice[0];
        assert!(advice.needed < advice.planned, "{advice:?}");
        // Whoever follows it has what the night takes.
        let edited = advice.edit.of(&schedule).expect("a schedule");
        let again = compare(&edited, &zones, &traffic, h.now());
        let again = again.expect("enough").expect("a group");
        let short = |fit: &domain::fit::Fit| {
            let quarters = fit.quarters.iter();
            quarters.filter(|one| one.needed > one.planned).count()
        };
        assert_eq!(short(&again), short(&fit));
        // Two weeks of it are enough, less is not.
        let mut less = traffic;
        less.requests.truncate(13 * 96);
        let none = compare(&schedule, &zones, &less, h.now());
        assert_eq!(none, Err(TooLittle::Days(13)));
    }
);

story!(
    what_no_load_balancer_sends_to_has_no_traffic,
    |h| async move {
        let viewer = h.as_role(Role::Viewer);
        let jobs = viewer.target_traffic(id(&h, "batch-dev").await).await;
        assert_eq!(jobs.expect("an answer").traffic, None);
        let unknown = viewer.target_traffic(TargetId::from_parts(1, 1)).await;
        refused(unknown, ErrorCode::NotFound);
        h.sandbox.fault(
            Fault::Throttled,
            u32::try_from(DAY_MS / 1_000).expect("a day"),
        );
        let away = viewer.target_traffic(id(&h, GROUP).await).await;
        let away = away.expect("an answer");
        assert!(away.traffic.is_none() && away.note.is_some(), "{away:?}");
    }
);
