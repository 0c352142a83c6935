//! Signing in and out, the set-up link, the sandbox's one click.

use crate::world::{Ask, Options, World};
use domain::{
    ids::PersonId,
    limits,
    people::{Reach, Role},
};
use serde_json::{Value, json};
use services::sign_in::{sandbox, setup};
use std::time::Duration;
use testkit::{Backing, Harness};

const PASSWORD: &str = "correct horse battery";

fn sign_in(login: &str, password: &str) -> Ask {
    let password = password.replace(' ', "+");
    Ask::form(
        "/sign-in",
        &format!("login={login}&password={password}&next=%2Falarms%3Fa%3Db"),
    )
}

#[tokio::test]
async fn a_password_opens_a_session_that_a_cookie_keeps_and_signing_out_ends() {
    let world = World::installation().await;
    let ana = world.with_password("ana", PASSWORD).await;
    let answer = world.send(sign_in("Ana%40Example.com", PASSWORD)).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/alarms?a=b")
    );
    let secret = answer.session().expect("a cookie");
    let cookie = answer.all("set-cookie");
    let age = limits::SESSION_AGE_MS / 1_000;
    let flags = format!("Path=/; Max-Age={age}; HttpOnly; SameSite=Lax");
    assert_eq!(cookie, [format!("lamplighter={secret}; {flags}")]);
    assert_eq!(secret.len(), 64, "256 bits");

    let viewer = world.send(Ask::get("/api/v1/viewer").cookie(&secret)).await;
    assert_eq!(viewer.json()["id"], ana.id.to_string());
    let page = world.send(Ask::get("/alarms").cookie(&secret)).await;
    assert_eq!(page.status, 200);

    let out = world.send(Ask::form("/sign-out", "").cookie(&secret)).await;
    assert_eq!(
        (out.status, out.header("location")),
        (303, "/sign-in?error=signed_out")
    );
    assert_eq!(
        out.all("set-cookie"),
        ["lamplighter=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"]
    );
    let viewer = world.send(Ask::get("/api/v1/viewer").cookie(&secret)).await;
    assert_eq!(
        viewer.status, 401,
        "the session is gone from the server, not only from the browser"
    );

    let audit = world
        .h
        .as_role(Role::Admin)
        .list_audit(Default::default())
        .await
        .expect("the log");
    let verbs: Vec<_> = audit
        .rows
        .iter()
        .take(2)
        .map(|row| row.action.as_str())
        .collect();
    assert_eq!(verbs, ["session.sign_out", "session.sign_in"]);
    assert!(
        audit
            .rows
            .iter()
            .all(|row| !row.detail_json.contains(&secret))
    );
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let public_url = Some("https://ops.example.com");
    let world = World::with(Options {
        public_url,
        ..Options::default()
    })
    .await;
    world.with_password("ana", PASSWORD).await;
    let ask = sign_in("ana%40example.com", PASSWORD).header("origin", "https://ops.example.com");
    let answer = world.send(ask).await;
    let secret = answer.session().expect("a cookie");
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-lamplighter="), "{set}");
    assert!(set.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{set}");
    let secure =
        Ask::get("/api/v1/viewer").header("cookie", &format!("__Host-lamplighter={secret}"));
    assert_eq!(world.send(secure).await.status, 200);
    // A cookie that plain HTTP could have set opens nothing.
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&secret))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn signing_in_never_takes_over_a_session_that_was_there_before() {
    let world = World::installation().await;
    let ana = world.with_password("ana", PASSWORD).await;
    let planted = world.session(&ana).await;
    let answer = world
        .send(sign_in("ana%40example.com", PASSWORD).cookie(&planted))
        .await;
    let fresh = answer.session().expect("a cookie");
    assert_ne!(planted, fresh);
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&planted))
            .await
            .status,
        401
    );
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&fresh))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn whatever_is_wrong_is_one_answer() {
    let world = World::installation().await;
    world.with_password("ana", PASSWORD).await;
    let gone = world.with_password("gone", PASSWORD).await;
    world.disable(&gone).await;
    // A person who has no password at all.
    world.h.person("nopassword", Role::Admin, Reach::All).await;
    let huge = "x".repeat(100_000);
    for (login, password) in [
        ("ana%40example.com", "wrong"),
        ("ana%40example.com", ""),
        ("nobody%40example.com", PASSWORD),
        ("gone%40example.com", PASSWORD),
        ("nopassword%40example.com", ""),
        ("%3Cscript%3E", "%3Cscript%3E"),
        ("", ""),
        (huge.as_str(), huge.as_str()),
    ] {
        let answer = world.send(sign_in(login, password)).await;
        let location = answer.header("location");
        assert_eq!(answer.status, 303);
        assert_eq!(
            location, "/sign-in?error=wrong&next=%2Falarms%3Fa%3Db",
            "{login}"
        );
        assert!(answer.session().is_none());
    }
    // The address that was typed stays, but not in the page's address.
    let answer = world.send(sign_in("ana%40example.com", "wrong")).await;
    let kept = answer.header("set-cookie");
    let kept = kept.split(';').next().unwrap_or_default();
    let page = |path: &str| world.send(Ask::get(path).header("cookie", kept));
    let again = page("/sign-in?error=wrong").await.body;
    assert!(
        again.contains(r#"value="ana@example.com""#),
        "{kept}: {again}"
    );
    let fresh = page("/sign-in").await.body;
    assert!(!fresh.contains(r#"value="ana@example.com""#), "{fresh}");
    // No form at all is an empty one.
    let nothing = Ask::new("POST", "/sign-in")
        .own()
        .header("content-type", "application/json");
    let answer = world.send(nothing.body("{}")).await;
    assert_eq!(answer.header("location"), "/sign-in?error=wrong");
}

/// Whether a sign-in from a client was refused for its number, and not judged.
async fn is_throttled(world: &World, login: &str, password: &str, client: &str) -> bool {
    let answer = world.send(sign_in(login, password).from(client)).await;
    let location = answer.header("location");
    location.starts_with("/sign-in?error=throttled&minutes=15")
}

#[tokio::test]
async fn after_ten_failures_one_client_waits_and_its_owner_elsewhere_does_not() {
    let world = World::installation().await;
    let ana = world.with_password("ana", PASSWORD).await;
    world.with_password("eva", PASSWORD).await;
    let (here, elsewhere) = ("192.0.2.1", "192.0.2.2");
    // A login that nobody has is counted like one that somebody has.
    for login in ["ana%40example.com", "nobody%40example.com"] {
        for _ in 0..limits::SIGN_IN_FAILURES_MAX {
            assert!(!is_throttled(&world, login, "wrong", here).await);
        }
        assert!(is_throttled(&world, login, PASSWORD, here).await, "{login}");
    }
    for (login, client) in [
        ("eva%40example.com", here),
        ("ana%40example.com", elsewhere),
    ] {
        let answer = world.send(sign_in(login, PASSWORD).from(client)).await;
        assert!(answer.session().is_some(), "{login} from {client}");
    }
    // That she got in elsewhere does not help whoever guesses here.
    assert!(is_throttled(&world, "ana%40example.com", PASSWORD, here).await);
    world.h.step(limits::SIGN_IN_WINDOW_MS + 1_000);
    let again = sign_in("ana%40example.com", PASSWORD).from(here);
    assert!(world.send(again).await.session().is_some());

    for _ in 0..limits::SIGN_IN_FAILURES_MAX {
        world
            .send(sign_in("ana%40example.com", "wrong").from(here))
            .await;
    }
    let admin = world.h.as_role(Role::Admin);
    let reset = admin.reset_password(ana.id, "another long password".into());
    reset.await.expect("a password");
    let fresh = sign_in("ana%40example.com", "another long password").from(here);
    assert!(
        world.send(fresh).await.session().is_some(),
        "a new password begins a new count"
    );
}

#[tokio::test]
async fn a_client_that_tries_many_logins_waits_for_all_of_them() {
    let world = World::installation().await;
    world.with_password("ana", PASSWORD).await;
    let client = "2001:db8::1";
    for n in 0..limits::SIGN_IN_ADDRESS_FAILURES_MAX {
        let login = format!("person{n}%40example.com");
        assert!(!is_throttled(&world, &login, PASSWORD, client).await);
    }
    // One household has a whole /64.
    for client in [client, "2001:db8::2"] {
        assert!(is_throttled(&world, "ana%40example.com", PASSWORD, client).await);
    }
    let elsewhere = sign_in("ana%40example.com", PASSWORD).from("2001:db8:0:1::1");
    assert!(world.send(elsewhere).await.session().is_some());
}

#[tokio::test]
async fn guesses_from_everywhere_slow_a_login_and_lock_nobody_out() {
    let world = World::installation().await;
    world.with_password("ana", PASSWORD).await;
    for n in 0..limits::SIGN_IN_LOGIN_FAILURES_MAX {
        let client = format!("198.51.100.{n}");
        assert!(!is_throttled(&world, "ana%40example.com", "wrong", &client).await);
    }
    let begun = server::system::stopwatch();
    let own = sign_in("ana%40example.com", PASSWORD).from("192.0.2.1");
    assert!(world.send(own).await.session().is_some());
    assert!(begun.elapsed() >= Duration::from_millis(limits::SIGN_IN_SLOW_MS));
    // Where clients cannot be told apart the login is all there is to count by.
    let unknown = world.send(sign_in("ana%40example.com", PASSWORD)).await;
    let location = unknown.header("location");
    assert!(location.contains("error=throttled"), "{location}");
}

#[tokio::test]
async fn wrong_present_passwords_hold_up_the_change_and_no_sign_in() {
    let world = World::installation().await;
    let ana = world.with_password("ana", PASSWORD).await;
    let cookie = world.session(&ana).await;
    let change = |current: &str| {
        let ask = Ask::new("POST", "/api/v1/password").own().cookie(&cookie);
        ask.json(&json!({ "current": current, "new": "another long password" }))
    };
    // Failed sign-ins do not hold up the change.
    for _ in 0..limits::SIGN_IN_FAILURES_MAX {
        world
            .send(sign_in("ana%40example.com", "wrong").from("192.0.2.1"))
            .await;
    }
    for _ in 0..limits::SIGN_IN_FAILURES_MAX {
        assert_eq!(world.send(change("wrong")).await.status, 422);
    }
    assert_eq!(world.send(change(PASSWORD)).await.status, 429);
    let own = sign_in("ana%40example.com", PASSWORD).from("192.0.2.2");
    assert!(world.send(own).await.session().is_some());
    world.h.step(limits::SIGN_IN_WINDOW_MS + 1_000);
    assert_eq!(world.send(change(PASSWORD)).await.status, 204);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let world = World::installation().await;
    world.with_password("ana", PASSWORD).await;
    for next in [
        "//evil.example",
        "/%5Cevil.example",
        "https%3A%2F%2Fevil.example",
        "%2F%0Aevil",
        "alarms",
    ] {
        let form = format!(
            "login=ana%40example.com&password={}&next={next}",
            PASSWORD.replace(' ', "+")
        );
        let answer = world.send(Ask::form("/sign-in", &form)).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, "/"),
            "{next}"
        );
    }
    let asked = world
        .send(Ask::get("/changes?state=proposed&text=a%26b"))
        .await;
    assert_eq!(
        asked.header("location"),
        "/sign-in?next=%2Fchanges%3Fstate%3Dproposed%26text%3Da%2526b"
    );
}

#[tokio::test]
async fn a_session_ends_when_unused_and_anyway_after_a_week() {
    let world = World::installation().await;
    world.with_password("ana", PASSWORD).await;
    let secret = async || {
        let answer = world.send(sign_in("ana%40example.com", PASSWORD)).await;
        answer.session().expect("a cookie")
    };
    let stands = async |cookie: &str| {
        world
            .send(Ask::get("/api/v1/viewer").cookie(cookie))
            .await
            .status
            == 200
    };
    let unused = secret().await;
    world.h.step(limits::SESSION_IDLE_MS - 1_000);
    assert!(stands(&unused).await, "used in time, so it begins anew");
    world.h.step(limits::SESSION_IDLE_MS - 1_000);
    assert!(stands(&unused).await);
    world.h.step(limits::SESSION_IDLE_MS);
    assert!(!stands(&unused).await);
    let used = secret().await;
    let turns = limits::SESSION_AGE_MS / (limits::SESSION_IDLE_MS / 2);
    for _ in 1..turns {
        world.h.step(limits::SESSION_IDLE_MS / 2);
        assert!(stands(&used).await);
    }
    world.h.step(limits::SESSION_IDLE_MS / 2);
    assert!(!stands(&used).await, "not even a used one lasts for ever");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let world = World::installation().await;
    let ana = world.with_password("ana", PASSWORD).await;
    let other = world.session(&ana).await;
    let own = world
        .send(sign_in("ana%40example.com", PASSWORD))
        .await
        .session()
        .expect("a cookie");
    let change = |current: &str, new: &str| {
        let ask = Ask::new("POST", "/api/v1/password").own().cookie(&own);
        ask.json(&json!({ "current": current, "new": new }))
    };
    let wrong = world.send(change("wrong", "another long password")).await;
    assert_eq!(
        (wrong.status, &wrong.json()["fields"][0]["field"]),
        (422, &json!("current"))
    );
    let short = world.send(change(PASSWORD, "short")).await;
    assert_eq!(
        (short.status, &short.json()["fields"][0]["field"]),
        (422, &json!("new"))
    );
    assert_eq!(
        world
            .send(change(PASSWORD, "another long password"))
            .await
            .status,
        204
    );
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&other))
            .await
            .status,
        401
    );
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&own))
            .await
            .status,
        200
    );
    let again = world
        .send(sign_in("ana%40example.com", "another long password"))
        .await;
    assert!(again.session().is_some());
}

