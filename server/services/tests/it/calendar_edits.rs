//! Schedules that name a followed calendar: they hold the days that people approved, and
//! an edit is proposed where the calendar names others.

use crate::{
    calendars::later,
    schedules::{GROUP, office},
    story::{audit_is_whole, proposed, refused},
};
use api::{ErrorCode, changes::ChangeRow, schedules::ScheduleDetail};
use domain::{
    approvals::Vote,
    calendars::Calendar,
    changes::{Change, ChangeState},
    limits,
    people::Role,
    schedules::Dates,
    time::{DAY_MS, Zone},
};
use serde_json::json;
use testkit::{CalendarKeeper, Harness, story};

const CALENDAR: &str = "holidays";

/// The date so many days from now in Seoul, `2026-03-02`.
fn date(h: &Harness, days: i64) -> String {
    let seoul = Zone::named("Asia/Seoul").expect("a zone");
    seoul
        .civil(h.now().plus_ms(days * DAY_MS))
        .date()
        .to_string()
}

fn names(keeper: &CalendarKeeper, dates: &[&str]) {
    let events: String = dates
        .iter()
        .map(|date| {
            let day = date.replace('-', "");
            format!("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n")
        })
        .collect();
    let text = format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n");
    keeper.says(200, "", text);
}

async fn follow(h: &mut Harness, keeper: &CalendarKeeper) {
    let (calendar, reader) = keeper.followed();
    let calendar = Calendar {
        name: CALENDAR.into(),
        freezes: false,
        ..calendar
    };
    h.follow(vec![(calendar, reader)]).await;
    h.drain().await;
}

/// A schedule that is closed on the calendar's days, and on those that somebody says it has.
async fn closed(h: &Harness, calendar_dates: Option<&[&str]>) -> Change {
    let mut exception = json!({ "calendar": CALENDAR, "use": "base" });
    if let Some(dates) = calendar_dates {
        exception["calendar_dates"] = json!(dates);
    }
    office(h, json!({ "exceptions": [exception] })).await
}

async fn standing(h: &Harness) -> ScheduleDetail {
    let viewer = h.as_role(Role::Viewer);
    viewer
        .schedule("office-hours".into())
        .await
        .expect("a schedule")
}

/// The days that the schedule as it stands takes from its calendar.
async fn held(h: &Harness) -> Dates {
    let schedule = standing(h).await.reading.schedule.expect("a schedule");
    schedule.exceptions()[0]
        .calendar_dates
        .clone()
        .expect("days")
}

fn dates(dates: &[&str]) -> Dates {
    Dates::parse(dates).expect("dates")
}

/// What the console has proposed, newest first.
async fn drafts(h: &Harness) -> Vec<ChangeRow> {
    let mut rows = standing(h).await.changes;
    rows.retain(|row| {
        row.author == "Lamplighter" && matches!(row.change, Change::ApplySchedule { .. })
    });
    rows
}

fn states(drafts: &[ChangeRow]) -> Vec<ChangeState> {
    drafts.iter().map(|row| row.state).collect()
}

