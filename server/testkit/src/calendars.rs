//! A program that keeps a calendar: a real HTTP server that answers as a story wants
//! and remembers how it was asked.

use connect::{Address, Client, HttpCalendar, Timeouts};
use domain::calendars::Calendar;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// What the other program answers, and what it was asked with.
#[derive(Debug, Default)]
struct Kept {
    status: u16,
    headers: String,
    body: String,
    marks: Vec<Option<String>>,
}

/// A program that keeps a calendar.
#[derive(Debug, Clone)]
pub struct CalendarKeeper {
    address: String,
    kept: Arc<Mutex<Kept>>,
}

impl CalendarKeeper {
    /// Listens on a free port of this machine for as long as the story runs.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = Arc::clone(&kept);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0_u8; 16 * 1024];
                let length = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..length]).to_ascii_lowercase();
                let mark = request
                    .lines()
                    .find_map(|line| line.strip_prefix("if-none-match: "));
                let answer = {
                    let mut kept = shared.lock().expect("nobody panicked");
                    kept.marks.push(mark.map(str::to_owned));
                    let Kept {
                        status,
                        headers,
                        body,
                        ..
                    } = &*kept;
                    format!(
                        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                        body.len()
                    )
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, kept }
    }

    /// What it answers from now on; headers end with a line break each.
    ///
    /// # Panics
    /// When a story has panicked.
    pub fn says(&self, status: u16, headers: &str, body: String) {
        let mut kept = self.kept.lock().expect("nobody panicked");
        kept.status = status;
        headers.clone_into(&mut kept.headers);
        kept.body = body;
    }

    /// The marks of the requests since the last look.
    ///
    /// # Panics
    /// When a story has panicked.
    #[must_use]
    pub fn marks(&self) -> Vec<Option<String>> {
        std::mem::take(&mut self.kept.lock().expect("nobody panicked").marks)
    }

    /// As the configuration would name it: a calendar of prod's releases, whose address
    /// holds `s3cret`.
    ///
    /// # Panics
    /// When this machine has no certificates.
    #[must_use]
    pub fn followed(&self) -> (Calendar, Arc<dyn ports::Calendar>) {
        let timeouts = Timeouts {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(2),
        };
        let client = Client::new(timeouts).expect("a client");
        let url = format!("http://{}/basic.ics?secret=s3cret", self.address);
        let address = Address::parse(&url).expect("an address");
        let calendar = Calendar {
            name: "releases".into(),
            environments: vec!["prod".into()],
            freezes: true,
            timezone: "Asia/Seoul".into(),
            place: "127.0.0.1".into(),
        };
        (calendar, Arc::new(HttpCalendar::new(client, &address)))
    }
}
