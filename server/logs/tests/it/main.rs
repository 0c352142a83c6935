//! Access logs from bytes to reports.

mod cases;
mod dice;
mod files;
mod random;
mod reports;
mod rows;
