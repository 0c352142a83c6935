//! `cargo xtask test`: every check of the project, in stages. The last line tells how many passed
//! and failed: tests where a stage has tests, one where it is a single check.

use std::cell::LazyCell;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::alertmanager;
use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome};
use crate::peers;
use crate::process::{cargo, command, run, run_lines};
use crate::repo::Repo;
use crate::run::build as build_all;
use crate::scratch::Scratch;
use crate::stopwatch::Stopwatch;
use crate::test_world::TestWorld;
use crate::wasm_toolchain::{self, TARGET};
use crate::{client, counts, server, tidy, tools};

/// What a stage found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests, or checks, that passed.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl Counts {
    const PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
    const FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };
}

/// A stage, in the order in which they run: the quick ones that fail often come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Fmt,
    Tidy,
    Clippy,
    ClippyWasm,
    Doc,
    Unit,
    Doctest,
    Client,
    E2e,
    Release,
}

/// The browser tests that go through the release: every page, and people at work in all areas
/// that its program is split into. What they do is the same in a debug build, which all tests see.
const RELEASE_SPECS: [&str; 4] = ["smoke", "pages-light", "journey", "use"];

impl Stage {
    const ALL: [Self; 10] = [
        Self::Fmt,
        Self::Tidy,
        Self::Clippy,
        Self::ClippyWasm,
        Self::Doc,
        Self::Unit,
        Self::Doctest,
        Self::Client,
        Self::E2e,
        Self::Release,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Tidy => "tidy",
            Self::Clippy => "clippy",
            Self::ClippyWasm => "clippy-wasm",
            Self::Doc => "doc",
            Self::Unit => "unit",
            Self::Doctest => "doctest",
            Self::Client => "client",
            Self::E2e => "e2e",
            Self::Release => "release",
        }
    }

    /// It runs unless others are named. A release takes a quarter of an hour to build, so it
    /// is walked when it is asked for.
    fn is_usual(self) -> bool {
        self != Self::Release
    }

    fn named(name: &str) -> Outcome<Self> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.name() == name)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL.iter().map(|stage| stage.name()).collect();
                Failure::new(
                    format!("there is no stage {name:?}"),
                    format!("choose among {}", names.join(", ")),
                )
            })
    }
}

/// Runs all usual stages, or those named by `--only`. Words after `--` go to the test runner of the
/// stages unit, e2e and release.
///
/// Returns whether everything passed.
///
/// # Errors
/// The command line is wrong. A stage that fails is no error here: the others still run.
pub fn test(repo: &Repo, mut arguments: Arguments) -> Outcome<bool> {
    let only = arguments.values("--only")?;
    let filter = arguments.finish()?;
    let mut stages = Vec::new();
    for name in &only {
        stages.push(Stage::named(name)?);
    }
    if stages.is_empty() {
        stages.extend(Stage::ALL.into_iter().filter(|stage| stage.is_usual()));
    }

    let run = Run { repo, filter };
    let names: Vec<_> = stages.iter().map(|stage| stage.name()).collect();
    println!(
        "Checking {} — {}; what is missing is installed.",
        names.join(", "),
        how_long(repo, &stages)
    );
    let stopwatch = Stopwatch::start();
    // Downloads wait for the network while compilers keep the cores busy.
    let results = thread::scope(|scope| {
        let wanted = stages.clone();
        let preparing = scope.spawn(move || prepare(repo, &wanted));
        // Waited for by the first stage that needs any of it.
        let prepared = LazyCell::new(|| preparing.join().unwrap_or_else(|_| Prepared::panicked()));
        let run_one = |stage| {
            let ready = match stage {
                Stage::Unit => prepared.peers.clone(),
                Stage::E2e | Stage::Release => prepared.browser.clone(),
                _ => Ok(()),
            };
            run.stage(stage, ready)
        };
        stages.into_iter().map(run_one).collect::<Vec<_>>()
    });
    Ok(report(&results, stopwatch.seconds()))
}

