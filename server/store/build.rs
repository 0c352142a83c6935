//! Tells Cargo that the embedded migrations are part of the crate: a new file alone would not
//! rebuild it.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