#[tokio::test]
async fn whoever_is_shut_out_is_out_at_once_and_the_last_admin_stays() {
    let world = World::installation().await;
    let (admin, viewer) = (world.role(Role::Admin), world.role(Role::Viewer));
    let cookie = world.session(&viewer).await;
    let asked_by = world.session(&admin).await;
    let change = |person: PersonId, role: &str, disabled: bool| {
        let ask = Ask::new("PUT", &format!("/api/v1/people/{person}"))
            .own()
            .cookie(&asked_by);
        ask.json(&json!({
            "name": "x", "disabled": disabled, "grants": [{ "role": role, "reach": "all" }],
        }))
    };
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&cookie))
            .await
            .status,
        200
    );
    assert_eq!(
        world.send(change(viewer.id, "viewer", true)).await.status,
        204
    );
    assert_eq!(
        world
            .send(Ask::get("/api/v1/viewer").cookie(&cookie))
            .await
            .status,
        401
    );
    for (role, disabled) in [("viewer", false), ("admin", true)] {
        let answer = world.send(change(admin.id, role, disabled)).await;
        assert_eq!(answer.status, 409, "{}", answer.body);
    }
}

#[tokio::test]
async fn the_setup_link_makes_one_admin_once() {
    let world = World::empty().await;
    let old = setup::new_link(&world.services)
        .await
        .expect("an answer")
        .expect("a link");
    let token = setup::new_link(&world.services)
        .await
        .expect("an answer")
        .expect("a link");
    let form = |token: &str, login: &str, password: &str| {
        let password = password.replace(' ', "+");
        Ask::form(
            "/setup",
            &format!("token={token}&login={login}&name=Ana&password={password}"),
        )
    };
    let page = world.send(Ask::get(&format!("/setup?token={token}"))).await;
    assert_eq!(page.status, 200);
    for (ask, error) in [
        (form(&old, "ana%40example.com", PASSWORD), "token"),
        (form("", "ana%40example.com", PASSWORD), "token"),
        (
            form(&"ab".repeat(32), "ana%40example.com", PASSWORD),
            "token",
        ),
        (form(&token, "ana", PASSWORD), "login"),
        (form(&token, "ana%40example.com", "short"), "password"),
        (
            Ask::form(
                "/setup",
                &format!("token={token}&login=a%40b&name=&password=x"),
            ),
            "name",
        ),
        (
            Ask::form(
                "/setup",
                &format!(
                    "token={token}&login=a%40b&name={}&password=x",
                    "%3Cscript%3E".repeat(10_000)
                ),
            ),
            "name",
        ),
        (Ask::form("/setup", ""), "token"),
    ] {
        let answer = world.send(ask).await;
        let location = answer.header("location").to_owned();
        assert_eq!(answer.status, 303);
        assert!(location.ends_with(&format!("error={error}")), "{location}");
        assert!(answer.session().is_none());
    }
    let done = world
        .send(form(&token, "ana%40example.com", PASSWORD))
        .await;
    assert_eq!((done.status, done.header("location")), (303, "/"));
    let cookie = done.session().expect("signed in");
    let viewer = world.send(Ask::get("/api/v1/viewer").cookie(&cookie)).await;
    assert_eq!(
        viewer.json()["grants"],
        json!([{ "role": "admin", "reach": "all" }])
    );
    let again = world
        .send(form(&token, "eva%40example.com", PASSWORD))
        .await;
    assert!(again.header("location").ends_with("error=token"));
    assert!(
        setup::new_link(&world.services)
            .await
            .expect("an answer")
            .is_none()
    );
}

