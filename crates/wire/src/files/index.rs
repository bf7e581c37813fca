//! Ids → positions: an open-addressing table over a list that its owner keeps.
//!
//! A `BTreeMap` would store every id twice and compare some twenty texts per row; this holds eight bytes per
//! id. The hash is SipHash with fixed keys, so a run is repeatable; positions, not the table's order, leave it.

use std::hash::{DefaultHasher, Hasher};

/// The hash of a text, the same in every run.
pub(super) fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text);
    hasher.finish()
}

/// Finds ids of a list by their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// `(half a hash, position + 1)`; position 0 is a free slot. The length is a power of two; the hash gives the
    /// slot where a search begins, so that the table grows without its owner's list.
    slots: Vec<(u32, u32)>,
    used: usize,
}

/// Half of a hash: enough for four billion slots, and for telling most ids apart without looking at them.
fn half(id: &str) -> u32 {
    u32::try_from(hash(id.as_bytes()) >> 32).unwrap_or(0)
}

impl Index {
    /// The index of a list of ids; of ids that come twice, the first counts.
    pub(super) fn of<'a>(ids: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let mut index = Self::default();
        let list: Vec<&str> = ids.collect();
        for (position, id) in list.iter().enumerate() {
            let Ok(position) = u32::try_from(position) else { break };
            index.find_or_insert(id, position, |at| usize::try_from(at).ok().and_then(|at| list.get(at)).copied().unwrap_or_default());
        }
        index
    }

    /// The position of `id`, or `None` when the list does not have it. `at` reads the list.
    pub(super) fn find<'a>(&self, id: &str, at: impl Fn(u32) -> &'a str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.search(half(id), id, at)
    }

    fn search<'a>(&self, tag: u32, id: &str, at: impl Fn(u32) -> &'a str) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = usize::try_from(tag).unwrap_or(0) & mask;
        loop {
            match self.slots.get(slot) {
                Some(&(found, next)) if next > 0 => {
                    if found == tag && at(next - 1) == id {
                        return Some(next - 1);
                    }
                }
                Some(_) | None => return None, // the table is never full, so a free slot ends every search
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The position of `id`; when the list does not have it, notes `position` for it and gives `None`.
    pub(super) fn find_or_insert<'a>(&mut self, id: &str, position: u32, at: impl Fn(u32) -> &'a str) -> Option<u32> {
        let tag = half(id);
        if let Some(found) = (!self.slots.is_empty()).then(|| self.search(tag, id, &at)).flatten() {
            return Some(found);
        }
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            let larger = vec![(0, 0); (self.slots.len() * 2).max(64)];
            for entry in std::mem::replace(&mut self.slots, larger) {
                if entry.1 > 0 {
                    self.place(entry);
                }
            }
        }
        self.place((tag, position.saturating_add(1)));
        self.used += 1;
        None
    }

    fn place(&mut self, entry: (u32, u32)) {
        let mask = self.slots.len() - 1;
        let mut slot = usize::try_from(entry.0).unwrap_or(0) & mask;
        while let Some(found) = self.slots.get_mut(slot) {
            if found.1 == 0 {
                *found = entry;
                return;
            }
            slot = (slot + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_found_where_it_first_stood() {
        let ids: Vec<String> = (0..5_000).map(|n| format!("id-{}", n % 4_000)).collect();
        let index = Index::of(ids.iter().map(String::as_str));
        let at = |position: u32| ids[usize::try_from(position).unwrap()].as_str();
        for (position, id) in ids.iter().enumerate() {
            let expected = u32::try_from(position % 4_000).unwrap();
            assert_eq!(index.find(id, at), Some(expected));
        }
        assert_eq!(index.find("id-4000", at), None);
        assert_eq!(Index::default().find("", at), None);
    }
}