struct Run<'a> {
    repo: &'a Repo,
    filter: Vec<String>,
}

struct StageResult {
    stage: Stage,
    counts: Counts,
    seconds: f64,
}

/// What the reader has to wait for, measured on two cores.
fn how_long(repo: &Repo, stages: &[Stage]) -> &'static str {
    let quick = |stage: &Stage| matches!(stage, Stage::Fmt | Stage::Tidy);
    if stages.iter().all(quick) {
        "seconds"
    } else if repo.client_target().is_dir() {
        "minutes, by what was edited"
    } else {
        "the first time about half an hour on two cores, later minutes"
    }
}

/// What has been installed: a stage whose own part could not be fails, and no other.
struct Prepared {
    /// AWS's peers, for the tests of the workspace.
    peers: Outcome,
    /// Node's packages and the browser.
    browser: Outcome,
}

impl Prepared {
    fn panicked() -> Self {
        let failure = Failure::new("preparing ended in a panic", "run the command again");
        Self {
            peers: Err(failure.clone()),
            browser: Err(failure),
        }
    }
}

/// Everything that has to be installed for the stages; nothing is started here.
fn prepare(repo: &Repo, stages: &[Stage]) -> Prepared {
    let wanted = |stage| stages.contains(&stage);
    let browser = || {
        tools::ensure_node_packages(repo)?;
        tools::ensure_chromium(repo).map(|_| ())
    };
    Prepared {
        peers: if wanted(Stage::Unit) {
            peers::install(repo).and_then(|()| alertmanager::ensure(repo).map(|_| ()))
        } else {
            Ok(())
        },
        browser: if wanted(Stage::E2e) || wanted(Stage::Release) {
            browser()
        } else {
            Ok(())
        },
    }
}

