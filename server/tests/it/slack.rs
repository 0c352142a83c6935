//! A Slack on loopback for the real program: it answers as slowly as a test wants, and remembers
//! every message from the moment it heard it.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::console::SECRET;
use serde_json::Value;

/// How long one look at a held answer is.
const LOOK: Duration = Duration::from_millis(5);

/// What stands in for Slack.
pub struct Slack {
    address: String,
    state: Arc<State>,
}

struct State {
    /// Between hearing a message and answering.
    delay: Duration,
    /// Nothing is answered at all.
    is_held: AtomicBool,
    heard: Mutex<Vec<String>>,
}

impl Slack {
    /// Listens until the test's process ends.
    pub fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = Arc::new(State {
            delay,
            is_held: AtomicBool::new(false),
            heard: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A connection that breaks off is the client's end, as it was killed.
                std::thread::spawn(move || state.serve(&client));
            }
        });
        Self { address, state }
    }

    /// From now on nothing is answered, or all is again.
    pub fn hold(&self, is_held: bool) {
        self.state.is_held.store(is_held, Ordering::SeqCst);
    }

    /// The texts of all messages that were posted, in their order.
    pub fn heard(&self) -> Vec<String> {
        let heard = self.state.heard.lock();
        heard.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lines of a configuration: the channel `ops`, which hears of every alarm.
    pub fn config(&self) -> String {
        format!(
            "[[channels]]\nname = \"ops\"\nkind = \"slack\"\nurl = \"http://{}\"\n\
             channel = \"C0123\"\nsecret_env = \"{SECRET}\"\n[[routes]]\nchannels = [\"ops\"]\n",
            self.address
        )
    }
}

impl State {
    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(client);
        loop {
            let (mut line, mut length) = (String::new(), 0);
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let is_post = line.starts_with("POST /chat.postMessage ");
            while !line.trim_end().is_empty() {
                line.clear();
                reader.read_line(&mut line)?;
                let header = line.to_ascii_lowercase();
                if let Some(value) = header.strip_prefix("content-length:") {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            let said: Value = serde_json::from_slice(&body)?;
            let place = {
                let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
                if is_post {
                    heard.push(said["text"].as_str().unwrap_or_default().to_owned());
                }
                heard.len()
            };
            std::thread::sleep(self.delay);
            while self.is_held.load(Ordering::SeqCst) {
                std::thread::sleep(LOOK);
            }
            let body = format!(r#"{{"ok":true,"channel":"C0123","ts":"{place}.000100"}}"#);
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            client.write_all(answer.as_bytes())?;
        }
    }
}
