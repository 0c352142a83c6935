//! Every address × every role × no session, an expired, a malformed, another
//! installation's and a shut-out person's.
//!
//! What a role may do is not written here: the policy's own `judge` says what
//! must come out, from the action and the place that each case names. A new
//! operation of the contract, a new function behind a page, a new page or a new
//! route fails this test until it is listed.

mod alarm_cases;
mod cases;
mod things;

use crate::{
    kept,
    world::{Answer, Ask, World},
};
use cases::{Address, Case, Place, ROUTES, cases, others};
use domain::{
    estate::Environment,
    ids::{AlarmId, ChangeId, SessionId, TargetId},
    people::{Actor, Reach, Role},
    policy::{Action, Resource, Verdict, judge},
    time::DAY_MS,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};
use testkit::Person;
use things::{Things, things};

fn rest(method: &str, path: &str, body: &Value) -> Ask {
    let ask = Ask::new(method, &format!("/api/v1{path}")).own();
    if body.is_null() { ask } else { ask.json(body) }
}

fn rpc(path: &str, arguments: &Value) -> Ask {
    Ask::new("POST", path).own().json(arguments)
}

fn verdict(person: &Person, action: Action, place: Place) -> Verdict {
    let actor = Actor {
        person: person.id,
        name: person.name.clone(),
        grants: person.grants.clone(),
    };
    let prod = Environment::from("prod");
    let resource = match place {
        Place::Own => Resource::Own,
        Place::Prod => Resource::In(&prod),
        Place::Installation => Resource::Installation,
    };
    judge(&actor, action, resource)
}

fn assert_fits(answer: &Answer, verdict: Verdict, case: &Case, who: &str) {
    let status = answer.status;
    let fits = match verdict {
        Verdict::Refused { .. } => status == 403,
        Verdict::Unseen => status == 404,
        Verdict::Allowed => {
            !matches!(status, 401 | 403 | 405 | 500..) && (status != 404 || case.may_miss)
        }
    };
    let operation = case.address.operation;
    assert!(
        fits,
        "{operation} by {who}: {verdict:?} but {status}: {}",
        answer.body
    );
}

#[tokio::test]
async fn every_role_gets_what_the_policy_says_by_both_doors() {
    let world = World::sandbox().await;
    let things = things(&world).await;
    let stranger = world
        .h
        .person("dev-admin", Role::Admin, Reach::Only(vec!["dev".into()]))
        .await;
    let mut callers: Vec<Person> = Role::ALL.map(|role| world.role(role)).into();
    callers.push(stranger);
    let mut columns = Vec::new();
    for (n, person) in callers.iter().enumerate() {
        let mut column = Vec::new();
        for case in cases(&world, &things, n) {
            let expected = verdict(person, case.action, case.place);
            let (method, path, body) = &case.address.rest;
            let cookie = world.session(person).await;
            let answer = world.send(rest(method, path, body).cookie(&cookie)).await;
            assert_fits(&answer, expected, &case, &person.name);
            let mut cell = answer.status.to_string();
            if let Some((path, arguments)) = &case.address.rpc {
                let answer = world.send(rpc(path, arguments).cookie(&cookie)).await;
                assert_fits(&answer, expected, &case, &format!("{} by rpc", person.name));
                let _ = write!(cell, "/{}", answer.status);
            }
            // A person has so many sessions at most, and there are more cases.
            let sign_out = Ask::new("POST", "/sign-out").own().cookie(&cookie);
            world.send(sign_out).await;
            let line = format!("{method:<6} {}", case.address.operation);
            column.push((line, cell));
        }
        columns.push(column);
    }
    let mut text = String::from(
        "What each role got, one after the other, as REST/function: 2xx done, 403 refused, 404 unseen\n\
         or gone, 409 and 422 allowed but not possible any more or not with these values.\n\
         The last is an admin of `dev` only, who looks at `prod`.\n\n",
    );
    let heads = "viewer   operator approver admin    dev-admin";
    let _ = writeln!(text, "{:<28}{heads}", "");
    for row in 0..columns[0].len() {
        let _ = write!(text, "{:<28}", columns[0][row].0);
        let cells: Vec<_> = columns
            .iter()
            .map(|column| format!("{:<8}", column[row].1))
            .collect();
        let _ = writeln!(text, "{}", cells.join(" ").trim_end());
    }
    kept::check("it/coverage/roles.txt", &text);
}

