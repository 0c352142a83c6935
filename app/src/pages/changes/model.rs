//! A plan as a line over time, and a change request as steps of a life.

use crate::{
    shared::phase,
    texts::{changes as t, events},
};
use api::changes::{ChangeDetail, ChangeQuery, StepView};
use domain::{
    capacity::Capacity,
    changes::{ChangeState, StepState as DomainStep},
    i18n::Lang,
    plan::Plan,
    scale_events::EventPhase,
    time::{HOUR_MS, Timestamp},
};
use kit::{
    Step, StepState,
    chart::{ChartData, Series},
};

/// Shown of the time before and after a plan, at least.
const MARGIN_MS: i64 = HOUR_MS / 2;

/// Min, desired and max from before a plan to after its return.
pub(super) fn plan_line(lang: Lang, plan: &Plan, now: Timestamp) -> ChartData {
    let from = plan.from.unwrap_or(now);
    let until = plan.until.unwrap_or(from.plus_ms(HOUR_MS));
    let margin_ms = (until.since_ms(from) / 6).max(MARGIN_MS);
    let during = plan.before.with(plan.during);
    let after = during.with(plan.after);
    let (first, last) = (from.plus_ms(-margin_ms), until.plus_ms(margin_ms));
    let stations = match plan.until {
        Some(until) => vec![
            (first, plan.before),
            (from, during),
            (until, after),
            (last, after),
        ],
        None => vec![(first, plan.before), (from, during), (last, during)],
    };
    let series = |name: &str, value: fn(&Capacity) -> u32| {
        let points = stations
            .iter()
            .map(|(at, capacity)| (at.ms(), Some(f64::from(value(capacity)))));
        Series::new(name, points.collect())
    };
    ChartData {
        from_ms: first.ms(),
        to_ms: last.ms(),
        series: vec![
            series(events::desired(lang), |capacity| capacity.desired),
            series(events::min(lang), |capacity| capacity.min),
            series(events::max(lang), |capacity| capacity.max),
        ],
        ..ChartData::default()
    }
}

/// Steps as they are, or, before they are recorded, as they will be.
pub(super) fn steps(detail: &ChangeDetail) -> Vec<StepView> {
    if !detail.steps.is_empty() {
        return detail.steps.clone();
    }
    let planned = detail.plan.steps.iter().map(|step| StepView {
        calls: step.call.aws(),
        state: DomainStep::Waiting,
        attempts: 0,
        begun_at: None,
        ended_at: None,
        error: None,
    });
    planned.collect()
}

/// Proposed, approved, applied; for an event also running and returned.
pub(super) fn life(lang: Lang, detail: &ChangeDetail) -> Vec<Step> {
    let row = &detail.row;
    let step = |label: &str, state: StepState, note: Option<String>| Step {
        label: label.to_owned(),
        state,
        state_label: match state {
            StepState::Done => t::state_done(lang),
            StepState::Running => t::state_now(lang),
            StepState::Failed => t::state_failed(lang),
            StepState::Skipped => t::state_skipped(lang),
            StepState::Waiting => t::state_waiting(lang),
        }
        .to_owned(),
        note,
    };
    use ChangeState as S;
    use StepState as K;
    let approved = match row.state {
        S::Proposed => K::Running,
        S::Rejected => K::Failed,
        S::Withdrawn | S::Expired => K::Skipped,
        _ => K::Done,
    };
    let applied = match row.state {
        S::Proposed => K::Waiting,
        S::Approved | S::Applying => K::Running,
        S::Applied | S::AppliedWithDifference => K::Done,
        S::Failed => K::Failed,
        S::Rejected | S::Withdrawn | S::Expired => K::Skipped,
    };
    let votes = t::approvals_of(lang, row.approvals, row.approvals_needed);
    let mut life = vec![
        step(t::proposed(lang), K::Done, Some(row.author.clone())),
        step(t::approved(lang), approved, Some(votes)),
        step(t::applied(lang), applied, None),
    ];
    if row.until.is_none() {
        return life;
    }
    let over = match (row.state.is_final() && !row.state.stands(), row.phase) {
        (true, _) => (K::Skipped, K::Skipped),
        (false, None) => (K::Waiting, K::Waiting),
        (false, Some(EventPhase::Waiting)) if detail.ended_by.is_some() => (K::Skipped, K::Done),
        (false, Some(EventPhase::Waiting)) => (K::Waiting, K::Waiting),
        (false, Some(EventPhase::Running)) => (K::Running, K::Waiting),
        (false, Some(EventPhase::Over)) => (K::Done, K::Done),
    };
    let note = row.phase.map(|at| phase(lang, at).1.to_owned());
    life.push(step(t::running(lang), over.0, note));
    life.push(step(t::returned(lang), over.1, None));
    life
}

/// Whether anything but "waiting for me" is filtered.
pub(super) fn is_filtered(query: &ChangeQuery) -> bool {
    !(query.state.is_empty()
        && query.environment.is_empty()
        && query.target.is_none()
        && query.text.is_empty())
}

