//! What keeps others out: origin, headers, cookies, sizes, the panic that is no
//! end.

use crate::world::{Ask, HOST, Options, World};
use domain::{limits, people::Role, time::DAY_MS};
use serde_json::json;
use tower::ServiceExt as _;

const PUBLIC: &str = "https://ops.example.com";

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Operator)).await;
    let own = format!("http://{HOST}");
    let ask = || {
        let ask = Ask::new("PUT", "/api/v1/profile").cookie(&cookie);
        ask.json(&json!({ "lang": "en", "zone": "UTC", "theme": "dark" }))
    };
    for (ask, status) in [
        (ask().header("origin", &own), 204),
        (ask().header("sec-fetch-site", "same-origin"), 204),
        (
            ask()
                .header("origin", &own)
                .header("sec-fetch-site", "same-origin"),
            204,
        ),
        (ask(), 403),
        (ask().header("origin", "https://evil.example"), 403),
        (ask().header("origin", "null"), 403),
        (
            ask()
                .header("origin", &own)
                .header("sec-fetch-site", "cross-site"),
            403,
        ),
        (ask().header("sec-fetch-site", "same-site"), 403),
    ] {
        let answer = world.send(ask).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    // Signing somebody in or out from elsewhere is refused just so.
    for path in [
        "/sign-in",
        "/sign-out",
        "/setup",
        "/sandbox/sign-in",
        "/preferences",
        "/rpc/alarms/list",
    ] {
        let answer = world
            .send(Ask::new("POST", path).header("origin", "https://evil.example"))
            .await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(answer.json()["code"], "forbidden");
    }
    // A token alone needs no origin; with a cookie beside it, it does.
    let until = world.h.now().plus_ms(DAY_MS);
    let (_, token) = world
        .token(&world.role(Role::Operator), Role::Operator, until)
        .await;
    let by_token = Ask::new("POST", "/api/v1/schedules/read").bearer(&token);
    let body = json!({ "text": "" });
    assert_eq!(world.send(by_token.json(&body)).await.status, 200);
    assert_eq!(world.send(ask().bearer(&token)).await.status, 403);
}

