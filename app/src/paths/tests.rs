//! Every address, kept, and read back.

use super::*;
use api::checks::CheckQuery;
use domain::checks::Severity;

#[test]
fn every_address_is_the_one_that_people_have_bookmarked() {
    let (alarm_id, target_id, change_id) = (
        AlarmId::from_parts(0, 1),
        TargetId::from_parts(0, 2),
        ChangeId::from_parts(0, 3),
    );
    let page = PageQuery {
        offset: 100,
        limit: 50,
    };
    let hour = Timestamp::from_ms(1_760_000_400_000);
    let rendered = [
        overview(),
        alarms(&AlarmQuery::default()),
        alarms(&AlarmQuery {
            state: vec![AlarmState::Alarm, AlarmState::InsufficientData],
            environment: vec![Environment::from("prod")],
            priority: vec![Priority::P1],
            source: vec![SourceKind::Prometheus],
            acknowledged: Some(false),
            text: "5xx & 경보".into(),
            sort: AlarmSort::Newest,
            page,
        }),
        wall(&AlarmQuery {
            environment: vec![Environment::from("prod")],
            priority: vec![Priority::P1],
            ..AlarmQuery::default()
        }),
        alarm(alarm_id),
        alarm_over(alarm_id, 24),
        aws_events(&AwsEventQuery {
            kind: vec![AwsEventKind::Instance],
            text: "i-1".into(),
            page,
        }),
        aws_event(AwsEventId::from_parts(0, 4)),
        on_call(),
        drills(),
        drill(DrillId::from_parts(0, 6)),
        silences(),
        set_asides(page),
        set_aside(SetAsideId::from_parts(0, 5)),
        coverage(&CheckQuery::default()),
        coverage(&CheckQuery {
            severity: vec![Severity::Warning],
            environment: vec![Environment::from("prod")],
            rule: vec!["function-no-error-alarm".into()],
            text: "pay".into(),
            page,
        }),
        notifications(&NotificationQuery {
            state: vec![DeliveryState::Dead],
            channel: "ops".parse().into_iter().collect(),
            alarm: Some(alarm_id),
            page,
        }),
        routing(),
        targets(&TargetQuery {
            kind: vec![TargetKind::EcsService],
            text: "web".into(),
            ..TargetQuery::default()
        }),
        target(target_id),
        target_over(target_id, 168),
        target_on_demand(target_id),
        new_event(target_id),
        new_event_over(target_id, hour, hour.plus_ms(3_600_000)),
        timeline(&TimelineQuery::default()),
        timeline(&TimelineQuery {
            environment: vec![Environment::from("prod")],
            from: Some(hour),
            days: 28,
            ..TimelineQuery::default()
        }),
        checks(&CheckQuery::default()),
        checks(&CheckQuery {
            severity: vec![Severity::Error],
            environment: vec![Environment::from("prod")],
            rule: vec!["step-gap".into()],
            text: "worker".into(),
            page,
        }),
        schedules(),
        new_schedule(Some(target_id)),
        schedule("office-hours"),
        new_override("office-hours"),
        new_override_over("office-hours", hour, hour.plus_ms(3_600_000)),
        edit_schedule("office-hours"),
        changes(&ChangeQuery {
            state: vec![ChangeState::Proposed],
            target: Some(target_id),
            waiting_for_me: true,
            page,
            ..ChangeQuery::default()
        }),
        change(change_id),
        edit_change(change_id),
        edit_schedule_change(change_id),
        freezes(),
        activity(&AuditQuery {
            subject: change_id.to_string(),
            action: "change.".into(),
            person: "ana".into(),
            hours: Some(24),
            ..AuditQuery::default()
        }),
        settings(),
        security(),
        tokens(),
        people(),
        sources(),
        system(),
        sign_in("/alarms?state=alarm"),
        session_over("/alarms?state=alarm"),
    ]
    .join("\n");
    let kept = include_str!("../paths.txt");
    assert!(
        rendered == kept.trim_end(),
        "addresses changed:\n{rendered}"
    );
}

#[test]
fn filters_read_back_as_themselves() {
    let alarm = AlarmQuery {
        state: vec![AlarmState::Ok],
        environment: vec![Environment::from("dev"), Environment::from("prod")],
        priority: vec![Priority::P2, Priority::P4],
        source: vec![SourceKind::Cloudwatch, SourceKind::Grafana],
        acknowledged: Some(true),
        text: "a+b%41 경보".into(),
        sort: AlarmSort::Name,
        page: PageQuery {
            offset: 50,
            limit: 25,
        },
    };
    let address = alarms(&alarm);
    let (_, query) = address.split_once('?').expect("a query");
    assert_eq!(alarm_query(&Query::parse(query)), alarm);
    let week = TimelineQuery {
        environment: vec![Environment::from("dev")],
        text: "web".into(),
        from: Some(Timestamp::from_ms(1_760_000_400_000)),
        days: 1,
        ..TimelineQuery::default()
    };
    let ends = AwsEventQuery {
        kind: vec![AwsEventKind::Spot, AwsEventKind::Other],
        text: "i-1".into(),
        page: PageQuery::default(),
    };
    let address = aws_events(&ends);
    let (_, query) = address.split_once('?').expect("a query");
    assert_eq!(aws_event_query(&Query::parse(query)), ends);
    let address = timeline(&week);
    let (_, query) = address.split_once('?').expect("a query");
    assert_eq!(timeline_query(&Query::parse(query)), week);
    let change = ChangeQuery {
        state: vec![ChangeState::AppliedWithDifference],
        phase: vec![EventPhase::Returning],
        target: Some(TargetId::from_parts(1, 1)),
        waiting_for_me: true,
        ..ChangeQuery::default()
    };
    let address = changes(&change);
    let (_, query) = address.split_once('?').expect("a query");
    assert_eq!(change_query(&Query::parse(query)), change);
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let query = Query::parse("?state=melted&state=ok&limit=9999999&offset=-1&text=%ZZ%");
    let read = alarm_query(&query);
    assert_eq!(read.state, [AlarmState::Ok]);
    assert_eq!(read.page.limit, limits::PAGE_ROWS_MAX);
    assert_eq!(read.page.offset, 0);
    assert_eq!(read.text, "%ZZ%");
}

#[test]
fn nobody_is_sent_to_another_site() {
    for (text, goes) in [
        ("/alarms?x=//y", "/alarms?x=//y"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ] {
        assert_eq!(parse_local(text), goes, "{text}");
    }
}
