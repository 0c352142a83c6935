//! What there is to be asked about alarms, what AWS told, and the messages that follow.

use super::{
    cases::{
        Case,
        Place::{Installation, Own, Prod},
        case, get,
    },
    things::Things,
};
use domain::{
    policy::Action,
    time::{DAY_MS, Timestamp},
};
use serde_json::{Value, json};

/// A channel of the sandbox.
pub const CHANNEL: &str = "team";

/// The cases.
pub fn alarm_cases(things: &Things, now: Timestamp) -> Vec<Case> {
    let Things {
        alarm,
        aws_event,
        delivery,
        drill,
        ..
    } = things;
    let nothing = Value::Null;
    let query = json!({ "query": {} });
    let subject = json!({
        "environment": "prod", "priority": "P1", "name": "x", "scope": null, "state": "alarm",
    });
    let played = json!({ "environment": "prod", "name": "x" });
    let drill_asked = json!({ "subject": played, "tells": ["nobody"] });
    let silenced = json!({ "environments": ["prod"], "matchers": "team=nobody" });
    let silence = json!({
        "scope": silenced, "until": now.plus_ms(DAY_MS), "comment": "for this test",
    });
    let cover = json!({
        "rotation": "production", "contact": "jun", "until": now.plus_ms(DAY_MS),
    });
    vec![
        case(
            "list_alarms",
            Action::View,
            Own,
            get("/alarms".into()),
            Some(("/rpc/alarms/list", query.clone())),
        ),
        case(
            "list_coverage",
            Action::View,
            Own,
            get("/coverage".into()),
            Some(("/rpc/coverage/list", query.clone())),
        ),
        case(
            "count_alarms",
            Action::View,
            Own,
            get("/alarms/counts".into()),
            Some(("/rpc/alarms/counts", json!({}))),
        ),
        case(
            "show_alarm",
            Action::View,
            Prod,
            get(format!("/alarms/{alarm}")),
            Some(("/rpc/alarms/show", json!({ "id": alarm }))),
        ),
        case(
            "show_alarm_chart",
            Action::View,
            Prod,
            get(format!("/alarms/{alarm}/chart?hours=3")),
            Some(("/rpc/alarms/chart", json!({ "id": alarm, "hours": 3 }))),
        ),
        case(
            "show_alarm_logs",
            Action::ReadLogs,
            Prod,
            get(format!("/alarms/{alarm}/logs")),
            Some(("/rpc/alarms/logs", json!({ "id": alarm }))),
        ),
        case(
            "list_drills",
            Action::View,
            Own,
            get("/drills".into()),
            Some(("/rpc/drills/list", json!({}))),
        ),
        case(
            "list_recurring_drills",
            Action::View,
            Own,
            get("/drills/recurring".into()),
            Some(("/rpc/drills/recurring", json!({}))),
        ),
        case(
            "preview_drill",
            Action::StartDrill,
            Prod,
            ("POST", "/drills/preview".into(), played.clone()),
            Some(("/rpc/drills/preview", json!({ "subject": played }))),
        ),
        case(
            "start_drill",
            Action::StartDrill,
            Prod,
            ("POST", "/drills".into(), drill_asked.clone()),
            Some(("/rpc/drills/start", json!({ "drill": drill_asked }))),
        ),
        case(
            "show_drill",
            Action::View,
            Prod,
            get(format!("/drills/{drill}")),
            Some(("/rpc/drills/show", json!({ "id": drill }))),
        ),
        case(
            "end_drill",
            Action::StartDrill,
            Prod,
            ("POST", format!("/drills/{drill}/end"), nothing.clone()),
            Some(("/rpc/drills/end", json!({ "id": drill }))),
        ),
        case(
            "list_silences",
            Action::View,
            Own,
            get("/silences".into()),
            Some(("/rpc/silences/list", json!({}))),
        ),
        case(
            "preview_silence",
            Action::SilenceAlarms,
            Own,
            ("POST", "/silences/preview".into(), silenced.clone()),
            Some(("/rpc/silences/preview", json!({ "scope": silenced }))),
        ),
        case(
            "add_silence",
            Action::SilenceAlarms,
            Prod,
            ("POST", "/silences".into(), silence.clone()),
            Some(("/rpc/silences/add", json!({ "silence": silence }))),
        ),
        case(
            "on_call",
            Action::View,
            Own,
            get("/on-call".into()),
            Some(("/rpc/on-call/show", json!({}))),
        ),
        case(
            "on_call_calendar",
            Action::View,
            Own,
            get("/on-call/production/calendar.ics".into()),
            None,
        ),
        case(
            "add_cover",
            Action::ManageOnCall,
            Installation,
            ("POST", "/on-call/covers".into(), cover.clone()),
            Some(("/rpc/on-call/cover", json!({ "cover": cover }))),
        ),
        case(
            "list_alarm_history",
            Action::View,
            Prod,
            get(format!("/alarms/{alarm}/history")),
            Some(("/rpc/alarms/history", json!({ "id": alarm }))),
        ),
        case(
            "acknowledge_alarm",
            Action::AcknowledgeAlarm,
            Prod,
            (
                "POST",
                format!("/alarms/{alarm}/acknowledgement"),
                json!({ "note": "x" }),
            ),
            Some((
                "/rpc/alarms/acknowledge",
                json!({ "id": alarm, "note": "x" }),
            )),
        ),
        case(
            "unacknowledge_alarm",
            Action::AcknowledgeAlarm,
            Prod,
            (
                "DELETE",
                format!("/alarms/{alarm}/acknowledgement"),
                nothing.clone(),
            ),
            Some(("/rpc/alarms/give_back", json!({ "id": alarm }))),
        ),
        case(
            "list_aws_events",
            Action::View,
            Own,
            get("/aws-events".into()),
            Some(("/rpc/aws_events/list", query.clone())),
        ),
        case(
            "show_aws_event",
            Action::View,
            Prod,
            get(format!("/aws-events/{aws_event}")),
            Some(("/rpc/aws_events/show", json!({ "id": aws_event }))),
        ),
        case(
            "list_set_aside",
            Action::ManageSetAside,
            Installation,
            get("/set-aside".into()),
            Some(("/rpc/set_aside/list", query.clone())),
        ),
        case(
            "list_notifications",
            Action::View,
            Own,
            get("/notifications".into()),
            Some(("/rpc/notifications/list", query.clone())),
        ),
        case(
            "send_again",
            Action::SendNotifications,
            Prod,
            (
                "POST",
                format!("/notifications/{delivery}/sending"),
                nothing.clone(),
            ),
            Some(("/rpc/notifications/send_again", json!({ "id": delivery }))),
        ),
        case(
            "show_routing",
            Action::View,
            Own,
            get("/channels".into()),
            Some(("/rpc/notifications/routing", json!({}))),
        ),
        case(
            "test_channel",
            Action::SendNotifications,
            Installation,
            ("POST", format!("/channels/{CHANNEL}/test"), nothing.clone()),
            Some(("/rpc/notifications/test", json!({ "name": CHANNEL }))),
        ),
        case(
            "explain_route",
            Action::View,
            Own,
            get("/routes/explain?environment=prod&priority=P1&name=x".into()),
            Some(("/rpc/notifications/explain", json!({ "question": subject }))),
        ),
        case(
            "try_routes",
            Action::View,
            Own,
            ("POST", "/routes/try".into(), json!({ "text": "" })),
            Some((
                "/rpc/notifications/try-routes",
                json!({ "trial": { "text": "" } }),
            )),
        ),
    ]
}
