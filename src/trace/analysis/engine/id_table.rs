//! Positions by goroutine id.

use crate::table::Map;
use crate::trace::GoId;

/// Ids of a page. Ids are assigned in runs, so pages are few and full; an input with scattered ids wastes at
/// most a page per id.
const PAGE: u64 = 64;

/// Pages that are found without hashing: ids up to four million, as in most programs.
const NEAR: usize = 1 << 16;

/// No position.
const NONE: u32 = u32::MAX;

/// The position of each goroutine: where its page is, then the page. With many goroutines that spares most of
/// a hash table's cache misses.
#[derive(Debug, Default)]
pub(super) struct IdTable {
    near: Vec<u32>,
    far: Map<u64, u32>,
    pages: Vec<[u32; PAGE as usize]>,
}

impl IdTable {
    #[inline]
    pub(super) fn at(&self, id: GoId) -> Option<u32> {
        let (page, slot) = split(id);
        let index = match usize::try_from(page) {
            Ok(page) if page < NEAR => *self.near.get(page)?,
            _ => *self.far.get(&page)?,
        };
        let found = *self.pages.get(index as usize)?.get(slot)?;
        (found != NONE).then_some(found)
    }

    pub(super) fn insert(&mut self, id: GoId, position: u32) {
        let (page, slot) = split(id);
        let next = u32::try_from(self.pages.len()).unwrap_or(NONE);
        let index = match usize::try_from(page) {
            Ok(page) if page < NEAR => {
                if page >= self.near.len() {
                    self.near.resize(page + 1, NONE);
                }
                &mut self.near[page]
            }
            _ => self.far.entry(page).or_insert(NONE),
        };
        if *index == NONE {
            *index = next;
            self.pages.push([NONE; PAGE as usize]);
        }
        let index = *index;
        if let Some(entry) = self.pages.get_mut(index as usize).and_then(|page| page.get_mut(slot)) {
            *entry = position;
        }
    }
}

fn split(id: GoId) -> (u64, usize) {
    let id = id.raw() as u64;
    (id / PAGE, (id % PAGE) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_position_of_an_id_counts() {
        let mut table = IdTable::default();
        let ids = [1, 63, 64, 1 << 40, i64::MAX, 65, -5].map(GoId::new);
        for (position, id) in (0..).zip(ids) {
            assert_eq!(table.at(id), None);
            table.insert(id, position);
        }
        table.insert(GoId::new(64), 9);
        let found: Vec<_> = ids.iter().filter_map(|id| table.at(*id)).collect();
        assert_eq!(found, [0, 1, 9, 3, 4, 5, 6]);
        assert_eq!(table.at(GoId::new(2)), None);
    }
}
