//! How many requests each path, client, … had.

use domain::limits;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Memory of an entry besides its text.
const ENTRY_BYTES: usize = 48;

/// Requests by some text. The texts come from strangers, so their memory is limited: when it is
/// used up, the rarer half is forgotten, and the tally says so.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: HashMap<Box<[u8]>, u64, RandomState>,
    bytes: usize,
    forgetful: bool,
}

/// A text and its requests.
pub(crate) type Entry = (Box<[u8]>, u64);

impl Tally {
    /// Counts requests. What had to be forgotten for it is handed back.
    pub(crate) fn add(&mut self, text: &[u8], requests: u64) -> Vec<Entry> {
        let text = cut(text);
        if let Some(count) = self.counts.get_mut(text) {
            *count += requests;
            return Vec::new();
        }
        self.counts.insert(text.into(), requests);
        self.bytes += text.len() + ENTRY_BYTES;
        if self.bytes <= limits::LOG_TALLY_BYTES_MAX {
            return Vec::new();
        }
        self.forget_rarer_half()
    }

    /// Adds another tally. What had to be forgotten for it is handed back.
    pub(crate) fn merge(&mut self, other: Self) -> Vec<Entry> {
        self.forgetful |= other.forgetful;
        let mut forgotten = Vec::new();
        if self.bytes + other.bytes <= limits::LOG_TALLY_BYTES_MAX {
            // Nothing will be forgotten: the order does not matter.
            for (text, requests) in other.counts {
                forgotten.append(&mut self.add(&text, requests));
            }
            return forgotten;
        }
        for (text, requests) in sorted(other.counts) {
            forgotten.append(&mut self.add(&text, requests));
        }
        forgotten
    }

    fn forget_rarer_half(&mut self) -> Vec<Entry> {
        self.forgetful = true;
        let mut entries = sorted(std::mem::take(&mut self.counts));
        let forgotten = entries.split_off(entries.len() / 2);
        self.bytes = entries
            .iter()
            .map(|(text, _)| text.len() + ENTRY_BYTES)
            .sum();
        self.counts = entries.into_iter().collect();
        forgotten
    }

    /// Whether a text was forgotten, so that counts may be too low.
    pub(crate) const fn is_forgetful(&self) -> bool {
        self.forgetful
    }

    /// All texts and their requests, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.counts.iter().map(|(text, &count)| (&**text, count))
    }

    /// The texts with most requests, those first; equals by their text.
    pub(crate) fn top(&self, most: usize) -> Vec<(&[u8], u64)> {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        entries.truncate(most);
        entries
    }
}

/// Most requests first, so that what is added or forgotten depends on nothing else.
fn sorted(counts: HashMap<Box<[u8]>, u64, RandomState>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = counts.into_iter().collect();
    entries.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    entries
}

/// A text of bearable length.
pub(crate) fn cut(text: &[u8]) -> &[u8] {
    text.get(..limits::LOG_KEY_BYTES_MAX).unwrap_or(text)
}