impl Run<'_> {
    fn stage(&self, stage: Stage, ready: Outcome) -> StageResult {
        println!("\n==> {}", stage.name());
        let stopwatch = Stopwatch::start();
        let counts = ready.and_then(|()| self.check(stage));
        let counts = counts.unwrap_or_else(|failure| {
            eprintln!("{failure}");
            Counts::FAILED
        });
        StageResult {
            stage,
            counts,
            seconds: stopwatch.seconds(),
        }
    }

    fn check(&self, stage: Stage) -> Outcome<Counts> {
        match stage {
            Stage::Fmt => self.fmt(),
            Stage::Tidy => self.tidy(),
            Stage::Clippy => self.clippy(),
            Stage::ClippyWasm => self.clippy_wasm(),
            Stage::Doc => self.doc(),
            Stage::Unit => self.unit(),
            Stage::Doctest => self.doctest(),
            Stage::Client => self.client(),
            Stage::E2e => self.e2e(),
            Stage::Release => self.release(),
        }
    }

    fn fmt(&self) -> Outcome<Counts> {
        run(
            cargo(self.repo, None).args(["fmt", "--all", "--check"]),
            "run `cargo fmt --all`",
        )?;
        Ok(Counts::PASSED)
    }

    fn tidy(&self) -> Outcome<Counts> {
        tidy::check(self.repo)?;
        Ok(Counts::PASSED)
    }

    fn clippy(&self) -> Outcome<Counts> {
        let mut clippy = cargo(self.repo, None);
        clippy
            .args(["clippy", "--workspace", "--exclude", "web", "--all-targets"])
            .args(["--", "--deny", "warnings"]);
        run(&mut clippy, "mend what clippy names above")?;
        Ok(Counts::PASSED)
    }

    /// The crates that the browser runs, with the features that it runs them with.
    fn clippy_wasm(&self) -> Outcome<Counts> {
        let toolchain = wasm_toolchain::ensure(self.repo)?;
        let mut clippy = cargo(self.repo, toolchain.as_deref());
        clippy.env("CARGO_TARGET_DIR", self.repo.client_target());
        clippy.args(["clippy", "--target", TARGET]);
        for package in ["web", "app", "kit", "api", "domain"] {
            clippy.args(["--package", package]);
        }
        clippy.args(["--", "--deny", "warnings"]);
        run(
            &mut clippy,
            "mend what clippy names above; the server's half may still compile",
        )?;
        Ok(Counts::PASSED)
    }

    fn doc(&self) -> Outcome<Counts> {
        let mut doc = cargo(self.repo, None);
        doc.env("RUSTDOCFLAGS", "--deny warnings").args([
            "doc",
            "--workspace",
            "--exclude",
            "web",
            "--no-deps",
            "--document-private-items",
        ]);
        run(
            &mut doc,
            "mend the links and paragraphs that rustdoc names above",
        )?;
        Ok(Counts::PASSED)
    }

    fn unit(&self) -> Outcome<Counts> {
        tools::ensure_nextest(self.repo)?;
        let world = TestWorld::start(self.repo)?;
        let mut nextest = cargo(self.repo, None);
        nextest
            .args(["nextest", "run", "--workspace", "--exclude", "web"])
            .args(&self.filter)
            .envs(world.variables());
        let summary = Mutex::new(None);
        let ok = run_lines(&mut nextest, |line| {
            eprintln!("{line}");
            if let (Some(counts), Ok(mut last)) = (counts::nextest_summary(line), summary.lock()) {
                *last = Some(counts);
            }
        })?;
        let summary = summary.into_inner().unwrap_or_default();
        judged(
            ok,
            summary.and_then(some_ran),
            "the tests did not compile, did not start, or none fits; see above",
        )
    }

    /// The examples in documentation comments, which nextest does not run.
    fn doctest(&self) -> Outcome<Counts> {
        let mut doctest = cargo(self.repo, None);
        doctest.args([
            "test",
            "--doc",
            "--workspace",
            "--exclude",
            "web",
            "--no-fail-fast",
        ]);
        let sum = Mutex::new(Counts::default());
        let ok = run_lines(&mut doctest, |line| {
            if let (Some(counts), Ok(mut sum)) = (counts::libtest_summary(line), sum.lock()) {
                sum.passed += counts.passed;
                sum.failed += counts.failed;
            } else if !line.trim().is_empty() {
                eprintln!("{line}");
            }
        })?;
        let sum = sum.into_inner().unwrap_or_default();
        judged(ok, Some(sum), "the examples did not compile; see above")
    }

    fn client(&self) -> Outcome<Counts> {
        let toolchain = wasm_toolchain::ensure(self.repo)?;
        let site = client::build(self.repo, toolchain.as_deref(), false)?;
        print!("{}", site.describe());
        Ok(Counts::PASSED)
    }

    /// Browser tests against the whole program, in one file. They build it when the stage runs
    /// alone; otherwise most of it is there.
    fn e2e(&self) -> Outcome<Counts> {
        self.client()?;
        self.browse(&server::build_whole(self.repo)?, &self.filter)
    }

    /// The program as it is installed, optimised and with the browser's half split by area.
    fn release(&self) -> Outcome<Counts> {
        let built = build_all(self.repo, true)?;
        match self.filter.as_slice() {
            [] => self.browse(&built, &RELEASE_SPECS.map(str::to_owned)),
            chosen => self.browse(&built, chosen),
        }
    }

    /// Copies the program to a place where nothing else is, runs browser tests against it there,
    /// and counts them.
    fn browse(&self, built: &Path, specs: &[String]) -> Outcome<Counts> {
        let elsewhere = Scratch::new(self.repo)?;
        let binary = elsewhere.path().join("lamplighter");
        fs::copy(built, &binary).map_err(|error| Failure::file("copy", built, &error))?;
        let chromium = tools::ensure_chromium(self.repo)?;
        let screenshots = self.repo.target().join("screenshots");
        let mut node = command(self.repo, "node");
        node.current_dir(self.repo.end2end())
            .arg("run.mjs")
            .args(specs)
            .env("LAMPLIGHTER_SCREENSHOTS", screenshots)
            .env("CHROMIUM", chromium)
            .env("LAMPLIGHTER_BINARY", binary)
            .env_remove("LAMPLIGHTER_SITE_DIR");
        let summary = Mutex::new(None);
        let ok = run_lines(&mut node, |line| {
            if let (Some(counts), Ok(mut last)) = (counts::end2end_summary(line), summary.lock()) {
                *last = Some(counts);
            }
            eprintln!("{line}");
        })?;
        let summary = summary.into_inner().unwrap_or_default();
        judged(
            ok,
            summary.and_then(some_ran),
            "the browser tests did not start, or there is none; see above",
        )
    }
}

