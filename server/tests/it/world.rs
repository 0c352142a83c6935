//! A server on the harness of the services, asked without a network.

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request},
};
use connect::{Certificates, PagerdutyDoor, SlackDoor};
use domain::{
    ids::{SessionId, TokenId},
    on_call::{PagerdutyPerson, SlackPerson},
    people::{Reach, Role},
    sources::{EnvironmentRule, HookKind},
    time::{DAY_MS, HOUR_MS, Timestamp},
};
use files::Mapping;
use http_body_util::BodyExt as _;
use serde_json::Value;
use server::http::{self, assets::Site, origin::Door};
use services::{Lane, Services, Settings, Setup, SourceSettings, TopicSource, sign_in::secret};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use store::{SessionRow, Store, TokenRow};
use testkit::{Backing, Database, Harness, Person};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// The name the server is called by.
pub const HOST: &str = "127.0.0.1:8080";

/// One server and its world.
pub struct World {
    pub h: Harness,
    pub services: Services,
    pub router: Router,
    pub close: watch::Sender<bool>,
    /// Another database than the harness's, kept until the test ends.
    _database: Option<Database>,
}

/// Sources that call with the sandbox's token, each named as its kind.
fn sources() -> Vec<SourceSettings> {
    let source = |kind: HookKind| {
        let environment = EnvironmentRule::To("prod".into());
        let name = kind.as_str().parse().expect("a name");
        SourceSettings {
            mapping: (kind == HookKind::Json)
                .then(|| Mapping::compile(demo::mapping()).expect("a mapping")),
            ..SourceSettings::new(name, kind, environment, demo::SOURCE_TOKEN)
        }
    };
    let kinds = [HookKind::Prometheus, HookKind::Json, HookKind::Heartbeat];
    kinds.map(source).into()
}

/// How a test's server is set up.
#[derive(Default)]
pub struct Options {
    pub sandbox: bool,
    pub public_url: Option<&'static str>,
    pub metrics_token: Option<&'static str>,
    pub dev_reload: Option<&'static str>,
    pub topics: Option<(TopicSource, Certificates)>,
    pub slack: Vec<SlackDoor>,
    pub in_slack: Vec<SlackPerson>,
    pub pagerduty: Vec<PagerdutyDoor>,
    pub in_pagerduty: Vec<PagerdutyPerson>,
}

impl World {
    /// A server that is no sandbox.
    pub async fn installation() -> Self {
        Self::with(Options::default()).await
    }

    /// A sandbox.
    pub async fn sandbox() -> Self {
        Self::with(Options {
            sandbox: true,
            ..Options::default()
        })
        .await
    }

    pub async fn with(options: Options) -> Self {
        let h = Harness::start(Backing::Sqlite).await;
        let store = h.services.store.clone();
        Self::over(h, store, options, None)
    }

    /// A server that a source of topics may tell.
    pub async fn with_topics(source: TopicSource, certificates: Certificates) -> Self {
        Self::with(Options {
            topics: Some((source, certificates)),
            ..Options::default()
        })
        .await
    }

    /// The same world on an empty database.
    pub async fn empty() -> Self {
        let h = Harness::start(Backing::Sqlite).await;
        let database = Database::make(&Backing::Sqlite).await;
        let store = database.open().await;
        Self::over(h, store, Options::default(), Some(database))
    }

    fn over(h: Harness, store: Store, options: Options, database: Option<Database>) -> Self {
        let own = &h.services;
        let inbox = |channel| Lane::new(channel, Arc::new(h.sandbox.inbox()));
        let (topic_sources, certificates) = options.topics.unzip();
        let mut routing = demo::routing();
        routing.roster.in_slack = options.in_slack;
        routing.roster.in_pagerduty = options.in_pagerduty;
        let settings = Settings {
            routing,
            sources: sources(),
            topic_sources: topic_sources.into_iter().collect(),
            ..own.settings.clone()
        };
        let services = Services::new(Setup {
            store,
            cloud: own.cloud.clone(),
            clock: own.clock.clone(),
            ids: own.ids.clone(),
            settings,
            channels: demo::channels().into_iter().map(inbox).collect(),
            calendars: Vec::new(),
            sandbox: own.sandbox.clone().filter(|_| options.sandbox),
            crash: None,
        });
        let (close, closing) = watch::channel(false);
        let router = http::router(http::Parts {
            services: services.clone(),
            certificates,
            slack_doors: options.slack,
            pagerduty_doors: options.pagerduty,
            door: Door {
                public_url: options.public_url.map(str::to_owned),
                proxy_header: None,
            },
            site: Site::load("no-such-folder".into()),
            metrics_token: options.metrics_token.map(str::to_owned),
            dev_reload: options.dev_reload.map(str::to_owned),
            closing,
        });
        Self {
            h,
            services,
            router,
            close,
            _database: database,
        }
    }

