//! Independent programs that speak AWS's protocols, for the tests of the AWS adapter: ministack and
//! moto, each with pinned packages in a Python environment of its own below `target/peers`, on free
//! loopback ports. Which of them serves which call is told in the documentation of crate `aws`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::failure::{Failure, Outcome};
use crate::http;
use crate::process::{Background, StopSignal, command, find_program, free_port, run};
use crate::repo::Repo;
use crate::tools;

/// Starting imports much Python on a cold disk.
const START_MAX: Duration = Duration::from_secs(120);

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    Ministack,
    Moto,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Ministack => "ministack",
            Self::Moto => "moto",
        }
    }

    /// Every package with its version, dependencies too.
    fn requirements(self) -> &'static str {
        match self {
            Self::Ministack => include_str!("../peers/ministack.txt"),
            Self::Moto => include_str!("../peers/moto.txt"),
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Ministack => "ministack",
            Self::Moto => "moto_server",
        }
    }

    /// Answers 200 when it serves.
    fn health(self) -> &'static str {
        match self {
            Self::Ministack => "/_ministack/health",
            Self::Moto => "/moto-api/",
        }
    }

    fn environment_folder(self, repo: &Repo) -> PathBuf {
        repo.target().join("peers").join(self.name())
    }
}

/// Both, running. Dropping this stops them.
#[derive(Debug)]
pub struct Peers {
    _ministack: Background,
    _moto: Background,
    ministack_url: String,
    moto_url: String,
}

impl Peers {
    /// Starts both; [`install`] comes before.
    ///
    /// # Errors
    /// One of them ended or did not answer.
    pub fn start(repo: &Repo) -> Outcome<Self> {
        let (mut ministack, ministack_at) = launch(repo, Peer::Ministack)?;
        let (mut moto, moto_at) = launch(repo, Peer::Moto)?;
        wait(&mut ministack, Peer::Ministack, &ministack_at)?;
        wait(&mut moto, Peer::Moto, &moto_at)?;
        Ok(Self {
            _ministack: ministack,
            _moto: moto,
            ministack_url: format!("http://{ministack_at}"),
            moto_url: format!("http://{moto_at}"),
        })
    }

    /// Endpoint of ministack.
    pub fn ministack_url(&self) -> &str {
        &self.ministack_url
    }

    /// Endpoint of moto.
    pub fn moto_url(&self) -> &str {
        &self.moto_url
    }
}

/// Makes both Python environments, when they are not there with the same requirements already.
///
/// # Errors
/// There is no Python 3 with `venv`, or the packages cannot be fetched.
pub fn install(repo: &Repo) -> Outcome {
    install_one(repo, Peer::Ministack)?;
    install_one(repo, Peer::Moto)
}

fn install_one(repo: &Repo, peer: Peer) -> Outcome {
    let folder = peer.environment_folder(repo);
    let stamp = folder.join("requirements.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == peer.requirements()) {
        return Ok(());
    }
    println!("    installing {} into {}", peer.name(), folder.display());
    if find_program("python3").is_none() {
        tools::apt_install(repo, &["python3", "python3-venv"])?;
    }
    make_environment(repo, &folder)?;
    let list = folder.join("requirements.txt");
    tools::write_stamp(&list, peer.requirements())?;
    run(
        command(repo, folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&list),
        "check the network; the versions are in server/xtask/peers",
    )?;
    tools::write_stamp(&stamp, peer.requirements())
}

fn make_environment(repo: &Repo, folder: &Path) -> Outcome {
    let make = || {
        run(
            command(repo, "python3")
                .args(["-m", "venv", "--clear"])
                .arg(folder),
            "install Python 3.10 or newer with venv (Debian: `apt-get install python3-venv`)",
        )
    };
    if make().is_ok() {
        return Ok(());
    }
    tools::apt_install(repo, &["python3-venv"])?;
    make()
}

fn launch(repo: &Repo, peer: Peer) -> Outcome<(Background, String)> {
    let port = free_port()?;
    let program = peer
        .environment_folder(repo)
        .join("bin")
        .join(peer.program());
    if !program.is_file() {
        return Err(Failure::new(
            format!("{} is not installed", peer.name()),
            "remove target/peers and run this again",
        ));
    }
    let mut serve = command(repo, program);
    // State of the peers must not come from, or go to, the developer's own account.
    serve
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env_remove("AWS_PROFILE");
    match peer {
        // Without BIND_HOST it listens on every interface.
        // AUTH makes it check signatures and policies, of all keys but those of twelve digits.
        Peer::Ministack => serve
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string()),
        Peer::Moto => serve.args(["-H", "127.0.0.1", "-p", &port.to_string()]),
    };
    let log = repo.scratch().join(format!("{}.log", peer.name()));
    let background = Background::start(peer.name(), &serve, Some(&log), StopSignal::Terminate)?;
    Ok((background, format!("127.0.0.1:{port}")))
}

fn wait(background: &mut Background, peer: Peer, authority: &str) -> Outcome {
    background.wait_ready(START_MAX, || {
        http::get(authority, peer.health()).is_ok_and(|response| response.status == 200)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_of_a_peer_is_pinned() {
        for peer in [Peer::Ministack, Peer::Moto] {
            let lines: Vec<&str> = peer
                .requirements()
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .collect();
            assert!(lines.len() > 3, "{} lists its dependencies", peer.name());
            for line in lines {
                let (name, version) = line.split_once("==").unwrap_or((line, ""));
                assert!(
                    !name.is_empty() && !version.is_empty(),
                    "{line} names no exact version"
                );
            }
        }
        assert!(
            Peer::Ministack.requirements().contains("\ncbor2=="),
            "the Rust SDK speaks CBOR"
        );
    }
}