/// The counts of a runner that ran a test at least: one that ran none has proved nothing.
fn some_ran(counts: Counts) -> Option<Counts> {
    (counts != Counts::default()).then_some(counts)
}

/// A runner that ended with an error though it counted no failure failed all the same, and one that
/// told no counts has tested nothing.
fn judged(ok: bool, counts: Option<Counts>, untold: &str) -> Outcome<Counts> {
    match counts {
        None => Err(Failure::new(untold, "mend what is named above")),
        Some(counts) if ok || counts.failed > 0 => Ok(counts),
        Some(counts) => Ok(Counts {
            failed: 1,
            ..counts
        }),
    }
}

/// Prints the table; its last line has the sums and nothing else, for whoever reads the output.
/// Returns whether everything passed.
fn report(results: &[StageResult], seconds: f64) -> bool {
    println!(
        "\n{:<12} {:>8} {:>8} {:>10}",
        "stage", "passed", "failed", "seconds"
    );
    let mut sum = Counts::default();
    for StageResult {
        stage,
        counts,
        seconds,
    } in results
    {
        let name = stage.name();
        println!(
            "{name:<12} {:>8} {:>8} {seconds:>10.1}",
            counts.passed, counts.failed
        );
        sum.passed += counts.passed;
        sum.failed += counts.failed;
    }
    println!("{:<12} {:>8} {:>8} {seconds:>10.1}\n", "all", "", "");
    for result in results.iter().filter(|result| result.counts.failed > 0) {
        println!(
            "repeat it alone: cargo xtask test --only {}",
            result.stage.name()
        );
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    sum.failed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_that_fails_without_a_count_still_fails() {
        let all_passed = Counts {
            passed: 7,
            failed: 0,
        };
        assert_eq!(judged(true, Some(all_passed), ""), Ok(all_passed));
        assert_eq!(
            judged(false, Some(all_passed), ""),
            Ok(Counts {
                passed: 7,
                failed: 1
            })
        );
        let one_failed = Counts {
            passed: 6,
            failed: 2,
        };
        assert_eq!(judged(false, Some(one_failed), ""), Ok(one_failed));
        assert!(judged(true, None, "nothing ran").is_err());
        let none = Some(Counts::default()).and_then(some_ran);
        assert!(judged(true, none, "nothing ran").is_err());
        assert_eq!(Some(one_failed).and_then(some_ran), Some(one_failed));
    }

    #[test]
    fn any_failure_fails_the_whole() {
        let result = |stage, counts| StageResult {
            stage,
            counts,
            seconds: 0.1,
        };
        let good = result(Stage::Fmt, Counts::PASSED);
        let bad = result(
            Stage::Unit,
            Counts {
                passed: 100,
                failed: 1,
            },
        );
        assert!(report(std::slice::from_ref(&good), 1.0));
        assert!(!report(&[good, bad], 1.0));
    }

    #[test]
    fn every_stage_is_found_by_its_name() {
        for stage in Stage::ALL {
            assert_eq!(Stage::named(stage.name()), Ok(stage));
        }
        assert!(
            Stage::named("units")
                .expect_err("misspelt")
                .remedy
                .contains("unit")
        );
    }
}
