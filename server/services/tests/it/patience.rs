//! AWS asks for patience about one target of a schedule: what becomes of the others.

use crate::schedules::{GROUP, office};
use domain::{
    changes::{ChangeState, StepState},
    plan::Call,
    time::MINUTE_MS,
};
use ports::CloudErrorKind;
use serde_json::json;
use testkit::{Asked, story};

story!(
    a_group_that_is_refused_waits_and_the_other_goes_on,
    |h| async move {
        let both = json!({"targets": [{"asg": GROUP}, {"asg": "batch-dev"}]});
        let id = h.approved(office(&h, both).await).await;
        h.cloud.script(Box::new(|asked| match asked {
            Asked::CarryOut(call) if call.target().is_some_and(|one| one.name == GROUP) => {
                Some(CloudErrorKind::Throttled)
            }
            _ => None,
        }));
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Applying);
        let (first, last) = (&detail.steps[0], detail.steps.last().expect("steps"));
        assert_eq!((first.state, first.attempts), (StepState::Begun, 1));
        assert_eq!((last.state, last.attempts), (StepState::Done, 1));
        h.cloud.clear();
        h.fast_forward(MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Applied);
        assert_eq!(detail.steps[0].attempts, 2);
    }
);

story!(
    what_waits_is_taken_back_when_another_target_fails_for_good,
    |h| async move {
        let both = json!({"targets": [{"asg": GROUP}, {"asg": "batch-dev"}]});
        let before = [h.live(GROUP).await, h.live("batch-dev").await];
        let id = h.approved(office(&h, both).await).await;
        h.cloud.script(Box::new(|asked| match asked {
            Asked::CarryOut(Call::PutScheduledActions { target, .. }) => {
                Some(match target.name == GROUP {
                    true => CloudErrorKind::Throttled,
                    false => CloudErrorKind::Denied,
                })
            }
            _ => None,
        }));
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Failed);
        let states: Vec<_> = detail.steps.iter().map(|step| step.state).collect();
        // What was refused as a whole has done nothing and needs no way back.
        assert!(states.contains(&StepState::Failed), "{states:?}");
        assert!(states.contains(&StepState::Undone), "{states:?}");
        assert!(!states.contains(&StepState::Done), "{states:?}");
        for before in before {
            let after = h.live(&before.reference.name).await;
            assert_eq!(after.actions, before.actions);
            assert_eq!(after.capacity, before.capacity);
        }
    }
);
