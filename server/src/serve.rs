//! `lamplighter serve`: from the configuration to the last request.

use crate::{
    accept,
    cli::say,
    compose::{self, SandboxOptions, StartError},
    config::Config,
    http::{self, assets::Site, origin::Door},
    lock::Lock,
    log,
    shutdown::{self, Signals},
};
use connect::{Certificates, PagerdutyDoor, SlackDoor};
use services::{Services, sign_in::setup, work::Driver};
use std::{env, path::PathBuf};
use tokio::{net::TcpListener, sync::watch};

/// Where the client's files are while developing.
const SITE_DIR: &str = "target/site";

/// Serves until asked to end.
///
/// # Errors
/// [`StartError`] when it could not begin.
pub async fn serve(config: Config, sandbox: Option<SandboxOptions>) -> Result<(), StartError> {
    log::start(&config)?;
    if sandbox.is_some() && !config.listen.ip().is_loopback() {
        return Err(StartError::Usage(format!(
            "the sandbox lets everybody in as an admin, so it listens on this machine only; {} \
             is not: use 127.0.0.1",
            config.listen
        )));
    }
    if sandbox.is_some() && config.public_url.is_some() {
        return Err(StartError::Usage(
            "the sandbox lets everybody in as an admin, so it has no public address: leave out \
             public_url"
                .into(),
        ));
    }
    // First of all: a port that is taken should cost no migration.
    let listener =
        TcpListener::bind(config.listen)
            .await
            .map_err(|source| StartError::Machine {
                what: format!(
                    "cannot listen on {}; choose another with --listen",
                    config.listen
                ),
                source,
            })?;
    let address = listener.local_addr().unwrap_or(config.listen);
    let signals = Signals::listen().map_err(|source| StartError::Machine {
        what: "signals cannot be heard".into(),
        source,
    })?;

    compose::make_data_dir(&config)?;
    let lock = Lock::take(&config)?;
    let store = compose::open_store(&config).await?;
    let services = match sandbox {
        Some(options) => compose::sandbox(&config, options, store).await?,
        None => compose::installation(&config, store).await?,
    };
    if lock.is_some() {
        compose::take_over(&services).await?;
    }
    let certificates = compose::certificates(&config)?;
    // A sandbox tells nobody, so nobody says anything back.
    let (slack, pagerduty) = match services.sandbox {
        Some(_) => (Vec::new(), Vec::new()),
        None => (
            compose::slack_doors(&config)?,
            compose::pagerduty_doors(&config)?,
        ),
    };
    let doors = Doors {
        certificates,
        slack,
        pagerduty,
    };
    let url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    greet(&services, &url).await?;
    run(&config, services, doors, listener, signals).await;
    // Not before the last write.
    drop(lock);
    Ok(())
}

/// Says where to go, and at the very first start how to get in.
async fn greet(services: &Services, url: &str) -> Result<(), StartError> {
    if services.sandbox.is_some() {
        say(&format!(
            "Lamplighter's sandbox is at {url} and begins afresh — sign in there with one click."
        ));
        return Ok(());
    }
    say(&format!("Lamplighter is at {url}"));
    if services.cloud.scopes().is_empty() {
        tracing::warn!("no AWS account is configured: name one under [[estate.accounts]]");
    }
    if let Some(secret) = setup::new_link(services).await? {
        // A warning, so that it is there whatever the log leaves out.
        tracing::warn!(
            "nobody has an account yet; make the first admin within an hour at \
             {url}/setup?token={secret}"
        );
    }
    Ok(())
}

/// What proves who calls from outside.
struct Doors {
    certificates: Option<Certificates>,
    slack: Vec<SlackDoor>,
    pagerduty: Vec<PagerdutyDoor>,
}

async fn run(
    config: &Config,
    services: Services,
    doors: Doors,
    listener: TcpListener,
    signals: Signals,
) {
    let (close, closing) = watch::channel(false);
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let router = http::router(http::Parts {
        services: services.clone(),
        certificates: doors.certificates,
        slack_doors: doors.slack,
        pagerduty_doors: doors.pagerduty,
        door: Door {
            public_url: config.public_url.clone(),
            proxy_header: config
                .trusted_proxy_header
                .as_deref()
                .and_then(|name| name.parse().ok()),
        },
        site: Site::load(
            set("LAMPLIGHTER_SITE_DIR").map_or_else(|| SITE_DIR.into(), PathBuf::from),
        ),
        metrics_token: set("LAMPLIGHTER_METRICS_TOKEN"),
        dev_reload: set("LAMPLIGHTER_DEV_RELOAD"),
        closing: closing.clone(),
    });
    if config.is_https() && config.trusted_proxy_header.is_none() {
        tracing::warn!(
            "clients of a proxy have no address of their own here, and failed sign-ins are counted by name only: set trusted_proxy_header to the header in which \
             the proxy tells the client's address"
        );
    }
    let driver = Driver::start(&services);
    tokio::select! {
        () = accept::serve(listener, router, closing) => {}
        () = end(signals, close) => {}
    }
    driver.stop(shutdown::WORKERS).await;
    services.store.close().await;
}

/// Tells the server to end when the program is asked to, and resolves when it
/// has had its time or the program is asked again.
async fn end(mut signals: Signals, close: watch::Sender<bool>) {
    signals.next().await;
    tracing::info!("ending");
    // Nobody listens when the server has ended already.
    let _ = close.send(true);
    tokio::select! {
        () = tokio::time::sleep(shutdown::REQUESTS) => {
            tracing::warn!("a request did not end in time and was abandoned");
        }
        () = signals.next() => tracing::warn!("asked again to end: ending at once"),
    }
}
