//! Calendars whose times are freezes: a real HTTP server keeps the calendar.

use crate::story::{SCALED, at_least_now, proposed, refused};
use api::{ErrorCode, calendars::NewCalendar};
use domain::{
    freezes::Freeze,
    limits,
    people::Role,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use testkit::{CalendarKeeper, Harness, story};

/// `20260302T000000Z`.
fn stamp(at: Timestamp) -> String {
    at.to_string().replace(['-', ':'], "")
}

fn calendar(events: &[(&str, Timestamp, Timestamp)]) -> String {
    let events: String = events
        .iter()
        .map(|(title, from, until)| {
            format!(
                "BEGIN:VEVENT\r\nSUMMARY:{title}\r\nDTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\n",
                stamp(*from),
                stamp(*until)
            )
        })
        .collect();
    format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n")
}

async fn freezes(h: &Harness) -> Vec<Freeze> {
    let listed = h.as_role(Role::Admin).list_freezes().await;
    listed.expect("freezes")
}

async fn names(h: &Harness) -> Vec<String> {
    freezes(h).await.into_iter().map(|one| one.name).collect()
}

/// Why the calendar could not be read.
async fn error(h: &Harness) -> Option<String> {
    let rows = h.as_role(Role::Viewer).list_calendars().await;
    let rows = rows.expect("calendars");
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().and_then(|row| row.error)
}

pub async fn later(h: &Harness) {
    h.fast_forward(limits::CALENDAR_PAUSE_MS).await;
}

story!(
    what_a_calendar_names_is_frozen_until_it_names_it_no_more,
    |h| async move {
        let (mut h, keeper) = (h, CalendarKeeper::start().await);
        let (from, until) = (h.now(), h.now().plus_ms(DAY_MS));
        let far = h.now().plus_ms(30 * DAY_MS);
        let events = [
            ("Release\\, the big one", from, until),
            ("Exams", far, far.plus_ms(HOUR_MS)),
        ];
        keeper.says(200, "ETag: \"one\"\r\n", calendar(&events));
        h.follow(vec![keeper.followed()]).await;
        h.drain().await;
        assert_eq!(names(&h).await, ["Release, the big one", "Exams"]);
        let change = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
        refused(
            h.approve(Role::Approver, change).await,
            ErrorCode::Forbidden,
        );
        let one = freezes(&h).await.remove(0);
        let lifted = h.as_role(Role::Admin).lift_freeze(one.id).await;
        let told = refused(lifted, ErrorCode::Conflict);
        assert!(told.message.contains("releases"), "{}", told.message);

        // Not asked again at once, and then only for what is new.
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(keeper.marks(), [None]);
        keeper.says(304, "", String::new());
        later(&h).await;
        assert_eq!(keeper.marks(), [Some("\"one\"".to_owned())]);
        assert_eq!(freezes(&h).await[0], one);
        assert_eq!(error(&h).await, None);

        // What stays named stays the same freeze; the rest is lifted.
        keeper.says(200, "", calendar(&events[1..]));
        let kept = freezes(&h).await[1].id;
        later(&h).await;
        let left = freezes(&h).await;
        assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [kept]);
        h.approve(Role::Approver, change)
            .await
            .expect("an approval");

        // A calendar that is followed no more freezes nothing.
        h.follow(Vec::new()).await;
        // The lease of the server before runs out.
        h.fast_forward(limits::CALENDARS_LEASE_MS).await;
        assert_eq!(freezes(&h).await, []);
    }
);

story!(
    a_calendar_that_cannot_be_read_leaves_its_freezes,
    |h| async move {
        let (mut h, keeper) = (h, CalendarKeeper::start().await);
        let event = ("Exams", h.now(), h.now().plus_ms(20 * DAY_MS));
        keeper.says(200, "", calendar(&[event]));
        h.follow(vec![keeper.followed()]).await;
        h.drain().await;
        let before = freezes(&h).await;
        assert_eq!(before.len(), 1);
        let huge = "x".repeat(limits::CALENDAR_FILE_BYTES_MAX + 1);
        for (status, headers, body, expected) in [
            (503, "", String::new(), "it answered 503"),
            (
                302,
                "Location: http://127.0.0.1:1/\r\n",
                String::new(),
                "redirects are not followed",
            ),
            (200, "", "<html>".to_owned(), "releases line 1"),
            (200, "", huge, "length limit exceeded"),
        ] {
            keeper.says(status, headers, body);
            later(&h).await;
            let why = error(&h).await.expect("a reason");
            assert!(why.contains(expected), "{why}");
            assert!(!why.contains("s3cret"), "{why}");
            assert_eq!(freezes(&h).await, before, "{expected}");
        }
    }
);

story!(a_calendar_at_hand_is_imported_once, |h| async move {
    let new = |text: String| NewCalendar {
        calendar: text,
        environments: vec!["prod".into()],
        reason: "the academic year".into(),
    };
    let soon = h.now().plus_ms(DAY_MS);
    let text = calendar(&[("Exams", soon, soon.plus_ms(DAY_MS))]);
    for role in [Role::Viewer, Role::Operator, Role::Approver] {
        let answer = h.as_role(role).import_calendar(new(text.clone())).await;
        refused(answer, ErrorCode::Forbidden);
    }
    let admin = h.as_role(Role::Admin);
    let ids = admin.import_calendar(new(text)).await.expect("freezes");
    let found = freezes(&h).await;
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), ids);
    assert_eq!(found[0].reason, "the academic year");
    let past = calendar(&[("Over", h.now().plus_ms(-DAY_MS), h.now())]);
    for (text, expected) in [(past, "no time"), ("x".to_owned(), "calendar.ics line 1")] {
        let told = refused(admin.import_calendar(new(text)).await, ErrorCode::Invalid);
        assert!(told.message.contains(expected), "{}", told.message);
    }
    // Nobody follows it: people lift what they have declared.
    admin.lift_freeze(ids[0]).await.expect("lifted");
});