#[tokio::test]
async fn the_setup_link_expires() {
    let world = World::empty().await;
    let token = setup::new_link(&world.services)
        .await
        .expect("an answer")
        .expect("a link");
    world.h.step(limits::SETUP_LINK_MS + 1_000);
    let form =
        format!("token={token}&login=ana%40example.com&name=Ana&password=correct+horse+battery");
    let answer = world.send(Ask::form("/setup", &form)).await;
    assert!(answer.header("location").ends_with("error=token"));
}

#[tokio::test]
async fn one_click_signs_in_in_the_sandbox_and_nowhere_else() {
    let world = World::sandbox().await;
    sandbox::seed_people(&world.services, 7)
        .await
        .expect("people");
    sandbox::seed_people(&world.services, 7)
        .await
        .expect("the same people again");
    for role in Role::ALL {
        let ask = Ask::form("/sandbox/sign-in", &format!("role={}", role.as_str()));
        let answer = world.send(speaking(ask, "ko-KR,ko;q=0.9")).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"));
        let cookie = answer.session().expect("a cookie");
        let viewer = world
            .send(speaking(
                Ask::get("/api/v1/viewer").cookie(&cookie),
                "ko-KR,ko;q=0.9",
            ))
            .await
            .json();
        assert_eq!(viewer["grants"][0]["role"], role.as_str());
        assert_eq!(
            (&viewer["sandbox"], &viewer["lang"]),
            (&json!(true), &json!("ko"))
        );
        // Its clock jumps by days, and nobody is thrown out.
        world.h.step(6 * limits::SESSION_AGE_MS / 7);
        assert_eq!(
            world
                .send(Ask::get("/api/v1/viewer").cookie(&cookie))
                .await
                .status,
            200
        );
    }
    let odd = world.send(Ask::form("/sandbox/sign-in", "role=king")).await;
    assert_eq!(odd.status, 404);

    let installation = World::installation().await;
    sandbox::seed_people(&installation.services, 7)
        .await
        .expect("people");
    for role in Role::ALL {
        let form = format!("role={}", role.as_str());
        let answer = installation
            .send(Ask::form("/sandbox/sign-in", &form))
            .await;
        assert_eq!(answer.status, 404);
        assert!(answer.session().is_none());
    }
}

