//! Starting other programs: to the end with a clear message when they fail, or in the background
//! and stopped again whatever happens. Only processes started here are ever stopped.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::failure::{Failure, Outcome};
use crate::repo::Repo;
use crate::stopwatch::Stopwatch;

/// How long a background program may take to stop before it is killed.
const STOP_MAX: Duration = Duration::from_secs(8);
/// Lines of a background program's log shown when it fails.
const LOG_LINES_SHOWN: usize = 25;

/// A command in the project's top folder without the variables that `cargo run` gave this tool:
/// build scripts that watch them would rebuild on every change between plain cargo and `xtask`,
/// and a second toolchain must not load the first one's libraries.
pub fn command(repo: &Repo, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(repo.root());
    for (name, _) in env::vars_os() {
        if is_cargo_run_variable(&name) {
            command.env_remove(name);
        }
    }
    if let Some(paths) = env::var_os("LD_LIBRARY_PATH") {
        let kept: Vec<PathBuf> = env::split_paths(&paths)
            .filter(|path| {
                !path.starts_with(repo.target()) && !path.iter().any(|part| part == "rustlib")
            })
            .collect();
        match env::join_paths(&kept) {
            Ok(paths) if !kept.is_empty() => command.env("LD_LIBRARY_PATH", paths),
            _ => command.env_remove("LD_LIBRARY_PATH"),
        };
    }
    command
}

