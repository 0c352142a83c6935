//! What people press under a message in Slack.
//!
//! The door has proved that Slack wrote the call. That says who pressed only there: who they are
//! here is what `[[contacts]]` say, and what they may do is what their account may on the page,
//! by the same policy. A call may come again within the minutes for which its signature holds:
//! taking on what one has changes nothing, and a silence has an id that is made of its press.

use crate::{
    Services,
    alarms::{Again, exactly, seen, take_on},
    cx::Cx,
    failure::{Failure, Outcome},
    silences, texts,
};
use api::silences::{NewSilence, SilenceScope};
use domain::{
    ids::SilenceId,
    limits,
    people::Actor,
    sources::Origin,
    time::{MINUTE_MS, Zone},
};
use files::{SlackButton, SlackPress};
use sha2::{Digest as _, Sha256};

/// Does what a press asks for, as the person whom the configuration names. The answer is what
/// only they are told; none when the message itself will say it.
///
/// # Errors
/// The database's: what is refused is an answer.
pub async fn press(s: &Services, cx: &Cx, press: &SlackPress) -> Outcome<Option<String>> {
    let lang = cx.lang;
    let roster = &s.settings.routing.roster;
    let Some(known) = roster.slack_person(&press.team, &press.user) else {
        let told = texts::press_unmapped(lang, &press.user, &press.team);
        return Ok(Some(told));
    };
    let cx = match acting(s, cx, &known.account, "Slack").await? {
        Ok(cx) => cx,
        Err(told) => return Ok(Some(told)),
    };
    let done = match press.button {
        SlackButton::Acknowledge => {
            let taken = take_on(s, &cx, press.alarm, "", Again::IsNothing).await;
            taken.map(|_| None)
        }
        SlackButton::Silence => silence(s, &cx, press).await.map(Some),
    };
    match done {
        Err(Failure::Told(error)) => Ok(Some(error.message)),
        done => done,
    }
}

/// The same call as made by an account here, from elsewhere; or why nobody may act as that.
///
/// # Errors
/// The database's.
pub(crate) async fn acting(
    s: &Services,
    cx: &Cx,
    account: &str,
    way: &str,
) -> Outcome<Result<Cx, String>> {
    let found = s.store.read().person_by_login(account).await?;
    let Some(person) = found.filter(|person| !person.disabled) else {
        return Ok(Err(texts::press_no_account(cx.lang, account)));
    };
    // The log that keeps the name tells by which way they came, as it does of a token.
    let actor = Actor {
        person: person.id,
        name: format!("{} ({way})", person.name),
        grants: person.grants,
    };
    Ok(Ok(Cx {
        actor: Some(actor),
        zone: Zone::named(&person.zone).unwrap_or_else(|_| Zone::utc()),
        ..cx.clone()
    }))
}

async fn silence(s: &Services, cx: &Cx, press: &SlackPress) -> Outcome<String> {
    let row = seen(s, cx, press.alarm).await?;
    if matches!(row.origin, Origin::Drill(_)) {
        return Err(cx.conflict(texts::press_drill(cx.lang)).into());
    }
    let minutes = limits::PRESSED_SILENCE_MINUTES;
    let wish = NewSilence {
        scope: SilenceScope {
            matchers: exactly(&row),
            environments: vec![row.environment.clone()],
        },
        from: None,
        until: cx.now.plus_ms(minutes * MINUTE_MS),
        comment: texts::pressed_in_slack(cx.lang).to_owned(),
    };
    silences::add_once(s, cx, silence_id(press), wish).await?;
    Ok(texts::press_silenced(cx.lang, minutes))
}

/// The id of the silence that a press asks for: the same for the same press, and one that nobody
/// can choose, for Slack has signed what it is made of.
fn silence_id(press: &SlackPress) -> SilenceId {
    let SlackPress {
        team,
        user,
        at,
        message,
        alarm,
        ..
    } = press;
    let made_of = format!("{team}/{user}/{at}/{message}/{alarm}");
    let digest = Sha256::digest(made_of.as_bytes());
    let random = digest.iter().take(16);
    let random = random.fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    let seconds = at.split('.').next().and_then(|text| text.parse().ok());
    SilenceId::from_parts(seconds.map_or(0, |s: i64| s.saturating_mul(1_000)), random)
}
