//! The real program over independent AWS peers: a folder of its own with a
//! configuration, people with tokens, and `lamplighter serve` as a process that
//! can be asked, ended and killed.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use domain::time::{HOUR_MS, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The account that both peers answer for.
pub const ACCOUNT: &str = "123456789012";
/// The variable that holds the secret of every source and channel of a test.
pub const SECRET: &str = "TEST_SECRET";
/// Its value.
pub const SECRET_VALUE: &str = "s3cret";
/// How often something that takes a moment is asked for, and how long to wait between.
const ASKS_MAX: u32 = 240;
const PAUSE: Duration = Duration::from_millis(250);

/// Where the peers listen.
pub struct Peers {
    pub ministack: String,
    pub moto: String,
}

/// The peers; none when the run does without. A run that has neither peers nor
/// leave to do without them fails.
pub fn peers() -> Option<Peers> {
    Some(Peers {
        ministack: peer("LAMPLIGHTER_TEST_MINISTACK_URL")?,
        moto: peer("LAMPLIGHTER_TEST_MOTO_URL")?,
    })
}

fn peer(variable: &str) -> Option<String> {
    let url = program_at(variable)?;
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    Some(address.to_owned())
}

/// What a variable of the tests' world says of somebody else's program: where it is or listens;
/// none where the tests were asked to do without.
pub fn program_at(variable: &str) -> Option<String> {
    if let Ok(place) = std::env::var(variable) {
        return Some(place);
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
    try_send(address, head, body).expect("an answer")
}

/// The same of one who may be killed before the answer is whole.
fn try_send(address: &str, head: &str, body: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .expect("a status");
    let chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    let body = if chunked {
        unchunk(body)
    } else {
        body.to_owned()
    };
    Ok((status, body))
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
pub fn query(peer: &str, region: &str, service: &str, form: &[(&str, &str)]) -> String {
    let body: Vec<_> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('/', "%2F")))
        .collect();
    let head = format!(
        "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let (status, answer) = send(peer, &head, &body.join("&"));
    assert_eq!(status, 200, "{form:?}: {answer}");
    answer
}

/// What a peer answers to a request of a service that is asked by path, as `GET /schedules`;
/// without a body where that is null.
pub fn by_path(peer: &str, region: &str, service: &str, request: &str, body: &Value) -> Value {
    let head = format!(
        "{request} HTTP/1.1\r\nContent-Type: application/json\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let (status, answer) = send(peer, &head, &body);
    assert_eq!(status, 200, "{request}: {answer}");
    serde_json::from_str(&answer).expect("JSON")
}

/// The first element of that name in an XML answer.
pub fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let from = xml.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
    from.and_then(|rest| rest.split_once("</"))
        .map_or("", |(value, _)| value)
}

pub const AUTOSCALING: (&str, &str) = ("Version", "2011-01-01");
const RDS: (&str, &str) = ("Version", "2014-10-31");
const EC2: (&str, &str) = ("Version", "2016-11-15");
/// The tag whose values are targets.
const INSTANCE_TAG: &str = "Schedule";

/// Makes a group of two instances, one to six wide.
pub fn make_group(moto: &str, region: &str, group: &str) {
    query(
        moto,
        region,
        "autoscaling",
        &[
            ("Action", "CreateLaunchConfiguration"),
            AUTOSCALING,
            ("LaunchConfigurationName", group),
            ("ImageId", "ami-12c6146b"),
            ("InstanceType", "t3.small"),
        ],
    );
    query(
        moto,
        region,
        "autoscaling",
        &[
            ("Action", "CreateAutoScalingGroup"),
            AUTOSCALING,
            ("AutoScalingGroupName", group),
            ("LaunchConfigurationName", group),
            ("MinSize", "1"),
            ("DesiredCapacity", "2"),
            ("MaxSize", "6"),
            ("AvailabilityZones.member.1", &format!("{region}a")),
        ],
    );
}

/// The group's minimum and its scheduled actions, as the peer tells them.
pub fn held(moto: &str, region: &str, group: &str) -> (String, String) {
    let groups = query(
        moto,
        region,
        "autoscaling",
        &[
            ("Action", "DescribeAutoScalingGroups"),
            AUTOSCALING,
            ("AutoScalingGroupNames.member.1", group),
        ],
    );
    let actions = query(
        moto,
        region,
        "autoscaling",
        &[
            ("Action", "DescribeScheduledActions"),
            AUTOSCALING,
            ("AutoScalingGroupName", group),
        ],
    );
    (element(&groups, "MinSize").to_owned(), actions)
}

/// Makes a database that runs.
pub fn make_database(moto: &str, region: &str, name: &str) {
    query(
        moto,
        region,
        "rds",
        &[
            ("Action", "CreateDBInstance"),
            RDS,
            ("DBInstanceIdentifier", name),
            ("DBInstanceClass", "db.t3.micro"),
            ("Engine", "mysql"),
            ("AllocatedStorage", "20"),
            ("MasterUsername", "admin"),
            ("MasterUserPassword", "not-a-secret-of-anybody"),
        ],
    );
}

/// The state of a database, as the peer tells it.
pub fn database_state(moto: &str, region: &str, name: &str) -> String {
    let form = [
        ("Action", "DescribeDBInstances"),
        RDS,
        ("DBInstanceIdentifier", name),
    ];
    let databases = query(moto, region, "rds", &form);
    element(&databases, "DBInstanceStatus").to_owned()
}

/// Makes two machines that run and carry a value of the watched tag.
pub fn make_machines(moto: &str, region: &str, value: &str) {
    query(
        moto,
        region,
        "ec2",
        &[
            ("Action", "RunInstances"),
            EC2,
            ("ImageId", "ami-12c6146b"),
            ("InstanceType", "t3.small"),
            ("MinCount", "2"),
            ("MaxCount", "2"),
            ("TagSpecification.1.ResourceType", "instance"),
            ("TagSpecification.1.Tag.1.Key", INSTANCE_TAG),
            ("TagSpecification.1.Tag.1.Value", value),
        ],
    );
}

/// How many machines of a value of the watched tag are in a state, as the peer tells it.
pub fn machines_in(moto: &str, region: &str, value: &str, state: &str) -> usize {
    let form = [
        ("Action", "DescribeInstances"),
        EC2,
        ("Filter.1.Name", &format!("tag:{INSTANCE_TAG}")),
        ("Filter.1.Value.1", value),
        ("Filter.2.Name", "instance-state-name"),
        ("Filter.2.Value.1", state),
    ];
    query(moto, region, "ec2", &form)
        .matches("<instanceId>")
        .count()
}

/// Makes a cluster with the node group `workers`: two nodes, one to six wide.
pub fn make_node_group(moto: &str, region: &str, cluster: &str) {
    let role = format!("arn:aws:iam::{ACCOUNT}:role/eks");
    let network = json!({"subnetIds": []});
    let whole = json!({"name": cluster, "roleArn": role, "resourcesVpcConfig": network});
    by_path(moto, region, "eks", "POST /clusters", &whole);
    let nodes = json!({
        "nodegroupName": "workers", "nodeRole": role, "subnets": ["subnet-1"],
        "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 6},
    });
    let request = format!("POST /clusters/{cluster}/node-groups");
    by_path(moto, region, "eks", &request, &nodes);
}

/// The sizes of a cluster's node group `workers`, as the peer tells them.
pub fn node_group_sizes(moto: &str, region: &str, cluster: &str) -> Value {
    let request = format!("GET /clusters/{cluster}/node-groups/workers");
    let answer = by_path(moto, region, "eks", &request, &Value::Null);
    answer["nodegroup"]["scalingConfig"].clone()
}

/// The line of the configuration that names the role of EventBridge Scheduler.
fn timer_role() -> String {
    format!("scheduler_role_arn = \"arn:aws:iam::{ACCOUNT}:role/lamplighter-scheduler\"\n")
}

/// An installation that watches one region of the peers.
pub struct Installation {
    folder: TempDir,
    /// Instead of a file in the folder.
    database_url: Option<String>,
    ministack: String,
    /// What it takes for AWS, but for CloudWatch, which moto serves in no
    /// protocol of the SDK's.
    aws: String,
}

impl Installation {
    /// With an empty database.
    pub fn new(region: &str, ministack: &str, aws: &str) -> Self {
        Self::configured(region, ministack, aws, "", None)
    }

    /// On an empty database that several servers can share.
    pub fn shared(region: &str, ministack: &str, aws: &str, database_url: &str) -> Self {
        Self::configured(region, ministack, aws, "", Some(database_url))
    }

    /// With a role for EventBridge Scheduler.
    pub fn with_timers(region: &str, ministack: &str, aws: &str) -> Self {
        Self::configured(region, ministack, aws, &timer_role(), None)
    }

    /// Taking events from a queue.
    pub fn with_queue(region: &str, ministack: &str, aws: &str, queue: &str) -> Self {
        let line = format!("queues = [\"{region}/{queue}\"]\n");
        Self::configured(region, ministack, aws, &line, None)
    }

    /// With that role, watching every kind of target.
    pub fn with_everything(region: &str, ministack: &str, aws: &str) -> Self {
        let lines = format!(
            "{}databases = true\nnode_groups = true\ninstance_tags = [\"{INSTANCE_TAG}\"]\n",
            timer_role()
        );
        Self::configured(region, ministack, aws, &lines, None)
    }

    /// Without AWS, by a configuration whose secrets are all in [`SECRET`]; on a file in its folder
    /// where no other database is named.
    pub fn without_aws(config: &str, database_url: Option<&str>) -> Self {
        // Nobody listens there, and nobody asks.
        Self::made(config, "127.0.0.1:9", "127.0.0.1:9", database_url)
    }

    /// By a whole configuration, whose secrets are all in [`SECRET`].
    pub fn by(config: &str, ministack: &str, aws: &str) -> Self {
        Self::made(config, ministack, aws, None)
    }

    fn configured(
        region: &str,
        ministack: &str,
        aws: &str,
        of_account: &str,
        database_url: Option<&str>,
    ) -> Self {
        let config = format!(
            "[estate]\npoll_seconds = 5\n[[estate.accounts]]\nid = \"{ACCOUNT}\"\nregions = [\"{region}\"]\n{of_account}"
        );
        Self::made(&config, ministack, aws, database_url)
    }

    fn made(config: &str, ministack: &str, aws: &str, database_url: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("lamplighter.toml"), config).expect("written");
        let installation = Self {
            folder,
            database_url: database_url.map(str::to_owned),
            ministack: ministack.to_owned(),
            aws: aws.to_owned(),
        };
        installation.run(&["migrate"]);
        installation
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamplighter"));
        let config = self.folder.path().join("lamplighter.toml");
        command
            .current_dir(self.folder.path())
            .env("LAMPLIGHTER_CONFIG", config)
            .env("LAMPLIGHTER_PASSWORD", "correct horse battery staple")
            .env(SECRET, SECRET_VALUE)
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.aws))
            .env(
                "AWS_ENDPOINT_URL_CLOUDWATCH",
                format!("http://{}", self.ministack),
            )
            .env("AWS_ACCESS_KEY_ID", ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("LAMPLIGHTER_DATABASE_URL");
        if let Some(url) = &self.database_url {
            command.env("LAMPLIGHTER_DATABASE_URL", url);
        }
        command
    }

    /// One command that succeeds; what it prints.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output();
        let output = output.expect("lamplighter runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Adds a person; their token.
    pub fn person(&self, login: &str, role: &str) -> String {
        self.run(&["user", "add", login, "--name", login, "--role", role]);
        self.run(&[
            "token", "make", login, "--name", "test", "--role", role, "--days", "1",
        ])
    }

    /// Starts the server.
    pub fn serve(&self) -> Console {
        let mut child = self
            .command()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("lamplighter starts");
        let output = child.stdout.take().expect("its output");
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines
            .filter_map(|line| line.split_once("http://").map(|(_, a)| a.to_owned()))
            .next();
        Console {
            child,
            address: address.expect("the address it listens on"),
        }
    }
}

