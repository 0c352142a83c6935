//! `cargo xtask watch`: rebuilds what an edit touches, starts the server again and lets open pages
//! reload. It looks at modification times four times a second; there is nothing to install.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::process::Background;
use crate::repo::Repo;
use crate::run::{build, listen, side_by_side};
use crate::server::{self, Launch};
use crate::stopwatch::Stopwatch;
use crate::{client, wasm_toolchain};

/// How often the tree is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What an edit asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rebuild {
    /// Compile the client.
    client: bool,
    /// Compile the server.
    server: bool,
    /// Pack the site again.
    site: bool,
}

impl Rebuild {
    const STYLE: Self = Self {
        client: false,
        server: false,
        site: true,
    };
    const SERVER: Self = Self {
        client: false,
        server: true,
        site: false,
    };
    const BOTH: Self = Self {
        client: true,
        server: true,
        site: true,
    };

    fn and(self, other: Self) -> Self {
        Self {
            client: self.client || other.client,
            server: self.server || other.server,
            site: self.site || other.site,
        }
    }
}

type Times = BTreeMap<PathBuf, SystemTime>;

/// Builds, serves and watches until it is stopped.
///
/// # Errors
/// The first build failed, or the address is taken. Later failures are printed, and the server
/// built last goes on.
pub fn watch(repo: &Repo, mut arguments: Arguments) -> Outcome {
    let listen = listen(&mut arguments)?;
    let serve_arguments = arguments.finish()?;
    server::check_free(&listen)?;
    let toolchain = wasm_toolchain::ensure(repo)?;
    let mut seen = look(repo.root());
    build(repo, false)?;
    let mut starts = 0;
    let mut server = Some(start(repo, &listen, &serve_arguments, starts)?);
    println!("\n    watching; open http://{listen}/\n");
    // What a build that failed was to make, and the next one has to.
    let mut owed: Option<Rebuild> = None;
    loop {
        thread::sleep(LOOK_EVERY);
        let now = look(repo.root());
        let Some(rebuild) = needed(&seen, &now) else {
            continue;
        };
        seen = now;
        let rebuild = owed.map_or(rebuild, |owed| owed.and(rebuild));
        let stopwatch = Stopwatch::start();
        if let Err(failure) = make(repo, toolchain.as_deref(), rebuild) {
            eprintln!("{failure}");
            owed = Some(rebuild);
            continue;
        }
        owed = None;
        starts += 1;
        // The old one must free the address before the new one can have it.
        drop(server.take());
        match start(repo, &listen, &serve_arguments, starts) {
            Ok(started) => server = Some(started),
            Err(failure) => eprintln!("{failure}"),
        }
        println!("    rebuilt and started in {:.1} s", stopwatch.seconds());
    }
}

fn make(repo: &Repo, toolchain: Option<&str>, rebuild: Rebuild) -> Outcome {
    if rebuild.client {
        side_by_side(
            ("client", client::compile_command(repo, toolchain, false)),
            ("server", server::build_command(repo, false)),
        )?;
    } else if rebuild.server {
        server::build(repo, false)?;
    }
    if rebuild.site {
        client::pack(repo, false)?;
    }
    Ok(())
}

/// Every start has another token; a page that sees it change loads itself again.
fn start(repo: &Repo, listen: &str, arguments: &[String], starts: u32) -> Outcome<Background> {
    let token = format!("{}-{starts}", std::process::id());
    server::start(
        repo,
        &Launch {
            binary: &repo.server_binary(false),
            listen,
            data: &repo.target().join("sandbox"),
            arguments,
            environment: &[("LAMPLIGHTER_DEV_RELOAD", token)],
            log: None,
        },
    )
}

fn look(root: &Path) -> Times {
    let mut times = Times::new();
    let mut paths: Vec<PathBuf> = [
        "app",
        "server",
        "style",
        "migrations",
        "Cargo.toml",
        "Cargo.lock",
    ]
    .iter()
    .map(|name| root.join(name))
    .collect();
    while let Some(path) = paths.pop() {
        let Ok(metadata) = path.metadata() else {
            continue;
        };
        if metadata.is_file() {
            if let Ok(time) = metadata.modified() {
                times.insert(path.strip_prefix(root).unwrap_or(&path).to_path_buf(), time);
            }
        } else if let Ok(entries) = path.read_dir() {
            paths.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    times
}

/// What the difference between two looks asks for: all that any changed, new or missing file asks.
fn needed(before: &Times, after: &Times) -> Option<Rebuild> {
    let changed = after
        .iter()
        .filter(|(path, time)| before.get(*path) != Some(time));
    let missing = before.keys().filter(|path| !after.contains_key(*path));
    changed
        .map(|(path, _)| path)
        .chain(missing)
        .filter_map(|path| asks_for(path))
        .reduce(Rebuild::and)
}

fn asks_for(path: &Path) -> Option<Rebuild> {
    let hidden = path.file_name().is_none_or(|name| {
        name.to_string_lossy().starts_with('.') || name.to_string_lossy().ends_with('~')
    });
    if hidden || path.starts_with("server/xtask") || path.starts_with("server/bundle") {
        return None;
    }
    if path.starts_with("style") {
        return Some(Rebuild::STYLE);
    }
    if path.starts_with("server") || path.starts_with("migrations") {
        return Some(Rebuild::SERVER);
    }
    Some(Rebuild::BOTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[(&str, u64)], after: &[(&str, u64)], expect: Option<Rebuild>) {
        let times = |list: &[(&str, u64)]| -> Times {
            list.iter()
                .map(|(path, at)| {
                    (
                        PathBuf::from(path),
                        SystemTime::UNIX_EPOCH + Duration::from_secs(*at),
                    )
                })
                .collect()
        };
        assert_eq!(
            needed(&times(before), &times(after)),
            expect,
            "{before:?} → {after:?}"
        );
    }

    #[test]
    fn an_edit_asks_for_no_more_than_it_touches() {
        check(&[("app/src/lib.rs", 1)], &[("app/src/lib.rs", 1)], None);
        check(
            &[("app/src/lib.rs", 1)],
            &[("app/src/lib.rs", 2)],
            Some(Rebuild::BOTH),
        );
        check(&[], &[("server/store/src/a.rs", 1)], Some(Rebuild::SERVER));
        check(
            &[("migrations/sqlite/0001_a.sql", 1)],
            &[],
            Some(Rebuild::SERVER),
        );
        check(
            &[("style/a.css", 1)],
            &[("style/a.css", 2)],
            Some(Rebuild::STYLE),
        );
        check(
            &[("style/a.css", 1), ("server/src/main.rs", 1)],
            &[("style/a.css", 2), ("server/src/main.rs", 2)],
            Some(Rebuild {
                client: false,
                server: true,
                site: true,
            }),
        );
    }

    #[test]
    fn editors_droppings_and_this_tool_ask_for_nothing() {
        check(&[], &[("app/src/.lib.rs.swp", 1)], None);
        check(&[], &[("app/src/lib.rs~", 1)], None);
        check(&[], &[("server/xtask/src/main.rs", 1)], None);
    }
}
