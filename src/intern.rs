//! Seeded hash tables for keys that come from a file.

/// A hash map with a random seed: an input cannot choose keys that collide.
#[expect(clippy::disallowed_types, reason = "this is the one definition")]
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// A hash set with a random seed: an input cannot choose keys that collide.
#[expect(clippy::disallowed_types, reason = "this is the one definition")]
pub(crate) type Set<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;
