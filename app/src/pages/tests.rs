//! Every page rendered as the server renders it: whole, in both languages,
//! full, empty and failing, with hostile text everywhere.

use super::{
    fake::{Fake, MARKUP, Mood, at, viewer},
    schedules::fake::change_id as schedule_change,
};
use crate::{App, ResponseStatus, Visitor, paths};
use api::{
    Backend, ErrorCode, alarms::AlarmQuery, audit::AuditQuery, capacity::TargetQuery,
    changes::ChangeQuery, checks::CheckQuery, notifications::NotificationQuery,
    timeline::TimelineQuery,
};
use domain::{
    i18n::Lang,
    ids::{AlarmId, ChangeId, DrillId, TargetId},
    people::Role,
};
use futures::{StreamExt, executor::block_on};
use hydration_context::SsrSharedContext;
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use leptos_meta::ServerMetaContext;
use leptos_router::location::RequestUrl;
use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

/// A page as it leaves the server, and its status.
fn render(path: &str, mood: Mood, visitor: Visitor) -> (String, u16) {
    // Another test of this process may have been first.
    let _ = any_spawner::Executor::init_futures_executor();
    let status = Arc::new(AtomicU16::new(200));
    let seen = Arc::clone(&status);
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        // The other half would be the document's head, which is not looked at here.
        let (meta, _head) = ServerMetaContext::new();
        provide_context(meta);
        provide_context(RequestUrl::new(path));
        provide_context(visitor);
        provide_context(ResponseStatus::page(move |code| {
            seen.store(code, Ordering::Relaxed)
        }));
        provide_context::<Arc<dyn Backend>>(Arc::new(Fake(mood)));
        let page = view! { <App/> }.into_any().to_html_stream_in_order();
        block_on(ScopedFuture::new(page.collect::<String>()))
    });
    (html, status.load(Ordering::Relaxed))
}

fn signed_in(role: Role, lang: Lang) -> Visitor {
    let viewer = viewer(role, lang);
    Visitor {
        lang,
        theme: viewer.theme,
        typed: crate::viewer::Typed::default(),
        sandbox: true,
        viewer: Some(viewer),
    }
}

fn every_page() -> Vec<String> {
    let (alarm, target, change) = (
        AlarmId::from_parts(0, 1),
        TargetId::from_parts(0, 1),
        ChangeId::from_parts(0, 1),
    );
    vec![
        paths::overview(),
        paths::alarms(&AlarmQuery::default()),
        paths::alarm(alarm),
        paths::wall(&AlarmQuery::default()),
        paths::coverage(&CheckQuery::default()),
        paths::notifications(&NotificationQuery::default()),
        paths::routing(),
        paths::on_call(),
        paths::drills(),
        paths::drill(DrillId::from_parts(0, 1)),
        paths::silences(),
        paths::targets(&TargetQuery::default()),
        paths::target(target),
        paths::new_event(target),
        paths::timeline(&TimelineQuery::default()),
        paths::new_event_over(target, at(60), at(120)),
        paths::checks(&CheckQuery::default()),
        paths::schedules(),
        paths::new_schedule(Some(target)),
        paths::schedule("night"),
        paths::edit_schedule("night"),
        paths::change(schedule_change()),
        paths::edit_schedule_change(schedule_change()),
        paths::changes(&ChangeQuery::default()),
        paths::change(change),
        paths::edit_change(change),
        paths::freezes(),
        paths::activity(&AuditQuery::default()),
        paths::settings(),
        paths::security(),
        paths::tokens(),
        paths::people(),
        paths::sources(),
        paths::system(),
    ]
}

/// What the page itself shows: the frame is the same everywhere.
fn main_part(html: &str) -> &str {
    let start = html
        .find("<main")
        .unwrap_or_else(|| panic!("no <main> in {html}"));
    let end = html.rfind("</main>").expect("main ends");
    &html[start..end]
}

