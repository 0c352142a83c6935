//! A whole console for tests: real SQL on both databases, the real services,
//! the sandbox's estate, and a clock that only the test moves.
//!
//! A test is a story: seed, act, move time, expect.
//!
//! ```text
//! testkit::story!(an_author_never_approves, |h| async move {
//!     let until = h.now().plus_ms(HOUR_MS);
//!     let change = h.event("web-prod", Hold::AtLeast, 8, None, until).await;
//!     …
//! });
//! ```
//! runs once on SQLite and once on the PostgreSQL of
//! `LAMPLIGHTER_TEST_POSTGRES_URL`, each in a database of its own. Without that
//! variable the PostgreSQL half fails, unless `LAMPLIGHTER_TEST_SKIP_POSTGRES=1`
//! says that this is meant.
//!
//! **Invariant:** no wall clock, no dice, no network but the database's socket and
//! those of [`Sink`] and [`CalendarKeeper`] on this machine.

mod calendars;
mod cloud;
mod database;
mod harness;
mod ids;
mod sandbox;
mod sink;

pub use calendars::CalendarKeeper;
pub use cloud::{Asked, Script, ScriptedCloud};
pub use database::{Backing, Database};
pub use demo::Fault;
pub use harness::{Harness, HarnessConfig, Person, SOMEBODY};
pub use ids::CountedIds;
pub use sandbox::SandboxHandle;
pub use sink::{Heard, Reply, Sink};

/// Declares a story that runs on both databases.
#[macro_export]
macro_rules! story {
    ($(#[$meta:meta])* $name:ident, |$harness:ident| $story:expr) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($harness: $crate::Harness) {
                $story.await;
            }

            #[tokio::test]
            async fn sqlite() {
                story($crate::Harness::start($crate::Backing::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(backing) = $crate::Backing::postgres() {
                    story($crate::Harness::start(backing).await).await;
                }
            }
        }
    };
}
