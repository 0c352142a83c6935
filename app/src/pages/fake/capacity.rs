//! Targets, their timeline, their prices and their spot capacity.

use super::*;

pub(super) fn event() -> EventRow {
    EventRow {
        change: ChangeId::from_parts(0, 1),
        phase: domain::scale_events::EventPhase::Running,
        count: 8,
        from: at(-30),
        until: at(30),
    }
}

pub(super) fn reference() -> TargetRef {
    TargetRef {
        scope: scope(),
        kind: TargetKind::Asg,
        name: format!("web-prod {MARKUP}"),
    }
}

pub(super) const CAPACITY: Capacity = Capacity {
    min: 2,
    desired: 4,
    max: 12,
};

pub(super) fn target() -> Target {
    Target {
        reference: reference(),
        environment: prod(),
        capacity: CAPACITY,
        instances: vec![Instance {
            id: format!("i-0abc {MARKUP}"),
            zone: "ap-northeast-2a".into(),
            instance_type: "m7g.large".into(),
            lifecycle_state: "InService".into(),
            healthy: true,
            purchase: Purchase::Spot,
            protected: true,
        }],
        in_service: 4,
        pending: 1,
        suspended: vec!["Launch".into()],
        mix: Some(SpotMix {
            on_demand_base: 1,
            on_demand_percent: 50,
            rebalance: false,
            types: Some(1),
            zones: Some(1),
            strategy: None,
        }),
        policies: vec![ScalingPolicy {
            name: MARKUP.into(),
            kind: PolicyKind::TargetTracking,
            enabled: false,
            alarms: vec![MARKUP.into()],
            summary: MARKUP.into(),
            adjusting: None,
            target_value: Some(50.0),
        }],
        actions: vec![ScheduledAction {
            name: MARKUP.into(),
            timing: Timing::Recurring {
                expression: "0 22 * * *".into(),
                timezone: "Asia/Seoul".into(),
                starts_at: Some(at(0)),
                ends_at: None,
            },
            capacity: CAPACITY.into(),
            next_run_at: Some(at(600)),
        }],
        timers: vec![timer()],
    }
}

/// One that buys spot from then on.
pub(super) fn timer_run() -> TimerRun {
    TimerRun {
        at: at(600),
        timer: MARKUP.into(),
        sets: Effect::Mix(SpotShare {
            on_demand_base: 1,
            on_demand_percent: 0,
        }),
    }
}

pub(super) fn timer() -> Timer {
    let object = Object {
        kind: ObjectKind::SchedulerSchedule,
        name: MARKUP.into(),
        target: MARKUP.into(),
        start: Some(at(0)),
        end: None,
        recurrence: Some(MARKUP.into()),
        timezone: "Asia/Seoul".into(),
        input: MARKUP.into(),
        retry_policy: None,
        flexible_time_window: None,
    };
    Timer {
        enabled: false,
        ..Timer::new(object, MARKUP)
    }
}

#[async_trait::async_trait]
impl Targets for Fake {
    async fn list_targets(&self, _query: TargetQuery) -> ApiResult<Page<TargetRow>> {
        self.page(|| TargetRow {
            id: TargetId::from_parts(0, 1),
            reference: reference(),
            environment: prod(),
            capacity: CAPACITY,
            in_service: 4,
            pending: 1,
            spot: 2,
            bought: Bought {
                on_demand: 2,
                spot: 2,
                unknown: 0,
            },
            suspended: vec!["Launch".into()],
            actions: 1,
            policies: 1,
            next_action_at: Some(at(600)),
            event: Some(event()),
            read_at: at(0),
        })
    }
    async fn target(&self, id: TargetId) -> ApiResult<TargetDetail> {
        let empty = self.0 == Mood::Empty;
        self.one(|| TargetDetail {
            id,
            target: if empty {
                Target {
                    instances: vec![],
                    suspended: vec![],
                    mix: None,
                    policies: vec![],
                    actions: vec![],
                    timers: vec![],
                    ..target()
                }
            } else {
                target()
            },
            activities: if empty {
                vec![]
            } else {
                vec![Activity {
                    id: "1".into(),
                    started_at: at(-3),
                    ended_at: None,
                    status: "InProgress".into(),
                    description: MARKUP.into(),
                    cause: MARKUP.into(),
                }]
            },
            activities_note: Some(MARKUP.into()),
            events: if empty { vec![] } else { vec![event()] },
            shortfall: (!empty).then(|| domain::shortfalls::Shortfall::new(1, at(-60), 15)),
            read_at: at(0),
            gone: false,
            configured: true,
            propose_refused: empty.then(|| format!("needs operator {MARKUP}")),
            runs: if empty { vec![] } else { vec![timer_run()] },
        })
    }
    async fn target_samples(&self, _id: TargetId, _hours: u32) -> ApiResult<Vec<CapacitySample>> {
        self.many(|| CapacitySample {
            at: at(-10),
            min: 2,
            desired: 4,
            max: 12,
            in_service: 4,
        })
    }
}

