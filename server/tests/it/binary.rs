//! The program itself: its command line, its exit codes, its beginning and end.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// How long the program may take to begin or to end before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplighter"));
    // Nothing of the machine's own settings.
    for (name, _) in std::env::vars() {
        if name.starts_with("LAMPLIGHTER_") || name.starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder.path()).stdin(Stdio::null());
    command
}

pub fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    program(folder)
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn with_password(folder: &TempDir, arguments: &[&str], password: &str) -> Output {
    let mut child = program(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("standard input");
    // The program may refuse before it reads.
    let _ = writeln!(stdin, "{password}");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Expects an exit code, and words on standard error in their order.
pub fn expect(output: &Output, code: i32, words: &[&str]) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    let mut rest = err.as_str();
    for word in words {
        let at = rest
            .find(word)
            .unwrap_or_else(|| panic!("`{word}` is not in: {err}"));
        rest = &rest[at..];
    }
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_with_file_line_and_key() {
    let folder = TempDir::new().expect("a folder");
    for (config, words) in [
        (
            "listen = \"127.0.0.1:0\"\nlisten_on = 1\n",
            vec!["c.toml", "line 2", "listen_on", "did you mean `listen`"],
        ),
        (
            "\n\nlisten = \"here\"\n",
            vec!["c.toml", "line 3", "listen"],
        ),
        (
            "listen = \"0.0.0.0:8080\"\n",
            vec!["c.toml", "line 1", "public_url"],
        ),
        (
            "public_url = \"ops\"\n",
            vec!["c.toml", "line 1", "public_url"],
        ),
        ("[database]\nurl = 3\n", vec!["c.toml", "line 2"]),
        (
            "[[estate.accounts]]\nid = \"12\"\nregions = [\"us-east-1\"]\n",
            vec!["c.toml", "line 2", "id"],
        ),
        (
            "[[estate.accounts]]\nid = \"123456789012\"\n",
            vec!["c.toml", "regions"],
        ),
        ("[approvals]\nprod = 99\n", vec!["c.toml", "line 2", "prod"]),
        (
            "[[alarms.priority]]\npriority = \"P9\"\n",
            vec!["c.toml", "line 2", "P9"],
        ),
        ("[log]\nfilter = \"info,=\"\n", vec!["log filter"]),
        ("listen = \n", vec!["c.toml", "line 1"]),
    ] {
        fs::write(folder.path().join("c.toml"), config).expect("written");
        let output = run(&folder, &["serve", "--config", "c.toml"]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{config}: {}",
            text(&output.stderr)
        );
        expect(&output, 2, &words);
    }
    expect(
        &run(&folder, &["serve", "--config", "none.toml"]),
        2,
        &["none.toml"],
    );
}

#[test]
fn wrong_usage_is_2_and_an_outside_system_that_fails_is_3() {
    let folder = TempDir::new().expect("a folder");
    expect(
        &run(&folder, &["serve", "--sandbox", "--listen", "0.0.0.0:0"]),
        2,
        &[],
    );
    let public = program(&folder)
        .args(["serve", "--sandbox", "--listen", "127.0.0.1:0"])
        .env("LAMPLIGHTER_PUBLIC_URL", "https://ops.example.com")
        .output()
        .expect("the program runs");
    expect(&public, 2, &["public_url"]);
    expect(
        &run(&folder, &["serve", "--sandbox-alarms", "5"]),
        2,
        &["--sandbox"],
    );
    expect(
        &run(&folder, &["serve", "--sandbox", "--sandbox-clock", "fast"]),
        2,
        &["stepped"],
    );
    expect(&run(&folder, &["nonsense"]), 2, &["nonsense"]);
    expect(
        &run(&folder, &["user", "list"]),
        2,
        &["lamplighter migrate"],
    );
    let with_url = |url: &str| {
        let arguments = ["migrate"];
        program(&folder)
            .args(arguments)
            .env("LAMPLIGHTER_DATABASE_URL", url)
            .output()
            .expect("runs")
    };
    expect(&with_url("mysql://u:secret@h/db"), 2, &["database URL"]);
    assert!(!text(&with_url("mysql://u:secret@h/db").stderr).contains("secret"));
    let away = with_url("postgres://u:secret@127.0.0.1:1/db");
    expect(&away, 3, &["database"]);
    assert!(
        !text(&away.stderr).contains("secret"),
        "{}",
        text(&away.stderr)
    );
    let version = run(&folder, &["version"]);
    assert_eq!(
        text(&version.stdout),
        format!("lamplighter {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        text(&run(&folder, &["openapi"]).stdout),
        server::http::openapi_json()
    );
}

#[test]
fn people_tokens_audit_and_backup_from_the_console() {
    let folder = TempDir::new().expect("a folder");
    expect(&run(&folder, &["migrate"]), 0, &[]);
    let add = [
        "user",
        "add",
        "Ana@example.com",
        "--name",
        "Ana",
        "--role",
        "admin",
    ];
    expect(
        &with_password(&folder, &add, "short"),
        2,
        &["password", "12"],
    );
    expect(
        &with_password(&folder, &add, "correct horse battery"),
        0,
        &[],
    );
    expect(
        &with_password(&folder, &add, "correct horse battery"),
        2,
        &["login"],
    );
    let scoped = [
        "user",
        "add",
        "eva@example.com",
        "--name",
        "Eva",
        "--role",
        "operator",
        "--environment",
        "dev",
    ];
    expect(
        &with_password(&folder, &scoped, "correct horse battery"),
        0,
        &[],
    );
    let listed = text(&run(&folder, &["user", "list"]).stdout);
    assert!(
        listed.contains("\tana@example.com\tadmin\tenabled\tAna"),
        "{listed}"
    );
    assert!(
        listed.contains("\teva@example.com\toperator@dev\tenabled\tEva"),
        "{listed}"
    );
    expect(
        &run(&folder, &["user", "disable", "ana@example.com"]),
        2,
        &["last admin"],
    );
    expect(
        &run(&folder, &["user", "disable", "eva@example.com"]),
        0,
        &[],
    );
    expect(
        &run(&folder, &["user", "disable", "nobody@example.com"]),
        2,
        &["nobody@example.com"],
    );
    let password = ["user", "password", "eva@example.com"];
    expect(
        &with_password(&folder, &password, "another long password"),
        0,
        &[],
    );

    let made = run(
        &folder,
        &["token", "make", "ana@example.com", "--name", "ci"],
    );
    expect(&made, 0, &[]);
    let secret = text(&made.stdout);
    assert!(
        secret.starts_with("lamplighter_") && secret.trim().len() == 12 + 64,
        "{secret}"
    );
    let listed = text(&run(&folder, &["token", "list", "ana@example.com"]).stdout);
    let id = listed.split('\t').next().expect("an id").to_owned();
    assert!(
        listed.contains("\tviewer\t") && listed.contains("\tci") && !listed.contains(secret.trim())
    );
    expect(
        &run(&folder, &["token", "revoke", "ana@example.com", &id]),
        0,
        &[],
    );
    expect(
        &run(&folder, &["token", "revoke", "ana@example.com", &id]),
        2,
        &[&id],
    );

    // A mistyped folder is told, and makes no database that would be taken for the real one.
    for command in [
        &["backup", "none.db", "--data", "typo"][..],
        &["audit", "verify", "--data", "typo"],
    ] {
        expect(&run(&folder, command), 2, &["typo", "--data"]);
        assert!(!folder.path().join("typo").exists(), "{command:?}");
    }
    let verified = run(&folder, &["audit", "verify"]);
    expect(&verified, 0, &[]);
    assert!(text(&verified.stdout).contains("whole"));
    expect(&run(&folder, &["backup", "copy.db"]), 0, &[]);
    expect(&run(&folder, &["backup", "copy.db"]), 2, &["copy.db"]);
    let restored = program(&folder)
        .args(["user", "list"])
        .env("LAMPLIGHTER_DATABASE_URL", "sqlite://copy.db")
        .output()
        .expect("runs");
    assert!(text(&restored.stdout).contains("ana@example.com"));
}

#[test]
fn doctor_says_what_is_missing_and_what_to_do() {
    let folder = TempDir::new().expect("a folder");
    let before = run(&folder, &["doctor"]);
    expect(&before, 1, &[]);
    let report = text(&before.stdout);
    for words in [
        "ok       database  schema",
        "`serve` makes what it needs",
        "ok       clock  time",
        "[[estate.accounts]]",
    ] {
        assert!(report.contains(words), "{words}: {report}");
    }
    expect(&run(&folder, &["migrate"]), 0, &[]);
    let json = run(&folder, &["doctor", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).expect("json");
    let schema = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .find(|check| check["what"] == "schema");
    assert_eq!(schema.expect("a check")["verdict"], "ok");
    let away = program(&folder)
        .args(["doctor"])
        .env(
            "LAMPLIGHTER_DATABASE_URL",
            "postgres://u:secret@127.0.0.1:1/db",
        )
        .output()
        .expect("runs");
    expect(&away, 3, &[]);
    assert!(!text(&away.stdout).contains("secret"));
}

/// A server that was started and will be ended.
struct Running {
    child: Child,
    url: String,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Running {
    fn start(folder: &TempDir, arguments: &[&str]) -> Self {
        let mut child = program(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut err = child.stderr.take().expect("standard error");
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = err.read_to_string(&mut text);
            text
        });
        let mut line = String::new();
        let out = child.stdout.take().expect("standard output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let Some(url) = url.map(str::to_owned) else {
            let _ = child.kill();
            panic!("no address in `{line}`: {}", log.join().unwrap_or_default());
        };
        Self {
            child,
            url,
            log: Some(log),
        }
    }

    /// One request on a connection of its own; the whole answer as text.
    fn ask(&self, path: &str) -> String {
        let address: SocketAddr = self.url["http://".len()..].parse().expect("an address");
        let begun = server::system::stopwatch();
        let mut stream = loop {
            match TcpStream::connect(address) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Ends it as an init system does; answers what it logged.
    fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        let ended = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill runs");
        assert!(ended.success());
        let begun = server::system::stopwatch();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(6),
                "it did not end in time"
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), Some(0));
        let log = self.log.take().expect("a log");
        log.join().expect("the log")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_until_it_is_told_to_end_and_leaves_a_whole_audit_log() {
    let folder = TempDir::new().expect("a folder");
    let server = Running::start(&folder, &["--sandbox", "--data", "world"]);
    assert!(server.ask("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.ask("/readyz").starts_with("HTTP/1.1 200"));
    assert!(server.ask("/").contains("location: /sign-in"));
    let figures = server.ask("/metrics");
    assert!(
        figures.contains("lamplighter_build_info"),
        "this machine may read it: {figures}"
    );
    // An open stream must not hold up the end.
    let address: SocketAddr = server.url["http://".len()..].parse().expect("an address");
    let mut idle = TcpStream::connect(address).expect("a connection");
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("sent");
    server.end();
    let verified = run(&folder, &["audit", "verify", "--data", "world"]);
    expect(&verified, 0, &[]);
}

#[test]
fn the_first_start_logs_a_setup_link_and_keeps_its_files_private() {
    let folder = TempDir::new().expect("a folder");
    let server = Running::start(&folder, &["--data", "own"]);
    assert!(server.ask("/readyz").starts_with("HTTP/1.1 200"));
    let log = server.end();
    assert!(log.contains("/setup?token="), "{log}");
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(folder.path().join("own"))
        .expect("a folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_sandboxs_database_is_no_installations_and_the_other_way_round() {
    let folder = TempDir::new().expect("a folder");
    Running::start(&folder, &["--sandbox", "--data", "world"]).end();
    let as_installation = run(
        &folder,
        &["serve", "--listen", "127.0.0.1:0", "--data", "world"],
    );
    expect(&as_installation, 2, &["belongs to a sandbox"]);
    expect(&run(&folder, &["migrate", "--data", "own"]), 0, &[]);
    let add = [
        "user",
        "--data",
        "own",
        "add",
        "ana@example.com",
        "--name",
        "Ana",
        "--role",
        "admin",
    ];
    expect(
        &with_password(&folder, &add, "correct horse battery"),
        0,
        &[],
    );
    let as_sandbox = run(
        &folder,
        &[
            "serve",
            "--sandbox",
            "--listen",
            "127.0.0.1:0",
            "--data",
            "own",
        ],
    );
    expect(&as_sandbox, 2, &["belongs to an installation"]);
}

#[test]
fn a_sandbox_begins_afresh_each_time() {
    let folder = TempDir::new().expect("a folder");
    Running::start(&folder, &["--sandbox", "--data", "world"]).end();
    let add = [
        "user",
        "--data",
        "world",
        "add",
        "ana@example.com",
        "--name",
        "Ana",
        "--role",
        "viewer",
    ];
    let people = || {
        let listed = run(&folder, &["user", "list", "--data", "world"]);
        text(&listed.stdout)
    };
    expect(
        &with_password(&folder, &add, "correct horse battery"),
        0,
        &[],
    );
    assert!(people().contains("ana@example.com"));
    Running::start(&folder, &["--sandbox", "--data", "world"]).end();
    let left = people();
    assert!(!left.contains("ana@example.com"), "{left}");
    assert!(left.contains("admin@sandbox.invalid"), "{left}");
}

#[test]
fn a_second_server_leaves_the_first_ones_database_alone() {
    let folder = TempDir::new().expect("a folder");
    for arguments in [
        ["--sandbox", "--data", "world"].as_slice(),
        &["--data", "own"],
    ] {
        let first = Running::start(&folder, arguments);
        let data = arguments[arguments.len() - 1];
        let people = || text(&run(&folder, &["user", "list", "--data", data]).stdout);
        let before = people();
        let second = run(
            &folder,
            &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat(),
        );
        expect(&second, 2, &["another lamplighter serves", data, "--data"]);
        assert!(first.ask("/readyz").starts_with("HTTP/1.1 200"));
        assert_eq!(people(), before);
        // A kill lets go of the lock, too.
        drop(first);
        Running::start(&folder, arguments).end();
    }
}

#[test]
fn a_port_that_is_taken_is_told() {
    let folder = TempDir::new().expect("a folder");
    let server = Running::start(&folder, &["--sandbox"]);
    let address = server.url["http://".len()..].to_owned();
    let second = run(&folder, &["serve", "--sandbox", "--listen", &address]);
    expect(&second, 3, &["cannot listen on", &address, "--listen"]);
    server.end();
}
