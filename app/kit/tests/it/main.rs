//! The components as the server writes them, and the colours they are set in.

mod components;
mod contrast;
mod sources;
