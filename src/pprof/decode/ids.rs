//! From the ids of a file to the rows of a table.

use super::fields::Scan;
use crate::error::{ErrorKind, Fault};

/// Finds the row of an id. Nothing in it is sized by an id: ids that count up from 1, as every Go program
/// writes them, need no memory at all; others need a sorted list of pairs or, where at least a quarter of it
/// is in use, a table.
#[derive(Clone, Debug)]
pub(crate) enum Ids {
    /// Row `i` has the id `i + 1`.
    CountUp(u32),
    /// The row of each id, [`NONE`] for ids without a row.
    Table(Box<[u32]>),
    /// Id and row, by id.
    Sorted(Box<[(u64, u32)]>),
}

/// No row.
pub(crate) const NONE: u32 = u32::MAX;

impl Ids {
    /// Finds rows by the ids that `id` gives, each with the offset of its row in the input.
    ///
    /// # Errors
    /// `IdZero` and `IdDuplicate`, at the row concerned.
    pub(crate) fn new<T>(rows: &[T], id: impl Fn(&T) -> u64, offset: impl Fn(usize) -> u64) -> Scan<Self> {
        if rows.iter().zip(1..).all(|(row, count)| id(row) == count) {
            return Ok(Self::CountUp(rows.len() as u32));
        }
        if let Some(zero) = rows.iter().position(|row| id(row) == 0) {
            return Err(Fault::new(ErrorKind::IdZero, offset(zero)));
        }
        let mut pairs: Vec<(u64, u32)> = rows.iter().map(&id).zip(0..).collect();
        pairs.sort_unstable();
        let twice = pairs.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).min();
        if let Some(row) = twice {
            return Err(Fault::new(ErrorKind::IdDuplicate, offset(row as usize)));
        }
        let max = pairs.last().map_or(0, |pair| pair.0);
        if max / 4 > pairs.len() as u64 {
            return Ok(Self::Sorted(pairs.into_boxed_slice()));
        }
        let mut table = vec![NONE; max as usize + 1].into_boxed_slice();
        for (id, row) in pairs {
            if let Some(slot) = table.get_mut(id as usize) {
                *slot = row;
            }
        }
        Ok(Self::Table(table))
    }

    /// The row of `id`.
    #[inline(always)]
    pub(crate) fn row(&self, id: u64) -> Option<u32> {
        match self {
            Self::CountUp(count) => {
                let row = id.wrapping_sub(1);
                if row < u64::from(*count) { Some(row as u32) } else { None }
            }
            _ => self.find(id),
        }
    }

    fn find(&self, id: u64) -> Option<u32> {
        match self {
            Self::CountUp(_) => None,
            Self::Table(rows) => {
                usize::try_from(id).ok().and_then(|id| rows.get(id)).copied().filter(|&row| row != NONE)
            }
            Self::Sorted(pairs) => pairs
                .binary_search_by_key(&id, |pair| pair.0)
                .ok()
                .and_then(|i| pairs.get(i))
                .map(|pair| pair.1),
        }
    }
}
