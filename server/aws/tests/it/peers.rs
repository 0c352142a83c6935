//! How tests reach the peers: one AWS configuration for each, with names or
//! accounts of the test's own, so that tests do not see each other's things.

use aws::{AccountConfig, AssumedRole, AwsCloud, AwsEstate, RoleArn, Timeouts, Watch};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{
    rt::sleep::TokioSleep,
    time::{SystemTimeSource, TimeSource},
};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use domain::{
    capacity::{CapacityChange, ScheduledAction, TargetKind, TargetRef, Timing},
    estate::{AccountId, Scope},
    plan::Call,
    processes::Process,
    queues::QueueRef,
    sns::TopicArn,
    time::{HOUR_MS, Timestamp},
};
use ports::{Cloud as _, CloudErrorKind};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The region of every test that does not care.
pub const REGION: &str = "ap-northeast-2";
/// The account that moto answers for.
pub const MOTO_ACCOUNT: &str = "123456789012";

/// The URL of a peer; none when the run does without peers. A run that has
/// neither peers nor leave to do without them fails.
fn url(variable: &str) -> Option<String> {
    if let Ok(url) = std::env::var(variable) {
        return Some(url);
    }
    assert!(
        std::env::var("LAMPLIGHTER_TEST_SKIP_PEERS").as_deref() == Ok("1"),
        "{variable} is not set; run `cargo xtask test --only unit`, \
         or set LAMPLIGHTER_TEST_SKIP_PEERS=1 to do without"
    );
    None
}

pub fn ministack() -> Option<String> {
    url("LAMPLIGHTER_TEST_MINISTACK_URL")
}

pub fn moto() -> Option<String> {
    url("LAMPLIGHTER_TEST_MOTO_URL")
}

/// A name that no other test and no earlier run on the same peer has.
pub fn unique(name: &str) -> String {
    format!("{name}-{}-{}", std::process::id(), now().ms())
}

/// The machine's time: peers judge ages by it.
pub fn now() -> Timestamp {
    let now = aws_smithy_types::DateTime::from(SystemTimeSource::new().now());
    Timestamp::from_ms(now.to_millis().expect("a time of this century"))
}

/// A configuration that sends everything to one peer. Ministack takes a key of
/// twelve digits for the account, and asks it for no secret.
pub fn config(url: &str, key: &str) -> SdkConfig {
    signed(url, key, "secret")
}

/// The same, with a key whose signature the peer checks.
pub fn signed(url: &str, key: &str, secret: &str) -> SdkConfig {
    base(key, secret).endpoint_url(url).build()
}