/// A server that runs; dropping it kills it, as `kill -9` does.
pub struct Console {
    child: Child,
    address: String,
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Console {
    /// One request of the REST contract; the status and the answer.
    pub fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
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

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its memory, in kilobytes.
    pub fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        kilobytes.expect("a number")
    }

    /// Asks until the answer is as wanted.
    pub fn until(&self, token: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.asked(token, path, wanted).unwrap_or_else(|last| {
            panic!("{path} never came to be as wanted; at last it was {last:#}")
        })
    }

    /// The same of what may take a minute more.
    pub fn patiently(&self, token: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.asked(token, path, &wanted)
            .unwrap_or_else(|_| self.until(token, path, wanted))
    }

    /// The answer as wanted, or the last one.
    fn asked(
        &self,
        token: &str,
        path: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Value> {
        let mut last = Value::Null;
        for _ in 0..ASKS_MAX {
            last = self.ask(token, "GET", path, &Value::Null).1;
            if wanted(&last) {
                return Ok(last);
            }
            std::thread::sleep(PAUSE);
        }
        Err(last)
    }

    /// The id of the target of that name, once it was read.
    pub fn target(&self, token: &str, name: &str) -> String {
        let path = format!("/targets?text={name}");
        // Rows and their number are two readings.
        let is_there = |page: &Value| page["total"] == 1 && page["rows"][0]["id"].is_string();
        let page = self.until(token, &path, is_there);
        page["rows"][0]["id"].as_str().expect("an id").to_owned()
    }

    /// The console's own clock, so many hours ahead.
    pub fn hours_ahead(&self, token: &str, hours: i64) -> Timestamp {
        let (_, overview) = self.ask(token, "GET", "/overview", &Value::Null);
        let now: Timestamp = overview["at"]
            .as_str()
            .and_then(|at| at.parse().ok())
            .expect("a time");
        now.plus_ms(hours * HOUR_MS)
    }

    /// Proposes a change; its id.
    pub fn propose(&self, token: &str, change: &Value) -> String {
        let (status, made) = self.ask(token, "POST", "/changes", change);
        assert_eq!(status, 201, "{made:#}");
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Votes for what the change says now; the status and the answer.
    pub fn approve(&self, token: &str, id: &str) -> (u16, Value) {
        let path = format!("/changes/{id}");
        let hash = self.ask(token, "GET", &path, &Value::Null).1["hash"].clone();
        let vote = json!({ "vote": "approve", "hash": hash });
        self.ask(token, "POST", &format!("{path}/votes"), &vote)
    }

    /// The change once it is applied.
    pub fn applied(&self, token: &str, id: &str) -> Value {
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

/// A source's call at `/hooks`; none when the server was gone before it answered.
pub fn call_hook(address: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    post_json(address, &format!("/hooks/{path}"), body)
}

/// A call of some program, with our secret; none when it did not answer.
pub fn post_json(address: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nAuthorization: Bearer {SECRET_VALUE}\r\nContent-Type: application/json"
    );
    let (status, answer) = try_send(address, &head, &body.to_string()).ok()?;
    Some((status, serde_json::from_str(&answer).unwrap_or(Value::Null)))
}

/// Three machines from eight to an hour, two else; the account is that of the peers.
pub fn office(name: &str, group: &str, to: &str) -> Value {
    json!({
        "name": name, "timezone": "Asia/Seoul", "targets": [{"asg": group}],
        "base": {"min": 2, "desired": 2, "max": 6},
        "windows": [{"name": "day", "days": ["mon..sun"], "from": "08:00", "to": to,
            "capacity": {"min": 2, "desired": 3, "max": 6}}],
    })
}

/// The change that applies a schedule.
pub fn apply(region: &str, schedule: &Value) -> Value {
    json!({
        "kind": "apply_schedule", "scope": {"account": ACCOUNT, "region": region},
        "schedule": schedule, "reason": "nobody works at night",
    })
}
