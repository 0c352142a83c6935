//! The things that the cases are about.

use super::{alarm_cases::CHANNEL, cases::SCHEDULE};
use crate::world::World;
use domain::{
    aws_events::AwsEventKind,
    estate::Environment,
    ids::{
        AlarmId, AwsEventId, ChangeId, CoverId, DeliveryId, DrillId, FreezeId, PersonId,
        SetAsideId, SilenceId, TargetId, ThreadId,
    },
    notifications::{AlarmTold, DeliveryState, Event, Message, Thread},
    on_call::Cover,
    people::{Reach, Role},
    queues::QueueMessage,
    scale_events::Hold,
    time::{DAY_MS, HOUR_MS},
};
use serde_json::{Value, json};
use store::{NewAwsEvent, NewDelivery, SetAsideRow};
use testkit::Person;

/// The things that the cases are about; all in prod.
pub struct Things {
    pub alarm: AlarmId,
    /// What AWS told.
    pub aws_event: AwsEventId,
    /// A message about it that was given up.
    pub delivery: DeliveryId,
    /// A message that was set aside; it cannot be read.
    pub set_aside: SetAsideId,
    pub target: TargetId,
    pub change: ChangeId,
    /// The one by which a schedule was applied.
    pub schedule_change: ChangeId,
    pub hash: String,
    pub freeze: FreezeId,
    /// One of what never is.
    pub drill: DrillId,
    pub silence: SilenceId,
    pub cover: CoverId,
    pub victim: Person,
    pub event: Value,
}

pub async fn things(world: &World) -> Things {
    let admin = world.h.as_role(Role::Admin);
    let prod = Environment::from("prod");
    let alarms = admin.list_alarms(api::alarms::AlarmQuery {
        environment: vec![prod.clone()],
        ..Default::default()
    });
    let alarm = alarms.await.expect("alarms").rows[0].id;
    let now = world.h.now();
    let event = |target, from| {
        world.h.event(
            target,
            Hold::AtLeast,
            6,
            Some(now.plus_ms(from)),
            now.plus_ms(from + HOUR_MS),
        )
    };
    // Proposed by somebody who is none of the callers: so nobody votes on their own.
    let author = world.h.person("author", Role::Operator, Reach::All).await;
    let author = world.h.of(&author);
    let proposed = event("web-prod", 20 * HOUR_MS).await;
    let change = author
        .propose_change(proposed.into(), None)
        .await
        .expect("a proposal");
    let hash = admin.change(change).await.expect("a change request").hash;
    let freeze = api::freezes::NewFreeze {
        name: "far away".into(),
        environments: vec![prod],
        from: now.plus_ms(300 * DAY_MS),
        until: now.plus_ms(301 * DAY_MS),
        reason: "for this test".into(),
    };
    let silence = api::silences::NewSilence {
        scope: api::silences::SilenceScope {
            environments: vec!["prod".into()],
            matchers: "team=nobody".into(),
        },
        from: None,
        until: now.plus_ms(DAY_MS),
        comment: "for this test".into(),
    };
    let schedule_change = apply_schedule(world).await;
    Things {
        alarm,
        aws_event: told(world).await,
        delivery: give_up(world, alarm).await,
        set_aside: put_aside(world).await,
        schedule_change,
        target: world.h.target_id("web-prod").await,
        change,
        hash,
        freeze: admin.declare_freeze(freeze).await.expect("a freeze"),
        drill: drill(&*admin).await,
        silence: admin.add_silence(silence).await.expect("a silence"),
        cover: covered(world).await,
        victim: world.h.person("victim", Role::Viewer, Reach::All).await,
        event: serde_json::to_value(event("api-prod", 30 * HOUR_MS).await).expect("json"),
    }
}

/// A drill in prod that stands.
async fn drill(admin: &dyn api::Backend) -> DrillId {
    let subject = api::drills::DrillSubject {
        environment: Some("prod".into()),
        ..Default::default()
    };
    let preview = admin.preview_drill(subject.clone()).await;
    let new = api::drills::NewDrill {
        subject,
        tells: preview.expect("a preview").tells,
        acknowledge_minutes: None,
        note: String::new(),
    };
    admin.start_drill(new).await.expect("a drill")
}

