//! The sandbox's calendars: what the company's people plan, as other programs would show
//! it.

use crate::cloud::{DemoCloud, Fault};
use async_trait::async_trait;
use domain::{
    calendars::Calendar as Configured,
    time::{DAY_MS, Timestamp, Zone},
};
use ports::{Calendar, CalendarError, CalendarReading};
use std::sync::Arc;

/// The zone of the company's days.
const ZONE: &str = "Asia/Seoul";
/// After so many days somebody adds a day to a calendar.
const ADDED_DAYS: i64 = 2;

/// A day, or some, in a calendar; days count from the sandbox's beginning.
struct Event {
    title: &'static str,
    first_day: i64,
    days: i64,
    /// It is there from this day on.
    added_day: i64,
}

/// Further ahead than a schedule is compiled for.
const ACADEMIC_YEAR: &[Event] = &[Event {
    title: "Final exams",
    first_day: 90,
    days: 5,
    added_day: 0,
}];
const HOLIDAYS: &[Event] = &[
    Event {
        title: "Founding day",
        first_day: 10,
        days: 1,
        added_day: 0,
    },
    Event {
        title: "Bridge day",
        first_day: 11,
        days: 1,
        added_day: ADDED_DAYS,
    },
];

/// A calendar of the sandbox. A fault of the sandbox is its fault too.
pub struct DemoCalendar {
    cloud: Arc<DemoCloud>,
    begins: Timestamp,
    events: &'static [Event],
}

/// The calendars of a sandbox that begins then, when the configuration names none.
pub(crate) fn calendars(
    cloud: &Arc<DemoCloud>,
    begins: Timestamp,
) -> Vec<(Configured, DemoCalendar)> {
    let calendar = |name: &str, freezes, events| {
        let configured = Configured {
            name: name.into(),
            environments: if freezes { vec!["prod".into()] } else { vec![] },
            freezes,
            timezone: ZONE.into(),
            place: "sandbox".into(),
        };
        let cloud = Arc::clone(cloud);
        let calendar = DemoCalendar {
            cloud,
            begins,
            events,
        };
        (configured, calendar)
    };
    vec![
        calendar("academic-year", true, ACADEMIC_YEAR),
        calendar("holidays", false, HOLIDAYS),
    ]
}

impl DemoCalendar {
    fn text(&self, there: &[&Event]) -> String {
        let zone = Zone::named(ZONE).expect("a zone of the database");
        let day = |days: i64| {
            let date = zone.civil(self.begins.plus_ms(days * DAY_MS)).date();
            date.strftime("%Y%m%d").to_string()
        };
        let events: String = there
            .iter()
            .map(|event| {
                format!(
                    "BEGIN:VEVENT\r\nUID:{}\r\nSUMMARY:{}\r\nDTSTART;VALUE=DATE:{}\r\n\
                     DTEND;VALUE=DATE:{}\r\nEND:VEVENT\r\n",
                    event.first_day,
                    event.title,
                    day(event.first_day),
                    day(event.first_day + event.days),
                )
            })
            .collect();
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sandbox//EN\r\n{events}END:VCALENDAR\r\n"
        )
    }
}

#[async_trait]
impl Calendar for DemoCalendar {
    async fn read(&self, etag: Option<&str>) -> Result<CalendarReading, CalendarError> {
        if self.cloud.fault_now() != Fault::None {
            return Err(CalendarError("it answered 503 Service Unavailable".into()));
        }
        let today = self.cloud.now().since_ms(self.begins) / DAY_MS;
        let events = self.events.iter();
        let there: Vec<&Event> = events.filter(|event| event.added_day <= today).collect();
        // What is there is never taken away: so many are always the same.
        let mark = format!("\"{}\"", there.len());
        Ok(match etag {
            Some(etag) if etag == mark => CalendarReading::Unchanged,
            _ => CalendarReading::Text {
                text: self.text(&there),
                etag: Some(mark),
            },
        })
    }
}
