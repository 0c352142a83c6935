//! Chance that is the same at every run.

/// Numbers that look random and are the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// Below an end.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).expect("an index")
    }

    /// A body of JSON after some accidents on its way.
    pub fn damaged(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut body = whole.to_vec();
        for _ in 0..=self.below(3) {
            if body.is_empty() {
                break;
            }
            let at = self.below(body.len());
            match self.below(4) {
                0 => body[at] = u8::try_from(self.below(256)).expect("a byte"),
                // Something is always left for the next accident.
                1 if body.len() > 1 => drop(body.remove(at)),
                2 => body.truncate(at.max(1)),
                _ => body.insert(at, b"\"{}[],:0-\\u"[self.below(11)]),
            }
        }
        body
    }
}
