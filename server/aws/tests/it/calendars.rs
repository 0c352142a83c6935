//! Change Calendars of Systems Manager, replayed: moto keeps no documents of text, and
//! ministack serves none.

use crate::{
    peers::scope,
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::{ChangeCalendar, DocumentName};
use ports::{Calendar, CalendarReading};
use serde_json::json;
use std::sync::Arc;

fn calendar(wire: &Wire, document: &str) -> ChangeCalendar {
    let name = DocumentName::parse(document).expect("a name");
    ChangeCalendar::new(Arc::new(cloud(wire)), scope(ACCOUNT), name)
}

#[tokio::test]
async fn a_calendar_is_what_its_document_holds() {
    let wire = Wire::new();
    let text = "BEGIN:VCALENDAR\r\nX-CALENDAR-TYPE:DEFAULT_OPEN\r\nEND:VCALENDAR\r\n";
    let document = json!({
        "Name": "prod-changes", "DocumentVersion": "3", "Status": "Active", "Content": text,
        "DocumentType": "ChangeCalendar", "DocumentFormat": "TEXT",
    });
    wire.answer("GetDocument", Answer::json(200, document));
    let arn = "arn:aws:ssm:us-east-1:444455556666:document/prod-changes";
    let read = calendar(&wire, arn).read(Some("\"1\"")).await;
    let expected = CalendarReading::Text {
        text: text.into(),
        etag: None,
    };
    assert_eq!(read, Ok(expected));
    let asked = wire.asked();
    let asked = asked.iter().find(|one| one.action == "GetDocument");
    let asked = asked.expect("one request");
    assert_eq!(asked.service, "AmazonSSM");
    assert!(asked.host.starts_with("ssm."), "{}", asked.host);
    assert_eq!(asked.parameters.get("Name").map(String::as_str), Some(arn));
}

#[tokio::test]
async fn a_document_that_cannot_be_read_says_why() {
    let wire = Wire::new();
    let gone = "Document with name prod-changes does not exist.";
    wire.answer(
        "GetDocument",
        Answer::json_error(400, "InvalidDocument", gone),
    )
    .answer(
        "GetDocument",
        Answer::json_error(400, "AccessDeniedException", "no"),
    );
    let calendar = calendar(&wire, "prod-changes");
    for expected in [gone, "no"] {
        let why = calendar
            .read(None)
            .await
            .expect_err("no document")
            .to_string();
        assert!(why.starts_with("ssm:GetDocument failed: "), "{why}");
        assert!(why.contains(expected), "{why}");
    }
}