fn speaking(ask: Ask, lang: &str) -> Ask {
    ask.header("accept-language", lang)
}

#[tokio::test]
async fn the_browsers_language_is_spoken_until_a_person_chooses_one() {
    let world = World::sandbox().await;
    sandbox::seed_people(&world.services, 7)
        .await
        .expect("people");
    let begin = || Ask::form("/sandbox/sign-in", "role=operator");
    let answer = world.send(speaking(begin(), "ko")).await;
    let cookie = answer.session().expect("a cookie");
    let speaks = async |lang: &str, tongue: &str| {
        let page = speaking(Ask::get("/").cookie(&cookie), lang);
        let page = world.send(page).await;
        let html = format!("<html lang=\"{tongue}\"");
        assert!(page.body.contains(&html), "{lang} is answered in {tongue}");
    };
    speaks("ko", "ko").await;
    speaks("en", "en").await;
    // Dark, and no word of a language: none is chosen by that.
    let save = async |profile: Value| {
        let ask = Ask::new("PUT", "/api/v1/profile").own();
        let saved = world.send(ask.cookie(&cookie).json(&profile)).await;
        assert_eq!(saved.status, 204);
    };
    save(json!({ "zone": "Asia/Seoul", "theme": "dark" })).await;
    speaks("ko", "ko").await;
    speaks("en", "en").await;
    save(json!({ "lang": "ko", "zone": "Asia/Seoul", "theme": "dark" })).await;
    speaks("en", "ko").await;
    let again = world.send(speaking(begin(), "en")).await;
    let cookie = again.session().expect("a cookie");
    let viewer = world.send(Ask::get("/api/v1/viewer").cookie(&cookie)).await;
    assert_eq!(
        viewer.json()["lang"],
        "ko",
        "signing in takes no choice back"
    );
}

