//! Of what is silenced nobody is told, and nothing is lost by it.

use super::{Estate, acknowledge, alarm, connected, everything, messages};
use crate::story::refused;
use api::{
    ErrorCode,
    silences::{NewSilence, SilenceScope},
};
use domain::{
    alarms::AlarmState,
    channels::ChannelKind::{Pagerduty, Slack},
    ids::SilenceId,
    people::{Reach, Role},
    silences::SilenceState,
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use services::work;
use testkit::{Harness, Sink, story};

const TRIGGER: &str = "pagerduty trigger: P1 ALARM · prod · prod-web-5xx";

fn scope(environments: &[&str], matchers: &str) -> SilenceScope {
    SilenceScope {
        environments: environments.iter().map(|name| (*name).into()).collect(),
        matchers: matchers.into(),
    }
}

/// From now on for an hour.
fn silence(h: &Harness, environments: &[&str], matchers: &str) -> NewSilence {
    NewSilence {
        scope: scope(environments, matchers),
        from: None,
        until: h.now().plus_ms(HOUR_MS),
        comment: "we are moving the database".into(),
    }
}

pub(super) async fn silenced(h: &Harness, environments: &[&str], matchers: &str) -> SilenceId {
    let operator = h.as_role(Role::Operator);
    let silence = silence(h, environments, matchers);
    operator.add_silence(silence).await.expect("a silence")
}

/// A silence of alarms with a name, for so long.
pub(super) async fn silenced_for(h: &Harness, name: &str, ms: i64) -> SilenceId {
    let silence = NewSilence {
        until: h.now().plus_ms(ms),
        ..silence(h, &["prod"], &format!("alertname={name}"))
    };
    let operator = h.as_role(Role::Operator);
    operator.add_silence(silence).await.expect("a silence")
}

async fn calling(h: &mut Harness) -> (Sink, Estate) {
    connected(h, &[Pagerduty], vec![everything(&[Pagerduty])]).await
}

story!(
    what_still_stands_at_the_end_of_a_silence_is_told_then,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = calling(&mut h).await;
        let id = silenced(&h, &["prod"], r#"alertname=~"prod-web-.*""#).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-web-cpu", AlarmState::Alarm);
        estate.set(&h, "prod-db-errors", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["pagerduty trigger: P1 ALARM · prod · prod-db-errors"]);

        let viewer = h.as_role(Role::Viewer);
        let detail = viewer.alarm(alarm(&h, "prod-web-5xx").await).await;
        let detail = detail.expect("an alarm");
        assert_eq!(detail.matchers, r#"alertname="prod-web-5xx""#);
        assert_eq!(detail.silences[0].id, id);
        assert_eq!(detail.silences[0].state, SilenceState::Active);
        assert_eq!(detail.row.silenced_until, Some(detail.silences[0].until));
        assert!(detail.silences[0].end_refused.is_some(), "viewers look");

        // What is over in time was nobody's matter; neither does a restart tell anybody.
        estate.set(&h, "prod-web-cpu", AlarmState::Ok);
        h.restart().await;
        h.pass(50 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(15 * MINUTE_MS).await;
        sink.expect(&[TRIGGER]);
        h.pass(DAY_MS).await;
        sink.expect(&[]);
        let listed = h.as_role(Role::Viewer).list_silences().await;
        assert_eq!(listed.expect("silences")[0].state, SilenceState::Expired);
    }
);

story!(a_silence_that_is_ended_lets_go_at_once, |h| async move {
    let mut h = h;
    let (sink, mut estate) = calling(&mut h).await;
    let id = silenced(&h, &["prod"], "").await;
    // The second one holds on alone.
    let other = silenced(&h, &[], r#"alertname="prod-web-5xx""#).await;
    estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    let operator = h.as_role(Role::Operator);
    refused(
        h.as_role(Role::Viewer).end_silence(id).await,
        ErrorCode::Forbidden,
    );
    operator.end_silence(id).await.expect("ended");
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[]);
    operator.end_silence(other).await.expect("ended");
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[TRIGGER]);
    refused(operator.end_silence(id).await, ErrorCode::Conflict);
    let rows = operator.list_silences().await.expect("silences");
    let ended: Vec<_> = rows.iter().map(|row| row.ended_by.as_deref()).collect();
    assert_eq!(ended, [Some("operator"), Some("operator")]);
});

story!(
    who_was_told_that_it_began_hears_of_its_end,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 2);
        silenced(&h, &["prod"], "").await;
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :large_green_circle: *Recovered · prod · prod-web-5xx*",
            "pagerduty resolve: ",
        ]);
        // Its next life is silent.
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(messages(&h, Role::Viewer).await.len(), 4);
    }
);

story!(
    nobody_is_called_at_the_end_of_a_silence_for_what_somebody_has_taken_on,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = calling(&mut h).await;
        silenced(&h, &["prod"], "").await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        acknowledge(&h, "prod-web-5xx").await;
        h.pass(2 * HOUR_MS).await;
        sink.expect(&[]);
        let id = alarm(&h, "prod-web-5xx").await;
        let operator = h.as_role(Role::Operator);
        operator.unacknowledge_alarm(id).await.expect("given back");
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[TRIGGER]);
    }
);

