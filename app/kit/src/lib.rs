//! Our design system: accessible, themed Leptos components and charts.
//!
//! It knows no product noun and no language: every text a person reads is a
//! prop. It may not do I/O, read a clock, or depend on any crate of the product.
//!
//! **Invariants.**
//! - Server and browser render the same HTML: no component looks at the time,
//!   the locale, a random number or the compilation target while it renders.
//! - No element carries a `style` attribute: the content security policy of the
//!   product forbids inline styles. Positions inside charts are SVG attributes.
//! - Colour never speaks alone: a state has a shape and a text beside it.
//! - This is the only crate that writes raw form controls and SVG, and a
//!   `<textarea>` here never has children (Leptos 0.8 does not escape them).

mod badge;
mod browser;
mod button;
pub mod chart;
mod choice;
mod code;
mod dialog;
mod display;
mod feedback;
mod field;
mod icon;
mod input;
mod list;
mod nav;
mod page;
mod palette;
mod table;
mod time;
mod toast;
mod tone;

pub use badge::*;
pub use button::*;
pub use choice::*;
pub use code::*;
pub use dialog::*;
pub use display::*;
pub use feedback::*;
pub use field::*;
pub use icon::*;
pub use input::*;
pub use list::*;
pub use nav::*;
pub use page::*;
pub use palette::*;
pub use table::*;
pub use time::*;
pub use toast::*;
pub use tone::*;
