//! A plan as a line over time, and a change request as steps of a life.

use crate::{
    shared::{COUNT_AXIS, change_state, first_word, phase},
    texts::{changes as t, emergencies, events},
    viewer::Viewing,
};
use api::changes::{ChangeDetail, ChangeQuery, ChangeRow, StepView, StoryLine};
use domain::{
    capacity::{Capacity, CapacityChange},
    changes::{ChangeState, Proposal, StepState as DomainStep},
    i18n::Lang,
    plan::{Mover, Plan},
    scale_events::EventPhase,
    time::{HOUR_MS, Timestamp},
};
use kit::{
    Choice, Step, StepState, Tone,
    chart::{ChartData, Marker, Rest, Series},
};

/// Shown of the time before and after a plan, at least.
const MARGIN_MS: i64 = HOUR_MS / 2;

/// Firings of other owners' actions in the plan's table; more are counted.
const ACTION_ROWS_MAX: usize = 8;

/// When a change request came to rest; none while something still moves it.
pub(super) fn settled_at(row: &ChangeRow) -> Option<Timestamp> {
    row.state.is_final().then_some(row.updated_at)
}

/// Min, desired and max from before a plan to after its return. A plan without
/// a start begins when it was opened, if that was before its end.
pub(super) fn plan_line(lang: Lang, plan: &Plan, opened_at: Timestamp) -> ChartData {
    let Some(event) = plan.event() else {
        return ChartData::default();
    };
    let latest = plan.until.map_or(opened_at, |until| until.min(opened_at));
    let from = plan.from.unwrap_or(latest);
    let until = plan.until.unwrap_or(from.plus_ms(HOUR_MS));
    let margin_ms = (until.since_ms(from) / 6).max(MARGIN_MS);
    let (first, last) = (from.plus_ms(-margin_ms), until.plus_ms(margin_ms));
    let course = plan.course(from);
    let shown = || course.iter().filter(|there| there.at < last);
    let mut stations = vec![(first, event.before)];
    for there in shown() {
        let at = there.at.max(first);
        // The last move of an instant is the one that holds.
        match stations.last_mut() {
            Some(last) if last.0 == at => last.1 = there.capacity,
            _ => stations.push((at, there.capacity)),
        }
    }
    stations.extend(stations.last().map(|(_, capacity)| (last, *capacity)));
    let mut markers: Vec<Marker> = Vec::new();
    for there in shown().filter(|there| there.at >= first) {
        let Mover::Action(name) = there.by else {
            continue;
        };
        // One label is enough for an action that fires every few minutes.
        if markers.iter().all(|marker| marker.label != name) {
            markers.push(Marker {
                at_ms: there.at.ms(),
                label: name.to_owned(),
                tone: Tone::Warning,
            });
        }
    }
    let series = |name: &str, value: fn(&Capacity) -> u32| {
        let points = stations
            .iter()
            .map(|(at, capacity)| (at.ms(), Some(f64::from(value(capacity)))));
        Series::new(name, points.collect())
    };
    ChartData {
        from_ms: first.ms(),
        to_ms: last.ms(),
        rest: Rest::Nothing,
        series: vec![
            series(events::desired(lang), |capacity| capacity.desired),
            series(events::min(lang), |capacity| capacity.min),
            series(events::max(lang), |capacity| capacity.max),
        ],
        markers,
        y_max: Some(COUNT_AXIS),
        ..ChartData::default()
    }
}

/// With a line where now is, if the chart reaches it. The legend does not rest there: what
/// AWS has now may be something else.
pub(super) fn with_now(lang: Lang, mut chart: ChartData, now: Timestamp) -> ChartData {
    let now_ms = now.ms();
    if (chart.from_ms..=chart.to_ms).contains(&now_ms) {
        chart.markers.push(Marker {
            at_ms: now_ms,
            label: events::now(lang).to_owned(),
            tone: Tone::Neutral,
        });
    }
    chart
}

/// A line of the plan's table: what is set from then on, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phase {
    /// Its name.
    pub label: String,
    /// From when; none when that is not known yet.
    pub from: Option<Timestamp>,
    /// What is set; the rest is as it was.
    pub sets: CapacityChange,
}

