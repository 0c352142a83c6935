//! What the server's own console can do without signing in: whoever can read
//! the database can do all of it anyway, and here it is audited.

use crate::{
    cli::{Token, User, say},
    compose::{self, StartError},
    config::Config,
};
use api::{
    ApiError, ErrorCode,
    people::{NewPerson, PersonRow},
    tokens::NewToken,
};
use domain::{
    estate::Environment,
    limits,
    people::{Grant, Reach},
};
use services::{Failure, Services, people, tokens};
use std::{
    env,
    io::{self, BufRead as _, IsTerminal as _},
    path::Path,
    process::ExitCode,
};

/// The installation's database as it is: a mistyped folder makes no new one.
async fn kept(config: &Config) -> Result<store::Store, StartError> {
    if let Some(file) = config.sqlite_file().filter(|file| !file.exists()) {
        return Err(StartError::Usage(format!(
            "there is no database at {}: name its folder with --data, or make it with \
             `lamplighter migrate`",
            file.display()
        )));
    }
    let store = compose::open_store(config).await?;
    if store.needs_migration().await? {
        let what = "the database is not up to date: run `lamplighter migrate` first";
        return Err(StartError::Usage(what.into()));
    }
    Ok(store)
}

async fn open(config: &Config) -> Result<Services, StartError> {
    Ok(compose::services(config, kept(config).await?))
}

async fn person(s: &Services, login: &str) -> Result<store::PersonRow, StartError> {
    let login = login.trim().to_lowercase();
    let found = s.store.read().person_by_login(&login).await?;
    found.ok_or_else(|| StartError::Usage(format!("nobody has the login `{login}`")))
}

/// People.
pub async fn user(config: &Config, act: User) -> Result<(), StartError> {
    let s = open(config).await?;
    match act {
        User::Add {
            login,
            name,
            role,
            environment,
        } => {
            let reach = if environment.is_empty() {
                Reach::All
            } else {
                Reach::Only(environment.into_iter().map(Environment::new).collect())
            };
            let grants = vec![Grant { role, reach }];
            let password = read_password()?;
            let id = people::add_at_console(
                &s,
                NewPerson {
                    login,
                    name,
                    password,
                    grants,
                },
            )
            .await?;
            say(&id.to_string());
        }
        User::List => {
            for row in people::list_at_console(&s).await? {
                say(&line(&row));
            }
        }
        User::Disable { login, undo } => {
            let person = person(&s, &login).await?;
            people::set_disabled_at_console(&s, person.id, !undo).await?;
        }
        User::Password { login } => {
            let person = person(&s, &login).await?;
            people::reset_password_at_console(&s, &person, read_password()?).await?;
        }
    }
    Ok(())
}

fn line(row: &PersonRow) -> String {
    let grants = row.grants.iter().map(|grant| match &grant.reach {
        Reach::All => grant.role.as_str().to_owned(),
        Reach::Only(list) => {
            let names: Vec<_> = list.iter().map(Environment::as_str).collect();
            format!("{}@{}", grant.role.as_str(), names.join("+"))
        }
    });
    let grants = grants.collect::<Vec<_>>().join(",");
    let state = if row.disabled { "disabled" } else { "enabled" };
    format!("{}\t{}\t{grants}\t{state}\t{}", row.id, row.login, row.name)
}

fn read_password() -> Result<String, StartError> {
    if let Ok(password) = env::var("LAMPLIGHTER_PASSWORD") {
        return Ok(password);
    }
    if io::stdin().is_terminal() {
        let what = "send the password on standard input, or set LAMPLIGHTER_PASSWORD; typed here \
                    it would be seen";
        return Err(StartError::Usage(what.into()));
    }
    let mut line = String::new();
    let stdin = io::stdin().lock();
    io::Read::take(stdin, limits::PASSWORD_LINE_BYTES_MAX)
        .read_line(&mut line)
        .map_err(|source| StartError::Machine {
            what: "the password cannot be read from standard input".into(),
            source,
        })?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Tokens.
pub async fn token(config: &Config, act: Token) -> Result<(), StartError> {
    let s = open(config).await?;
    match act {
        Token::Make {
            login,
            name,
            role,
            days,
        } => {
            let owner = person(&s, &login).await?;
            let made = tokens::make_at_console(&s, &owner, NewToken { name, role, days }).await?;
            say(&made.secret);
        }
        Token::List { login } => {
            let owner = person(&s, &login).await?;
            for row in tokens::list_at_console(&s, &owner).await? {
                let role = row.role.as_str();
                say(&format!(
                    "{}\t{role}\tuntil {}\t{}",
                    row.id, row.expires_at, row.name
                ));
            }
        }
        Token::Revoke { login, id } => {
            let owner = person(&s, &login).await?;
            if !tokens::revoke_at_console(&s, &owner, id).await? {
                let what = format!("{} has no token {id}", owner.login);
                return Err(Failure::Told(ApiError::new(ErrorCode::NotFound, what)).into());
            }
        }
    }
    Ok(())
}

/// The audit log's chain.
pub async fn verify_audit(config: &Config) -> Result<ExitCode, StartError> {
    let store = kept(config).await?;
    match store.verify_audit().await? {
        Ok(entries) => {
            say(&format!("The audit log is whole: {entries} entries."));
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            say(&format!("The audit log is broken: {broken}."));
            Ok(ExitCode::from(1))
        }
    }
}

/// Copies the database while it is in use.
pub async fn backup(config: &Config, file: &Path) -> Result<(), StartError> {
    kept(config).await?.backup(file).await?;
    say(&format!("The database is now also in {}.", file.display()));
    Ok(())
}
