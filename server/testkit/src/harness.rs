//! The console of one story.

use crate::{Backing, CountedIds, Database, SandboxHandle, ScriptedCloud};
use api::Backend;
use demo::{ClockMode, Sandbox, SandboxConfig};
use domain::{
    calendars::Calendar,
    capacity::Target,
    changes::{Change, Proposal},
    channels::Channel,
    estate::Environment,
    i18n::Lang,
    ids::{ChangeId, PersonId, TargetId},
    people::{Actor, Grant, Reach, Role},
    plan::Call,
    routes::{Route, Routing},
    scale_events::{Hold, ScaleEvent},
    time::{MINUTE_MS, Timestamp, Zone},
};
use ports::{Clock, Cloud, Ids};
use services::{Cx, Lane, LoadBalancer, Services, Settings, Setup, Subscription, work};
use std::{collections::BTreeMap, sync::Arc};
use store::{PersonRow, Store};

/// Who changes AWS behind the console's back.
pub const SOMEBODY: &str = "arn:aws:iam::111122223333:user/somebody";

/// A Monday, 09:00 in Seoul.
const BEGINNING: &str = "2026-03-02T00:00:00Z";

/// A clock that stands still: the sandbox moves its own on top of it.
struct StandingClock(Timestamp);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What can be chosen about a harness.
#[derive(Debug, Clone)]
pub struct HarnessConfig {
    /// Which database.
    pub backing: Backing,
    /// Alarms of the estate.
    pub alarms: u32,
    /// Approvals by environment; others need one.
    pub approvals: BTreeMap<Environment, u32>,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are granted.
    pub grants: Vec<Grant>,
}

/// A console, its world, and the people in front of it.
pub struct Harness {
    /// The services under test; after [`Harness::restart`] new ones.
    pub services: Services,
    /// The estate and its clock.
    pub sandbox: Sandbox,
    /// One person for each role, everywhere.
    pub people: BTreeMap<&'static str, Person>,
    /// The language that callers speak.
    pub lang: Lang,
    /// What stands between the services and the estate.
    pub cloud: Arc<ScriptedCloud>,
    setup: SharedSetup,
    // Last, so that it goes after everything that holds a connection.
    database: Database,
}

/// What new services on the same database are made of.
struct SharedSetup {
    ids: Arc<dyn Ids>,
    settings: Settings,
    cloud: Arc<ScriptedCloud>,
    channels: Vec<(Channel, Arc<dyn ports::Channel>)>,
    calendars: Vec<(Calendar, Arc<dyn ports::Calendar>)>,
}

impl Harness {
    /// An estate of 60 alarms, one approval everywhere, read once.
    ///
    /// # Panics
    /// When anything of it cannot be made.
    pub async fn start(backing: Backing) -> Self {
        let config = HarnessConfig {
            backing,
            alarms: 60,
            approvals: BTreeMap::new(),
        };
        let harness = Self::prepare(config).await;
        harness.drain().await;
        harness
    }

    /// As configured; no worker has run yet.
    ///
    /// # Panics
    /// When anything of it cannot be made.
    pub async fn prepare(config: HarnessConfig) -> Self {
        Self::prepare_over(config, Sandbox::cloud).await
    }

