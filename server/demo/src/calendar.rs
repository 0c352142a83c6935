//! The sandbox's calendar: what the company's people plan, as another program would
//! show it.

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
/// Days from the sandbox's beginning to the exams: further than a schedule is compiled for.
const EXAMS_DAYS: i64 = 90;

/// The calendar of the sandbox when the configuration names none.
#[must_use]
pub fn calendar() -> Configured {
    Configured {
        name: "academic-year".into(),
        environments: vec!["prod".into()],
        timezone: ZONE.into(),
        place: "sandbox".into(),
    }
}

/// The calendar of the academic year. A fault of the sandbox is its fault too.
pub struct AcademicYear {
    cloud: Arc<DemoCloud>,
    text: String,
}

impl AcademicYear {
    /// Of a sandbox that begins then.
    pub(crate) fn new(cloud: Arc<DemoCloud>, begins: Timestamp) -> Self {
        let zone = Zone::named(ZONE).expect("a zone of the database");
        let day = |days: i64| {
            let date = zone.civil(begins.plus_ms(days * DAY_MS)).date();
            date.strftime("%Y%m%d").to_string()
        };
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sandbox//EN\r\nBEGIN:VEVENT\r\nUID:exams\r\n\
             SUMMARY:Final exams\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nEND:VEVENT\r\n\
             END:VCALENDAR\r\n",
            day(EXAMS_DAYS),
            day(EXAMS_DAYS + 5),
        );
        Self { cloud, text }
    }
}

#[async_trait]
impl Calendar for AcademicYear {
    async fn read(&self, etag: Option<&str>) -> Result<CalendarReading, CalendarError> {
        if self.cloud.fault_now() != Fault::None {
            return Err(CalendarError("it answered 503 Service Unavailable".into()));
        }
        // It never changes.
        let mark = "\"1\"";
        Ok(match etag {
            Some(etag) if etag == mark => CalendarReading::Unchanged,
            _ => CalendarReading::Text {
                text: self.text.clone(),
                etag: Some(mark.into()),
            },
        })
    }
}
