//! What there is to be asked: every method of the contract at its two addresses,
//! and every route that is no part of it.

use super::{alarm_cases::alarm_cases, things::Things};
use crate::world::World;
use domain::{
    approvals::Vote,
    ids::{SessionId, TokenId},
    policy::Action,
    time::DAY_MS,
};
use serde_json::{Value, json};

/// The schedule that stands in prod.
pub const SCHEDULE: &str = "checkout-nights";

/// Answers nothing where there is nothing, or nothing that the caller may see.
pub const FIND_SCHEDULE: &str = "/rpc/schedules/find";

/// What it is done to.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Own,
    Prod,
    Installation,
}

/// One method of the contract, at its two addresses.
pub struct Address {
    /// In the OpenAPI document.
    pub operation: &'static str,
    /// Method, path below /api/v1 and body.
    pub rest: (&'static str, String, Value),
    /// The function behind a page, and its arguments.
    pub rpc: Option<(&'static str, Value)>,
}

/// One method of the contract, and what it takes.
pub struct Case {
    pub address: Address,
    pub action: Action,
    pub place: Place,
    /// Even who may can find nothing there (a thing of one's own that is gone).
    pub may_miss: bool,
}

/// A case that finds what it is about.
pub fn case(
    operation: &'static str,
    action: Action,
    place: Place,
    rest: (&'static str, String, Value),
    rpc: Option<(&'static str, Value)>,
) -> Case {
    Case {
        address: Address {
            operation,
            rest,
            rpc,
        },
        action,
        place,
        may_miss: false,
    }
}

/// A question by a path below /api/v1.
pub fn get(path: String) -> (&'static str, String, Value) {
    ("GET", path, Value::Null)
}

/// Every case. `n` makes logins differ from caller to caller.
pub fn cases(world: &World, things: &Things, n: usize) -> Vec<Case> {
    use Place::{Installation, Own, Prod};
    let Things {
        set_aside,
        target,
        change,
        hash,
        freeze,
        silence,
        cover,
        victim,
        event,
        ..
    } = things;
    let now = world.h.now();
    let nothing = Value::Null;
    let query = json!({ "query": {} });
    let (account, region) = ("111122223333", "ap-northeast-2");
    let session = SessionId::from_parts(0, 1);
    let token = TokenId::from_parts(0, 1);
    let freeze_body = json!({
        "name": "x", "environments": ["prod"], "reason": "x",
        "from": now.plus_ms(200 * DAY_MS), "until": now.plus_ms(201 * DAY_MS),
    });
    let day = now.plus_ms(200 * DAY_MS).to_string();
    let day: String = day.chars().filter(char::is_ascii_digit).take(8).collect();
    let calendar_body = json!({
        "environments": ["prod"], "reason": "x",
        "calendar": format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{day}\nEND:VEVENT\nEND:VCALENDAR"
        ),
    });
    let trial = json!({
        "mapping": { "labels": "{alertname: title}", "state": "status" },
        "sample": r#"{"title": "x", "status": "down"}"#,
    });
    let profile = json!({ "lang": "en", "zone": "Asia/Seoul", "theme": "system" });
    let password = "a long enough password";
    let passwords = json!({ "current": "x", "new": password });
    let new_token = json!({ "name": "x", "role": "viewer", "days": 1 });
    let person = json!({
        "login": format!("new{n}@example.com"), "name": "x", "password": password,
        "grants": [{ "role": "viewer", "reach": "all" }],
    });
    let person_by_rpc = json!({
        "login": format!("rpc{n}@example.com"), "name": "x", "password": password,
        "grants": [{ "role": "viewer", "reach": "all" }],
    });
    let person_change = json!({
        "name": "victim", "disabled": false, "grants": [{ "role": "viewer", "reach": "all" }],
    });
    let act = json!({ "kind": "traffic", "percent": 100, "minutes": 1 });
    let vote = Vote::Reject;
    let mut cases = alarm_cases(things, now);
    cases.extend([
        case(
            "list_audit",
            Action::ReadAudit,
            Own,
            get("/audit".into()),
            Some(("/rpc/audit/list", query.clone())),
        ),
        case(
            "list_targets",
            Action::View,
            Own,
            get("/targets".into()),
            Some(("/rpc/targets/list", query.clone())),
        ),
        case(
            "show_target",
            Action::View,
            Prod,
            get(format!("/targets/{target}")),
            Some(("/rpc/targets/show", json!({ "id": target }))),
        ),
        case(
            "show_target_traffic",
            Action::View,
            Prod,
            get(format!("/targets/{target}/traffic")),
            Some(("/rpc/targets/traffic", json!({ "id": target }))),
        ),
        case(
            "show_target_spot",
            Action::View,
            Prod,
            get(format!("/targets/{target}/spot")),
            Some(("/rpc/targets/spot", json!({ "id": target }))),
        ),
        case(
            "show_target_agent",
            Action::View,
            Prod,
            get(format!("/targets/{target}/agent")),
            Some(("/rpc/targets/agent", json!({ "id": target }))),
        ),
        case(
            "show_spot_prices",
            Action::View,
            Prod,
            get(format!("/targets/{target}/spot-prices")),
            Some(("/rpc/targets/spot_prices", json!({ "id": target }))),
        ),
        case(
            "list_target_samples",
            Action::View,
            Prod,
            get(format!("/targets/{target}/samples?hours=3")),
            Some(("/rpc/targets/samples", json!({ "id": target, "hours": 3 }))),
        ),
        case(
            "show_timeline",
            Action::View,
            Own,
            get("/timeline".into()),
            Some(("/rpc/timeline/show", query.clone())),
        ),
        case(
            "show_prices",
            Action::View,
            Own,
            get(format!(
                "/prices?account={account}&region={region}&kind=asg&target=web-prod"
            )),
            Some((
                "/rpc/prices/show",
                json!({ "query": { "scope": { "account": account, "region": region },
                    "kind": "asg", "targets": ["web-prod"] } }),
            )),
        ),
        case(
            "list_checks",
            Action::View,
            Own,
            get("/checks".into()),
            Some(("/rpc/checks/list", query.clone())),
        ),
        case(
            "list_changes",
            Action::View,
            Own,
            get("/changes".into()),
            Some(("/rpc/changes/list", query)),
        ),
        case(
            "preview_change",
            Action::ProposeChange,
            Prod,
            ("POST", "/changes/preview".into(), event.clone()),
            Some(("/rpc/changes/preview", json!({ "proposal": event }))),
        ),
        case(
            "propose_change",
            Action::ProposeChange,
            Prod,
            ("POST", "/changes".into(), event.clone()),
            Some((
                "/rpc/changes/propose",
                json!({ "proposal": event, "key": null }),
            )),
        ),
        case(
            "show_change",
            Action::View,
            Prod,
            get(format!("/changes/{change}")),
            Some(("/rpc/changes/show", json!({ "id": change }))),
        ),
        case(
            "edit_change",
            Action::ProposeChange,
            Prod,
            (
                "PUT",
                format!("/changes/{change}"),
                json!({ "change": event, "hash": "x" }),
            ),
            Some((
                "/rpc/changes/edit",
                json!({ "id": change, "proposal": event, "seen_hash": "x" }),
            )),
        ),
        case(
            "vote_on_change",
            Action::DecideChange,
            Prod,
            (
                "POST",
                format!("/changes/{change}/votes"),
                json!({ "vote": vote, "hash": "x", "note": "no" }),
            ),
            Some((
                "/rpc/changes/vote",
                json!({ "id": change, "vote": vote, "seen_hash": hash, "note": "no" }),
            )),
        ),
        case(
            "comment_on_change",
            Action::CommentChange,
            Prod,
            (
                "POST",
                format!("/changes/{change}/comments"),
                json!({ "text": "x" }),
            ),
            Some(("/rpc/changes/comment", json!({ "id": change, "text": "x" }))),
        ),
        case(
            "break_glass",
            Action::BreakGlass,
            Prod,
            (
                "POST",
                format!("/changes/{change}/emergency"),
                json!({ "hash": "x", "reason": "x" }),
            ),
            Some((
                "/rpc/changes/break_glass",
                json!({ "id": change, "seen_hash": "x", "reason": "x" }),
            )),
        ),
        case(
            "review_change",
            Action::DecideChange,
            Prod,
            (
                "POST",
                format!("/changes/{change}/review"),
                json!({ "hash": "x", "text": "x" }),
            ),
            Some((
                "/rpc/changes/review",
                json!({ "id": change, "seen_hash": "x", "text": "x" }),
            )),
        ),
        case(
            "list_freezes",
            Action::View,
            Own,
            get("/freezes".into()),
            Some(("/rpc/freezes/list", json!({}))),
        ),
        case(
            "declare_freeze",
            Action::ManageFreezes,
            Prod,
            ("POST", "/freezes".into(), freeze_body.clone()),
            Some(("/rpc/freezes/declare", json!({ "freeze": freeze_body }))),
        ),
        case(
            "list_calendars",
            Action::View,
            Own,
            get("/calendars".into()),
            Some(("/rpc/calendars/list", json!({}))),
        ),
        case(
            "import_calendar",
            Action::ManageFreezes,
            Prod,
            ("POST", "/calendars".into(), calendar_body.clone()),
            Some((
                "/rpc/calendars/import",
                json!({ "calendar": calendar_body }),
            )),
        ),
        case(
            "list_schedules",
            Action::View,
            Own,
            get("/schedules".into()),
            Some(("/rpc/schedules/list", json!({}))),
        ),
        case(
            "show_schedule",
            Action::View,
            Prod,
            get(format!("/schedules/{SCHEDULE}")),
            Some(("/rpc/schedules/show", json!({ "name": SCHEDULE }))),
        ),
        case(
            "adopt_actions",
            Action::View,
            Prod,
            get(format!("/targets/{target}/adoption")),
            Some(("/rpc/schedules/adopt", json!({ "target": target }))),
        ),
        case(
            "read_schedule",
            Action::View,
            Own,
            (
                "POST",
                "/schedules/read".into(),
                json!({ "text": "name: x" }),
            ),
            Some(("/rpc/schedules/read", json!({ "text": "name: x" }))),
        ),
        case(
            "show_overview",
            Action::View,
            Own,
            get("/overview".into()),
            Some(("/rpc/overview/show", json!({}))),
        ),
        case(
            "show_viewer",
            Action::ManageSelf,
            Own,
            get("/viewer".into()),
            None,
        ),
        case(
            "save_profile",
            Action::ManageSelf,
            Own,
            ("PUT", "/profile".into(), profile.clone()),
            Some(("/rpc/profile/save", json!({ "profile": profile }))),
        ),
        case(
            "list_zones",
            Action::ManageSelf,
            Own,
            get("/zones".into()),
            Some(("/rpc/profile/zones", json!({}))),
        ),
        case(
            "change_password",
            Action::ManageSelf,
            Own,
            ("POST", "/password".into(), passwords.clone()),
            Some(("/rpc/password/change", passwords)),
        ),
        case(
            "list_sessions",
            Action::ManageSelf,
            Own,
            get("/sessions".into()),
            Some(("/rpc/sessions/list", json!({}))),
        ),
        case(
            "list_people",
            Action::ManagePeople,
            Installation,
            get("/people".into()),
            Some(("/rpc/people/list", json!({}))),
        ),
        case(
            "add_person",
            Action::ManagePeople,
            Installation,
            ("POST", "/people".into(), person),
            Some(("/rpc/people/add", json!({ "person": person_by_rpc }))),
        ),
        case(
            "change_person",
            Action::ManagePeople,
            Installation,
            (
                "PUT",
                format!("/people/{}", victim.id),
                person_change.clone(),
            ),
            Some((
                "/rpc/people/change",
                json!({ "id": victim.id, "change": person_change }),
            )),
        ),
        case(
            "reset_password",
            Action::ManagePeople,
            Installation,
            (
                "POST",
                format!("/people/{}/password", victim.id),
                json!({ "password": password }),
            ),
            Some((
                "/rpc/people/reset_password",
                json!({ "id": victim.id, "password": password }),
            )),
        ),
        case(
            "list_tokens",
            Action::ManageSelf,
            Own,
            get("/tokens".into()),
            Some(("/rpc/tokens/list", json!({}))),
        ),
        case(
            "make_token",
            Action::ManageSelf,
            Own,
            ("POST", "/tokens".into(), new_token.clone()),
            Some(("/rpc/tokens/make", json!({ "token": new_token }))),
        ),
        case(
            "list_sources",
            Action::ReadSystem,
            Installation,
            get("/sources".into()),
            Some(("/rpc/sources/list", json!({}))),
        ),
        case(
            "list_log_queries",
            Action::ReadSystem,
            Installation,
            get("/log-queries".into()),
            Some(("/rpc/sources/log_queries", json!({}))),
        ),
        case(
            "try_mapping",
            Action::ReadSystem,
            Installation,
            ("POST", "/sources/try".into(), trial.clone()),
            Some(("/rpc/sources/try", json!({ "trial": trial }))),
        ),
        case(
            "show_system",
            Action::ReadSystem,
            Installation,
            get("/system".into()),
            Some(("/rpc/system/show", json!({}))),
        ),
        case(
            "show_sandbox",
            Action::ManageSelf,
            Own,
            get("/sandbox".into()),
            Some(("/rpc/sandbox/show", json!({}))),
        ),
        case(
            "act_on_sandbox",
            Action::ControlSandbox,
            Installation,
            ("POST", "/sandbox".into(), act.clone()),
            Some(("/rpc/sandbox/act", json!({ "act": act }))),
        ),
    ]);
    // Things that go away when the first who may has done it, or that only their
    // owner has.
    let missing = [
        case(
            "lift_freeze",
            Action::ManageFreezes,
            Prod,
            ("DELETE", format!("/freezes/{freeze}"), nothing.clone()),
            Some(("/rpc/freezes/lift", json!({ "id": freeze }))),
        ),
        case(
            "end_silence",
            Action::SilenceAlarms,
            Prod,
            ("DELETE", format!("/silences/{silence}"), nothing.clone()),
            Some(("/rpc/silences/end", json!({ "id": silence }))),
        ),
        case(
            "end_cover",
            Action::ManageOnCall,
            Installation,
            (
                "DELETE",
                format!("/on-call/covers/{cover}"),
                nothing.clone(),
            ),
            Some(("/rpc/on-call/end", json!({ "id": cover }))),
        ),
        case(
            "show_set_aside",
            Action::ManageSetAside,
            Installation,
            get(format!("/set-aside/{set_aside}")),
            Some(("/rpc/set_aside/show", json!({ "id": set_aside }))),
        ),
        case(
            "take_again",
            Action::ManageSetAside,
            Installation,
            (
                "POST",
                format!("/set-aside/{set_aside}/taking"),
                nothing.clone(),
            ),
            Some(("/rpc/set_aside/take_again", json!({ "id": set_aside }))),
        ),
        case(
            "discard_set_aside",
            Action::ManageSetAside,
            Installation,
            ("DELETE", format!("/set-aside/{set_aside}"), nothing.clone()),
            Some(("/rpc/set_aside/discard", json!({ "id": set_aside }))),
        ),
        case(
            "end_session",
            Action::ManageSelf,
            Own,
            ("DELETE", format!("/sessions/{session}"), nothing.clone()),
            Some(("/rpc/sessions/end", json!({ "id": session }))),
        ),
        case(
            "revoke_token",
            Action::ManageSelf,
            Own,
            ("DELETE", format!("/tokens/{token}"), nothing),
            Some(("/rpc/tokens/revoke", json!({ "id": token }))),
        ),
    ];
    cases.extend(missing.into_iter().map(|case| Case {
        may_miss: true,
        ..case
    }));
    cases
}

/// Operations whose permission depends on more than a role; their own tests
/// stand elsewhere. They still must refuse everybody who is not signed in.
pub fn others(things: &Things) -> [Address; 3] {
    let change = things.change;
    [
        // Only an author withdraws.
        Address {
            operation: "withdraw_change",
            rest: ("POST", format!("/changes/{change}/withdrawal"), Value::Null),
            rpc: Some(("/rpc/changes/withdraw", json!({ "id": change }))),
        },
        // What is out of reach is an answer here, too: nothing.
        Address {
            operation: "show_schedule",
            rest: ("GET", format!("/schedules/{SCHEDULE}"), Value::Null),
            rpc: Some((FIND_SCHEDULE, json!({ "name": SCHEDULE }))),
        },
        Address {
            operation: "follow_news",
            rest: ("GET", "/stream".into(), Value::Null),
            rpc: None,
        },
    ]
}

/// Routes that are no part of the contract, and what a stranger gets.
pub const ROUTES: [(&str, &str, u16); 24] = [
    ("GET", "/api/v1/openapi.json", 200),
    ("POST", "/rpc/{*function}", 401),
    ("GET", "/sign-in", 200),
    ("POST", "/sign-in", 303),
    ("POST", "/sign-out", 303),
    // Somebody has an account.
    ("GET", "/setup", 303),
    ("POST", "/setup", 303),
    // In the sandbox this signs in; elsewhere it is not there.
    ("POST", "/sandbox/sign-in", 404),
    ("POST", "/preferences", 303),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    // Neither from this machine nor with the token.
    ("GET", "/metrics", 403),
    ("GET", "/pkg/{*file}", 404),
    // Only in development.
    ("GET", "/__reload", 404),
    // Sources call with tokens of their own.
    ("POST", "/hooks/alertmanager/{source}", 401),
    ("POST", "/hooks/grafana/{source}", 401),
    ("POST", "/hooks/eventbridge/{source}", 401),
    ("POST", "/hooks/json/{source}", 401),
    ("POST", "/hooks/heartbeat/{source}", 401),
    ("GET", "/hooks/heartbeat/{source}", 401),
    ("POST", "/hooks/sns/{source}", 401),
    // These prove themselves by a signature.
    ("POST", "/hooks/slack/{channel}", 401),
    ("POST", "/hooks/pagerduty/{channel}", 401),
    // Everything else is the application's.
    ("GET", "/", 303),
];