    /// The same over another estate, which goes by the sandbox's clock.
    ///
    /// # Panics
    /// When anything of it cannot be made.
    pub async fn prepare_over(
        config: HarnessConfig,
        cloud: impl FnOnce(&Sandbox) -> Arc<dyn Cloud>,
    ) -> Self {
        let database = Database::make(&config.backing).await;
        let beginning: Timestamp = BEGINNING.parse().expect("a time");
        let sandbox_config = SandboxConfig {
            alarms: config.alarms,
            clock: ClockMode::Stepped,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::start(sandbox_config, Arc::new(StandingClock(beginning)));
        let load_balancers = demo::load_balancers().into_iter().map(|lb| LoadBalancer {
            scope: lb.scope,
            environment: lb.environment,
            load_balancer: lb.load_balancer,
        });
        let settings = Settings {
            approvals: config.approvals,
            load_balancers: load_balancers.collect(),
            ..Settings::default()
        };
        let setup = SharedSetup {
            ids: Arc::new(CountedIds::default()),
            settings,
            cloud: Arc::new(ScriptedCloud::new(cloud(&sandbox))),
            channels: Vec::new(),
            calendars: Vec::new(),
        };
        let store = database.open().await;
        let services = setup.services(store, &sandbox, None);
        let mut harness = Self {
            services,
            sandbox,
            people: BTreeMap::new(),
            lang: Lang::En,
            cloud: setup.cloud.clone(),
            setup,
            database,
        };
        for role in Role::ALL {
            let person = harness.person(role.as_str(), role, Reach::All).await;
            harness.people.insert(role.as_str(), person);
        }
        harness
    }

    /// Adds a person with one grant.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn person(&self, name: &str, role: Role, reach: Reach) -> Person {
        let now = self.now();
        let person = Person {
            id: PersonId::from_parts(now.ms(), self.setup.ids.random()),
            name: name.to_owned(),
            grants: vec![Grant { role, reach }],
        };
        let row = PersonRow {
            id: person.id,
            login: format!("{name}@example.com"),
            name: person.name.clone(),
            grants: person.grants.clone(),
            disabled: false,
            lang: Some(self.lang),
            zone: "Asia/Seoul".into(),
            theme: "system".into(),
            created_at: now,
            updated_at: now,
            signed_in_at: None,
        };
        let mut tx = self.services.store.begin().await.expect("a transaction");
        tx.insert_person(&row, None).await.expect("a new person");
        tx.commit().await.expect("commit");
        person
    }