#[tokio::test]
async fn a_foreign_name_that_points_here_is_turned_away() {
    let world = World::installation().await;
    let answer = world
        .send(Ask::get("/sign-in").header("host", "evil.example:8080"))
        .await;
    assert_eq!(answer.status, 421);
    let answer = world
        .send(Ask::get("/healthz").header("host", "10.0.0.7:8080"))
        .await;
    assert_eq!(answer.status, 200, "a probe asks by address");
    let public = World::with(Options {
        public_url: Some(PUBLIC),
        ..Options::default()
    })
    .await;
    let answer = public
        .send(Ask::get("/sign-in").header("host", "upstream:8080"))
        .await;
    assert_eq!(answer.status, 200, "a proxy may use its own name for us");
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let world = World::with(Options {
        public_url: Some(PUBLIC),
        ..Options::default()
    })
    .await;
    let mut ids = Vec::new();
    for (path, status) in [
        ("/sign-in", 200),
        ("/alarms", 303),
        ("/api/v1/alarms", 401),
        ("/api/v1/nowhere", 404),
        ("/pkg/x", 404),
        ("/healthz", 200),
    ] {
        let answer = world.send(Ask::get(path)).await;
        assert_eq!(answer.status, status, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"));
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        ids.push(answer.header("x-request-id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6, "each request has an id of its own: {ids:?}");
    let plain = World::installation().await.send(Ask::get("/sign-in")).await;
    assert_eq!(plain.header("strict-transport-security"), "");
}

#[tokio::test]
async fn a_pages_scripts_carry_the_nonce_of_its_policy_and_no_page_has_another_ones() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let mut nonces = Vec::new();
    for path in ["/", "/sign-in", "/alarms"] {
        let page = world.send(Ask::get(path).cookie(&cookie)).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next());
        let nonce = nonce
            .unwrap_or_else(|| panic!("{path}: {policy}"))
            .to_owned();
        let scripts: Vec<_> = page.body.split("<script").skip(1).collect();
        assert!(!scripts.is_empty(), "{path}");
        for script in scripts {
            let tag = script.split('>').next().expect("a tag");
            assert!(
                tag.contains(&format!("nonce=\"{nonce}\"")),
                "{path}: <script{tag}>"
            );
        }
        for forbidden in [
            " style=\"",
            " onclick=",
            " onload=",
            " onsubmit=",
            "javascript:",
        ] {
            assert!(!page.body.contains(forbidden), "{path} has {forbidden}");
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn a_body_of_five_megabytes_is_refused_whatever_its_length_says() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Operator)).await;
    let large = vec![b' '; 5 * 1024 * 1024];
    let kinds = [
        ("/api/v1/changes", "application/json"),
        ("/rpc/alarms/list", "application/json"),
        ("/sign-in", "application/x-www-form-urlencoded"),
        ("/setup", "application/x-www-form-urlencoded"),
    ];
    for (path, kind) in kinds {
        let ask = || {
            Ask::new("POST", path)
                .own()
                .cookie(&cookie)
                .header("content-type", kind)
        };
        let told = ask()
            .header("content-length", &large.len().to_string())
            .body(large.clone());
        let chunks = large
            .chunks(64 * 1024)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
        let chunks: Vec<_> = chunks.collect();
        let untold = ask().body(axum::body::Body::from_stream(futures::stream::iter(chunks)));
        for ask in [told, untold] {
            let answer = world.send(ask).await;
            assert_eq!(answer.status, 413, "{path}: {}", answer.body);
            let message = answer.json()["message"].as_str().expect("text").to_owned();
            assert!(
                message.contains(&limits::BODY_BYTES_MAX.to_string()),
                "{message}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_as_json() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Operator)).await;
    let get = |path: &str| Ask::new("GET", path).cookie(&cookie);
    let post = |body: &'static str| {
        let ask = Ask::new("POST", "/api/v1/tokens").own().cookie(&cookie);
        ask.header("content-type", "application/json").body(body)
    };
    for (ask, status, field) in [
        (get("/api/v1/nowhere"), 404, None),
        (get("/api/nowhere"), 404, None),
        (get("/api"), 404, None),
        (
            Ask::new("POST", "/rpc/no/such/function")
                .own()
                .cookie(&cookie),
            404,
            None,
        ),
        (
            Ask::new("POST", "/api/v1/overview").own().cookie(&cookie),
            405,
            None,
        ),
        (Ask::new("POST", "/alarms").own().cookie(&cookie), 405, None),
        (
            Ask::new("GET", "/rpc/alarms/list").cookie(&cookie),
            405,
            None,
        ),
        (get("/api/v1/alarms?state=loud"), 422, Some("state")),
        (get("/api/v1/alarms?colour=red"), 422, Some("colour")),
        (get("/api/v1/alarms?limit=-1"), 422, Some("limit")),
        (post("{"), 422, Some("body")),
        (post("[]"), 422, Some("body")),
        (
            post("{\"name\":\"x\",\"role\":\"king\",\"days\":1}"),
            422,
            Some("role"),
        ),
        (
            post("{\"name\":\"x\",\"role\":\"viewer\",\"days\":-1}"),
            422,
            Some("days"),
        ),
        (
            post("{\"name\":\"x\",\"role\":\"viewer\",\"days\":1,\"more\":1}"),
            422,
            Some("more"),
        ),
        (
            post("{\"name\":\"\",\"role\":\"viewer\",\"days\":1}"),
            422,
            Some("name"),
        ),
        (
            post("{\"name\":\"x\",\"role\":\"viewer\",\"days\":0}"),
            422,
            Some("days"),
        ),
    ] {
        let answer = world.send(ask).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let error = answer.json();
        assert!(!error["message"].as_str().expect("a message").is_empty());
        if let Some(field) = field {
            assert_eq!(error["fields"][0]["field"], field, "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn metrics_trust_this_machine_only_by_its_own_name_and_without_a_public_address() {
    let public = Some(PUBLIC);
    for (public_url, host, status) in [
        (None, HOST, 200),
        (None, "evil.example", 403),
        (public, HOST, 403),
    ] {
        let world = World::with(Options {
            public_url,
            ..Options::default()
        })
        .await;
        let mut request = Ask::get("/metrics").header("host", host).into_request();
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(peer));
        let answer = world.router.oneshot(request).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{public_url:?} {host}");
    }
}

#[tokio::test]
async fn metrics_open_to_the_token_alone_and_count_by_route() {
    let options = Options {
        metrics_token: Some("figures"),
        ..Options::default()
    };
    let world = World::with(options).await;
    world.send(Ask::get("/sign-in")).await;
    world.send(Ask::get("/some/page")).await;
    world.send(Ask::new("BREW", "/some/pot").own()).await;
    for bad in ["", "figure", "figures2"] {
        assert_eq!(
            world.send(Ask::get("/metrics").bearer(bad)).await.status,
            403,
            "{bad}"
        );
    }
    let answer = world.send(Ask::get("/metrics").bearer("figures")).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    let name = "lamplighter_http_request_duration_seconds_count";
    for line in [
        format!("{name}{{method=\"GET\",route=\"/sign-in\",status=\"200\"}} 1"),
        format!("{name}{{method=\"GET\",route=\"page\",status=\"303\"}} 1"),
        format!("{name}{{method=\"other\",route=\"page\",status=\"405\"}} 1"),
        "lamplighter_stream_clients 0".to_owned(),
    ] {
        assert!(
            answer.body.lines().any(|own| own == line),
            "{line}\n{}",
            answer.body
        );
    }
    assert!(
        answer
            .body
            .contains("lamplighter_worker_runs_total{worker=\"apply changes\"}")
    );
    assert!(
        !answer.body.contains("/some/"),
        "no path of a request becomes a label"
    );
}

#[tokio::test]
async fn a_database_that_is_gone_is_an_answer_and_not_an_end() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    assert_eq!(world.send(Ask::get("/readyz")).await.status, 200);
    world.services.store.close().await;
    assert_eq!(world.send(Ask::get("/readyz")).await.status, 503);
    assert_eq!(world.send(Ask::get("/healthz")).await.status, 200);
    let page = world.send(Ask::get("/").cookie(&cookie)).await;
    assert!(page.status >= 500, "{}", page.status);
    assert!(
        page.header("content-type").starts_with("text/html"),
        "people get a page"
    );
    assert!(!page.body.to_lowercase().contains("sql"), "{}", page.body);
    let api = world
        .send(Ask::new("GET", "/api/v1/alarms").cookie(&cookie))
        .await;
    assert!(api.status >= 500);
    assert!(
        api.json()["request_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("req_"))
    );
}

#[tokio::test]
async fn reloading_is_for_development_only() {
    assert_eq!(
        World::installation()
            .await
            .send(Ask::get("/__reload"))
            .await
            .status,
        404
    );
    let world = World::with(Options {
        dev_reload: Some("build-1"),
        ..Options::default()
    })
    .await;
    // The stream ends when the server does.
    world.close.send(true).expect("somebody listens");
    let answer = world.send(Ask::get("/__reload")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/event-stream");
}

#[tokio::test]
async fn a_panic_in_a_request_is_an_answer_and_the_next_one_is_served() {
    let world = World::installation().await;
    let target = world.h.target_id("web-prod").await;
    let cookie = world.session(&world.role(Role::Operator)).await;
    let ask = || {
        let ask = Ask::new("POST", "/api/v1/changes/preview")
            .own()
            .cookie(&cookie);
        let until = world.h.now().plus_ms(DAY_MS);
        ask.json(&json!({
            "kind": "scale_event", "target": target, "hold": "at_least", "count": 6,
            "until": until, "reason": "x",
        }))
    };
    world
        .h
        .cloud
        .script(Box::new(|_| panic!("the story wants it so")));
    let answer = world.send(ask()).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (500, &json!("internal"))
    );
    assert!(!answer.body.contains("story"), "{}", answer.body);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    world.h.cloud.clear();
    assert_eq!(world.send(ask()).await.status, 200);
}

#[tokio::test]
async fn what_a_stranger_writes_into_an_address_is_text_and_nothing_more() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Admin)).await;
    let script = "%22%3E%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        "/sign-in?next=%2F",
        "/sign-in?error=",
        "/setup?token=",
        "/alarms?text=",
        "/changes?text=",
        "/capacity?text=",
        "/activity?subject=",
        "/nowhere/",
    ] {
        let page = world
            .send(Ask::get(&format!("{path}{script}")).cookie(&cookie))
            .await;
        assert!(page.status < 500, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(!page.body.contains("</textarea><"), "{path}");
        // What travels to the browser as data cannot end its script either.
        assert!(!page.body.contains("</script>alert"), "{path}");
    }
    // Long addresses are addresses.
    let long = format!("/alarms?text={}", "x".repeat(60_000));
    assert_eq!(
        world.send(Ask::get(&long).cookie(&cookie)).await.status,
        200
    );
}