story!(
    a_changed_calendar_proposes_an_edit_and_changes_nothing_by_itself,
    |h| async move {
        let (mut h, keeper) = (h, CalendarKeeper::start().await);
        let days: Vec<String> = (5..9).map(|ahead| date(&h, ahead)).collect();
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| days[at].as_str());
        names(&keeper, &[a]);
        follow(&mut h, &keeper).await;
        let operator = h.as_role(Role::Operator);
        assert_eq!(operator.list_freezes().await.expect("freezes"), []);

        // What is read and what is proposed have the days of the calendar, and no others.
        let text = json!({
            "name": "office-hours", "timezone": "Asia/Seoul", "targets": [{ "asg": GROUP }],
            "base": { "min": 0, "desired": 0, "max": 0 },
            "exceptions": [{ "calendar": CALENDAR, "use": "base" }],
        });
        let read = operator
            .read_schedule(text.to_string())
            .await
            .expect("a reading");
        assert!(
            read.text.contains(&format!("# its days: {a}")),
            "{}",
            read.text
        );
        let unknown = text.to_string().replace(CALENDAR, "elsewhere");
        let read = operator.read_schedule(unknown).await.expect("a reading");
        let why = read.error.expect("no such calendar").message;
        assert!(why.contains("no calendar `elsewhere` is followed"), "{why}");
        let forged = closed(&h, Some(&[b])).await;
        refused(
            operator.propose_change(forged.into(), None).await,
            ErrorCode::Invalid,
        );
        let id = proposed(&h, closed(&h, None).await).await;
        h.approve(Role::Approver, id).await.expect("an approval");
        h.drain().await;
        assert_eq!(held(&h).await, dates(&[a]));
        let found = standing(&h).await;
        assert_eq!(found.calendar_edit, None);
        assert!(found.calendars[0].followed && found.calendars[0].read_at.is_some());

        // One edit for one change of the calendar; the schedule stays as it was approved.
        names(&keeper, &[a, b]);
        later(&h).await;
        later(&h).await;
        let first = drafts(&h).await;
        assert_eq!(states(&first), [ChangeState::Proposed]);
        assert_eq!(standing(&h).await.calendar_edit, Some(first[0].id));
        assert_eq!(
            first[0].change.reason(),
            "other days in the calendar holidays"
        );
        assert_eq!(held(&h).await, dates(&[a]));

        // Another change of it takes the place of the first.
        names(&keeper, &[a, c]);
        later(&h).await;
        let second = drafts(&h).await;
        assert_eq!(
            states(&second),
            [ChangeState::Proposed, ChangeState::Withdrawn]
        );
        // What stands may be proposed again as it is, whatever the calendar names by now.
        let as_approved = closed(&h, Some(&[a])).await;
        operator
            .preview_change(as_approved.into())
            .await
            .expect("a preview");
        h.approve(Role::Approver, second[0].id)
            .await
            .expect("an approval");
        h.drain().await;
        assert_eq!(held(&h).await, dates(&[a, c]));
        assert_eq!(standing(&h).await.calendar_edit, None);

        // What people change meanwhile goes into the edit that waits.
        names(&keeper, &[a, b]);
        later(&h).await;
        let exception = json!({ "calendar": CALENDAR, "use": "base", "calendar_dates": [a, c] });
        let base = json!({ "min": 0, "desired": 0, "max": 1 });
        let larger = office(&h, json!({ "base": base, "exceptions": [exception] })).await;
        let waiting = drafts(&h).await[0].id;
        h.approved(larger).await;
        h.drain().await;
        later(&h).await;
        let drafted = drafts(&h).await;
        assert_eq!(
            states(&drafted[..2]),
            [ChangeState::Proposed, ChangeState::Withdrawn]
        );
        assert_eq!(drafted[1].id, waiting);
        let Change::ApplySchedule { schedule, .. } = &drafted[0].change else {
            panic!("a schedule");
        };
        let stands = standing(&h).await.reading.schedule.expect("a schedule");
        assert_eq!(
            (schedule.base(), held(&h).await),
            (stands.base(), dates(&[a, c]))
        );
        names(&keeper, &[a, c]);
        later(&h).await;

        // What people rejected is not asked for again.
        names(&keeper, &[a, d]);
        later(&h).await;
        let third = drafts(&h).await[0].id;
        let approver = h.as_role(Role::Approver);
        let hash = approver.change(third).await.expect("a change").hash;
        let no = approver.vote_change(third, Vote::Reject, hash, "we are open then".into());
        no.await.expect("a rejection");
        later(&h).await;
        assert_eq!(drafts(&h).await[0].state, ChangeState::Rejected);
        assert_eq!(held(&h).await, dates(&[a, c]));

        // A calendar that changes back leaves nothing to decide.
        names(&keeper, &[b]);
        later(&h).await;
        assert_eq!(drafts(&h).await[0].state, ChangeState::Proposed);
        names(&keeper, &[a, c]);
        later(&h).await;
        assert_eq!(drafts(&h).await[0].state, ChangeState::Withdrawn);
        audit_is_whole(&h).await;
    }
);

story!(
    a_calendar_that_is_followed_no_more_leaves_the_schedule_as_it_is,
    |h| async move {
        let (mut h, keeper) = (h, CalendarKeeper::start().await);
        let day = date(&h, 5);
        names(&keeper, &[&day]);
        follow(&mut h, &keeper).await;
        let id = proposed(&h, closed(&h, None).await).await;
        h.approve(Role::Approver, id).await.expect("an approval");
        h.drain().await;
        h.follow(Vec::new()).await;
        h.fast_forward(limits::CALENDARS_LEASE_MS).await;
        let found = standing(&h).await;
        assert!(!found.calendars[0].followed);
        assert_eq!(held(&h).await, dates(&[&day]));
        // It can still be proposed as it was approved, and no other way.
        let operator = h.as_role(Role::Operator);
        let same = operator
            .preview_change(closed(&h, Some(&[&day])).await.into())
            .await;
        same.expect("a preview");
        let fresh = operator.preview_change(closed(&h, None).await.into()).await;
        refused(fresh, ErrorCode::Invalid);
    }
);