#[test]
fn every_page_is_whole_in_both_languages() {
    for lang in [Lang::En, Lang::Ko] {
        for path in every_page() {
            let (html, status) = render(&path, Mood::Full, signed_in(Role::Admin, lang));
            assert_eq!(status, 200, "{path}");
            let page = main_part(&html);
            assert_eq!(
                page.matches("<h1").count(),
                1,
                "{path} has one title: {page}"
            );
            assert!(
                !page.contains("aria-busy=\"true\"")
                    || path == paths::alarm(AlarmId::from_parts(0, 1)),
                "{path} still loads"
            );
            assert!(!html.contains(" style="), "{path} has an inline style");
        }
    }
}

#[test]
fn nothing_that_somebody_wrote_becomes_markup() {
    for path in every_page() {
        let (html, _) = render(&path, Mood::Full, signed_in(Role::Admin, Lang::En));
        assert!(!html.contains("<script"), "{path} let a script through");
        let areas = html.matches("<textarea").count();
        assert_eq!(
            html.matches("></textarea>").count(),
            areas,
            "{path}: a text area has children"
        );
        assert_eq!(
            html.matches("</textarea").count(),
            areas,
            "{path}: a text area ended early"
        );
        assert!(!html.contains(MARKUP), "{path}");
    }
}

#[test]
fn korean_pages_have_no_english_left_in_their_frame() {
    let (english, _) = render("/", Mood::Empty, signed_in(Role::Admin, Lang::En));
    let (korean, _) = render("/", Mood::Empty, signed_in(Role::Admin, Lang::Ko));
    for word in [
        "Overview",
        "Alarms",
        "Capacity",
        "Changes",
        "Sandbox",
        "Skip to content",
    ] {
        assert!(english.contains(word), "{word}");
        assert!(!korean.contains(word), "{word}");
    }
    assert!(korean.contains("경보") && korean.contains("변경 요청"));
}

#[test]
fn empty_lists_teach() {
    for path in [
        paths::overview(),
        paths::alarms(&AlarmQuery::default()),
        paths::coverage(&CheckQuery::default()),
        paths::notifications(&NotificationQuery::default()),
        paths::on_call(),
        paths::drills(),
        paths::drill(DrillId::from_parts(0, 1)),
        paths::silences(),
        paths::routing(),
        paths::targets(&TargetQuery::default()),
        paths::target(TargetId::from_parts(0, 1)),
        paths::timeline(&TimelineQuery::default()),
        paths::checks(&CheckQuery::default()),
        paths::schedules(),
        paths::changes(&ChangeQuery::default()),
        paths::change(ChangeId::from_parts(0, 1)),
        paths::freezes(),
        paths::activity(&AuditQuery::default()),
        paths::tokens(),
    ] {
        let (html, status) = render(&path, Mood::Empty, signed_in(Role::Viewer, Lang::En));
        assert_eq!(status, 200, "{path}");
        assert!(main_part(&html).contains("empty-state"), "{path}");
    }
}

