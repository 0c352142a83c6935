//! A scale event through the real program and the real SDKs: `lamplighter serve`
//! reads an Auto Scaling group and an alarm from two independent AWS peers, one
//! person proposes, another approves, AWS is changed, and the peer itself is
//! asked what it holds.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
/// No other test uses this region of the peers.
const REGION: &str = "eu-north-1";
/// How often something that takes a moment is asked for, and how long to wait between.
const ASKS_MAX: u32 = 240;
const PAUSE: Duration = Duration::from_millis(250);

fn peer(variable: &str) -> Option<String> {
    if let Ok(url) = std::env::var(variable) {
        return Some(
            url.trim_start_matches("http://")
                .trim_end_matches('/')
                .to_owned(),
        );
    }
    assert!(
        std::env::var("LAMPLIGHTER_TEST_SKIP_PEERS").as_deref() == Ok("1"),
        "{variable} is not set; run `cargo xtask test --only unit`, \
         or set LAMPLIGHTER_TEST_SKIP_PEERS=1 to do without"
    );
    None
}

/// One request over a connection of its own; the status and the body.
fn send(address: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time-out");
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .expect("a status");
    let chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    (
        status,
        if chunked {
            unchunk(body)
        } else {
            body.to_owned()
        },
    )
}

fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).expect("a chunk's size");
        if size == 0 {
            break;
        }
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

/// A call of AWS's Query protocol to a peer, which checks no signature but reads
/// the service and the region from it.
fn query(peer: &str, service: &str, form: &[(&str, &str)]) -> String {
    let body: Vec<_> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('/', "%2F")))
        .collect();
    let head = format!(
        "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let (status, answer) = send(peer, &head, &body.join("&"));
    assert_eq!(status, 200, "{form:?}: {answer}");
    answer
}

/// The first element of that name in an XML answer.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let from = xml.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
    from.and_then(|rest| rest.split_once("</"))
        .map_or("", |(value, _)| value)
}

