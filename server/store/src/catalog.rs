//! Every statement of the product, so that all of them can be prepared on a
//! database: the check that a query macro would make, on both databases.

use crate::{
    alarm_reports, alarm_save, alarms, audit, aws_events, calendars, change_steps, change_votes,
    changes, comments, dialect, digests, drills, emergencies, escalations, events, feed, freezes,
    health, heartbeats, inhibitors, leases, log_queries, meta, notifications, on_call,
    open::{self, DatabaseKind},
    people, recurring_drills, samples, schedules, sessions, set_aside, setup, sign_in, silences,
    spot,
    sql::{Examples, Statement},
    targets, threads, tokens, topics,
};

const CONSTANT: &[&[Statement]] = &[
    alarm_reports::STATEMENTS,
    alarm_save::STATEMENTS,
    alarms::STATEMENTS,
    audit::STATEMENTS,
    aws_events::STATEMENTS,
    calendars::STATEMENTS,
    change_steps::STATEMENTS,
    change_votes::STATEMENTS,
    changes::STATEMENTS,
    comments::STATEMENTS,
    emergencies::STATEMENTS,
    escalations::STATEMENTS,
    events::STATEMENTS,
    feed::STATEMENTS,
    freezes::STATEMENTS,
    digests::STATEMENTS,
    recurring_drills::STATEMENTS,
    drills::STATEMENTS,
    health::STATEMENTS,
    heartbeats::STATEMENTS,
    inhibitors::STATEMENTS,
    leases::STATEMENTS,
    log_queries::STATEMENTS,
    meta::STATEMENTS,
    notifications::STATEMENTS,
    open::STATEMENTS,
    on_call::STATEMENTS,
    people::STATEMENTS,
    samples::STATEMENTS,
    schedules::STATEMENTS,
    sessions::STATEMENTS,
    set_aside::STATEMENTS,
    setup::STATEMENTS,
    sign_in::STATEMENTS,
    silences::STATEMENTS,
    spot::STATEMENTS,
    targets::STATEMENTS,
    threads::STATEMENTS,
    tokens::STATEMENTS,
    topics::STATEMENTS,
];

const PUT_TOGETHER: &[fn() -> Examples] = &[
    alarm_reports::examples,
    alarm_save::examples,
    alarms::examples,
    audit::examples,
    aws_events::examples,
    change_steps::examples,
    changes::examples,
    drills::examples,
    escalations::examples,
    events::examples,
    feed::examples,
    inhibitors::examples,
    notifications::examples,
    threads::examples,
    samples::examples,
    schedules::examples,
    set_aside::examples,
    silences::examples,
    targets::examples,
];

/// Each statement with its name.
pub(crate) fn statements(kind: DatabaseKind) -> Examples {
    let constant = CONSTANT.iter().copied().flatten();
    let put_together = PUT_TOGETHER.iter().flat_map(|examples| examples());
    let dialect = dialect::migrations_table_exists(kind);
    constant
        .chain([&dialect])
        .map(|statement| (statement.name, statement.sql()))
        .chain(put_together)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs};

    /// A list of constants cannot be forgotten, for its macro makes it; a
    /// statement that is put together could be.
    #[test]
    fn every_statement_that_is_put_together_is_shown() {
        let shown: BTreeSet<_> = statements(DatabaseKind::Sqlite)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut found = 0;
        for entry in fs::read_dir(folder).expect("a folder") {
            let text = fs::read_to_string(entry.expect("an entry").path()).expect("a file");
            let marker = concat!("Statement::", "beginning(");
            for part in text.split(marker).skip(1) {
                let name = part.split('"').nth(1).expect("a name");
                assert!(shown.contains(name), "{name}");
                found += 1;
            }
        }
        assert!(found >= 13, "{found}");
    }
}