fn is_cargo_run_variable(name: &OsString) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    name == "CARGO"
        || [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
            "CARGO_PRIMARY_",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// `cargo` with the toolchain named, or the active one.
pub fn cargo(repo: &Repo, toolchain: Option<&str>) -> Command {
    let mut command = command(repo, "cargo");
    if let Some(toolchain) = toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
}

/// Runs to the end with this tool's own input and output.
///
/// # Errors
/// The command could not start or did not end with success.
pub fn run(command: &mut Command, remedy: &str) -> Outcome {
    let shown = shown(command);
    let status = command
        .status()
        .map_err(|error| not_started(&shown, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{shown}` failed ({status})"), remedy))
}

/// Runs to the end and returns standard output; standard error is part of the message on failure.
///
/// # Errors
/// The command could not start or did not end with success.
pub fn capture(command: &mut Command, remedy: &str) -> Outcome<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(&shown, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(
        format!("`{shown}` failed ({})\n{}", output.status, said.trim_end()),
        remedy,
    ))
}

/// Runs to the end and hands every line of both streams to `line` as it comes. Returns success.
///
/// # Errors
/// The command could not start.
pub fn run_lines(command: &mut Command, line: impl Fn(&str) + Sync) -> Outcome<bool> {
    let shown = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(&shown, &error))?;
    let out = child.stdout.take();
    let err = child.stderr.take();
    thread::scope(|scope| {
        let line = &line;
        scope.spawn(move || each_line(out, line));
        each_line(err, line);
    });
    let status = child.wait().map_err(|error| not_started(&shown, &error))?;
    Ok(status.success())
}

fn each_line(stream: Option<impl Read>, line: &impl Fn(&str)) {
    let Some(stream) = stream else { return };
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while reader
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|count| count > 0)
    {
        line(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']));
        bytes.clear();
    }
}

/// Whether a program of this name is on the PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let paths = env::var_os("PATH")?;
    env::split_paths(&paths)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The command as a person would type it, without its environment.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

fn not_started(shown: &str, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("cannot run `{shown}`: {error}"),
        "install the program, or put its folder on the PATH",
    )
}

/// A loopback port that nobody listens on at this moment.
///
/// # Errors
/// The machine has no free loopback port.
pub fn free_port() -> Outcome<u16> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| {
            Failure::new(
                format!("no free port on 127.0.0.1: {error}"),
                "close programs that listen on many ports",
            )
        })
}

/// Which signal asks a background program to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopSignal {
    /// The usual request.
    Terminate,
    /// PostgreSQL's "do not wait for clients".
    Interrupt,
}

impl StopSignal {
    fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Interrupt => "INT",
        }
    }
}

/// A program in the background. Dropping it stops the program and waits for its end.
#[derive(Debug)]
pub struct Background {
    name: String,
    child: Child,
    log: Option<PathBuf>,
    signal: StopSignal,
}

impl Background {
    /// Starts `command` with its output in `log`, or on this tool's own output when there is none.
    ///
    /// Where `setpriv` exists, the program is also stopped when this tool is killed. That ties it
    /// to the calling *thread*: call this from a thread that lives as long as the program should.
    ///
    /// # Errors
    /// The log cannot be created or the command cannot start.
    pub fn start(
        name: &str,
        command: &Command,
        log: Option<&Path>,
        signal: StopSignal,
    ) -> Outcome<Self> {
        let mut command = tied_to_us(command, signal);
        command.stdin(Stdio::null());
        if let Some(path) = log {
            let parent = path.parent().unwrap_or(path);
            fs::create_dir_all(parent).map_err(|error| Failure::file("create", parent, &error))?;
            let out = File::create(path).map_err(|error| Failure::file("write", path, &error))?;
            let err = out
                .try_clone()
                .map_err(|error| Failure::file("write", path, &error))?;
            command.stdout(out).stderr(err);
        }
        let shown = shown(&command);
        let child = command
            .spawn()
            .map_err(|error| not_started(&shown, &error))?;
        Ok(Self {
            name: name.into(),
            child,
            log: log.map(Path::to_path_buf),
            signal,
        })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` says so.
    ///
    /// # Errors
    /// The program ended, or was not ready within `limit`; the message shows the end of its log.
    pub fn wait_ready(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Outcome {
        let stopwatch = Stopwatch::start();
        loop {
            if ready() {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.failure(&format!("ended early ({status})")));
            }
            if stopwatch.elapsed() > limit {
                return Err(self.failure(&format!("did not answer in {} s", limit.as_secs())));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the program's own end and returns whether that was a success.
    pub fn wait(&mut self) -> bool {
        self.child.wait().is_ok_and(|status| status.success())
    }

    fn failure(&self, what: &str) -> Failure {
        let Some(path) = &self.log else {
            return Failure::new(format!("{} {what}", self.name), "read its output above");
        };
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let end = lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n  | ");
        Failure::new(
            format!("{} {what}; the end of its log:\n  | {end}", self.name),
            format!("read {}", path.display()),
        )
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let asked = Command::new("kill")
            .arg(format!("-{}", self.signal.name()))
            .arg(self.child.id().to_string())
            .stderr(Stdio::null())
            .status();
        let stopwatch = Stopwatch::start();
        while asked.is_ok() && stopwatch.elapsed() < STOP_MAX {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // Nothing more can be done about a process that cannot be killed either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same command behind `setpriv --pdeathsig`, where there is one.
fn tied_to_us(command: &Command, signal: StopSignal) -> Command {
    let Some(setpriv) = find_program("setpriv") else {
        return copy(command, None);
    };
    copy(
        command,
        Some((
            setpriv,
            ["--pdeathsig".into(), signal.name().into(), "--".into()],
        )),
    )
}

/// The same command where it takes the processor only when nobody else wants it (`nice`), where
/// the system has that.
pub fn in_the_background(command: Command) -> Command {
    match find_program("nice") {
        Some(nice) => copy(
            &command,
            Some((nice, ["-n".into(), "15".into(), "--".into()])),
        ),
        None => command,
    }
}

fn copy(command: &Command, wrapper: Option<(PathBuf, [OsString; 3])>) -> Command {
    let mut copy = match wrapper {
        Some((program, arguments)) => {
            let mut copy = Command::new(program);
            copy.args(arguments).arg(command.get_program());
            copy
        }
        None => Command::new(command.get_program()),
    };
    copy.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        copy.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_failing_command_is_named_with_its_output_and_a_remedy() {
        let repo = Repo::here();
        let mut command = command(&repo, "sh");
        command.args(["-c", "echo gone wrong >&2; exit 3"]);
        let failure = capture(&mut command, "try again").expect_err("it fails");
        assert!(failure.what.contains("gone wrong"), "{failure}");
        assert!(
            failure.to_string().contains("what to do: try again"),
            "{failure}"
        );
    }

    #[test]
    fn a_missing_program_says_so() {
        let failure = run(&mut command(&Repo::here(), "no-such-program-here"), "").expect_err("no");
        assert!(failure.what.contains("no-such-program-here"), "{failure}");
    }

    #[test]
    fn lines_of_both_streams_arrive() {
        let mut command = command(&Repo::here(), "sh");
        command.args(["-c", "echo out; echo err >&2; exit 1"]);
        let seen = std::sync::Mutex::new(Vec::new());
        let ok = run_lines(&mut command, |line| {
            seen.lock().expect("lock").push(line.to_owned())
        });
        let mut seen = seen.into_inner().expect("lock");
        seen.sort();
        assert_eq!(
            (ok, seen),
            (Ok(false), vec!["err".to_owned(), "out".to_owned()])
        );
    }

    #[test]
    fn a_dropped_background_program_is_gone() {
        let mut command = command(&Repo::here(), "sleep");
        command.arg("600");
        let background =
            Background::start("sleep", &command, None, StopSignal::Terminate).expect("started");
        let process = PathBuf::from(format!("/proc/{}", background.id()));
        assert!(process.exists());
        drop(background);
        assert!(!process.exists());
    }

    #[test]
    fn a_program_that_ends_early_shows_its_log() {
        let repo = Repo::here();
        let scratch = Scratch::new(&repo).expect("a folder");
        let log = scratch.path().join("early.log");
        let mut command = command(&repo, "sh");
        command.args(["-c", "echo no such table; exit 1"]);
        let mut background =
            Background::start("peer", &command, Some(&log), StopSignal::Terminate).expect("start");
        let failure = background
            .wait_ready(Duration::from_secs(20), || false)
            .expect_err("ended");
        assert!(failure.what.contains("no such table"), "{failure}");
        assert!(log.is_file());
    }

    #[test]
    fn variables_of_cargo_run_do_not_reach_children() {
        assert!(is_cargo_run_variable(&"CARGO_PKG_NAME".into()));
        assert!(is_cargo_run_variable(&"CARGO".into()));
        assert!(!is_cargo_run_variable(&"CARGO_HOME".into()));
        assert!(!is_cargo_run_variable(&"CARGO_TARGET_DIR".into()));
    }
}
