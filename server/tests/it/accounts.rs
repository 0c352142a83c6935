//! What an admin does to accounts, and what a program may do with a token.

use crate::world::{Ask, World};
use domain::{people::Role, time::DAY_MS};
use serde_json::{Value, json};
use testkit::Person;

async fn status(world: &World, ask: Ask) -> u16 {
    world.send(ask).await.status
}

/// The person as an admin's list shows them.
async fn listed(world: &World, admin: &str, person: &Person) -> Value {
    let answer = world.send(Ask::get("/api/v1/people").cookie(admin)).await;
    let rows = answer.json().as_array().expect("rows").clone();
    let is_theirs = |row: &Value| row["id"] == person.id.to_string();
    rows.into_iter().find(is_theirs).expect("listed")
}

#[tokio::test]
async fn a_change_from_a_stale_list_gives_nothing_back() {
    let world = World::installation().await;
    let admin = world.session(&world.role(Role::Admin)).await;
    let operator = world.role(Role::Operator);
    let seen = listed(&world, &admin, &operator).await;
    let change = |role: &str, version: &Value| {
        let grants = json!([{ "role": role, "reach": "all" }]);
        let body =
            json!({ "name": "Olga", "disabled": false, "grants": grants, "version": version });
        let path = format!("/api/v1/people/{}", operator.id);
        Ask::new("PUT", &path).own().cookie(&admin).json(&body)
    };
    assert_eq!(
        status(&world, change("viewer", &seen["version"])).await,
        204
    );
    assert_eq!(
        status(&world, change("operator", &seen["version"])).await,
        409
    );
    let now = listed(&world, &admin, &operator).await;
    assert_eq!(now["grants"][0]["role"], "viewer");
    assert_ne!(now["version"], seen["version"]);
    // What they choose for themselves is no decision about them.
    let own = world.session(&operator).await;
    let profile = json!({ "lang": "ko", "zone": "UTC", "theme": "dark" });
    let save = Ask::new("PUT", "/api/v1/profile").own().cookie(&own);
    assert_eq!(status(&world, save.json(&profile)).await, 204);
    assert_eq!(
        status(&world, change("operator", &now["version"])).await,
        204
    );
    // A script that has read nothing replaces whatever is there.
    assert_eq!(status(&world, change("viewer", &Value::Null)).await, 204);
}

#[tokio::test]
async fn a_password_that_an_admin_sets_ends_sessions_and_tokens() {
    let world = World::installation().await;
    let admin = world.session(&world.role(Role::Admin)).await;
    let operator = world.role(Role::Operator);
    let session = world.session(&operator).await;
    let until = world.h.now().plus_ms(DAY_MS);
    let (_, token) = world.token(&operator, Role::Operator, until).await;
    let by_session = || Ask::get("/api/v1/viewer").cookie(&session);
    let by_token = || Ask::get("/api/v1/viewer").bearer(&token);
    assert_eq!(status(&world, by_session()).await, 200);
    assert_eq!(status(&world, by_token()).await, 200);
    let path = format!("/api/v1/people/{}/password", operator.id);
    let reset = Ask::new("POST", &path).own().cookie(&admin);
    let reset = reset.json(&json!({ "password": "a long enough password" }));
    assert_eq!(status(&world, reset).await, 204);
    assert_eq!(status(&world, by_session()).await, 401);
    assert_eq!(status(&world, by_token()).await, 401);
}

#[tokio::test]
async fn what_a_token_did_does_not_look_like_its_owner() {
    let world = World::installation().await;
    let admin = world.role(Role::Admin);
    let until = world.h.now().plus_ms(DAY_MS);
    let (_, token) = world.token(&admin, Role::Admin, until).await;
    let person = json!({
        "login": "ben@example.com", "name": "Ben", "password": "a long enough password",
        "grants": [{ "role": "viewer", "reach": "all" }],
    });
    let add = Ask::new("POST", "/api/v1/people").bearer(&token);
    assert_eq!(status(&world, add.json(&person)).await, 201);
    let ask = Ask::get("/api/v1/audit?action=person.add").bearer(&token);
    let entries = world.send(ask).await.json();
    let name = entries["rows"][0]["actor_name"]
        .as_str()
        .expect("a name")
        .to_owned();
    assert!(name.starts_with("admin (token "), "{entries}");
}
