//! Promises of the sandbox, told as stories on a clock that stands still until
//! it is stepped.

mod alarms;
mod clock;
mod endurance;
mod faults;
mod inbox;
mod kit;
mod members;
mod scheduled;
mod story;
