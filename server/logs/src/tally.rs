//! How many requests each path, client, … had.

use domain::limits;
use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table};
use std::{hash::BuildHasher as _, sync::LazyLock};

/// Memory of an entry besides its text.
const ENTRY_BYTES: usize = 48;

/// One for all tallies: what was hashed once can be added to another without doing it again.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// Requests by some text. The texts come from strangers, so their memory is limited: when it is
/// used up, the rarer half is forgotten, and the tally says so.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    slots: HashTable<Slot>,
    /// All texts, one behind the other: an allocation for each would take longer than counting.
    texts: Vec<u8>,
    forgetful: bool,
}

#[derive(Debug)]
struct Slot {
    hash: u64,
    start: usize,
    end: usize,
    requests: u64,
}

impl Slot {
    fn text<'a>(&self, texts: &'a [u8]) -> &'a [u8] {
        &texts[self.start..self.end]
    }
}

/// A text that had to be forgotten, and its requests.
pub(crate) type Forgotten = (Box<[u8]>, u64);

impl Tally {
    /// Counts requests. What had to be forgotten for it is handed back.
    pub(crate) fn add(&mut self, text: &[u8], requests: u64) -> Vec<Forgotten> {
        let text = cut(text);
        self.put(HASHER.hash_one(text), text, requests)
    }

    fn put(&mut self, hash: u64, text: &[u8], requests: u64) -> Vec<Forgotten> {
        let same = |slot: &Slot| slot.hash == hash && slot.text(&self.texts) == text;
        match self.slots.entry(hash, same, |slot| slot.hash) {
            hash_table::Entry::Occupied(mut entry) => entry.get_mut().requests += requests,
            hash_table::Entry::Vacant(entry) => {
                let start = self.texts.len();
                self.texts.extend_from_slice(text);
                let end = self.texts.len();
                entry.insert(Slot {
                    hash,
                    start,
                    end,
                    requests,
                });
                if self.bytes() > limits::LOG_TALLY_BYTES_MAX {
                    return self.forget_rarer_half();
                }
            }
        }
        Vec::new()
    }

    fn bytes(&self) -> usize {
        self.texts.len() + self.slots.len() * ENTRY_BYTES
    }

    /// Adds another tally. What had to be forgotten for it is handed back.
    pub(crate) fn merge(&mut self, other: &Self) -> Vec<Forgotten> {
        self.forgetful |= other.forgetful;
        let mut forgotten = Vec::new();
        if self.bytes() + other.bytes() <= limits::LOG_TALLY_BYTES_MAX {
            for slot in &other.slots {
                let text = slot.text(&other.texts);
                forgotten.append(&mut self.put(slot.hash, text, slot.requests));
            }
            return forgotten;
        }
        // What is forgotten must not depend on the order of a map.
        for (text, requests) in other.top(usize::MAX) {
            forgotten.append(&mut self.add(text, requests));
        }
        forgotten
    }

    fn forget_rarer_half(&mut self) -> Vec<Forgotten> {
        let whole = std::mem::take(self);
        let entries = whole.top(usize::MAX);
        let (kept, rest) = entries.split_at(entries.len() / 2);
        for &(text, requests) in kept {
            self.add(text, requests);
        }
        self.forgetful = true;
        rest.iter()
            .map(|&(text, requests)| (text.into(), requests))
            .collect()
    }

    /// Whether a text was forgotten, so that counts may be too low.
    pub(crate) const fn is_forgetful(&self) -> bool {
        self.forgetful
    }

    /// All texts and their requests, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.slots
            .iter()
            .map(|slot| (slot.text(&self.texts), slot.requests))
    }

    /// The texts with most requests, those first; equals by their text.
    pub(crate) fn top(&self, most: usize) -> Vec<(&[u8], u64)> {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        entries.truncate(most);
        entries
    }
}

/// A text of bearable length.
pub(crate) fn cut(text: &[u8]) -> &[u8] {
    text.get(..limits::LOG_KEY_BYTES_MAX).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarer_half_is_forgotten_when_memory_is_used_up_and_told() {
        let mut tally = Tally::default();
        tally.add(b"often", 1_000);
        let text = |number: u64| format!("{number:0>1000}").into_bytes();
        let mut texts = 0;
        let forgotten = loop {
            texts += 1;
            let forgotten = tally.add(&text(texts), 1);
            if !forgotten.is_empty() {
                break forgotten;
            }
        };
        let lost: u64 = forgotten.iter().map(|(_, requests)| requests).sum();
        assert!(tally.is_forgetful());
        assert!(tally.bytes() <= limits::LOG_TALLY_BYTES_MAX / 2 + 2_000);
        assert_eq!(tally.top(1), [(&b"often"[..], 1_000)]);
        let kept: u64 = tally.iter().map(|(_, requests)| requests).sum();
        assert_eq!(kept + lost, 1_000 + texts, "nothing is lost from sight");
        let mut other = Tally::default();
        other.merge(&tally);
        assert!(other.is_forgetful());
        assert_eq!(other.top(usize::MAX), tally.top(usize::MAX));
    }
}
