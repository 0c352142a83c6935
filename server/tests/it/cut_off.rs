//! One of two servers is cut from the PostgreSQL that they share: the other goes on alone, nobody is
//! told twice, and the first one is of use again when the way is.

use crate::{
    console::{Console, Installation, SECRET, call_hook},
    slack::Slack,
};
use serde_json::{Value, json};
use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use testkit::{Backing, Database};

/// How long Slack takes to answer.
const ANSWER: Duration = Duration::from_millis(20);
/// A source that was not answered calls again so often, after such a pause.
const CALLS_MAX: u32 = 120;
const REPEAT: Duration = Duration::from_millis(500);
/// Nothing may come after this any more.
const QUIET: Duration = Duration::from_secs(3);

/// The way to a database, which can be cut.
struct Way {
    address: String,
    state: Arc<State>,
}

struct State {
    peer: String,
    /// Both ends of each connection; none while the way is cut.
    open: Mutex<Option<Vec<TcpStream>>>,
}

impl Way {
    fn to(peer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = Arc::new(State {
            peer: peer.to_owned(),
            open: Mutex::new(Some(Vec::new())),
        });
        let shared = Arc::clone(&state);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // What breaks off here is seen by both ends.
                let _ = shared.join(client);
            }
        });
        Self { address, state }
    }

    fn cut(&self) {
        for end in self.state.open().take().into_iter().flatten() {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.state.open().get_or_insert_default();
    }
}

impl State {
    fn open(&self) -> MutexGuard<'_, Option<Vec<TcpStream>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, client: TcpStream) -> io::Result<()> {
        let mut open = self.open();
        let Some(ends) = open.as_mut() else {
            return client.shutdown(Shutdown::Both);
        };
        let peer = TcpStream::connect(&self.peer)?;
        for (from, to) in [(&client, &peer), (&peer, &client)] {
            let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
            std::thread::spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
        ends.extend([client, peer]);
        Ok(())
    }
}

/// Calls as Alertmanager does, until it is answered.
fn told_of(console: &Console, at: &Value, name: &str) {
    let body = json!({"version": "4", "alerts": [{
        "status": "firing", "labels": {"alertname": name}, "annotations": {},
        "startsAt": at, "endsAt": "0001-01-01T00:00:00Z",
    }]});
    let is_taken = (0..CALLS_MAX).any(|_| {
        let answer = call_hook(console.address(), "alertmanager/seoul", &body);
        let is_taken = answer.is_some_and(|(status, _)| status == 200);
        if !is_taken {
            std::thread::sleep(REPEAT);
        }
        is_taken
    });
    assert!(is_taken, "{name} was never taken");
}

fn sent(console: &Console, token: &str, count: usize) {
    console.patiently(token, "/notifications?channel=ops", |page| {
        let rows = page["rows"].as_array().into_iter().flatten();
        rows.filter(|row| row["state"] == "sent").count() == count
    });
}

#[test]
fn one_of_two_servers_is_cut_from_the_database_and_the_other_goes_on() {
    let Some(backing) = Backing::postgres() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(Database::make(&backing));
    let (before, rest) = database.url().split_once("://").expect("a URL");
    let (host, name) = rest.split_once('/').expect("a database");
    let (user, peer) = host
        .rsplit_once('@')
        .map_or(("", host), |(user, peer)| (user, peer));
    let way = Way::to(peer);
    let at = if user.is_empty() { "" } else { "@" };
    let over_way = format!("{before}://{user}{at}{}/{name}", way.address);

    let slack = Slack::start(ANSWER);
    let config = format!(
        "[[sources]]\nname = \"seoul\"\nkind = \"prometheus\"\ntoken_env = \"{SECRET}\"\n\
         environment = \"prod\"\n{}",
        slack.config()
    );
    let installation = Installation::without_aws(&config, Some(database.url()));
    let viewer = installation.person("vera@example.com", "viewer");
    let weak = Installation::without_aws(&config, Some(&over_way));
    // The first holds the leases, for it was there alone.
    let first = weak.serve();
    let now = json!(first.hours_ahead(&viewer, 0).to_string());
    told_of(&first, &now, "DiskFull");
    sent(&first, &viewer, 1);
    let second = installation.serve();

    way.cut();
    let (status, _) = first.ask(&viewer, "GET", "/viewer", &Value::Null);
    assert!(status >= 500, "{status}");
    told_of(&second, &now, "HighErrors");
    // The first one's lease of the channel runs out before.
    sent(&second, &viewer, 2);

    way.mend();
    told_of(&first, &now, "NodeDown");
    sent(&first, &viewer, 3);
    std::thread::sleep(QUIET);
    let heard = slack.heard();
    for name in ["DiskFull", "HighErrors", "NodeDown"] {
        let times = heard.iter().filter(|text| text.contains(name)).count();
        assert_eq!(times, 1, "{name}: {heard:#?}");
    }
    drop((first, second));
    installation.run(&["audit", "verify"]);
}
