//! What stands around every page of a signed-in person.

mod chrome;
mod nav;
mod palette;
mod preferences;
mod rpc;
mod sandbox;

pub(crate) use chrome::{Chrome, LiveState, UnreadBanner};
pub(crate) use preferences::{Preferences, reload_page, use_preferences};
pub(crate) use rpc::count_alarms;
