//! Channels over the network: Slack, PagerDuty, e-mail, Discord, Microsoft Teams, and
//! any address that takes signed JSON. Calendars that others keep. And the certificates that
//! prove what topics of SNS tell, and the signatures that prove calls of Slack and PagerDuty.
//!
//! One file is one kind of them. An attempt is one call over HTTP/1.1, or one
//! conversation in SMTP: it follows no redirect, reads a bounded answer within a bounded
//! time, and says whether a message surely did not arrive. To repeat it is the caller's
//! matter.
//!
//! **Invariant:** decides nothing about alarms or freezes, reads no clock, keeps
//! nothing but certificates. A secret is in no error, no log and no `Debug`.

mod calendar;
mod certificates;
mod client;
mod discord;
mod email;
mod pagerduty;
mod seals;
mod secret;
mod slack;
mod teams;
mod tone;
mod webhook;

pub use calendar::HttpCalendar;
pub use certificates::Certificates;
pub use client::{Address, AddressError, Client, ClientError, Timeouts};
pub use discord::Discord;
pub use email::{
    Email, MailAddress, MailLogin, MailRoute, MailServer, MailServerError, MailTls, Roots,
};
pub use pagerduty::{Pagerduty, PagerdutyDoor};
pub use secret::Secret;
pub use slack::{Slack, SlackDoor};
pub use teams::Teams;
pub use webhook::Webhook;