#[async_trait::async_trait]
impl Prices for Fake {
    async fn prices(&self, query: PriceQuery) -> ApiResult<MonthPrices> {
        let target = |name: String| TargetPrice {
            name,
            buying: Buying::of(&target()),
            price: unit_price(&target()),
            before: Usage::default(),
        };
        self.one(|| MonthPrices {
            from: at(0),
            until: month_end(at(0)),
            spot_percent: 45,
            targets: query.targets.into_iter().map(target).collect(),
        })
    }
}

#[async_trait::async_trait]
impl Timelines for Fake {
    async fn timeline(&self, query: TimelineQuery) -> ApiResult<Timeline> {
        let step = |minute, by| PlannedStep {
            at: at(minute),
            by,
            capacity: CAPACITY,
        };
        let marked = || MARKUP.to_owned();
        Ok(Timeline {
            from: at(-600),
            until: at(-600).plus_ms(i64::from(query.days) * DAY_MS),
            now: at(0),
            lanes: self.page(|| Lane {
                target: TargetId::from_parts(0, 1),
                reference: reference(),
                environment: prod(),
                scales_itself: true,
                schedule: Some("night".into()),
                suspended: vec![marked()],
                planned: vec![
                    step(-600, Cause::Found),
                    step(60, Cause::Action { name: marked() }),
                    step(
                        120,
                        Cause::Schedule {
                            name: marked(),
                            rule: "override:0".into(),
                        },
                    ),
                ],
                actual: vec![ActualStep {
                    at: at(-60),
                    in_service: Some(4),
                }],
                events: vec![event()],
            })?,
            freezes: vec![Freeze {
                id: FreezeId::from_parts(0, 1),
                name: marked(),
                environments: vec![],
                from: at(300),
                until: at(1_200),
                reason: marked(),
                calendar: None,
            }],
        })
    }
}

#[async_trait::async_trait]
impl Spot for Fake {
    async fn target_spot(&self, _id: TargetId) -> ApiResult<SpotReport> {
        let part = || SpotPart {
            name: MARKUP.into(),
            bought: Bought {
                on_demand: 1,
                spot: 2,
                unknown: 0,
            },
        };
        Ok(SpotReport {
            bought: part().bought,
            zones: self.many(part)?,
            types: self.many(part)?,
            since: at(-30 * 24 * 60),
            notices: self.many(|| SpotNotice {
                id: AwsEventId::from_parts(0, 1),
                kind: SpotNoticeKind::Interruption,
                instance: MARKUP.into(),
                zone: MARKUP.into(),
                instance_type: MARKUP.into(),
                at: at(-60),
            })?,
        })
    }
    async fn target_spot_prices(&self, _id: TargetId) -> ApiResult<SpotPrices> {
        Ok(SpotPrices {
            from: at(-14 * 24 * 60),
            until: at(0),
            types: self.many(|| TypePrices {
                instance_type: MARKUP.into(),
                on_demand_micro_usd: Some(100_300),
                zones: vec![ZonePrices {
                    zone: MARKUP.into(),
                    points: vec![PricePoint {
                        at: at(-60),
                        micro_usd: 40_000,
                    }],
                    mean_micro_usd: 40_000,
                }],
            })?,
            source: None,
            note: None,
            missing: None,
        })
    }
}
