//! A session is found while somebody else writes, and its use is noted after.

use domain::{i18n::Lang, people::Role};
use services::{
    sessions,
    sign_in::{Origin, sandbox},
};
use std::time::Duration;
use testkit::story;

story!(
    a_use_is_noted_when_the_writer_before_has_ended,
    |h| async move {
        let origin = Origin {
            address: "192.0.2.1".parse().ok(),
            agent: "a browser".into(),
            cookie: None,
            request_id: "r".into(),
            lang: Lang::En,
        };
        let seeded = sandbox::seed_people(&h.services, 1).await;
        seeded.expect("the four");
        let begun = sandbox::by_role(&h.services, Role::Viewer, &origin).await;
        let begun = begun.expect("a session");
        h.sandbox.step(120);
        let writer = h.services.store.begin().await.expect("a turn");
        let found = sessions::find(&h.services, &begun.secret).await;
        let person = found.expect("an answer").expect("the session").person.id;
        drop(writer);
        // Bounded by the test runner's time limit.
        loop {
            let rows = h.services.store.read().sessions_of(person, h.now()).await;
            let rows = rows.expect("a list");
            let row = rows.iter().find(|row| row.id == begun.id);
            if row.is_some_and(|row| row.used_at > row.created_at) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
);
