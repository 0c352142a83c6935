//! What stands around every page of a signed-in person.

mod chrome;
mod nav;
mod palette;
mod rpc;
mod sandbox;

pub(crate) use chrome::{Chrome, reload_page, show_theme};
