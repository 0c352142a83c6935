//! Ten thousand alarms. Figures are printed, not judged: a busy machine is no
//! defect. What is judged is that they are all there.

use crate::{
    alarms::{ids, input},
    database::{Database, at, on_both, scope},
};
use domain::{
    alarms::{AlarmState, Priority},
    people::Reach,
};
use std::time::Duration;
use store::{AlarmFilter, AlarmInput, AlarmSort, Slice};

on_both! { ten_thousand_alarms }

#[expect(
    clippy::disallowed_methods,
    reason = "a measuring tool reads the machine's own clock"
)]
fn instant() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(clippy::print_stdout, reason = "the figures are for people to read")]
fn print(figure: &str) {
    println!("{figure}");
}

async fn timed<T>(what: &str, work: impl Future<Output = T>) -> T {
    let begun = instant();
    let done = work.await;
    print(&format!("{what}: {:.1} ms", millis(begun.elapsed())));
    done
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn ten_thousand_alarms(db: &Database) {
    let states = [
        AlarmState::Ok,
        AlarmState::Alarm,
        AlarmState::InsufficientData,
    ];
    let mut inputs: Vec<AlarmInput> = (0..10_000_usize)
        .map(|n| AlarmInput {
            environment: ["prod", "staging", "dev"][n % 3].into(),
            priority: Priority::ALL[n % 4],
            ..input(
                &format!("alarm-{n:05}"),
                states[n % 7 % 3],
                1_000 + n as i64,
            )
        })
        .collect();
    let kind = db.store.kind().as_str();
    let save = async |inputs: &[AlarmInput], now: i64| {
        let mut tx = db.store.begin().await.expect("begins");
        let news = tx
            .save_alarms(&scope(), inputs, at(now), &mut ids(now))
            .await;
        tx.commit().await.expect("commits");
        news.expect("saves").len()
    };
    let saved = timed(&format!("{kind} first reading"), save(&inputs, 1)).await;
    assert_eq!(saved, 10_000);
    let saved = timed(&format!("{kind} same reading"), save(&inputs, 2)).await;
    assert_eq!(saved, 0);
    for input in inputs.iter_mut().take(100) {
        input.reading.state_at = at(1_000_000);
        input.reading.state = AlarmState::Alarm;
    }
    let saved = timed(&format!("{kind} 100 changed"), save(&inputs, 3)).await;
    assert_eq!(saved, 100);

    let prod = Reach::Only(vec!["prod".into(), "dev".into()]);
    let all = || AlarmFilter::within(Reach::All);
    let filters = [
        ("all by urgency", all()),
        (
            "by name",
            AlarmFilter {
                sort: AlarmSort::Name,
                ..all()
            },
        ),
        (
            "in ALARM, P1 and P2, of two environments",
            AlarmFilter {
                states: vec![AlarmState::Alarm],
                priorities: vec![Priority::P1, Priority::P2],
                ..AlarmFilter::within(prod.clone())
            },
        ),
        (
            "with words",
            AlarmFilter {
                text: "load 0999".into(),
                ..all()
            },
        ),
    ];
    let slice = Slice {
        offset: 0,
        limit: 50,
    };
    for (name, filter) in &filters {
        let mut times = Vec::new();
        for _ in 0..21 {
            let begun = instant();
            let page = db
                .store
                .read()
                .alarm_page(filter, slice)
                .await
                .expect("reads");
            times.push(begun.elapsed());
            assert!(page.total > 0 && !page.rows.is_empty());
        }
        times.sort_unstable();
        let (median, worst) = (millis(times[10]), millis(times[20]));
        print(&format!(
            "{kind} page and count, {name}: median {median:.1} ms, worst {worst:.1} ms"
        ));
    }
    let deep = Slice {
        offset: 9_950,
        limit: 50,
    };
    let mut read = db.store.read();
    let page = read.alarm_page(&filters[0].1, deep);
    let page = timed(&format!("{kind} last page"), page).await;
    let page = page.expect("reads");
    assert_eq!((page.rows.len(), page.total), (50, 10_000));
    let what = format!("{kind} counts");
    let counts = timed(&what, read.alarm_counts(&Reach::All)).await;
    let counts = counts.expect("reads");
    assert_eq!(counts.iter().map(|c| c.count).sum::<u64>(), 10_000);
}