/// Before, during and after, with what other owners' scheduled actions set in
/// between; and how many of their firings there was no room for.
pub(super) fn phases(lang: Lang, plan: &Plan, opened_at: Timestamp) -> (Vec<Phase>, usize) {
    let phase = |label: &str, from, sets| Phase {
        label: label.to_owned(),
        from,
        sets,
    };
    let Some(event) = plan.event() else {
        return (Vec::new(), 0);
    };
    let begins_at = plan.from.unwrap_or(opened_at);
    let course = plan.course(begins_at);
    let before = course.iter().take_while(|there| there.by != Mover::Start);
    let before = before.last().map_or(event.before, |there| there.capacity);
    let mut rows = vec![
        phase(events::before(lang), None, before.into()),
        phase(events::during(lang), plan.from, event.during),
    ];
    let mut between: Vec<_> = course
        .iter()
        .filter(|there| there.at >= begins_at)
        .filter_map(|there| match there.by {
            Mover::Action(name) => Some(phase(name, Some(there.at), there.sets)),
            Mover::Start | Mover::Return => None,
        })
        .collect();
    let left_out = between.len().saturating_sub(ACTION_ROWS_MAX);
    between.truncate(ACTION_ROWS_MAX);
    let after = plan.until;
    between.extend(after.map(|until| phase(events::after(lang), Some(until), event.after)));
    between.sort_by_key(|row| row.from);
    rows.append(&mut between);
    (rows, left_out)
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
        S::Approved if row.planned_for.is_some() => K::Waiting,
        S::Approved | S::Applying => K::Running,
        S::Applied | S::AppliedWithDifference => K::Done,
        S::Failed => K::Failed,
        S::Rejected | S::Withdrawn | S::Expired => K::Skipped,
    };
    let let_through = detail.emergency.as_ref().is_some_and(|one| !one.void);
    let votes = match row.approvals_needed {
        _ if let_through => emergencies::let_through(lang).to_owned(),
        0 => t::approved_by_policy(lang).to_owned(),
        needed => t::approvals_of(lang, row.approvals, needed),
    };
    // What has not happened yet is not named as if it had.
    let named = |state, before, now, after| match state {
        K::Waiting | K::Skipped | K::Failed => before,
        K::Running => now,
        K::Done => after,
    };
    let approval = named(
        approved,
        t::approval(lang),
        t::approving(lang),
        t::approved(lang),
    );
    let application = named(
        applied,
        t::application(lang),
        t::applying(lang),
        t::applied(lang),
    );
    let mut decided = step(approval, approved, Some(votes));
    if row.state == S::Rejected {
        t::voted_against(lang).clone_into(&mut decided.state_label);
    }
    let mut life = vec![
        step(t::proposed(lang), K::Done, Some(row.author.clone())),
        decided,
        step(application, applied, None),
    ];
    if row.until.is_none() {
        return life;
    }
    let never = row.state.is_final() && !row.state.stands();
    let (ran, returned) = match row.phase {
        _ if never => (K::Skipped, K::Skipped),
        None | Some(EventPhase::Waiting) => (K::Waiting, K::Waiting),
        Some(EventPhase::Running) => (K::Running, K::Waiting),
        Some(EventPhase::Returning) => (K::Done, K::Running),
        Some(EventPhase::Over) if return_is_unseen(detail) => (K::Done, K::Failed),
        Some(EventPhase::Over) => (K::Done, K::Done),
        Some(EventPhase::Cancelled) => (K::Skipped, K::Skipped),
    };
    let note = match row.phase {
        Some(at @ (EventPhase::Waiting | EventPhase::Cancelled)) => Some(phase(lang, at).1),
        _ => None,
    };
    let run = named(ran, t::run(lang), t::running(lang), t::has_run(lang));
    let comes_back = named(
        returned,
        t::comes_back(lang),
        t::coming_back(lang),
        t::returned(lang),
    );
    life.push(step(run, ran, note.map(str::to_owned)));
    life.push(step(comes_back, returned, None));
    life
}

/// The return was looked for until nobody expected it any more.
fn return_is_unseen(detail: &ChangeDetail) -> bool {
    let given_up = |line: &StoryLine| line.action == "event.return_given_up";
    detail.story.iter().any(given_up)
}

/// `1/2`; what the policy approves needs nobody.
pub(super) fn votes_short(lang: Lang, row: &ChangeRow) -> String {
    match row.approvals_needed {
        _ if row.emergency.is_some() => emergencies::votes_short(lang).to_owned(),
        0 => t::votes_by_policy(lang).to_owned(),
        needed => format!("{}/{needed}", row.approvals),
    }
}

/// What the filter of the state offers: in the order of a life, what people see
/// in the list. An event that stands in AWS shows its phase.
pub(super) fn state_choices(lang: Lang) -> Vec<Choice> {
    let state = |state: &ChangeState| Choice::new(state.as_str(), change_state(lang, *state).1);
    let phases = EventPhase::ALL.map(|at| Choice::new(at.as_str(), phase(lang, at).1));
    let (before, after) = ChangeState::ALL.split_at(3);
    let mut choices = vec![Choice::new("", t::all_states(lang))];
    choices.extend(before.iter().map(state));
    choices.extend(phases);
    choices.extend(after.iter().map(state));
    choices
}

/// The state or phase that is filtered by, as the filter's word.
pub(super) fn state_word(query: &ChangeQuery) -> String {
    let phase = first_word(&query.phase, |phase| phase.as_str().into());
    match query.state.first() {
        Some(state) => state.as_str().into(),
        None => phase,
    }
}

