//! Replayed wire responses: an HTTP client that answers each action from a
//! script of its own and keeps what it was asked. An action without a script,
//! or asked once too often, is answered with a status that fails the test.

use crate::peers::{self, REGION};
use aws::{AwsCloud, AwsEstate, Timeouts};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{rt::sleep::TokioSleep, time::StaticTimeSource};
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

pub const ACCOUNT: &str = "111122223333";
/// 2026-03-01T00:00:00Z, the time of every replay.
pub const NOW_S: u64 = 1_772_323_200;

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
}

impl Answer {
    pub fn xml(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "text/xml")],
            body: body.into().into_bytes(),
        }
    }

    pub fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/x-amz-json-1.1")],
            body: body.to_string().into_bytes(),
        }
    }

    /// Of a JSON value, in which `{"@time": seconds}` is a time.
    pub fn cbor(status: u16, body: &Value) -> Self {
        let mut bytes = Vec::new();
        write_cbor(body, &mut bytes);
        Self {
            status,
            headers: vec![
                ("content-type", "application/cbor"),
                ("smithy-protocol", "rpc-v2-cbor"),
            ],
            body: bytes,
        }
    }

    /// An error document of Auto Scaling or STS.
    pub fn query_error(status: u16, code: &str, message: &str) -> Self {
        Self::xml(
            status,
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            ),
        )
    }

    /// An error document of EC2.
    pub fn ec2_error(status: u16, code: &str, message: &str) -> Self {
        Self::xml(
            status,
            format!(
                "<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code>\
                 <Message>{message}</Message></Error></Errors><RequestID>r</RequestID></Response>"
            ),
        )
    }

    /// An error of a JSON service.
    pub fn json_error(status: u16, code: &str, message: &str) -> Self {
        Self::json(
            status,
            serde_json::json!({ "__type": code, "message": message }),
        )
    }

    /// An error of CloudWatch.
    pub fn cbor_error(status: u16, code: &str, message: &str) -> Self {
        Self::cbor(
            status,
            &serde_json::json!({ "__type": code, "message": message }),
        )
    }
}

/// One request, as it went out.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `UpdateAutoScalingGroup`.
    pub action: String,
    /// The service's own prefix of a JSON action; else empty.
    pub service: String,
    pub host: String,
    pub headers: HashMap<String, String>,
    /// Parameters of a Query or JSON request, flattened with dots.
    pub parameters: BTreeMap<String, String>,
    /// The body as it is.
    pub body: Vec<u8>,
}

impl Asked {
    /// The body holds this text: enough to look into CBOR.
    pub fn has(&self, text: &str) -> bool {
        self.body
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    }
}

#[derive(Debug, Default)]
struct Script {
    answers: HashMap<&'static str, VecDeque<Answer>>,
    asked: Vec<Asked>,
}

/// A scripted AWS.
#[derive(Debug, Clone, Default)]
pub struct Wire(Arc<Mutex<Script>>);

impl Wire {
    /// One that knows who is asking, however often.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next answer to an action.
    pub fn answer(&self, action: &'static str, answer: Answer) -> &Self {
        let mut script = self.0.lock().expect("no test panicked with it");
        script.answers.entry(action).or_default().push_back(answer);
        drop(script);
        self
    }

    /// The same answer to an action many times.
    pub fn answers(&self, action: &'static str, times: usize, answer: &Answer) -> &Self {
        for _ in 0..times {
            self.answer(action, answer.clone());
        }
        self
    }

    /// What was asked, without the questions who we are.
    pub fn asked(&self) -> Vec<Asked> {
        let script = self.0.lock().expect("no test panicked with it");
        let asked = script.asked.iter();
        asked
            .filter(|asked| asked.action != "GetCallerIdentity")
            .cloned()
            .collect()
    }

    /// How often an action was asked.
    pub fn count(&self, action: &str) -> usize {
        let script = self.0.lock().expect("no test panicked with it");
        script.asked.iter().filter(|a| a.action == action).count()
    }

    pub fn client(&self) -> SharedHttpClient {
        let wire = self.clone();
        infallible_client_fn(move |request| wire.respond(&request))
    }

    fn respond(&self, request: &http::Request<SdkBody>) -> http::Response<SdkBody> {
        let asked = read(request);
        let mut script = self.0.lock().expect("no test panicked with it");
        let scripted = script
            .answers
            .get_mut(asked.action.as_str())
            .and_then(VecDeque::pop_front);
        let answer = match scripted {
            Some(answer) => answer,
            None if asked.action == "GetCallerIdentity" => caller(ACCOUNT),
            None => Answer::query_error(418, "NotInTheScript", &asked.action),
        };
        script.asked.push(asked);
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        response
            .body(SdkBody::from(answer.body))
            .expect("a response")
    }
}

pub fn caller(account: &str) -> Answer {
    Answer::xml(
        200,
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/ops</Arn>\
             <UserId>AIDA</UserId><Account>{account}</Account></GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        ),
    )
}