/// Who is nobody, in every way.
async fn nobodies(world: &World) -> Vec<(&'static str, Box<dyn Fn(Ask) -> Ask>)> {
    let now = world.h.now();
    let viewer = world.role(Role::Viewer);
    let late = now.plus_ms(DAY_MS);
    let idle = world.session_until(&viewer, now.plus_ms(-1), late).await;
    let over = world.session_until(&viewer, late, now.plus_ms(-1)).await;
    let gone = world.h.person("gone", Role::Admin, Reach::All).await;
    let gone_cookie = world.session(&gone).await;
    let gone_token = world.token(&gone, Role::Admin, late).await.1;
    world.disable(&gone).await;
    let expired = world.token(&viewer, Role::Viewer, now.plus_ms(-1)).await.1;
    let cookie = |secret: String| move |ask: Ask| ask.cookie(&secret);
    let bearer = |token: String| move |ask: Ask| ask.bearer(&token);
    vec![
        ("no session", Box::new(|ask| ask)),
        ("an unused session", Box::new(cookie(idle))),
        ("an old session", Box::new(cookie(over))),
        (
            "another installation's session",
            Box::new(cookie("ab".repeat(32))),
        ),
        ("a malformed session", Box::new(cookie("%00'\"--".into()))),
        ("an endless session", Box::new(cookie("a".repeat(5_000)))),
        ("a shut-out person's session", Box::new(cookie(gone_cookie))),
        ("a shut-out person's token", Box::new(bearer(gone_token))),
        ("an expired token", Box::new(bearer(expired))),
        (
            "another installation's token",
            Box::new(bearer(format!("lamplighter_{}", "ab".repeat(32)))),
        ),
        ("a malformed token", Box::new(bearer("x".into()))),
        (
            "another scheme",
            Box::new(|ask| ask.header("authorization", "Basic YTpi")),
        ),
    ]
}

#[tokio::test]
async fn nobody_gets_anything_from_any_address() {
    let world = World::sandbox().await;
    let addresses = addresses(&world).await;
    for (who, as_nobody) in nobodies(&world).await {
        for address in &addresses {
            let operation = address.operation;
            let (method, path, body) = &address.rest;
            let mut asks = vec![rest(method, path, body)];
            // With a body that is wrong it must be the same: a stranger learns nothing.
            asks.push(rest(method, path, &json!({ "wrong": true })));
            if let Some((path, arguments)) = &address.rpc {
                asks.push(rpc(path, arguments));
                asks.push(rpc(path, &json!({})));
            }
            for ask in asks {
                let answer = world.send(as_nobody(ask)).await;
                assert_eq!(
                    answer.status, 401,
                    "{operation} with {who}: {}",
                    answer.body
                );
                let code = answer.json().get("code").cloned();
                let code = code.unwrap_or_else(|| answer.json()["Api"]["code"].clone());
                assert_eq!(code, "unauthenticated", "{operation} with {who}");
            }
        }
    }
}

#[tokio::test]
async fn every_operation_of_the_contract_is_covered() {
    let document: Value = serde_json::from_str(&server::http::openapi_json()).expect("json");
    let mut described = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id");
            described.insert(id.to_owned(), (method.to_uppercase(), path.clone()));
        }
    }
    let mut covered = BTreeSet::new();
    for address in addresses(&World::sandbox().await).await {
        let (method, path, _) = &address.rest;
        let path = format!("/api/v1{path}");
        let operation = address.operation;
        let Some((own_method, template)) = described.get(operation) else {
            panic!("the contract has no {operation}");
        };
        assert_eq!(own_method, method, "{operation}");
        assert!(
            fits(template, &path),
            "{operation}: {path} is not {template}"
        );
        covered.insert(operation.to_owned());
    }
    assert_eq!(described.into_keys().collect::<BTreeSet<_>>(), covered);
}

/// Whether a path is one of a template's.
fn fits(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(part, own)| part.starts_with('{') || part == own)
}

/// The router itself is asked: a method that nobody has listed is refused, on
/// every path that is known.
#[tokio::test]
async fn no_address_takes_a_method_that_is_not_listed() {
    let world = World::sandbox().await;
    let cookie = world.session(&world.role(Role::Admin)).await;
    let mut listed: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (method, path, _) in ROUTES {
        listed.entry(some_path(path)).or_default().insert(method);
    }
    for address in addresses(&world).await {
        let (method, path, _) = address.rest;
        let path = path.split('?').next().unwrap_or_default();
        let methods = listed.entry(format!("/api/v1{path}")).or_default();
        methods.insert(method);
    }
    for (path, methods) in &listed {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if methods.contains(method) {
                continue;
            }
            let ask = Ask::new(method, path).own().cookie(&cookie);
            let answer = world.send(ask).await;
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.body);
        }
    }
}

/// A path of a route with a wildcard.
fn some_path(route: &str) -> String {
    route
        .replace("{*file}", "x/y.js")
        .replace("{*function}", "alarms/list")
        .replace("{source}", "nowhere")
}