#[tokio::test]
async fn a_strangers_language_and_theme_are_kept_in_the_browser() {
    let world = World::installation().await;
    let korean = world
        .send(Ask::get("/sign-in").header("accept-language", "ko"))
        .await;
    assert!(korean.body.contains("<html lang=\"ko\""), "{}", korean.body);
    let form = Ask::form("/preferences", "lang=ko&theme=dark&next=%2Fsign-in");
    let answer = world.send(form).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/sign-in")
    );
    assert_eq!(answer.all("set-cookie").len(), 2);
    let kept = "lamplighter-lang=ko; lamplighter-theme=dark";
    let page = world
        .send(Ask::get("/sign-in").header("cookie", kept))
        .await;
    assert!(
        page.body.contains("<html lang=\"ko\" data-theme=\"dark\""),
        "{}",
        page.body
    );
    let odd = world
        .send(Ask::form("/preferences", "lang=%22%3E&theme=pink&next=//x"))
        .await;
    assert_eq!(
        (odd.header("location"), odd.all("set-cookie").len()),
        ("/", 0)
    );
}

#[tokio::test]
async fn passwords_are_kept_as_argon2id_and_nowhere_in_the_clear() {
    let h = Harness::start(Backing::Sqlite).await;
    let ana = h.person("ana", Role::Viewer, Reach::All).await;
    let admin = h.as_role(Role::Admin);
    admin
        .reset_password(ana.id, PASSWORD.into())
        .await
        .expect("a password");
    let hash = h
        .services
        .store
        .read()
        .password_hash(ana.id)
        .await
        .expect("an answer");
    assert!(
        hash.expect("a hash")
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    let audit = admin.list_audit(Default::default()).await.expect("the log");
    assert!(
        audit
            .rows
            .iter()
            .all(|row| !row.detail_json.contains("horse"))
    );
}
