//! Who changed what a schedule had set: told once, when CloudTrail tells it.

use crate::{
    schedules::{GROUP, edited_minute, office, until_hour},
    story::applied,
};
use api::{audit::AuditQuery, schedules::ScheduleDetail};
use domain::{
    people::Role,
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
    trail::Attribution,
};
use ports::CloudErrorKind;
use serde_json::json;
use testkit::{Asked, Harness, SOMEBODY, story};

async fn detail(h: &Harness) -> ScheduleDetail {
    let viewer = h.as_role(Role::Viewer);
    let detail = viewer.schedule("office-hours".into()).await;
    detail.expect("a schedule")
}

/// How often the audit log tells of an action.
async fn told(h: &Harness, action: &str) -> usize {
    let query = AuditQuery {
        action: action.to_owned(),
        ..AuditQuery::default()
    };
    let page = h.as_role(Role::Admin).list_audit(query).await;
    let rows = page.expect("the audit log").rows;
    rows.iter().filter(|row| row.action == action).count()
}

story!(
    thirty_untouched_days_are_no_finding_and_a_minute_is_one,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        for _ in 0..30 {
            h.fast_forward(DAY_MS).await;
            // The days to come are put and read back.
            h.fast_forward(MINUTE_MS).await;
            assert_eq!(detail(&h).await.differences, [], "{}", h.now());
        }
        until_hour(&h, 14).await;
        let edit = edited_minute(&h).await;
        h.by_hand(&edit).await;
        let edited_at = h.now();
        h.fast_forward(MINUTE_MS).await;
        let drifted = detail(&h).await;
        assert_eq!(drifted.differences.len(), 1, "{:?}", drifted.differences);
        assert_eq!(drifted.drift_by, Some(Attribution::None), "told later");
        let since = drifted.drift_since;
        h.pass(10 * MINUTE_MS).await;
        let drifted = detail(&h).await;
        assert_eq!((drifted.differences.len(), drifted.drift_since), (1, since));
        let Some(Attribution::Calls { calls }) = drifted.drift_by else {
            panic!("nobody? {:?}", drifted.drift_by);
        };
        let [call] = calls.as_slice() else {
            panic!("one call: {calls:?}");
        };
        assert_eq!(
            (call.who.as_str(), call.call.as_str(), call.at),
            (SOMEBODY, "PutScheduledUpdateGroupAction", edited_at)
        );
        assert_eq!(told(&h, "schedule.drift").await, 1);
        let live = h.live(GROUP).await;
        assert_eq!(live.actions.len(), 2, "nobody but a person puts it back");
    }
);

story!(
    without_the_permission_the_finding_names_it,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        until_hour(&h, 14).await;
        h.cloud.script(Box::new(|asked| {
            matches!(asked, Asked::Trail).then_some(CloudErrorKind::Denied)
        }));
        let edit = edited_minute(&h).await;
        h.by_hand(&edit).await;
        h.fast_forward(MINUTE_MS).await;
        let drifted = detail(&h).await;
        assert!(
            matches!(drifted.drift_by, Some(Attribution::Denied { .. })),
            "{:?}",
            drifted.drift_by
        );
        assert_eq!(drifted.differences.len(), 1);
        // Granted within the hour, it is asked again; later nobody asks any more.
        h.pass(20 * MINUTE_MS).await;
        h.cloud.clear();
        h.pass(6 * MINUTE_MS).await;
        let known = detail(&h).await.drift_by;
        assert!(
            matches!(known, Some(Attribution::Calls { .. })),
            "{known:?}"
        );
    }
);

story!(
    what_cloudtrail_never_tells_is_not_asked_for_for_ever,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        until_hour(&h, 14).await;
        h.cloud.script(Box::new(|asked| {
            matches!(asked, Asked::Trail).then_some(CloudErrorKind::Unavailable)
        }));
        let edit = edited_minute(&h).await;
        h.by_hand(&edit).await;
        h.fast_forward(MINUTE_MS).await;
        h.pass(2 * HOUR_MS).await;
        assert_eq!(detail(&h).await.drift_by, Some(Attribution::Failed));
        h.cloud.clear();
        h.pass(20 * MINUTE_MS).await;
        assert_eq!(detail(&h).await.drift_by, Some(Attribution::Failed));
    }
);
