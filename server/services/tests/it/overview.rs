//! The overview from the first minute, in both languages.

use crate::story::{SCALED, applied, at_least_later, refused};
use api::{ErrorCode, capacity::TargetQuery, overview::EnvironmentDay};
use domain::{
    changes::Change,
    i18n::Lang,
    people::Role,
    processes::Process,
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use testkit::story;

/// A group whose scheduled actions AWS does not run.
const PAUSED: &str = "worker-staging";

story!(only_urgent_alarms_are_called_so, |h| async move {
    use domain::alarms::{AlarmState, Priority};
    let viewer = h.as_role(Role::Viewer);
    let counts = viewer.count_alarms().await.expect("counts");
    let ringing = |urgent: bool| {
        let counts = counts.iter().filter(|one| one.state == AlarmState::Alarm);
        let is_urgent = |one: &&api::alarms::AlarmCount| one.priority <= Priority::P2;
        counts.filter(|one| is_urgent(one) == urgent).count()
    };
    assert!(ringing(true) > 0 && ringing(false) > 0, "{counts:?}");
    let urgent = viewer.overview().await.expect("an overview").urgent;
    assert!(!urgent.is_empty());
    assert!(
        urgent.iter().all(|row| row.priority <= Priority::P2),
        "{urgent:?}"
    );
});

story!(a_new_installation_has_a_day_of_charts, |h| async move {
    let overview = h
        .as_role(Role::Viewer)
        .overview()
        .await
        .expect("an overview");
    let names: Vec<_> = overview
        .days
        .iter()
        .map(|day| day.environment.as_str())
        .collect();
    assert_eq!(names, ["dev", "prod", "staging"]);
    for EnvironmentDay {
        environment,
        at,
        in_service,
        desired,
        requests_per_minute,
        bucket_s,
    } in &overview.days
    {
        assert_eq!((at.len(), *bucket_s), (96, 900), "{environment}");
        assert_eq!((in_service.len(), desired.len()), (96, 96), "{environment}");
        assert!(
            in_service.iter().flatten().count() >= 94,
            "{environment}: {in_service:?}"
        );
        assert!(
            desired.iter().flatten().count() >= 94,
            "{environment}: {desired:?}"
        );
        let requests = requests_per_minute.iter().flatten();
        assert!(requests.clone().count() >= 94, "{environment}");
        assert!(requests.clone().any(|value| *value > 0.0), "{environment}");
    }
    // A target's own chart reaches as far back, and grows.
    let id = h.target_id(SCALED).await;
    let viewer = h.as_role(Role::Viewer);
    let before = viewer.target_samples(id, 24).await.expect("samples");
    assert!(
        before
            .first()
            .is_some_and(|first| h.now().since_ms(first.at) > DAY_MS - HOUR_MS)
    );
    assert!(before.is_sorted_by_key(|sample| sample.at));
    h.pass(5 * MINUTE_MS).await;
    let after = h
        .as_role(Role::Viewer)
        .target_samples(id, 24)
        .await
        .expect("samples");
    assert!(after.last().expect("samples").at > before.last().expect("samples").at);
    refused(viewer.target_samples(id, 0).await, ErrorCode::Invalid);
});

story!(what_comes_next_names_its_change_request, |h| async move {
    let id = applied(&h, at_least_later(&h, SCALED, 8).await).await;
    h.fast_forward(MINUTE_MS).await;
    let overview = h
        .as_role(Role::Viewer)
        .overview()
        .await
        .expect("an overview");
    let own = overview
        .upcoming
        .iter()
        .filter(|next| next.change == Some(id));
    assert!(own.count() >= 1, "{:?}", overview.upcoming);
    assert!(overview.upcoming.is_sorted_by_key(|next| next.at));
    assert!(overview.upcoming.iter().all(|next| next.at > h.now()));
    assert_eq!(
        overview.events.iter().map(|row| row.id).collect::<Vec<_>>(),
        [id]
    );
    let target = h.target_id(SCALED).await;
    let detail = h
        .as_role(Role::Viewer)
        .target(target)
        .await
        .expect("a target");
    assert_eq!(detail.events.len(), 1);
});

story!(
    a_run_that_aws_will_not_make_is_not_promised,
    |h| async move {
        let (target, name) = (h.target_id(PAUSED).await, PAUSED.to_owned());
        let viewer = h.as_role(Role::Viewer);
        let row = || async {
            let query = TargetQuery {
                text: name.clone(),
                ..TargetQuery::default()
            };
            let page = viewer.list_targets(query).await.expect("targets");
            let next = viewer.overview().await.expect("an overview").upcoming;
            let row = page.rows.into_iter().next().expect("the target");
            (row, next.iter().any(|next| next.target == target))
        };
        let (paused, promised) = row().await;
        assert_eq!(paused.suspended, ["ScheduledActions"]);
        assert!(paused.actions > 0 && paused.next_action_at.is_none() && !promised);

        let resume = Change::SetProcesses {
            target,
            processes: vec![Process::ScheduledActions],
            suspended: false,
            reason: "the night is theirs again".into(),
        };
        applied(&h, resume).await;
        h.fast_forward(MINUTE_MS).await;
        let (resumed, promised) = row().await;
        assert!(resumed.next_action_at.is_some() && promised, "{resumed:?}");
    }
);

story!(
    refusals_and_remarks_speak_the_callers_language,
    |h| async move {
        let mut h = h;
        let id = applied(&h, at_least_later(&h, SCALED, 8).await).await;
        let change = at_least_later(&h, SCALED, 9_000).await;
        h.lang = Lang::Ko;
        let korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
        let viewer = h.as_role(Role::Viewer);
        let upcoming = viewer.overview().await.expect("an overview").upcoming;
        assert!(
            upcoming.iter().all(|next| korean(&next.sets)),
            "{upcoming:?}"
        );
        let refusal = viewer.propose_change(change.clone().into(), None).await;
        assert!(korean(&refused(refusal, ErrorCode::Forbidden).message));
        let operator = h.as_role(Role::Operator);
        let error = refused(
            operator.propose_change(change.into(), None).await,
            ErrorCode::Invalid,
        );
        assert!(korean(&error.message));
        assert!(
            error.fields.iter().all(|field| korean(&field.message)),
            "{error:?}"
        );
        let detail = h
            .as_role(Role::Operator)
            .change(id)
            .await
            .expect("a change request");
        for refused in [
            detail.approve_refused,
            detail.edit_refused,
            detail.withdraw_refused,
        ] {
            assert!(refused.is_some_and(|why| korean(&why)));
        }
    }
);