/// A configuration that sends each service to a peer of its own, as
/// `AWS_ENDPOINT_URL_<SERVICE>` does.
pub fn routed(routes: Vec<(&'static str, String)>, key: &str) -> SdkConfig {
    base(key, "secret").service_config(Routes(routes)).build()
}

fn base(key: &str, secret: &str) -> aws_types::sdk_config::Builder {
    let credentials = Credentials::new(key, secret, None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
}

#[derive(Debug)]
struct Routes(Vec<(&'static str, String)>);

impl LoadServiceConfig for Routes {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let found = self.0.iter().find(|(id, _)| *id == key.service_id());
        found.map(|(_, url)| url.clone())
    }
}

/// Under which timers call.
pub fn timer_role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/lamplighter-scheduler")
}

/// One account in [`REGION`].
pub fn estate(account: &str) -> AwsEstate {
    AwsEstate {
        accounts: vec![AccountConfig {
            id: AccountId::from(account),
            profile: None,
            role: None,
            timer_role: None,
            watch: Watch::default(),
            regions: vec![domain::estate::Region::from(REGION)],
        }],
        timeouts: Timeouts {
            pause_ms: 1,
            ..Timeouts::default()
        },
        ..AwsEstate::default()
    }
}

/// A role to assume.
pub fn role(arn: &str, external_id: Option<&str>) -> AssumedRole {
    AssumedRole {
        arn: RoleArn::parse(arn).expect("a role's name"),
        external_id: external_id.map(str::to_owned),
    }
}

/// The same, with a role for EventBridge Scheduler.
pub fn with_timers(mut estate: AwsEstate) -> AwsEstate {
    for account in &mut estate.accounts {
        account.timer_role = RoleArn::parse(&timer_role(account.id.as_str()));
    }
    estate
}

/// The same, where databases, node groups and the instances of a tag are watched, too.
pub fn with_everything(estate: AwsEstate, tag: &str) -> AwsEstate {
    let mut estate = with_timers(estate);
    for account in &mut estate.accounts {
        account.watch = Watch {
            databases: true,
            node_groups: true,
            calendars: true,
            instance_tags: vec![tag.to_owned()],
            queues: QueueRef::new(scope(account.id.as_str()), "lamplighter-nobody")
                .into_iter()
                .collect(),
            topics: vec![TopicArn::named(
                &scope(account.id.as_str()),
                "lamplighter-nobody",
            )],
            texts: true,
            log_queries: true,
        };
    }
    estate
}

/// The cloud of one account over a configuration.
pub fn cloud(account: &str, config: &SdkConfig) -> AwsCloud {
    AwsCloud::with_config(&estate(account), config.clone())
}

pub fn scope(account: &str) -> Scope {
    Scope {
        account: AccountId::from(account),
        region: domain::estate::Region::from(REGION),
    }
}

pub fn group(account: &str, name: &str) -> TargetRef {
    TargetRef {
        scope: scope(account),
        kind: TargetKind::Asg,
        name: name.to_owned(),
    }
}

pub fn service(account: &str, name: &str) -> TargetRef {
    TargetRef {
        kind: TargetKind::EcsService,
        ..group(account, name)
    }
}

/// A capacity to set.
pub fn capacity(min: u32, desired: Option<u32>, max: Option<u32>) -> CapacityChange {
    CapacityChange {
        min: Some(min),
        desired,
        max,
    }
}

/// Every write on a target, each twice: what was put and set is read again, and
/// what was deleted is gone.
pub async fn write_twice(
    cloud: &AwsCloud,
    target: &TargetRef,
    planned: CapacityChange,
    set: CapacityChange,
) {
    let read = async || {
        let read = cloud.target(target).await.expect("a reading");
        read.expect("the target")
    };
    let action = ScheduledAction {
        name: "lamplighter-return".into(),
        timing: Timing::Once {
            at: now().ceil_minute().plus_ms(HOUR_MS),
        },
        capacity: planned,
        next_run_at: None,
    };
    let put = Call::PutScheduledAction {
        target: target.clone(),
        action: action.clone(),
    };
    let set = Call::SetCapacity {
        target: target.clone(),
        capacity: set,
    };
    for _ in 0..2 {
        cloud.carry_out(&put).await.expect("put");
        cloud.carry_out(&set).await.expect("set");
    }
    let during = read().await;
    let Call::SetCapacity { capacity: set, .. } = set else {
        panic!("it sets a capacity");
    };
    let told = during.capacity;
    assert_eq!(capacity(told.min, Some(told.desired), Some(told.max)), set);
    assert_eq!(during.actions, std::slice::from_ref(&action));
    let delete = Call::DeleteScheduledAction {
        target: target.clone(),
        name: action.name,
    };
    for _ in 0..2 {
        let deleted = cloud.carry_out(&delete).await;
        deleted.expect("deleted, or not there");
    }
    assert_eq!(read().await.actions, []);
}

/// Processes are suspended and resumed, each twice, and read again.
pub async fn switch_processes(cloud: &AwsCloud, target: &TargetRef, before: &[Process]) {
    let kind = target.kind;
    let all = Process::of(kind);
    let set = async |suspend: &[Process]| {
        let resume = all.iter().filter(|process| !suspend.contains(process));
        let call = Call::SetProcesses {
            target: target.clone(),
            suspend: suspend.to_vec(),
            resume: resume.copied().collect(),
        };
        for _ in 0..2 {
            cloud.carry_out(&call).await.expect("set");
        }
        let read = cloud.target(target).await.expect("a reading");
        let read = read.expect("the target");
        let suspended = all.iter().copied().filter(|one| read.is_suspended(*one));
        assert_eq!(suspended.collect::<Vec<_>>(), suspend);
    };
    set(before).await;
    set(all).await;
    set(&all[..1]).await;
    set(&[]).await;
}

/// What is not there is no target, and cannot be written.
pub async fn write_nothing(cloud: &AwsCloud, nothing: TargetRef) {
    assert_eq!(cloud.target(&nothing).await, Ok(None));
    let call = Call::SetCapacity {
        target: nothing,
        capacity: capacity(1, None, None),
    };
    let error = cloud.carry_out(&call).await.expect_err("no such target");
    assert_eq!(error.kind, CloudErrorKind::NotFound, "{error}");
}

/// One Query call of a service whose SDK this project does not build, to set a
/// stage; the key is one that the peer asks for no signature.
pub async fn query(
    url: &str,
    (service, version): (&str, &str),
    key: &str,
    parameters: &[(&str, &str)],
) -> String {
    let mut body = format!("Version={version}");
    for (name, value) in parameters {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        body.push_str(&format!("&{name}={value}"));
    }
    let form = "application/x-www-form-urlencoded";
    posted(url, ("/", form), service, key, &body).await
}

/// One POST to a service, with a key that the peer asks for no signature.
pub async fn posted(
    url: &str,
    (path, content_type): (&str, &str),
    service: &str,
    key: &str,
    body: &str,
) -> String {
    sent(url, (path, content_type, ""), service, key, body).await
}

/// One call of AWS JSON.
pub async fn targeted(
    url: &str,
    service: &str,
    target: &str,
    key: &str,
    body: &serde_json::Value,
) -> String {
    let named = format!("X-Amz-Target: {target}\r\n");
    let how = ("/", "application/x-amz-json-1.1", named.as_str());
    sent(url, how, service, key, &body.to_string()).await
}

async fn sent(
    url: &str,
    (path, content_type, header): (&str, &str, &str),
    service: &str,
    key: &str,
    body: &str,
) -> String {
    let address = url.strip_prefix("http://").expect("a loopback URL");
    let address = address.trim_end_matches('/');
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: {content_type}\r\n{header}Authorization: AWS4-HMAC-SHA256 \
         Credential={key}/20260301/{REGION}/{service}/aws4_request, SignedHeaders=host, \
         Signature=x\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("a peer listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// The text of the first such element.
pub fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).expect("the element");
    rest.split('<').next().unwrap_or_default().to_owned()
}
