//! `kill -9` of the real program on the way from a source's call to the receipt of its messages:
//! no page is lost, and at most the one that was on its way is told twice.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
    time::Duration,
};

use crate::{
    console::{Console, Installation, SECRET, call_hook},
    slack::Slack,
};
use serde_json::{Value, json};
use testkit::{Backing, Database};

/// Alarms of one call.
const ALARMS: [&str; 3] = ["DiskFull", "HighErrors", "NodeDown"];
/// How long Slack takes to answer: three messages take most of a second.
const ANSWER: Duration = Duration::from_millis(300);
/// What has left the program by then is heard.
const ON_ITS_WAY: Duration = Duration::from_millis(500);
/// Random instants, those of them on PostgreSQL, within how many milliseconds from the call, and
/// what they are drawn from.
const INSTANTS: u64 = 8;
const INSTANTS_ON_POSTGRESQL: usize = 2;
const INSTANT_MS_MAX: u64 = 1_600;
const SEED: u64 = 20_261_123;
/// Pauses of a source between two calls that were not answered, and how often it calls.
const REPEAT: Duration = Duration::from_millis(50);
const CALLS_MAX: u32 = 2_400;

/// When the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    /// So long after the source began to call.
    After(Duration),
    /// When the source has its answer.
    Answered,
    /// When Slack has the first message, and before it answers.
    Heard,
}

/// The same numbers in every run (SplitMix64).
fn instants() -> impl Iterator<Item = Kill> {
    (1..=INSTANTS).map(|nth| {
        let mut x = SEED.wrapping_add(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Kill::After(Duration::from_millis((x ^ (x >> 31)) % INSTANT_MS_MAX))
    })
}

#[test]
fn a_kill_between_a_call_and_its_receipts_loses_no_page_and_doubles_at_most_one() {
    // Side by side, as most of each is waiting.
    std::thread::scope(|scope| {
        for kill in [Kill::Answered, Kill::Heard].into_iter().chain(instants()) {
            scope.spawn(move || killed(kill, None));
        }
    });
}

/// There a killed server's lease of the channel runs out first, which takes a minute.
#[test]
fn a_kill_on_postgresql_loses_no_page_either_and_doubles_at_most_one() {
    let Some(backing) = Backing::postgres() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let kills = [Kill::Answered, Kill::Heard].into_iter();
    let kills = kills.chain(instants().take(INSTANTS_ON_POSTGRESQL));
    let cases: Vec<_> = kills
        .map(|kill| (kill, runtime.block_on(Database::make(&backing))))
        .collect();
    std::thread::scope(|scope| {
        for (kill, database) in &cases {
            scope.spawn(move || killed(*kill, Some(database.url())));
        }
    });
}

fn killed(kill: Kill, database_url: Option<&str>) {
    let slack = Slack::start(ANSWER);
    let config = format!(
        "[[sources]]\nname = \"seoul\"\nkind = \"prometheus\"\ntoken_env = \"{SECRET}\"\n\
         environment = \"prod\"\n{}",
        slack.config()
    );
    let installation = Installation::without_aws(&config, database_url);
    let viewer = installation.person("vera@example.com", "viewer");
    let console = installation.serve();
    let batch = batch(&console, &viewer);
    let address = Mutex::new(console.address().to_owned());
    slack.hold(kill == Kill::Heard);

    let (answered, answer) = channel();
    let (console, before) = std::thread::scope(|scope| {
        scope.spawn(|| call(&address, &batch, answered));
        match kill {
            Kill::After(instant) => std::thread::sleep(instant),
            Kill::Answered => answer.recv().expect("an answer"),
            Kill::Heard => {
                let is_heard = (0..CALLS_MAX).any(|_| {
                    std::thread::sleep(REPEAT);
                    !slack.heard().is_empty()
                });
                assert!(is_heard, "Slack never hears of it");
            }
        }
        drop(console);
        std::thread::sleep(ON_ITS_WAY);
        let before = slack.heard().len();
        slack.hold(false);
        let console = installation.serve();
        console
            .address()
            .clone_into(&mut address.lock().expect("an address"));
        (console, before)
    });
    // What was being sent may have arrived, so it rests for a while.
    let is_sent = |page: &Value| {
        let rows = page["rows"].as_array().into_iter().flatten();
        rows.filter(|row| row["state"] == "sent").count() == ALARMS.len()
    };
    let path = "/notifications?channel=ops";
    let page = console.patiently(&viewer, path, is_sent);
    assert_eq!(page["total"], ALARMS.len(), "{kill:?}: {page:#}");
    for row in page["rows"].as_array().expect("rows") {
        assert!(row["receipt"].is_string(), "{kill:?}: {row:#}");
    }
    let heard = slack.heard();
    let times = ALARMS.map(|name| heard.iter().filter(|text| text.contains(name)).count());
    assert!(
        times.iter().all(|times| *times >= 1),
        "{kill:?}: {heard:#?}"
    );
    let doubled = heard.len() - ALARMS.len();
    let doubled_most = match kill {
        Kill::Heard => {
            assert_eq!(
                doubled, 1,
                "what Slack has not answered is sent again: {heard:#?}"
            );
            1
        }
        _ => before.min(1),
    };
    assert!(
        doubled <= doubled_most,
        "{kill:?}, {before} before: {heard:#?}"
    );
    drop(console);
    installation.run(&["audit", "verify"]);
}

/// Calls as Alertmanager does: again and again, until it is answered.
fn call(address: &Mutex<String>, batch: &Value, answered: Sender<()>) {
    for _ in 0..CALLS_MAX {
        let at = address
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match call_hook(&at, "alertmanager/seoul", batch) {
            Some((200, _)) => {
                // Nobody may wait for it.
                let _ = answered.send(());
                return;
            }
            Some((status, answer)) => panic!("{status}: {answer:#}"),
            None => std::thread::sleep(REPEAT),
        }
    }
    panic!("the source was never answered");
}

fn batch(console: &Console, token: &str) -> Value {
    let now = console.hours_ahead(token, 0).to_string();
    json!({"version": "4", "alerts": ALARMS.map(|name| json!({
        "status": "firing", "labels": {"alertname": name}, "annotations": {},
        "startsAt": now, "endsAt": "0001-01-01T00:00:00Z",
    }))})
}
