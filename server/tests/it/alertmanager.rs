//! Prometheus' own Alertmanager really sends to the real program: what it groups, repeats and
//! resolves comes in as alarms, and people hear of each once.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    console::{Installation, SECRET, SECRET_VALUE, post_json, program_at},
    slack::Slack,
};
use serde_json::{Value, json};

/// The variable that names the program.
const PROGRAM: &str = "LAMPLIGHTER_TEST_ALERTMANAGER";
const PAUSE: Duration = Duration::from_millis(100);
const TRIES_MAX: u32 = 300;

/// An Alertmanager that sends all that it hears to one address; dropping it ends it.
struct Alertmanager {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Alertmanager {
    fn start(program: &str, hook: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = json!({
            "route": {
                "receiver": "lamplighter", "group_by": ["alertname"],
                "group_wait": "1s", "group_interval": "1s", "repeat_interval": "4s",
            },
            "receivers": [{"name": "lamplighter", "webhook_configs": [{
                "url": hook, "send_resolved": true,
                "http_config": {"authorization": {"credentials": SECRET_VALUE}},
            }]}],
        });
        let file = folder.path().join("alertmanager.yml");
        // JSON is YAML.
        std::fs::write(&file, config.to_string()).expect("written");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let child = Command::new(program)
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", folder.path().display()))
            .arg(format!("--web.listen-address={address}"))
            // It looks for no others of its kind.
            .args(["--cluster.listen-address=", "--log.level=error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        Self {
            child,
            address,
            _folder: folder,
        }
    }

    /// Tells it of alerts, as Prometheus does.
    fn tell(&self, alerts: &Value) {
        for _ in 0..TRIES_MAX {
            match post_json(&self.address, "/api/v2/alerts", alerts) {
                Some((200, _)) => return,
                Some((status, said)) => panic!("it answered {status}: {said}"),
                // It has not begun to listen.
                None => std::thread::sleep(PAUSE),
            }
        }
        panic!("it never listened");
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_alertmanager_sends_comes_in_once_and_its_end_too() {
    let Some(program) = program_at(PROGRAM) else {
        return;
    };
    let slack = Slack::start(Duration::ZERO);
    let config = format!(
        "[[sources]]\nname = \"seoul\"\nkind = \"prometheus\"\ntoken_env = \"{SECRET}\"\n\
         environment = \"prod\"\n{}",
        slack.config()
    );
    let installation = Installation::without_aws(&config, None);
    let viewer = installation.person("vera@example.com", "viewer");
    let console = installation.serve();
    let hook = format!("http://{}/hooks/alertmanager/seoul", console.address());
    let alertmanager = Alertmanager::start(&program, &hook);
    let alert = |instance: &str| {
        json!({
            "labels": {"alertname": "DiskFull", "severity": "critical", "instance": instance},
            "annotations": {"summary": "97 % of / is used"},
            "generatorURL": "http://prometheus.example.com/graph",
        })
    };
    alertmanager.tell(&json!([alert("web-1"), alert("web-2")]));
    let standing = "/alarms?source=prometheus&state=alarm";
    let rows = console.until(&viewer, standing, |page| page["total"] == 2);
    let row = &rows["rows"][0];
    assert_eq!(row["environment"], "prod", "{row:#}");
    assert_eq!(row["source_name"], "seoul", "{row:#}");
    console.until(&viewer, "/notifications?state=sent", |page| {
        page["total"] == 2
    });

    // It repeats what stands every few seconds; nobody hears of that.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(slack.heard().len(), 2, "{:?}", slack.heard());
    let ended = console.hours_ahead(&viewer, 0).to_string();
    let mut over = alert("web-1");
    over["endsAt"] = json!(ended);
    alertmanager.tell(&json!([over]));
    let rows = console.until(&viewer, standing, |page| page["total"] == 1);
    let name = rows["rows"][0]["name"].as_str().unwrap_or_default();
    assert!(name.contains("web-2"), "{rows:#}");
    let told = console.until(&viewer, "/notifications?state=sent", |page| {
        page["total"] == 3
    });
    assert_eq!(told["rows"][0]["event"], "resolved", "{told:#}");
    // The end edits the message that told of the beginning.
    assert_eq!(slack.heard().len(), 2, "{:?}", slack.heard());
}