    /// Now, by the sandbox's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.sandbox.now()
    }

    /// The context of a call by this person now.
    #[must_use]
    pub fn cx(&self, person: &Person) -> Cx {
        Cx {
            actor: Some(Actor {
                person: person.id,
                name: person.name.clone(),
                grants: person.grants.clone(),
            }),
            session: None,
            token: None,
            now: self.now(),
            lang: self.lang,
            zone: Zone::named("Asia/Seoul").expect("a zone"),
            request_id: "test".into(),
        }
    }

    /// The console as this person uses it now.
    #[must_use]
    pub fn of(&self, person: &Person) -> Arc<dyn Backend> {
        self.services.caller(self.cx(person))
    }

    /// The console as the person with this role uses it now.
    #[must_use]
    pub fn as_role(&self, role: Role) -> Arc<dyn Backend> {
        self.of(&self.people[role.as_str()])
    }

    /// Lets every worker take one turn, in order.
    pub async fn drain(&self) {
        work::run_once(&self.services).await;
    }

    /// Moves the clock forward in one jump, then lets every worker look.
    ///
    /// # Panics
    /// On less than a second or more than a century.
    pub async fn fast_forward(&self, ms: i64) {
        self.step(ms);
        self.drain().await;
    }

    /// Moves the clock forward and lets nobody look: the console is down.
    ///
    /// # Panics
    /// On less than a second or more than a century.
    pub fn step(&self, ms: i64) {
        let seconds = u32::try_from(ms / 1_000).expect("a time ahead");
        assert!(seconds > 0, "the clock moves by whole seconds");
        self.sandbox.step(seconds);
    }

    /// Lets time pass minute by minute, every worker looking each time.
    pub async fn pass(&self, ms: i64) {
        let mut left = ms;
        while left > 0 {
            let step = left.min(MINUTE_MS);
            self.fast_forward(step).await;
            left -= step;
        }
    }

    /// New services on the same database, as after a kill.
    pub async fn restart(&mut self) {
        self.services = self.another(None).await;
    }

    /// New services that abort where the hook says.
    pub async fn restart_with(&mut self, crash: work::CrashHook) {
        self.services = self.another(Some(crash)).await;
    }

    /// New services on the same database after the configuration was edited.
    pub async fn reconfigure(&mut self, edit: impl FnOnce(&mut Settings)) {
        edit(&mut self.setup.settings);
        self.restart().await;
    }

    /// New services on the same database with these channels and routes.
    pub async fn reroute(
        &mut self,
        channels: Vec<(Channel, Arc<dyn ports::Channel>)>,
        routes: Vec<Route>,
    ) {
        self.setup.channels = channels;
        self.reconfigure(|settings| settings.routing = Routing::of(routes))
            .await;
    }

    /// New services on the same database that follow these calendars.
    pub async fn follow(&mut self, calendars: Vec<(Calendar, Arc<dyn ports::Calendar>)>) {
        self.setup.calendars = calendars;
        self.restart().await;
    }

    /// A second server on the same database.
    pub async fn another(&self, crash: Option<work::CrashHook>) -> Services {
        let store = self.database.open().await;
        self.setup.services(store, &self.sandbox, crash)
    }

    /// The id of a target by its name in AWS.
    ///
    /// # Panics
    /// When there is none.
    pub async fn target_id(&self, name: &str) -> TargetId {
        let targets = self.services.store.read().targets(&Reach::All).await;
        let targets = targets.expect("targets");
        let found = targets.iter().find(|row| row.target.reference.name == name);
        found.unwrap_or_else(|| panic!("no target {name}")).id
    }

    /// A target as AWS shows it now.
    ///
    /// # Panics
    /// When AWS does not show it.
    pub async fn live(&self, name: &str) -> Target {
        let id = self.target_id(name).await;
        let row = self.services.store.read().target(id).await.expect("a row");
        let reference = row.expect("a target").target.reference;
        let cloud = self.sandbox.cloud();
        let live = cloud.target(&reference).await.expect("the cloud answers");
        live.expect("a live target")
    }

    /// Somebody changes AWS behind the console's back.
    ///
    /// # Panics
    /// When AWS refuses.
    pub async fn by_hand(&self, call: &Call) {
        self.sandbox.by_hand(SOMEBODY, call).expect("AWS accepts");
    }

    /// "At least `count` from `from` until `until`."
    ///
    /// # Panics
    /// When there is no such target.
    pub async fn event(
        &self,
        target: &str,
        hold: Hold,
        count: u32,
        from: Option<Timestamp>,
        until: Timestamp,
    ) -> Change {
        Change::ScaleEvent(ScaleEvent {
            target: self.target_id(target).await,
            hold,
            count,
            from,
            until,
            reason: "registration opens".into(),
        })
    }

    /// The operator proposes, the approver approves; nothing is applied yet.
    ///
    /// # Panics
    /// When either is refused.
    pub async fn approved(&self, proposal: impl Into<Proposal>) -> ChangeId {
        let operator = self.as_role(Role::Operator);
        let id = operator
            .propose_change(proposal.into(), None)
            .await
            .expect("a proposal");
        self.approve(Role::Approver, id).await.expect("an approval");
        id
    }

    /// The person with this role approves what they see.
    ///
    /// # Errors
    /// What the console answers.
    pub async fn approve(&self, role: Role, id: ChangeId) -> api::ApiResult<()> {
        let backend = self.as_role(role);
        let hash = backend.change(id).await?.hash;
        let vote = domain::approvals::Vote::Approve;
        backend.vote_change(id, vote, hash, String::new()).await
    }

    /// The change request as an admin sees it now.
    ///
    /// # Panics
    /// When there is none.
    pub async fn change(&self, id: ChangeId) -> api::changes::ChangeDetail {
        self.as_role(Role::Admin)
            .change(id)
            .await
            .expect("a change request")
    }
}

impl SharedSetup {
    fn services(
        &self,
        store: Store,
        sandbox: &Sandbox,
        crash: Option<work::CrashHook>,
    ) -> Services {
        Services::new(Setup {
            store,
            cloud: self.cloud.clone(),
            clock: sandbox.clock(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            channels: self
                .channels
                .iter()
                .map(|(channel, sender)| Lane::new(channel.clone(), Arc::clone(sender)))
                .collect(),
            calendars: self
                .calendars
                .iter()
                .map(|(calendar, reader)| Subscription::new(calendar.clone(), Arc::clone(reader)))
                .collect(),
            sandbox: Some(Arc::new(SandboxHandle(sandbox.clone()))),
            crash,
        })
    }
}