#[tokio::test]
async fn every_function_behind_a_page_is_covered() {
    let registered: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(
                method, "POST",
                "{path}: only a POST is guarded against other sites"
            );
            path.to_owned()
        })
        .collect();
    assert!(!registered.is_empty());
    let covered = addresses(&World::sandbox().await).await.into_iter();
    let covered = covered.filter_map(|address| address.rpc);
    let covered: BTreeSet<_> = covered.map(|(path, _)| path.to_owned()).collect();
    assert_eq!(registered, covered);
}

/// Every address that is known.
async fn addresses(world: &World) -> Vec<Address> {
    let things = things(world).await;
    let cases = cases(world, &things, 0).into_iter();
    let cases = cases.map(|case| case.address);
    cases.chain(others(&things)).collect()
}

/// axum cannot list its routes: the ones written in the router's own file, which `tidy`
/// wants to be the only one, are compared with the table.
#[test]
fn every_other_route_is_in_the_table() {
    let source = include_str!("../../../src/http/mod.rs");
    let mut written: BTreeSet<&str> = source
        .split(".route(")
        .skip(1)
        .map(|rest| {
            let path = rest.trim_start().strip_prefix('"');
            let path = path.and_then(|rest| rest.split('"').next());
            path.expect("a route's path is written where the route is")
        })
        .collect();
    written.insert("/");
    let listed: BTreeSet<&str> = ROUTES.iter().map(|(_, path, _)| *path).collect();
    assert_eq!(written, listed);
}

#[tokio::test]
async fn nobody_gets_further_than_the_open_routes() {
    let world = World::installation().await;
    for (who, as_nobody) in nobodies(&world).await {
        // A program whose token opens nothing is told so even where all may enter.
        let by_token = who.contains("token") || who == "another scheme";
        for (method, path, status) in ROUTES {
            let path = some_path(path);
            let answer = world.send(as_nobody(Ask::new(method, &path).own())).await;
            let fits = answer.status == status || by_token && answer.status == 401;
            assert!(fits, "{method} {path} with {who}: {}", answer.body);
        }
    }
}

