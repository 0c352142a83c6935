//! Planning that a group buys its instances otherwise from now on.

use super::{
    Ahead, Call, Effect, Plan, Situation, Step,
    refresh::{check_refresh, start},
    shared_checks::{freezes_now, mixes},
};
use crate::{
    aws_timing::Effect as TimerEffect,
    capacity::{SpotMix, TargetRef},
    checks::Finding,
    limits,
    mixes::{Mix, SpotStrategy},
    refreshes::{Pace, Refresh},
};
use serde::{Deserialize, Serialize};

/// How a group buys its instances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MixEffect {
    /// Which group.
    pub target: TargetRef,
    /// How it bought when the plan was made: the live state it rests on. None without a
    /// mixed instances policy.
    pub before: Option<Mix>,
    /// How it buys from then on.
    pub after: Mix,
}

/// Plans that a group buys so from now on, and that what runs is replaced afterwards:
/// with the refreshes that AWS tells of.
#[must_use]
pub fn plan_mix(
    wanted: Mix,
    refresh: Option<(&Pace, &[Refresh])>,
    ahead: Option<Ahead<'_>>,
    situation: &Situation<'_>,
) -> Plan {
    let target = situation.target;
    let set = |mix| Call::SetMix {
        target: target.reference.clone(),
        mix,
    };
    let moves = target.mix.filter(|mix| !mix.is(wanted));
    let step = moves.map(|mix| Step {
        call: set(wanted),
        undo: Some(set(way_back(mix, wanted))),
    });
    let replaces = refresh.map(|(pace, _)| start(&target.reference, pace));
    Plan {
        from: None,
        until: None,
        findings: check(wanted, refresh, ahead, situation),
        steps: step.into_iter().chain(replaces).collect(),
        effect: Effect::Mix(MixEffect {
            target: target.reference.clone(),
            before: target.mix.map(SpotMix::mix),
            after: wanted,
        }),
    }
}

/// What takes it back: pools that were not moved are not named.
fn way_back(before: SpotMix, wanted: Mix) -> Mix {
    Mix {
        strategy: wanted.strategy.and(before.strategy),
        ..before.mix()
    }
}

/// Every check, worst findings first.
fn check(
    wanted: Mix,
    refresh: Option<(&Pace, &[Refresh])>,
    ahead: Option<Ahead<'_>>,
    situation: &Situation<'_>,
) -> Vec<Finding> {
    let target = situation.target;
    let share = wanted.share;
    let most = [
        (share.on_demand_base, limits::CAPACITY_MAX),
        (share.on_demand_percent, 100),
    ];
    let over = most.into_iter().filter(|(count, limit)| count > limit);
    let mut findings: Vec<_> = over
        .map(|(count, limit)| Finding::CountOverLimit { count, limit })
        .collect();
    if target.mix.is_some_and(|mix| mix.is(wanted)) {
        findings.push(Finding::AlreadySo);
    }
    findings.extend(mixes(target, &[share], situation.below_desired_minutes));
    if let Some((pace, refreshes)) = refresh {
        findings.retain(|finding| !matches!(finding, Finding::InstancesStay { .. }));
        findings.extend(check_refresh(pace, refreshes, situation));
    }
    if wanted.strategy == Some(SpotStrategy::LowestPrice) && share.on_demand_percent < 100 {
        findings.push(Finding::CheapestPools);
    }
    findings.extend(ahead.and_then(|ahead| set_back(wanted, ahead)));
    let (environment, now) = (&target.environment, situation.now);
    findings.extend(freezes_now(situation.freezes, environment, now));
    findings.sort_by_key(Finding::severity);
    findings
}