struct Console {
    child: Child,
    address: String,
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lamplighter(folder: &Path, ministack: &str, moto: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplighter"));
    command
        .current_dir(folder)
        .env("LAMPLIGHTER_CONFIG", folder.join("lamplighter.toml"))
        .env("AWS_ENDPOINT_URL", format!("http://{moto}"))
        .env("AWS_ENDPOINT_URL_CLOUDWATCH", format!("http://{ministack}"))
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("LAMPLIGHTER_DATABASE_URL");
    command
}

fn run(mut command: Command, arguments: &[&str]) -> String {
    let output = command.args(arguments).output().expect("lamplighter runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Console {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("lamplighter starts");
        let output = child.stdout.take().expect("its output");
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines
            .filter_map(|line| line.split_once("http://").map(|(_, a)| a.to_owned()))
            .next();
        Self {
            child,
            address: address.expect("the address it listens on"),
        }
    }

    fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json"
        );
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, answer) = send(&self.address, &head, &body);
        (status, serde_json::from_str(&answer).unwrap_or(Value::Null))
    }

    /// Asks until the answer is as wanted.
    fn until(&self, token: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..ASKS_MAX {
            last = self.ask(token, "GET", path, &Value::Null).1;
            if wanted(&last) {
                return last;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("{path} never came to be as wanted; at last it was {last:#}");
    }

    fn applied(&self, token: &str, id: &str) -> Value {
        self.until(token, &format!("/changes/{id}"), |change| {
            let state = change["row"]["state"].as_str().unwrap_or_default();
            assert!(
                !["failed", "applied_with_difference", "rejected"].contains(&state),
                "{change:#}"
            );
            state == "applied"
        })
    }
}

#[test]
fn a_scale_event_goes_through_four_eyes_to_aws_and_back() {
    let (Some(ministack), Some(moto)) = (
        peer("LAMPLIGHTER_TEST_MINISTACK_URL"),
        peer("LAMPLIGHTER_TEST_MOTO_URL"),
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let group = format!("prod-web-{}", std::process::id());
    seed(&ministack, &moto, &group);
    let config = format!(
        "[estate]\npoll_seconds = 5\n[[estate.accounts]]\nid = \"{ACCOUNT}\"\nregions = [\"{REGION}\"]\n"
    );
    std::fs::write(folder.path().join("lamplighter.toml"), config).expect("written");
    let command = || lamplighter(folder.path(), &ministack, &moto);

    run(command(), &["migrate"]);
    let person = |login: &str, role: &str| {
        let mut add = command();
        add.env("LAMPLIGHTER_PASSWORD", "correct horse battery staple");
        run(
            add,
            &["user", "add", login, "--name", login, "--role", role],
        );
        run(
            command(),
            &[
                "token", "make", login, "--name", "test", "--role", role, "--days", "1",
            ],
        )
    };
    let operator = person("olga@example.com", "operator");
    let approver = person("anna@example.com", "approver");

    let console = Console::start(command());
    let alarms = console.until(&operator, &format!("/alarms?text={group}"), |page| {
        page["total"] == 1
    });
    assert_eq!(alarms["rows"][0]["environment"], "prod");
    let targets = console.until(&operator, &format!("/targets?text={group}"), |page| {
        page["total"] == 1
    });
    let target = targets["rows"][0]["id"].as_str().expect("an id");

    let until = "2099-01-01T00:00:00Z";
    let change = json!({"kind": "scale_event", "target": target, "hold": "at_least", "count": 4,
                        "until": until, "reason": "course registration"});
    let (status, preview) = console.ask(&operator, "POST", "/changes/preview", &change);
    assert_eq!(
        (status, preview["blocked"].as_bool()),
        (200, Some(true)),
        "too long an event: {preview:#}"
    );
    let soon = in_an_hour(&console, &operator);
    let change = json!({"kind": "scale_event", "target": target, "hold": "at_least", "count": 4,
                        "until": soon, "reason": "course registration"});
    let (status, made) = console.ask(&operator, "POST", "/changes", &change);
    assert_eq!(status, 201, "{made:#}");
    let id = made["id"].as_str().expect("an id").to_owned();
    let hash = console
        .ask(&operator, "GET", &format!("/changes/{id}"), &Value::Null)
        .1["hash"]
        .clone();

    let vote = json!({"vote": "approve", "hash": hash});
    let votes = format!("/changes/{id}/votes");
    let (status, refused) = console.ask(&operator, "POST", &votes, &vote);
    assert!(
        [403, 409].contains(&status),
        "the author approved: {refused:#}"
    );
    let (status, answer) = console.ask(&approver, "POST", &votes, &vote);
    assert_eq!(status, 204, "{answer:#}");

    let applied = console.applied(&operator, &id);
    let states: Vec<_> = applied["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|s| &s["state"])
        .collect();
    assert_eq!(states, ["done", "done"]);
    let (min, actions) = held(&moto, &group);
    assert_eq!(min, "4", "the group was raised");
    assert!(
        actions.contains(&format!("lamplighter-{id}-return")),
        "its return stands: {actions}"
    );

    let end = json!({"kind": "end_scale_event", "event": id, "reason": "it was quiet"});
    let (status, made) = console.ask(&operator, "POST", "/changes", &end);
    assert_eq!(status, 201, "{made:#}");
    console.applied(&operator, made["id"].as_str().expect("an id"));
    let (min, actions) = held(&moto, &group);
    assert_eq!(min, "1", "the group went back");
    assert!(
        !actions.contains(&id),
        "nothing of the event is left: {actions}"
    );

    drop(console);
    let verified = run(command(), &["audit", "verify"]);
    assert!(!verified.is_empty(), "the audit log is told to be whole");
}

/// An hour from now, by the console's own clock.
fn in_an_hour(console: &Console, token: &str) -> String {
    let (_, overview) = console.ask(token, "GET", "/overview", &Value::Null);
    let now: domain::time::Timestamp = overview["at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    now.plus_ms(domain::time::HOUR_MS).to_string()
}

/// A group of two in one peer, an alarm on it in the other.
fn seed(ministack: &str, moto: &str, group: &str) {
    let version = ("Version", "2011-01-01");
    query(
        moto,
        "autoscaling",
        &[
            ("Action", "CreateLaunchConfiguration"),
            version,
            ("LaunchConfigurationName", group),
            ("ImageId", "ami-12c6146b"),
            ("InstanceType", "t3.small"),
        ],
    );
    query(
        moto,
        "autoscaling",
        &[
            ("Action", "CreateAutoScalingGroup"),
            version,
            ("AutoScalingGroupName", group),
            ("LaunchConfigurationName", group),
            ("MinSize", "1"),
            ("DesiredCapacity", "2"),
            ("MaxSize", "6"),
            ("AvailabilityZones.member.1", "eu-north-1a"),
        ],
    );
    let alarm = format!("{group}-cpu");
    query(
        ministack,
        "monitoring",
        &[
            ("Action", "PutMetricAlarm"),
            ("Version", "2010-08-01"),
            ("AlarmName", &alarm),
            ("Namespace", "AWS/EC2"),
            ("MetricName", "CPUUtilization"),
            ("Dimensions.member.1.Name", "AutoScalingGroupName"),
            ("Dimensions.member.1.Value", group),
            ("Statistic", "Average"),
            ("Period", "60"),
            ("EvaluationPeriods", "1"),
            ("Threshold", "80"),
            ("ComparisonOperator", "GreaterThanThreshold"),
        ],
    );
}

/// The group's minimum and its scheduled actions, as the peer tells them.
fn held(moto: &str, group: &str) -> (String, String) {
    let version = ("Version", "2011-01-01");
    let groups = query(
        moto,
        "autoscaling",
        &[
            ("Action", "DescribeAutoScalingGroups"),
            version,
            ("AutoScalingGroupNames.member.1", group),
        ],
    );
    let actions = query(
        moto,
        "autoscaling",
        &[
            ("Action", "DescribeScheduledActions"),
            version,
            ("AutoScalingGroupName", group),
        ],
    );
    (element(&groups, "MinSize").to_owned(), actions)
}