/// Whether anything but "waiting for me" is filtered.
pub(super) fn is_filtered(query: &ChangeQuery) -> bool {
    !(query.state.is_empty()
        && query.phase.is_empty()
        && query.environment.is_empty()
        && query.target.is_none()
        && query.text.is_empty())
}

/// The beginning of a hash: enough to tell two contents apart by eye.
pub(crate) fn short_hash(hash: &str) -> String {
    hash.chars().take(12).collect()
}

/// The key of a proposal made from a form that was opened then: an impatient
/// second press proposes nothing twice.
pub(crate) fn change_key(viewing: Viewing, opened_at: Timestamp, proposal: &Proposal) -> String {
    let person = viewing.viewer().map(|viewer| viewer.id.to_string());
    // A tree of plain enums and texts always serialises.
    let content = serde_json::to_string(proposal).unwrap_or_default();
    proposal_key(&person.unwrap_or_default(), opened_at, &content)
}

/// The person, when the form was opened, and FNV-1a over the content.
fn proposal_key(person: &str, opened_at: Timestamp, content: &str) -> String {
    let hash = content
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!(
        "{}-{}-{hash:016x}",
        person.rsplit('_').next().unwrap_or(person),
        opened_at.ms()
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::paths;
    use domain::{
        capacity::{ScheduledAction, TargetKind, TargetRef, Timing},
        changes::Change,
        estate::{AccountId, Environment, Region, Scope},
        ids::{ChangeId, TargetId},
        plan::{Base, Call, Effect, EventEffect, Firing, Step as PlanStep, action_name},
        scale_events::{Hold, ScaleEvent},
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_ms(1_760_000_000_000 + minute * 60_000)
    }

    /// A proposed event with two steps, for tests of this crate.
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
        let after = CapacityChange {
            min: Some(2),
            desired: None,
            max: Some(12),
        };
        let put = |part: &str, minute, capacity| PlanStep {
            call: Call::PutScheduledAction {
                target: target.clone(),
                action: ScheduledAction {
                    name: action_name(ChangeId::from_parts(0, 1), part),
                    timing: Timing::Once { at: at(minute) },
                    capacity,
                    next_run_at: None,
                },
            },
            undo: None,
        };
        let plan = Plan {
            from: Some(at(0)),
            until: Some(at(120)),
            effect: Effect::Event(EventEffect {
                target: target.clone(),
                before: Capacity {
                    min: 2,
                    desired: 4,
                    max: 12,
                },
                during,
                after,
                base: Base {
                    min: 2,
                    desired: None,
                    max: 12,
                    suspended: vec![],
                    actions: vec![],
                },
                firings: vec![],
            }),
            steps: vec![put("return", 120, after), put("start", 0, during)],
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
                target: Some(TargetId::from_parts(0, 1)),
                environment: Environment::from("prod"),
                state: ChangeState::Proposed,
                phase: None,
                from: Some(at(0)),
                until: Some(at(120)),
                planned_for: None,
                author: "Yoonseo".into(),
                created_at: at(-60),
                updated_at: at(-60),
                approvals: 0,
                approvals_needed: 1,
                emergency: None,
                version: 1,
            },
            revision: 1,
            hash: "ab".repeat(32),
            plan,
            authors: vec!["Yoonseo".into()],
            votes: vec![],
            comments: vec![],
            emergency: None,
            steps: vec![],
            result: vec![],
            story: vec![],
            ended_by: None,
            approve_refused: Some("an author cannot approve".into()),
            reject_refused: Some("an author cannot reject".into()),
            edit_refused: None,
            withdraw_refused: None,
            end_refused: Some("it has not been applied".into()),
            comment_refused: None,
            break_refused: None,
            review_refused: Some("there is nothing to review".into()),
        }
    }

    fn effect(plan: &mut Plan) -> &mut EventEffect {
        match &mut plan.effect {
            Effect::Event(event) => event,
            _ => panic!("a scale event's"),
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
    fn an_action_that_fires_in_between_is_drawn() {
        let mut plan = detail().plan;
        let sets = CapacityChange {
            min: Some(10),
            desired: Some(10),
            max: None,
        };
        let fires = |minute, action: &str| Firing {
            at: at(minute),
            action: action.into(),
            sets,
        };
        effect(&mut plan).firings = vec![fires(60, "lunch")];
        let line = plan_line(Lang::En, &plan, at(-60));
        let desired = &line.series[0].points;
        let lunch = desired.iter().find(|(ms, _)| *ms == at(60).ms());
        assert_eq!(lunch.and_then(|(_, value)| *value), Some(10.0));
        assert_eq!(line.markers.len(), 1);
        let (rows, left_out) = phases(Lang::En, &plan, at(-60));
        let labels: Vec<_> = rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(labels, ["Before", "During", "lunch", "After"]);
        assert_eq!((rows[2].sets, left_out), (sets, 0));

        effect(&mut plan).firings = (1..=20).map(|minute| fires(minute, "often")).collect();
        effect(&mut plan).firings.insert(0, fires(-90, "dawn"));
        let (rows, left_out) = phases(Lang::En, &plan, at(-60));
        assert_eq!((rows.len(), left_out), (3 + ACTION_ROWS_MAX, 12));
        assert_eq!(rows[0].sets.min, Some(10), "what dawn left");
        let line = plan_line(Lang::En, &plan, at(-60));
        assert_eq!(line.series[1].points[0].1, Some(10.0));
        assert_eq!(line.markers.len(), 1, "one label for all of its firings");
    }

    #[test]
    fn a_plan_marks_now_and_tells_no_value_as_the_present_one() {
        let line = plan_line(Lang::En, &detail().plan, at(-60));
        assert_eq!(line.rest, Rest::Nothing);
        let resting = |now| {
            let line = with_now(Lang::En, line.clone(), now);
            (line.rest, line.markers.len())
        };
        assert_eq!(resting(at(-60)), (Rest::Nothing, 0));
        assert_eq!(resting(at(30)), (Rest::Nothing, 1));
    }

    #[test]
    fn an_end_does_not_return() {
        let mut plan = detail().plan;
        plan.until = None;
        plan.from = None;
        plan.steps = vec![PlanStep {
            call: Call::SetCapacity {
                target: effect(&mut plan).target.clone(),
                capacity: effect(&mut plan).during,
            },
            undo: None,
        }];
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
            states(ChangeState::Applied, Some(EventPhase::Returning)),
            [Done, Done, Done, Done, Running],
            "nobody has seen the return yet"
        );
        assert_eq!(
            states(ChangeState::Applied, Some(EventPhase::Over)),
            [Done; 5]
        );
        assert_eq!(
            states(ChangeState::Applied, Some(EventPhase::Cancelled)),
            [Done, Done, Done, Skipped, Skipped]
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
    fn a_return_that_nobody_saw_is_no_return() {
        let mut detail = detail();
        detail.row.state = ChangeState::Applied;
        detail.row.phase = Some(EventPhase::Over);
        detail.story = vec![StoryLine {
            at: at(200),
            who: "system".into(),
            action: "event.return_given_up".into(),
            outcome: domain::audit::AuditOutcome::Failed,
            detail: String::new(),
        }];
        let life = life(Lang::En, &detail);
        assert_eq!(life.last().map(|step| step.state), Some(StepState::Failed));
    }

    #[test]
    fn every_state_and_phase_can_be_filtered_by() {
        let choices = state_choices(Lang::En);
        assert_eq!(
            choices.len(),
            1 + ChangeState::ALL.len() + EventPhase::ALL.len()
        );
        for choice in choices {
            let address = format!("state={}", choice.value);
            let query = paths::change_query(&paths::Query::parse(&address));
            assert_eq!(state_word(&query), choice.value);
        }
    }

    #[test]
    fn what_the_policy_approves_counts_nobody() {
        let mut row = detail().row;
        row.approvals = 1;
        assert_eq!(votes_short(Lang::En, &row), "1/1");
        row.approvals_needed = 0;
        assert_eq!(votes_short(Lang::En, &row), "by policy");
    }

    #[test]
    fn a_plan_that_never_began_stays_where_it_was() {
        let mut detail = detail();
        detail.plan.from = None;
        detail.row.state = ChangeState::Expired;
        detail.row.updated_at = at(130);
        let drawn = |now| {
            let opened_at = settled_at(&detail.row).unwrap_or(now);
            plan_line(Lang::En, &detail.plan, opened_at)
        };
        assert_eq!(drawn(at(140)), drawn(at(9_000)));
        assert!(
            drawn(at(140)).from_ms < at(120).ms(),
            "it begins before its end"
        );
    }

    #[test]
    fn steps_not_recorded_yet_are_those_of_the_plan() {
        let steps = steps(&detail());
        assert_eq!(steps.len(), 2);
        assert_eq!(
            steps[0].calls[0].action,
            "autoscaling:PutScheduledUpdateGroupAction"
        );
    }

    #[test]
    fn a_key_is_short_and_follows_the_content() {
        let key = |content| {
            proposal_key(
                &"per_".repeat(2),
                Timestamp::from_ms(1_700_000_000_000),
                content,
            )
        };
        assert_eq!(key("a"), key("a"));
        assert_ne!(key("a"), key("b"));
        let person = domain::ids::PersonId::from_parts(0, 1).to_string();
        assert!(proposal_key(&person, Timestamp::from_ms(1_700_000_000_000), "a").len() <= 64);
    }
}