/// An address of a page's route.
fn page_of(route: &str, things: &Things) -> String {
    let id = match route {
        route if route.starts_with("/alarms/events") => things.aws_event.to_string(),
        route if route.starts_with("/alarms/drills") => things.drill.to_string(),
        route if route.starts_with("/alarms/set-aside") => things.set_aside.to_string(),
        route if route.starts_with("/alarms") => things.alarm.to_string(),
        route if route.ends_with("/schedule") => things.schedule_change.to_string(),
        route if route.starts_with("/changes") => things.change.to_string(),
        route if route.starts_with("/capacity/schedules") => cases::SCHEDULE.to_owned(),
        route if route.starts_with("/capacity") => things.target.to_string(),
        _ => "nowhere".to_owned(),
    };
    let fill = |part| match part {
        part if str::starts_with(part, ['{', '*', ':']) => id.as_str(),
        part => part,
    };
    route.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_page_is_closed_to_nobody_and_answers_each_role() {
    let world = World::installation().await;
    let things = things(&world).await;
    let dev = Reach::Only(vec!["dev".into()]);
    let mut callers: Vec<Person> = Role::ALL.map(|role| world.role(role)).into();
    callers.push(world.h.person("dev-admin", Role::Admin, dev).await);
    let nobodies = nobodies(&world).await;
    let routes = leptos_axum::generate_route_list(app::App);
    assert!(routes.len() > 10, "the application has pages");
    let mut lines = BTreeSet::new();
    for route in routes {
        let path = page_of(route.path(), &things);
        // The set-up page is over: somebody has an account.
        let is_open = path == "/sign-in";
        for (who, as_nobody) in &nobodies {
            let answer = world.send(as_nobody(Ask::get(&path))).await;
            // A token opens no page; one that opens nothing is told so.
            let refused = answer.status == 401;
            if is_open {
                assert!(answer.status == 200 || refused, "{path} with {who}");
                continue;
            }
            assert!(answer.status == 303 || refused, "{path} with {who}");
            if !refused {
                let location = answer.header("location");
                assert!(location.starts_with("/sign-in"), "{path}: {location}");
            }
        }
        let mut line = format!("{:<40}", route.path());
        for person in &callers {
            let cookie = world.session(person).await;
            let answer = world.send(Ask::get(&path).cookie(&cookie)).await;
            assert!(
                answer.status == 303 || answer.body.contains("<html"),
                "{path}"
            );
            let _ = write!(line, "{:<9}", answer.status);
        }
        lines.insert(line.trim_end().to_owned());
    }
    let mut text = String::from(
        "What each role got of each page. The last is an admin of `dev` only; alarm, target, change \
         request\nand schedule are of `prod`.\n\n",
    );
    let heads = "viewer   operator approver admin    dev-admin";
    let _ = writeln!(text, "{:<40}{heads}", "");
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    kept::check("it/coverage/pages.txt", &text);
}

#[tokio::test]
async fn things_out_of_reach_are_not_there() {
    let world = World::installation().await;
    let things = things(&world).await;
    let person = world
        .h
        .person("dev-viewer", Role::Viewer, Reach::Only(vec!["dev".into()]))
        .await;
    let cookie = world.session(&person).await;
    let nowhere = [
        format!("/alarms/{}", AlarmId::from_parts(0, 0)),
        format!("/targets/{}", TargetId::from_parts(0, 0)),
        format!("/changes/{}", ChangeId::from_parts(0, 0)),
    ];
    let hidden = [
        format!("/alarms/{}", things.alarm),
        format!("/targets/{}", things.target),
        format!("/changes/{}", things.change),
    ];
    for (hidden, nowhere) in hidden.iter().zip(&nowhere) {
        let hidden = world
            .send(rest("GET", hidden, &Value::Null).cookie(&cookie))
            .await;
        let nowhere = world
            .send(rest("GET", nowhere, &Value::Null).cookie(&cookie))
            .await;
        assert_eq!((hidden.status, nowhere.status), (404, 404));
        let (mut hidden, mut nowhere) = (hidden.json(), nowhere.json());
        hidden["request_id"] = Value::Null;
        nowhere["request_id"] = Value::Null;
        assert_eq!(
            hidden, nowhere,
            "what is hidden must look as if it were not there"
        );
    }
    let find = async |name: &str, cookie: &str| {
        let ask = rpc(cases::FIND_SCHEDULE, &json!({ "name": name }));
        let answer = world.send(ask.cookie(cookie)).await;
        (answer.status, answer.body)
    };
    let hidden = find(cases::SCHEDULE, &cookie).await;
    assert_eq!(hidden, find("not-there", &cookie).await);
    let admin = world.session(&world.role(Role::Admin)).await;
    assert_ne!(find(cases::SCHEDULE, &admin).await, hidden);
    let listed = world
        .send(rest("GET", "/alarms?limit=200", &Value::Null).cookie(&cookie))
        .await;
    let rows = listed.json()["rows"].as_array().expect("rows").clone();
    assert!(!rows.is_empty());
    assert!(
        rows.iter().all(|row| row["environment"] == "dev"),
        "{}",
        listed.body
    );
    // An id of another kind, or none, names nothing.
    for odd in [
        "/alarms/x",
        "/alarms/tgt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/changes/%00",
    ] {
        let answer = world
            .send(rest("GET", odd, &Value::Null).cookie(&cookie))
            .await;
        assert_eq!(answer.status, 404, "{odd}");
    }
}

#[tokio::test]
async fn a_token_acts_with_its_own_role_and_never_manages_the_account() {
    let world = World::installation().await;
    let admin = world.role(Role::Admin);
    let until = world.h.now().plus_ms(DAY_MS);
    let (id, token) = world.token(&admin, Role::Viewer, until).await;
    let ask = |method: &str, path: &str, body: &Value| {
        let ask = Ask::new(method, &format!("/api/v1{path}")).bearer(&token);
        if body.is_null() { ask } else { ask.json(body) }
    };
    let viewer = world.send(ask("GET", "/viewer", &Value::Null)).await;
    assert_eq!(viewer.json()["grants"][0]["role"], "viewer");
    assert_eq!(
        world.send(ask("GET", "/people", &Value::Null)).await.status,
        403
    );
    let token_body = json!({ "name": "x", "role": "viewer", "days": 1 });
    assert_eq!(
        world.send(ask("POST", "/tokens", &token_body)).await.status,
        403
    );
    let passwords = json!({ "current": "x", "new": "a long enough password" });
    assert_eq!(
        world
            .send(ask("POST", "/password", &passwords))
            .await
            .status,
        403
    );
    let session = format!("/sessions/{}", SessionId::from_parts(0, 0));
    assert_eq!(
        world
            .send(ask("DELETE", &session, &Value::Null))
            .await
            .status,
        403
    );
    let profile = json!({ "lang": "en", "zone": "Asia/Seoul", "theme": "system" });
    let saved = world.send(ask("PUT", "/profile", &profile)).await;
    assert_eq!(saved.status, 403, "{}", saved.body);
    let (other, _) = world.token(&admin, Role::Admin, until).await;
    let revoked = ask("DELETE", &format!("/tokens/{other}"), &Value::Null);
    assert_eq!(world.send(revoked).await.status, 403);
    // Pages and the functions behind them are for browsers.
    let function = Ask::new("POST", "/rpc/alarms/list")
        .bearer(&token)
        .json(&json!({ "query": {} }));
    assert_eq!(world.send(function).await.status, 401);
    // It may end itself.
    let gone = world
        .send(ask("DELETE", &format!("/tokens/{id}"), &Value::Null))
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(
        world.send(ask("GET", "/viewer", &Value::Null)).await.status,
        401
    );
}
