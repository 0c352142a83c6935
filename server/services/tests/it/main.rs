//! The promises of the console, each told as a story on both databases.

mod alarms;
mod apply;
mod checks;
mod clock;
mod emergencies;
mod estate;
mod faults;
mod four_eyes;
mod freezes;
mod levels;
mod mixes;
mod notifications;
mod overlap;
mod overview;
mod prices;
mod reach;
mod returns;
mod schedules;
mod servers;
mod sessions;
mod story;
mod stream;
mod switches;
mod timeline;
mod voids;
mod workers;