/// The beginning of a hash: enough to tell two contents apart by eye.
pub(crate) fn short_hash(hash: &str) -> String {
    hash.chars().take(12).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use api::changes::ChangeRow;
    use domain::{
        capacity::{CapacityChange, TargetKind, TargetRef},
        changes::Change,
        estate::{AccountId, Environment, Region, Scope},
        ids::{ChangeId, TargetId},
        plan::{Base, Call, Step as PlanStep},
        scale_events::{Hold, ScaleEvent},
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_ms(1_760_000_000_000 + minute * 60_000)
    }

    /// A proposed event with one step, for tests of this crate.
    pub(crate) fn detail() -> ChangeDetail {
        let target = TargetRef {
            scope: Scope {
                account: AccountId::new("111122223333"),
                region: Region::new("ap-northeast-2"),
            },
            kind: TargetKind::Asg,
            name: "web-prod".into(),
        };
        let during = CapacityChange {
            min: Some(8),
            desired: None,
            max: Some(12),
        };
        let plan = Plan {
            target: target.clone(),
            from: Some(at(0)),
            until: Some(at(120)),
            before: Capacity {
                min: 2,
                desired: 4,
                max: 12,
            },
            during,
            after: CapacityChange {
                min: Some(2),
                desired: None,
                max: Some(12),
            },
            base: Base {
                min: 2,
                desired: None,
                max: 12,
                suspended: vec![],
                actions: vec![],
            },
            steps: vec![PlanStep {
                call: Call::SetCapacity {
                    target,
                    capacity: during,
                },
                undo: None,
            }],
            findings: vec![domain::checks::Finding::PolicyReturns],
        };
        let event = ScaleEvent {
            target: TargetId::from_parts(0, 1),
            hold: Hold::AtLeast,
            count: 8,
            from: Some(at(0)),
            until: at(120),
            reason: "</textarea><script>alert(1)</script>".into(),
        };
        ChangeDetail {
            row: ChangeRow {
                id: ChangeId::from_parts(0, 1),
                change: Change::ScaleEvent(event),
                target_name: "web-prod".into(),
                target: TargetId::from_parts(0, 1),
                environment: Environment::from("prod"),
                state: ChangeState::Proposed,
                phase: None,
                from: Some(at(0)),
                until: Some(at(120)),
                author: "Yoonseo".into(),
                created_at: at(-60),
                updated_at: at(-60),
                approvals: 0,
                approvals_needed: 1,
                version: 1,
            },
            revision: 1,
            hash: "ab".repeat(32),
            plan,
            authors: vec!["Yoonseo".into()],
            votes: vec![],
            steps: vec![],
            result: vec![],
            story: vec![],
            ended_by: None,
            approve_refused: Some("an author cannot approve".into()),
            reject_refused: Some("an author cannot reject".into()),
            edit_refused: None,
            withdraw_refused: None,
            end_refused: Some("it has not been applied".into()),
        }
    }

    #[test]
    fn the_line_goes_up_and_returns() {
        let detail = detail();
        let line = plan_line(Lang::En, &detail.plan, at(-60));
        let values = |index: usize| -> Vec<f64> {
            line.series[index]
                .points
                .iter()
                .filter_map(|(_, value)| *value)
                .collect()
        };
        assert_eq!(
            values(0),
            [4.0, 8.0, 8.0, 8.0],
            "desired stays until a policy lowers it"
        );
        assert_eq!(values(1), [2.0, 8.0, 2.0, 2.0]);
        assert_eq!((line.from_ms, line.to_ms), (at(-30).ms(), at(150).ms()));
    }

    #[test]
    fn an_end_does_not_return() {
        let mut plan = detail().plan;
        plan.until = None;
        plan.from = None;
        let line = plan_line(Lang::En, &plan, at(0));
        assert_eq!(line.series[0].points.len(), 3);
    }

    #[test]
    fn a_life_is_told_in_steps() {
        let states = |state, phase| {
            let mut detail = detail();
            (detail.row.state, detail.row.phase) = (state, phase);
            life(Lang::En, &detail)
                .into_iter()
                .map(|step| step.state)
                .collect::<Vec<_>>()
        };
        use StepState::{Done, Failed, Running, Skipped, Waiting};
        assert_eq!(
            states(ChangeState::Proposed, None),
            [Done, Running, Waiting, Waiting, Waiting]
        );
        assert_eq!(
            states(ChangeState::Applying, None),
            [Done, Done, Running, Waiting, Waiting]
        );
        assert_eq!(
            states(ChangeState::Applied, Some(EventPhase::Running)),
            [Done, Done, Done, Running, Waiting]
        );
        assert_eq!(
            states(ChangeState::Applied, Some(EventPhase::Over)),
            [Done; 5]
        );
        assert_eq!(
            states(ChangeState::Rejected, None),
            [Done, Failed, Skipped, Skipped, Skipped]
        );
        assert_eq!(
            states(ChangeState::Failed, None),
            [Done, Done, Failed, Skipped, Skipped]
        );
    }

    #[test]
    fn steps_not_recorded_yet_are_those_of_the_plan() {
        let steps = steps(&detail());
        assert_eq!(steps.len(), 1);
        assert_eq!(
            steps[0].calls[0].action,
            "autoscaling:UpdateAutoScalingGroup"
        );
    }
}
