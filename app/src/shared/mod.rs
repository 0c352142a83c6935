//! What several pages are made of: loading, sending, instants, words for
//! states, charts in the viewer's zone, filters.

mod charts;
mod filters;
mod findings;
mod loaded;
mod moment;
mod rested;
mod sending;
mod words;

pub(crate) use charts::*;
pub(crate) use filters::*;
pub(crate) use findings::*;
pub(crate) use loaded::*;
pub(crate) use moment::*;
pub(crate) use rested::*;
pub(crate) use sending::*;
pub(crate) use words::*;