/// What AWS told of an instance in prod.
async fn told(world: &World) -> AwsEventId {
    let now = world.h.now();
    let new = NewAwsEvent {
        id: AwsEventId::from_parts(now.ms(), 1),
        key: "e-1".into(),
        kind: AwsEventKind::Instance,
        name: "EC2 Instance State-change Notification".into(),
        scope: None,
        environment: "prod".into(),
        subject: "i-1".into(),
        at: now,
        judge_at: None,
        payload: "{}".into(),
    };
    let mut tx = world.services.store.begin().await.expect("a transaction");
    let kept = tx.insert_aws_event(&new, now).await.expect("an event");
    tx.commit().await.expect("commit");
    kept.map_or(new.id, |row| row.id)
}

/// A message that is no event.
async fn put_aside(world: &World) -> SetAsideId {
    let now = world.h.now();
    let id = SetAsideId::from_parts(now.ms(), 1);
    let queue = world.h.services.cloud.queues().remove(0);
    let message = QueueMessage {
        id: "m-1".into(),
        receipt: String::new(),
        body: "no event".into(),
        takings: 1,
        sent_at: None,
    };
    let row = SetAsideRow::new(id, &queue, &message, None, now);
    let mut tx = world.services.store.begin().await.expect("a transaction");
    tx.insert_set_aside(&row).await.expect("set aside");
    tx.commit().await.expect("commit");
    id
}

/// A cover that begins long after every other.
async fn covered(world: &World) -> CoverId {
    let now = world.h.now();
    let cover = Cover {
        id: CoverId::from_parts(now.ms(), 1),
        rotation: "production".parse().expect("a name"),
        contact: "sora".parse().expect("a name"),
        from: now.plus_ms(300 * DAY_MS),
        until: now.plus_ms(301 * DAY_MS),
        note: String::new(),
        by: "nobody".into(),
    };
    let mut tx = world.services.store.begin().await.expect("a transaction");
    let by = PersonId::from_parts(0, 1);
    tx.insert_cover(&cover, by, now).await.expect("a cover");
    tx.commit().await.expect("commit");
    cover.id
}

/// A message about an alarm in prod that was given up.
async fn give_up(world: &World, alarm: AlarmId) -> DeliveryId {
    let now = world.h.now();
    let mut read = world.services.store.read();
    let row = read.alarm(alarm).await.expect("a row").expect("an alarm");
    let thread = Thread {
        id: ThreadId::from_parts(now.ms(), 1),
        alarm: Some(alarm),
        channel: CHANNEL.parse().expect("a name"),
        state: row.state,
        group: None,
        has_message: false,
    };
    let told = AlarmTold {
        id: alarm,
        name: row.name,
        environment: row.environment,
        priority: row.priority,
        scope: row.origin.scope().cloned(),
        source: None,
        drill: false,
        state: row.state,
        state_at: row.state_at,
        reason: row.reason,
        gone: false,
        flapping: false,
    };
    let new = NewDelivery {
        id: DeliveryId::from_parts(now.ms(), 1),
        thread: thread.id,
        channel: thread.channel.clone(),
        event: Event::Firing,
        message: Message {
            alarm: Some(told),
            ..Message::default()
        },
        state: DeliveryState::Dead,
        not_before: now,
        group: None,
    };
    let mut tx = world.services.store.begin().await.expect("a transaction");
    tx.open_thread(&thread, now).await.expect("a thread");
    tx.insert_delivery(&new, now).await.expect("a delivery");
    tx.commit().await.expect("commit");
    new.id
}

/// A schedule that stands in prod.
async fn apply_schedule(world: &World) -> ChangeId {
    let schedule = json!({
        "name": SCHEDULE, "timezone": "Asia/Seoul", "targets": [{"ecs": "prod/checkout"}],
        "base": {"min": 4, "max": 24},
    });
    let schedule = serde_json::from_value(schedule).expect("a schedule");
    let change = domain::changes::Change::ApplySchedule {
        scope: world.h.live("prod/checkout").await.reference.scope,
        schedule: Box::new(schedule),
        takes_over: Vec::new(),
        reason: "for this test".into(),
    };
    let id = world.h.approved(change).await;
    world.h.drain().await;
    id
}
