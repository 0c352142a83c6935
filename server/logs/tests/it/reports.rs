//! What a report tells of a few requests.

use crate::rows::{LINE, counted, line};
use logs::{Device, Range, Report, Times};
use serde_json::{Value, json};

fn report(lines: &[String], range: Range) -> Value {
    let text = lines.join(
        "
",
    );
    json!(Report::new(counted("a.log", text.as_bytes(), range), 20))
}

#[test]
fn a_report_keeps_its_shape() {
    let lines = [
        LINE.to_owned(),
        line(&[
            (" 200 200 ", " 502 - "),
            (" 0.020 ", " -1 "),
            ("\"-\" \"-\" \"10.0", "\"-\" \"LambdaTimeout\" \"10.0"),
            ("/course/7", "/course/8"),
        ]),
        line(&[
            (" 200 200 ", " 404 404 "),
            (" 0.020 ", " 0.0205 "),
            ("01:02:03", "01:03:00"),
        ]) + " 10.0.0.9",
        line(&[
            ("https 2026", "wss 2026"),
            (" 200 200 ", " 101 101 "),
            ("01:02:03", "01:01:59"),
        ]),
        "rubbish".to_owned(),
        String::new(),
    ];
    let found = report(&lines, Range::default());
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0";
    let expected = json!({
        "files": 1,
        "lines": {"total": 5, "parsed": 4, "rejected": 1, "ignored": 0},
        "rejects": [{"file": "a.log", "line": 5, "reason": "not a line of a load balancer's log", "sample": "rubbish"}],
        "range": {"from": "2026-03-02T01:01:59.456789Z", "to": "2026-03-02T01:03:00.456789Z"},
        "requests": 4,
        "bytes": {"received": 136, "sent": 1464},
        "status": {"1xx": 1, "2xx": 1, "3xx": 0, "4xx": 1, "5xx": 1, "none": 0},
        "errors": {"elb_5xx": 1, "target_5xx": 0, "elb_4xx": 0, "target_4xx": 1},
        "latency_ms": {
            "target": {"count": 2, "p50": 20, "p90": 20.5, "p95": 20.5, "p99": 20.5, "max": 20.5},
            "total": {"count": 2, "p50": 24, "p90": 24.5, "p95": 24.5, "p99": 24.5, "max": 24.5},
            "excluded": {"sentinel": 1, "websocket": 1},
        },
        "series": [
            {"minute": "2026-03-02T01:01:00Z", "requests": 1, "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0},
            {"minute": "2026-03-02T01:02:00Z", "requests": 2, "2xx": 1, "3xx": 0, "4xx": 0, "5xx": 1},
            {"minute": "2026-03-02T01:03:00Z", "requests": 1, "2xx": 0, "3xx": 0, "4xx": 1, "5xx": 0},
        ],
        "endpoints": [{"method": "GET", "path": "/course/{id}", "requests": 4, "errors": 2, "p95_ms": 20.5}],
        "paths": [{"path": "/course/7", "requests": 3}, {"path": "/course/8", "requests": 1}],
        "clients": [{"ip": "192.0.2.7", "requests": 4}],
        "hosts": [{"host": "www.example.com", "requests": 4}],
        "targets": [{"target": "10.0.0.1:80", "requests": 4}],
        "user_agents": [{"user_agent": agent, "requests": 4}],
        "devices": {"mobile_app": 0, "mobile_web": 0, "desktop": 4, "bot": 0, "unknown": 0},
        "error_reasons": [{"reason": "LambdaTimeout", "requests": 1}],
        "unknown_fields": {"count": 1, "sample": ["10.0.0.9"]},
        "lists_exact": true,
    });
    assert_eq!(found, expected);
}

#[test]
fn a_report_of_nothing_invents_nothing() {
    let report = report(&[], Range::default());
    let none = json!({"count": 0, "p50": null, "p90": null, "p95": null, "p99": null, "max": null});
    assert_eq!(report["latency_ms"]["target"], none);
    assert_eq!(report["range"], json!({"from": null, "to": null}));
    assert_eq!(report["series"], json!([]));
}

#[test]
fn errors_are_told_apart_by_who_made_them() {
    for (statuses, expected) in [
        (" 502 502 ", [0, 1, 0, 0]),
        (" 504 - ", [1, 0, 0, 0]),
        (" 403 - ", [0, 0, 1, 0]),
        (" 403 403 ", [0, 0, 0, 1]),
        (" 460 - ", [0, 0, 1, 0]),
        // The target answered otherwise than the load balancer: neither made it alone.
        (" 502 200 ", [0, 0, 0, 0]),
        (" 200 200 ", [0, 0, 0, 0]),
        (" - - ", [0, 0, 0, 0]),
    ] {
        let report = report(&[line(&[(" 200 200 ", statuses)])], Range::default());
        let names = ["elb_5xx", "target_5xx", "elb_4xx", "target_4xx"];
        let found = names.map(|name| report["errors"][name].as_u64().expect("a count"));
        assert_eq!(found, expected, "{statuses}");
    }
}

#[test]
fn only_requests_of_the_range_are_counted() {
    let at = |time: &str| Times::default().read(time.as_bytes()).expect("a time");
    let range = Range {
        from_us: at("2026-03-02T01:02:03.456789Z"),
        until_us: at("2026-03-02T01:02:04Z"),
    };
    let times = ["03.456788Z", "03.456789Z", "03.999999Z", "04.000000Z"];
    let lines = times.map(|time| line(&[("03.456789Z", time)]));
    let report = report(&lines, range);
    assert_eq!(report["lines"]["parsed"], 4);
    assert_eq!(report["requests"], 2);
    assert_eq!(report["clients"][0]["requests"], 2);
    assert_eq!(report["range"]["to"], "2026-03-02T01:02:03.999999Z");
}

#[test]
fn programs_are_told_apart_by_their_user_agents() {
    use Device::{Bot, Desktop, MobileApp, MobileWeb, Unknown};
    for (user_agent, expected) in [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            Desktop,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
            Desktop,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
            Desktop,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
            Desktop,
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            Desktop,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Whale/3.23.214.10 Safari/537.36",
            Desktop,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/80.0 Safari/537.36 KAKAOTALK",
            Desktop,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S918N) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; CUBOT X20 Pro) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
            MobileWeb,
        ),
        (
            "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-G998N Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36;KAKAOTALK 2610840",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 KAKAOTALK 10.8.5 (INAPP)",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 NAVER(inapp; search; 2000; 12.8.50; 14PRO)",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S921N Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Whale/1.0 Mobile Safari/537.36 NAVER(inapp; search; 2000; 12.8.3)",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1 DaumApps/7.16.0 DaumDevice/mobile",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F79 Instagram 339.0.3.12.91 (iPhone15,2)",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F79 [FBAN/FBIOS;FBAV/471.0]",
            MobileWeb,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MYAPP/4.2.1 iOS/15.6.1 iPhone12,3",
            MobileApp,
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A536N Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36",
            MobileApp,
        ),
        ("okhttp/4.12.0", MobileApp),
        (
            "Shop/5.1.0 (com.example.shop; build:12; iOS 17.5.1) Alamofire/5.9.1",
            MobileApp,
        ),
        ("Shop/5 CFNetwork/1496.0.7 Darwin/23.5.0", MobileApp),
        (
            "Dalvik/2.1.0 (Linux; U; Android 14; SM-S921N Build/UP1A)",
            MobileApp,
        ),
        ("Dart/3.4 (dart:io)", MobileApp),
        ("ShopApp/3.2 (Android 14; ko)", MobileApp),
        (
            "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
            Bot,
        ),
        (
            "Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html?faqId=28966)",
            Bot,
        ),
        (
            "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
            Bot,
        ),
        (
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            Bot,
        ),
        (
            "Mozilla/5.0 (compatible; GPTBot/1.0; +https://openai.com/gptbot)",
            Bot,
        ),
        ("Mozilla/5.0 (compatible; ChatGPT-User/1.0)", Bot),
        ("ELB-HealthChecker/2.0", Bot),
        ("kube-probe/1.29", Bot),
        ("Amazon-Route53-Health-Check-Service (ref 0)", Bot),
        ("curl/8.5.0", Bot),
        ("python-requests/2.32.3", Bot),
        ("Go-http-client/1.1", Bot),
        ("Datadog/Synthetics", Bot),
        ("WhatsApp/2.23.20.0 A", Bot),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            Bot,
        ),
        (
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36",
            Unknown,
        ),
        ("Amazon CloudFront", Unknown),
        ("Mozilla/5.0", Unknown),
        ("Fake/1.0.0 (Linux)", Unknown),
        ("", Unknown),
    ] {
        assert_eq!(Device::of(user_agent.as_bytes()), expected, "{user_agent}");
    }
}