/// The first run of a schedule that sets another share.
fn set_back(wanted: Mix, ahead: Ahead<'_>) -> Option<Finding> {
    let sets = ahead.runs.iter().filter_map(|(at, effect)| match effect {
        TimerEffect::Mix(share) if *share != wanted.share => Some((*at, *share)),
        _ => None,
    });
    let (at, share) = sets.min_by_key(|(at, _)| *at)?;
    Some(Finding::MixSetBack {
        schedule: ahead.schedule.to_owned(),
        at,
        share,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capacity::{Target, TargetKind},
        changes::Change,
        checks::blocks,
        ids::TargetId,
        plan::fixtures::{rules, situation, target},
        schedules::SpotShare,
        time::{HOUR_MS, Timestamp},
    };

    const DAY: SpotShare = SpotShare {
        on_demand_base: 1,
        on_demand_percent: 100,
    };
    const NIGHT: SpotShare = SpotShare {
        on_demand_base: 0,
        on_demand_percent: 25,
    };

    fn group(mix: Option<SpotShare>) -> Target {
        Target {
            mix: mix.map(|share| SpotMix {
                on_demand_base: share.on_demand_base,
                on_demand_percent: share.on_demand_percent,
                rebalance: true,
                types: Some(4),
                zones: Some(3),
                strategy: Some(SpotStrategy::LowestPrice),
            }),
            ..target(TargetKind::Asg, 4)
        }
    }

    fn planned(target: &Target, wanted: Mix, ahead: Option<Ahead<'_>>) -> Plan {
        plan_mix(wanted, None, ahead, &situation(target))
    }

    #[test]
    fn the_way_back_names_the_pools_only_where_they_were_moved() {
        let live = group(Some(DAY));
        let strategy = Some(SpotStrategy::PriceCapacityOptimized);
        for (strategy, back) in [(None, None), (strategy, Some(SpotStrategy::LowestPrice))] {
            let wanted = Mix {
                share: NIGHT,
                strategy,
            };
            let plan = planned(&live, wanted, None);
            let Some(Call::SetMix { mix, .. }) = &plan.steps[0].undo else {
                panic!("a way back");
            };
            assert_eq!((mix.share, mix.strategy), (DAY, back));
        }
    }

    #[test]
    fn people_know_what_stays_and_what_sets_it_back() {
        let live = group(Some(DAY));
        let at = Timestamp::from_ms(HOUR_MS);
        let runs = [
            (Timestamp::default(), TimerEffect::Mix(NIGHT)),
            (at, TimerEffect::Mix(DAY)),
        ];
        let ahead = Ahead {
            schedule: "spot-nights",
            runs: &runs,
        };
        let plan = planned(&live, NIGHT.into(), Some(ahead));
        assert_eq!(
            rules(&plan),
            ["spot-may-lack", "instances-stay", "mix-set-back"]
        );
        let back = plan.findings.iter().find_map(|finding| match finding {
            Finding::MixSetBack { at, share, .. } => Some((*at, *share)),
            _ => None,
        });
        assert_eq!(back, Some((at, DAY)));
        let cheap = Mix {
            share: NIGHT,
            strategy: Some(SpotStrategy::LowestPrice),
        };
        assert!(rules(&planned(&live, cheap, None)).contains(&"cheapest-pools"));
    }

    #[test]
    fn what_aws_does_itself_and_what_is_watched_is_told_where_spot_is_bought() {
        let told = |live, wanted: SpotShare| {
            let plan = planned(&group(Some(live)), wanted.into(), None);
            let mut findings = plan.findings.into_iter();
            findings.find(|finding| finding.rule() == "spot-may-lack")
        };
        let some_spot = SpotShare {
            on_demand_base: 3,
            on_demand_percent: 99,
        };
        let watched = Finding::SpotMayLack {
            on_demand_base: 3,
            minutes: 15,
        };
        assert_eq!(told(DAY, some_spot), Some(watched));
        assert_eq!(told(NIGHT, DAY), None);
    }

    #[test]
    fn what_is_replaced_afterwards_does_not_stay() {
        let live = group(Some(DAY));
        let pace = Pace::default();
        let plan = plan_mix(NIGHT.into(), Some((&pace, &[])), None, &situation(&live));
        assert_eq!(rules(&plan), ["spot-may-lack", "replaces"]);
        assert!(plan.starts_refresh() && plan.steps.len() == 2);
    }

    #[test]
    fn what_cannot_be_meant_is_forbidden() {
        let too_much = SpotShare {
            on_demand_percent: 101,
            ..DAY
        };
        for (live, wanted, rule) in [
            (group(None), NIGHT, "no-mixed-instances"),
            (group(Some(DAY)), DAY, "already-so"),
            (group(Some(DAY)), too_much, "count-over-limit"),
        ] {
            let plan = planned(&live, wanted.into(), None);
            assert!(blocks(&plan.findings), "{rule}");
            assert!(rules(&plan).contains(&rule), "{:?}", plan.findings);
        }
    }

    #[test]
    fn approvals_rest_on_how_it_bought() {
        let change = Change::SetMix {
            target: TargetId::from_parts(0, 1),
            mix: NIGHT.into(),
            refresh: None,
            reason: "a test".into(),
        };
        let hash =
            |share| planned(&group(Some(share)), NIGHT.into(), None).content_hash(&change, None);
        let other = SpotShare {
            on_demand_base: 2,
            ..DAY
        };
        assert_ne!(hash(DAY), hash(other));
    }
}