    /// Asks and reads the whole answer.
    pub async fn send(&self, ask: Ask) -> Answer {
        let request = ask.into_request();
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The person with a role everywhere.
    pub fn role(&self, role: Role) -> Person {
        self.h.people[role.as_str()].clone()
    }

    /// A session of theirs: what the cookie holds.
    pub async fn session(&self, person: &Person) -> String {
        let now = self.h.now();
        self.session_until(person, now.plus_ms(12 * HOUR_MS), now.plus_ms(7 * DAY_MS))
            .await
    }

    /// A session of theirs that ends when unused until, or anyway at.
    pub async fn session_until(&self, person: &Person, idle: Timestamp, ends: Timestamp) -> String {
        let secret = secret::draw(self.services.ids.as_ref());
        let now = self.h.now();
        let row = SessionRow {
            id: SessionId::from_parts(now.ms(), self.services.ids.random()),
            person: person.id,
            created_at: now,
            used_at: now,
            idle_until: idle,
            ends_at: ends,
            agent: "test".into(),
        };
        let mut tx = self.services.store.begin().await.expect("a transaction");
        tx.insert_session(&row, &secret::hash(&secret))
            .await
            .expect("a session");
        tx.commit().await.expect("commit");
        secret
    }

    /// A token of theirs, as it stands in the header.
    pub async fn token(&self, person: &Person, role: Role, until: Timestamp) -> (TokenId, String) {
        let secret = secret::draw(self.services.ids.as_ref());
        let now = self.h.now();
        let row = TokenRow {
            id: TokenId::from_parts(now.ms(), self.services.ids.random()),
            person: person.id,
            name: "test".into(),
            role,
            created_at: now,
            expires_at: until,
            used_at: None,
        };
        let mut tx = self.services.store.begin().await.expect("a transaction");
        tx.insert_token(&row, &secret::hash(&secret))
            .await
            .expect("a token");
        tx.commit().await.expect("commit");
        (row.id, format!("lamplighter_{secret}"))
    }

    /// Shuts a person out.
    pub async fn disable(&self, person: &Person) {
        let mut tx = self.services.store.begin().await.expect("a transaction");
        let now = self.h.now();
        tx.update_person(person.id, &person.name, &person.grants, true, now)
            .await
            .expect("an update");
        tx.commit().await.expect("commit");
    }

    /// A person who has a password.
    pub async fn with_password(&self, name: &str, password: &str) -> Person {
        let person = self.h.person(name, Role::Viewer, Reach::All).await;
        let admin = self.h.as_role(Role::Admin);
        admin
            .reset_password(person.id, password.into())
            .await
            .expect("a password");
        person
    }
}

/// A question.
pub struct Ask {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    peer: Option<IpAddr>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Self {
        let ask = Self {
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Body::empty(),
            peer: None,
        };
        ask.header("host", HOST)
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path).header("accept", "text/html")
    }

    /// A form as our own page sends it.
    pub fn form(path: &str, body: &str) -> Self {
        Self::new("POST", path)
            .own()
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned())
    }

    /// From our own page.
    pub fn own(self) -> Self {
        self.header("origin", &format!("http://{HOST}"))
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a value"));
        self
    }

    pub fn cookie(self, secret: &str) -> Self {
        self.header("cookie", &format!("lamplighter={secret}"))
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// From this client.
    pub fn from(self, address: &str) -> Self {
        Self {
            peer: address.parse().ok(),
            ..self
        }
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub fn into_request(self) -> Request<Body> {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers;
        if let Some(address) = self.peer {
            let peer = ConnectInfo(SocketAddr::from((address, 40_000)));
            request.extensions_mut().insert(peer);
        }
        request
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// Every value of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().expect("text"))
            .collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// The secret in the session cookie it sets.
    pub fn session(&self) -> Option<String> {
        let names = ["__Host-lamplighter=", "lamplighter="];
        let set = self.all("set-cookie");
        let value = set
            .iter()
            .find_map(|line| names.iter().find_map(|name| line.strip_prefix(name)))?;
        Some(value.split(';').next()?.to_owned())
    }
}