#[test]
fn the_page_of_a_drill_tells_what_each_channel_got() {
    let path = paths::drill(DrillId::from_parts(0, 1));
    let (html, _) = render(&path, Mood::Full, signed_in(Role::Viewer, Lang::En));
    let page = main_part(&html);
    for told in ["took it", "1.2 s", "held back", "silenced (", "DRILL"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let (html, _) = render(&path, Mood::Full, signed_in(Role::Viewer, Lang::Ko));
    let page = main_part(&html);
    for told in ["수신", "보류", "실패했습니다."] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[test]
fn failures_are_told_with_their_status_and_reference() {
    for path in every_page() {
        let mood = Mood::Failing(ErrorCode::Unavailable);
        let (html, status) = render(&path, mood, signed_in(Role::Admin, Lang::En));
        let page = main_part(&html);
        assert!(
            page.contains("error-state") && page.contains("req_1"),
            "{path}: {page}"
        );
        // What is only a part of its page leaves the page standing.
        let parts_only = [paths::settings(), paths::security(), paths::tokens()];
        assert_eq!(
            status,
            if parts_only.contains(&path) { 200 } else { 503 },
            "{path}"
        );
    }
    let forbidden = Mood::Failing(ErrorCode::Forbidden);
    let (_, status) = render("/activity", forbidden, signed_in(Role::Viewer, Lang::En));
    assert_eq!(status, 403);
}

#[test]
fn what_does_not_exist_is_not_found() {
    let missing = Mood::Failing(ErrorCode::NotFound);
    let unknown = paths::alarm(AlarmId::from_parts(0, 9));
    for (path, mood) in [
        ("/nowhere", Mood::Full),
        ("/alarms/not-an-id", Mood::Full),
        ("/changes/alm_00000000000000000000000001", Mood::Full),
        (unknown.as_str(), missing),
    ] {
        let (html, status) = render(path, mood, signed_in(Role::Admin, Lang::En));
        assert_eq!(status, 404, "{path}");
        assert!(main_part(&html).contains("Not found"), "{path}");
    }
}

#[test]
fn what_is_refused_is_shown_with_its_reason() {
    let change = paths::change(ChangeId::from_parts(0, 1));
    let (html, _) = render(&change, Mood::Full, signed_in(Role::Operator, Lang::En));
    assert!(
        html.contains(r#"aria-description="an author cannot approve""#),
        "{html}"
    );
    let (html, _) = render(
        "/settings/people",
        Mood::Full,
        signed_in(Role::Viewer, Lang::En),
    );
    assert!(html.contains(r#"aria-description="This needs the role admin.""#));
    let (html, _) = render("/", Mood::Full, signed_in(Role::Viewer, Lang::En));
    assert!(!html.contains("Sandbox controls"), "a viewer turns nothing");
}

#[test]
fn a_form_stands_only_before_those_who_may_send_it() {
    let path = paths::new_event(TargetId::from_parts(0, 1));
    let main = |mood| {
        let (html, _) = render(&path, mood, signed_in(Role::Viewer, Lang::En));
        main_part(&html).to_owned()
    };
    assert!(main(Mood::Full).contains("<form"));
    // The empty backend refuses.
    let refused = main(Mood::Empty);
    assert!(!refused.contains("<form"), "{refused}");
    assert!(refused.contains("needs operator"), "{refused}");
}

#[test]
fn a_stranger_sees_only_the_door() {
    let stranger = Visitor {
        lang: Lang::Ko,
        sandbox: true,
        ..Visitor::default()
    };
    let (html, _) = render(
        "/sign-in?error=throttled&minutes=7&next=//evil.example",
        Mood::Full,
        stranger.clone(),
    );
    assert!(html.contains("7분") && html.contains("운영자"), "{html}");
    assert!(!html.contains(r#"value="//evil.example""#), "{html}");
    let (html, _) = render("/sign-in", Mood::Full, Visitor::default());
    assert!(
        !html.contains("/sandbox/sign-in"),
        "one-click sign-in outside the sandbox"
    );
    let (html, _) = render("/alarms", Mood::Full, stranger);
    assert!(
        !html.contains("web-prod"),
        "an alarm was shown to a stranger"
    );
    let (html, _) = render(
        "/setup?token=t&error=password",
        Mood::Full,
        Visitor::default(),
    );
    assert!(html.contains("field-error"), "{html}");
}

#[test]
fn instants_are_in_the_viewers_zone_with_utc_on_hover() {
    let change = paths::change(ChangeId::from_parts(0, 1));
    let (html, _) = render(&change, Mood::Full, signed_in(Role::Operator, Lang::En));
    // 2025-10-09T08:53:20Z is 17:53 in Seoul.
    assert!(html.contains("2025-10-09 17:53"), "{html}");
    assert!(html.contains("2025-10-09 08:53:20 UTC"), "{html}");
}

#[test]
fn a_wall_of_no_known_environment_does_not_look_calm() {
    let calm = paths::wall(&AlarmQuery::default());
    let (html, _) = render(&calm, Mood::Empty, signed_in(Role::Viewer, Lang::En));
    assert!(html.contains("Nothing is going off"), "{html}");
    let unknown = paths::wall(&AlarmQuery {
        environment: vec!["no-such".into()],
        ..AlarmQuery::default()
    });
    let (html, status) = render(&unknown, Mood::Empty, signed_in(Role::Viewer, Lang::En));
    assert_eq!(status, 200);
    assert!(!html.contains("Nothing is going off"));
    assert!(html.contains("No such environment: no-such"));
}