fn read(request: &http::Request<SdkBody>) -> Asked {
    let headers: HashMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default().to_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let body = request.body().bytes().unwrap_or_default().to_vec();
    let (service, action, parameters) = if let Some(target) = headers.get("x-amz-target") {
        let (service, action) = target.split_once('.').expect("Service.Action");
        let mut parameters = BTreeMap::new();
        let json = serde_json::from_slice(&body).expect("a JSON body");
        flatten("", &json, &mut parameters);
        (service.to_owned(), action.to_owned(), parameters)
    } else if let Some(name) = request.uri().path().strip_prefix("/schedules") {
        let name = name.trim_start_matches('/');
        let action = match (request.method().as_str(), name) {
            ("GET", "") => "ListSchedules",
            ("GET", _) => "GetSchedule",
            ("POST", _) => "CreateSchedule",
            ("PUT", _) => "UpdateSchedule",
            (_, _) => "DeleteSchedule",
        };
        let mut parameters = BTreeMap::new();
        if let Ok(json) = serde_json::from_slice(&body) {
            flatten("", &json, &mut parameters);
        }
        // The SDK's own, of every call another.
        parameters.remove("ClientToken");
        if !name.is_empty() {
            parameters.insert("Name".to_owned(), name.to_owned());
        }
        ("scheduler".to_owned(), action.to_owned(), parameters)
    } else if let Some(path) = request.uri().path().strip_prefix("/clusters") {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let mut parameters = BTreeMap::new();
        if let Ok(json) = serde_json::from_slice(&body) {
            flatten("", &json, &mut parameters);
        }
        // The reference names fields of JSON in small letters, and people read both.
        let named = parameters.into_iter().map(|(name, value)| {
            let words: Vec<String> = name.split('.').map(capitalized).collect();
            (words.join("."), value)
        });
        let mut parameters: BTreeMap<_, _> = named.collect();
        let action = match parts.as_slice() {
            [] => "ListClusters",
            [_, "node-groups"] => "ListNodegroups",
            [_, _, _] => "DescribeNodegroup",
            _ => "UpdateNodegroupConfig",
        };
        for (place, name) in [(0, "ClusterName"), (2, "NodegroupName")] {
            if let Some(value) = parts.get(place) {
                parameters.insert(name.to_owned(), (*value).to_owned());
            }
        }
        ("eks".to_owned(), action.to_owned(), parameters)
    } else if request.uri().path().starts_with("/2015-03-31/functions") {
        let asked = request.uri().query().unwrap_or_default();
        let parameters = read_form(asked.as_bytes());
        ("lambda".to_owned(), "ListFunctions".to_owned(), parameters)
    } else if request.uri().path().starts_with("/service/") {
        let action = request.uri().path().rsplit('/').next();
        (
            String::new(),
            action.unwrap_or_default().to_owned(),
            BTreeMap::new(),
        )
    } else {
        let mut form = read_form(&body);
        let action = form.remove("Action").unwrap_or_default();
        form.remove("Version");
        (String::new(), action, form)
    };
    Asked {
        action,
        service,
        host: request.uri().host().unwrap_or_default().to_owned(),
        headers,
        parameters,
        body,
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter();
    first
        .map(|first| first.to_ascii_uppercase())
        .chain(letters)
        .collect()
}

fn read_form(body: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body);
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let pair = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let pair = std::str::from_utf8(&pair).expect("two digits");
                bytes.push(u8::from_str_radix(pair, 16).expect("two digits"));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn flatten(prefix: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let join = |name: &str| {
        if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        }
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(&join(name), value, into);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                flatten(&join(&(number + 1).to_string()), item, into);
            }
        }
        Value::String(text) => {
            into.insert(prefix.to_owned(), text.clone());
        }
        other => {
            into.insert(prefix.to_owned(), other.to_string());
        }
    }
}

fn write_cbor(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(false) => out.push(0xf4),
        Value::Bool(true) => out.push(0xf5),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => cbor_head(0, whole, out),
            (None, float) => {
                out.push(0xfb);
                out.extend(float.expect("a float").to_be_bytes());
            }
        },
        Value::String(text) => {
            cbor_head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            cbor_head(4, items.len() as u64, out);
            items.iter().for_each(|item| write_cbor(item, out));
        }
        Value::Object(fields) => {
            if let Some(seconds) = fields.get("@time") {
                out.push(0xc1);
                return write_cbor(seconds, out);
            }
            cbor_head(5, fields.len() as u64, out);
            for (name, value) in fields {
                write_cbor(&Value::String(name.clone()), out);
                write_cbor(value, out);
            }
        }
    }
}

fn cbor_head(major: u8, number: u64, out: &mut Vec<u8>) {
    out.push(major << 5 | 27);
    out.extend(number.to_be_bytes());
}

/// Three attempts and no pause to speak of.
pub fn timeouts() -> Timeouts {
    Timeouts {
        connect_ms: 1_000,
        attempt_ms: 5_000,
        operation_ms: 20_000,
        attempts_max: 3,
        pause_ms: 1,
    }
}

pub fn config(client: SharedHttpClient) -> SdkConfig {
    let credentials = Credentials::new("AKIDBASE", "secret", None, None, "test");
    let now = std::time::UNIX_EPOCH + Duration::from_secs(NOW_S);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(client)
        .sleep_impl(TokioSleep::new())
        .time_source(StaticTimeSource::new(now))
        .build()
}

pub fn estate() -> AwsEstate {
    AwsEstate {
        timeouts: timeouts(),
        ..peers::estate(ACCOUNT)
    }
}

/// The cloud over a script, with a role for EventBridge Scheduler.
pub fn cloud_with_timers(wire: &Wire) -> AwsCloud {
    AwsCloud::with_config(&peers::with_timers(estate()), config(wire.client()))
}

/// The cloud over a script, where everything is watched.
pub fn cloud_with_everything(wire: &Wire) -> AwsCloud {
    let estate = peers::with_everything(estate(), "Schedule");
    AwsCloud::with_config(&estate, config(wire.client()))
}

/// The cloud over a script.
pub fn cloud(wire: &Wire) -> AwsCloud {
    AwsCloud::with_config(&estate(), config(wire.client()))
}
