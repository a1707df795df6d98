//! What a trace spends its bytes on.

use super::v1;
use super::v2::wire::{RawEvents, SPECS, Version};
use crate::error::Result;
use crate::table::SortRows;

/// One event type's share of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Share {
    /// The event type's name in Go's tools.
    pub name: &'static str,
    /// How many bytes its events take. In traces of Go 1.22 and later each number counts as if written as
    /// short as possible, as in `go tool trace -d=footprint`; in older traces bytes count as written.
    pub bytes: u64,
    /// How many events there are.
    pub count: u64,
}

/// What a trace spends its bytes on, by event type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Footprint {
    /// Bytes of the file.
    pub bytes: u64,
    /// Events in it, batch headers and entries of tables included.
    pub events: u64,
    /// The event types that occur, the largest first.
    pub shares: Vec<Share>,
}

impl Footprint {
    /// Counts the events of a trace without ordering them.
    ///
    /// # Errors
    /// Those of [`Version::parse`]; then those of the first malformed event.
    ///
    /// # Cost
    /// One pass; allocates nothing but the result.
    pub fn parse(input: &[u8]) -> Result<Self> {
        let version = Version::parse(input)?;
        let mut shares = if version.is_v2() {
            count(input)?
        } else {
            let shares = v1::footprint(input, version.minor() as u8)?;
            shares.into_iter().map(|(name, bytes, count)| Share { name, bytes, count }).collect()
        };
        shares.retain(|share| share.count != 0);
        shares.sort_rows_by(|a, b| b.bytes.cmp(&a.bytes).then(a.name.cmp(b.name)));
        let events = shares.iter().map(|share| share.count).sum();
        Ok(Self { bytes: input.len() as u64, events, shares })
    }
}

fn count(input: &[u8]) -> Result<Vec<Share>> {
    let mut shares: Vec<_> = SPECS.iter().map(|spec| Share { name: spec.name, bytes: 0, count: 0 }).collect();
    let mut events = RawEvents::new(input)?;
    while let Some(event) = events.next_event()? {
        if let Some(share) = shares.get_mut(usize::from(event.spec.code)) {
            share.bytes += event.encoded_len();
            share.count += 1;
        }
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_comes_first() {
        let mut file = Version::Go1_22.header().to_vec();
        file.extend([1, 1, 7, 5, 6, 8, 64, 11, 1, 11, 0x81, 0]);
        let footprint = Footprint::parse(&file).unwrap();
        let shares: Vec<_> =
            footprint.shares.iter().map(|share| (share.name, share.bytes, share.count)).collect();
        assert_eq!(shares, [("EventBatch", 5, 1), ("ProcStop", 4, 2), ("Frequency", 2, 1)]);
        assert_eq!((footprint.bytes, footprint.events), (28, 4));
    }
}
