//! The pages, one folder for each area: the page component in `mod.rs`, its
//! server functions in `rpc.rs`, pure view models in `model.rs`, components
//! used only there beside them.

pub(crate) mod activity;
pub(crate) mod alarms;
pub(crate) mod aws_events;
pub(crate) mod capacity;
pub(crate) mod changes;
pub(crate) mod checks;
pub(crate) mod drills;
pub(crate) mod not_found;
pub(crate) mod notifications;
pub(crate) mod on_call;
pub(crate) mod overview;
pub(crate) mod schedules;
pub(crate) mod set_aside;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod silences;
pub(crate) mod spot;
pub(crate) mod timeline;
pub(crate) mod wall;

#[cfg(all(test, feature = "ssr"))]
mod fake;
#[cfg(all(test, feature = "ssr"))]
mod tests;
