//! Tables for data from a file: no input can make their keys collide, or make them larger than a few times
//! its own size.
//!
//! [`Map`] and [`Set`] are seeded. [`Ids`] finds values by the ids of a file, [`PositionIndex`] finds rows by
//! keys that are kept elsewhere, [`Runs`] keeps rows of different lengths in one column, and [`SortRows`] sorts
//! without a copy of the sort per kind of row.

mod ids;
mod positions;
mod runs;
mod sort;

pub(crate) use ids::Ids;
pub(crate) use positions::PositionIndex;
pub(crate) use runs::{Runs, run};
pub(crate) use sort::SortRows;

/// A hash map with a random seed: an input cannot choose keys that collide.
#[expect(clippy::disallowed_types, reason = "this is the one definition")]
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// A hash set with a random seed: an input cannot choose keys that collide.
#[expect(clippy::disallowed_types, reason = "this is the one definition")]
pub(crate) type Set<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;