story!(a_silence_begins_when_it_is_planned, |h| async move {
    let mut h = h;
    let (sink, mut estate) = calling(&mut h).await;
    let later = NewSilence {
        from: Some(h.now().plus_ms(30 * MINUTE_MS)),
        ..silence(&h, &["prod"], "")
    };
    let operator = h.as_role(Role::Operator);
    let id = operator.add_silence(later).await.expect("a silence");
    let state = async || {
        let rows = h.as_role(Role::Viewer).list_silences().await;
        rows.expect("silences")[0].state
    };
    assert_eq!(state().await, SilenceState::Pending);
    estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[TRIGGER]);
    h.pass(31 * MINUTE_MS).await;
    assert_eq!(state().await, SilenceState::Active);
    estate.set(&h, "prod-db-errors", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[]);
    h.pass(30 * MINUTE_MS).await;
    sink.expect(&["pagerduty trigger: P1 ALARM · prod · prod-db-errors"]);
    assert_eq!(state().await, SilenceState::Expired);
    // One that has not begun is taken away.
    let later = NewSilence {
        from: Some(h.now().plus_ms(HOUR_MS)),
        until: h.now().plus_ms(2 * HOUR_MS),
        ..silence(&h, &["prod"], "")
    };
    let operator = h.as_role(Role::Operator);
    let second = operator.add_silence(later).await.expect("a silence");
    assert_ne!(second, id);
    operator.end_silence(second).await.expect("ended");
    assert_eq!(state().await, SilenceState::Expired);
});

story!(
    a_preview_counts_what_a_silence_would_be_about,
    |h| async move {
        let mut h = h;
        let (_sink, mut estate) = connected(&mut h, &[], Vec::new()).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-web-cpu", AlarmState::Ok);
        estate.set(&h, "dev-web-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        let counted = async |environments: &[&str], matchers: &str| {
            let scope = scope(environments, matchers);
            let preview = h.as_role(Role::Operator).preview_silence(scope).await;
            let preview = preview.expect("a preview");
            assert_eq!(preview.first.len() as u64, preview.alarms);
            (preview.alarms, preview.firing)
        };
        assert_eq!(counted(&[], "").await, (3, 2));
        assert_eq!(counted(&["prod"], "").await, (2, 1));
        assert_eq!(counted(&[], r#"alertname=~".*-web-.*""#).await, (3, 2));
        assert_eq!(counted(&[], r#"alertname=~"web""#).await, (0, 0));
        assert_eq!(counted(&["prod"], "environment=dev").await, (0, 0));
        assert_eq!(counted(&[], "priority=P1, source=cloudwatch").await, (1, 1));
        // Nobody counts what they do not see.
        let dev = h.person("devi", Role::Operator, Reach::Only(vec!["dev".into()]));
        let seen = h.of(&dev.await).preview_silence(scope(&[], "")).await;
        assert_eq!(seen.expect("a preview").alarms, 1);
        let looks_only = h
            .as_role(Role::Viewer)
            .preview_silence(scope(&[], ""))
            .await;
        refused(looks_only, ErrorCode::Forbidden);
    }
);

story!(
    what_cannot_be_meant_is_refused_where_it_stands,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        let until = |ms| h.now().plus_ms(ms);
        let boundless = silence(&h, &[], "");
        let negative = silence(&h, &[], "team!=pay");
        let unread = silence(&h, &["prod"], "team=");
        let past = NewSilence {
            until: until(-1),
            ..silence(&h, &["prod"], "")
        };
        let long = NewSilence {
            until: until(91 * DAY_MS),
            ..silence(&h, &["prod"], "")
        };
        let far = NewSilence {
            from: Some(until(91 * DAY_MS)),
            until: until(92 * DAY_MS),
            ..silence(&h, &["prod"], "")
        };
        let mute = NewSilence {
            comment: " ".into(),
            ..silence(&h, &["prod"], "")
        };
        for (new, field) in [
            (boundless, "matchers"),
            (negative, "matchers"),
            (unread, "matchers"),
            (past, "until"),
            (long, "until"),
            (far, "from"),
            (mute, "comment"),
        ] {
            let told = format!("{new:?}");
            let error = refused(operator.add_silence(new).await, ErrorCode::Invalid);
            assert_eq!(error.fields[0].field, field, "{told}");
        }
        let all = silence(&h, &[], "team=pay");
        let viewer = h.as_role(Role::Viewer);
        refused(viewer.add_silence(all.clone()).await, ErrorCode::Forbidden);
        // Who works in one environment silences there and nowhere else, and sees no other.
        let dev = h.person("devi", Role::Operator, Reach::Only(vec!["dev".into()]));
        let dev = h.of(&dev.await);
        refused(dev.add_silence(all).await, ErrorCode::Forbidden);
        let theirs = silence(&h, &["prod"], "");
        refused(dev.add_silence(theirs.clone()).await, ErrorCode::NotFound);
        let id = operator.add_silence(theirs).await.expect("a silence");
        assert_eq!(dev.list_silences().await.expect("silences"), []);
        refused(dev.end_silence(id).await, ErrorCode::NotFound);
        let both = operator
            .add_silence(silence(&h, &["dev", "prod"], ""))
            .await;
        let both = both.expect("a silence");
        let seen = dev.list_silences().await.expect("silences");
        assert_eq!(seen[0].scope, scope(&["dev"], ""));
        let why = seen[0].end_refused.as_deref();
        assert!(why.is_some_and(|why| why.contains("beyond")), "{why:?}");
        refused(dev.end_silence(both).await, ErrorCode::NotFound);
    }
);

story!(
    two_servers_tell_of_what_was_held_back_once,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = calling(&mut h).await;
        silenced(&h, &["prod"], "").await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        h.step(HOUR_MS);
        let other = h.another(None).await;
        tokio::join!(work::run_once(&h.services), work::run_once(&other));
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[TRIGGER]);
    }
);
