//! A loopback proxy before an AWS peer that can hold one write: before the peer
//! gets it, or when the peer has answered and the client does not know yet.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

/// How long a write may take to come to the gate.
const PATIENCE: Duration = Duration::from_secs(100);

/// Where a write is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The peer never gets the request.
    Request,
    /// The peer has done it, and its answer is never told.
    Answer,
}

/// The proxy.
pub struct Gate {
    address: String,
    state: Arc<State>,
    held: Receiver<()>,
}

struct State {
    peer: String,
    /// How many writes still go through before one is held, and where; none
    /// lets everything through.
    plan: Mutex<Option<(usize, Hold)>>,
    /// Every write that the peer got.
    writes: Mutex<Vec<String>>,
    held: Sender<()>,
}

impl Gate {
    /// Before a peer; holds the write after so many.
    pub fn before(peer: &str, writes: usize, hold: Hold) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (sender, held) = channel();
        let state = Arc::new(State {
            peer: peer.to_owned(),
            plan: Mutex::new(Some((writes, hold))),
            writes: Mutex::default(),
            held: sender,
        });
        let shared = Arc::clone(&state);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A connection that breaks off is the client's end, as it was killed.
                std::thread::spawn(move || state.serve(client));
            }
        });
        Self {
            address,
            state,
            held,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the write is held.
    pub fn wait(&self) {
        self.held
            .recv_timeout(PATIENCE)
            .expect("a write comes to the gate");
    }

    /// From now on everything goes through.
    pub fn open(&self) {
        *self.state.plan.lock().expect("a lock") = None;
    }

    /// Every write that the peer got, by the name of its action.
    pub fn writes(&self) -> Vec<String> {
        self.state.writes.lock().expect("a lock").clone()
    }
}

impl State {
    /// One request, then the connection ends.
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let (head, body) = read_request(&client)?;
        let write = action(&head, &body).filter(|action| is_write(action));
        let hold = write.as_ref().and_then(|_| self.decide());
        if hold == Some(Hold::Request) {
            return self.keep(client);
        }
        if let Some(action) = write {
            self.writes.lock().expect("a lock").push(action);
        }
        let mut peer = TcpStream::connect(&self.peer)?;
        let head = head.trim_end_matches("\r\n");
        write!(peer, "{head}\r\nconnection: close\r\n\r\n")?;
        peer.write_all(&body)?;
        let mut answer = Vec::new();
        peer.read_to_end(&mut answer)?;
        if hold == Some(Hold::Answer) {
            return self.keep(client);
        }
        client.write_all(&answer)
    }

    /// What becomes of the write that is here.
    fn decide(&self) -> Option<Hold> {
        let mut plan = self.plan.lock().expect("a lock");
        let (before, hold) = plan.as_mut()?;
        if *before > 0 {
            *before -= 1;
            return None;
        }
        Some(*hold)
    }

    /// Says that a write is held, and holds it until its client is gone.
    fn keep(&self, mut client: TcpStream) -> io::Result<()> {
        // The test may have seen another write held already.
        let _ = self.held.send(());
        client.read_to_end(&mut Vec::new()).map(|_| ())
    }
}

fn read_request(client: &TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(own, _)| own.eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim())
}

/// The action that a request asks for: of the JSON protocol, of the paths of EventBridge
/// Scheduler and EKS, or of Query.
fn action(head: &str, body: &[u8]) -> Option<String> {
    let line = head.lines().next().unwrap_or_default();
    if line.starts_with("POST /clusters/") && line.contains("/update-config ") {
        return Some("UpdateNodegroupConfig".to_owned());
    }
    for (method, action) in [
        ("POST", "CreateSchedule"),
        ("PUT", "UpdateSchedule"),
        ("DELETE", "DeleteSchedule"),
    ] {
        if line.starts_with(&format!("{method} /schedules/")) {
            return Some(action.to_owned());
        }
    }
    if let Some(target) = header(head, "x-amz-target") {
        return target.rsplit('.').next().map(str::to_owned);
    }
    let body = String::from_utf8_lossy(body);
    let named = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="));
    named.map(str::to_owned)
}

fn is_write(action: &str) -> bool {
    let one = action.strip_prefix("Batch").unwrap_or(action);
    [
        "Put", "Create", "Update", "Delete", "Register", "Start", "Stop",
    ]
    .iter()
    .any(|verb| one.starts_with(verb))
}
