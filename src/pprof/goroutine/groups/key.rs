//! Which groups of several snapshots are the same.

use super::snapshot::{Group, GroupBy, Snapshot};
use crate::symbol::{FuncKey, WaitClass};
use crate::table::Map;

/// Functions, lines and labels, one after the other.
type Base = Vec<Vec<u8>>;

/// What is the same in every snapshot that has a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    base: Base,
    rest: Rest,
}

/// What only some forms say: `None` is not known, and fits anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Rest {
    class: Option<WaitClass>,
    creator: Option<Vec<u8>>,
    state: Option<Vec<u8>>,
}

/// What all snapshots know of each base, and of how many goroutines.
pub(super) struct Keys {
    known: Map<Base, Vec<(Rest, u64)>>,
}

impl Keys {
    pub(super) fn of(snapshots: &[Snapshot]) -> Self {
        let mut known: Map<Base, Vec<(Rest, u64)>> = Map::default();
        for snapshot in snapshots {
            for group in snapshot.groups() {
                let (base, rest) = (base(group, snapshot.by), Rest::of(group, snapshot.by));
                let found = known.entry(base).or_default();
                match found.iter_mut().find(|(other, _)| *other == rest) {
                    Some((_, count)) => *count = count.saturating_add(group.count),
                    None => found.push((rest, group.count)),
                }
            }
        }
        Self { known }
    }

    /// The key of `group` in `snapshot`; what is not known of it is what most goroutines of that base have.
    pub(super) fn key(&self, snapshot: &Snapshot, group: &Group) -> Key {
        let (base, rest) = (base(group, snapshot.by), Rest::of(group, snapshot.by));
        let others = self.known.get(&base).map_or(&[][..], Vec::as_slice);
        let fitting = others.iter().filter(|(other, _)| rest.fits(other));
        let best = fitting.max_by_key(|(other, count)| (other.known(), *count, std::cmp::Reverse(other)));
        let rest = best.map_or(rest, |(other, _)| other.clone());
        Key { base, rest }
    }
}

impl Rest {
    fn of(group: &Group, by: GroupBy) -> Self {
        // A dump knows that a goroutine waits for nothing.
        let is_known = group.class != WaitClass::Unknown || !group.states.is_empty();
        let creator = group.creators.first().filter(|_| by.creator);
        let state = group.states.first().filter(|_| by.state);
        Self {
            class: is_known.then_some(group.class),
            creator: creator.map(|(creator, _)| FuncKey::as_bytes(creator).to_vec()),
            state: state.map(|(state, _)| state.clone()),
        }
    }

    /// Whether `other` says the same of all that is known here.
    fn fits(&self, other: &Self) -> bool {
        fn fits<T: PartialEq>(mine: Option<&T>, other: Option<&T>) -> bool {
            mine.is_none() || mine == other
        }
        fits(self.class.as_ref(), other.class.as_ref())
            && fits(self.creator.as_ref(), other.creator.as_ref())
            && fits(self.state.as_ref(), other.state.as_ref())
    }

    fn known(&self) -> usize {
        [self.class.is_some(), self.creator.is_some(), self.state.is_some()]
            .into_iter()
            .filter(|&known| known)
            .count()
    }
}

impl Key {
    /// The same for the same key in every run.
    pub(super) fn id(&self) -> String {
        let Rest { class, creator, state } = &self.rest;
        let class = class.unwrap_or_default().name().as_bytes();
        let rest = [class, creator.as_deref().unwrap_or_default(), state.as_deref().unwrap_or_default()];
        let parts = self.base.iter().map(Vec::as_slice).chain(rest);
        // FNV-1a, each part with its end.
        let hash = parts
            .flat_map(|part| part.iter().chain(&[0xff]))
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{hash:016x}")
    }
}

/// What every form says: the functions, and the lines and labels if they were grouped by.
fn base(group: &Group, by: GroupBy) -> Base {
    let mut base: Base = group.stack.iter().map(|frame| FuncKey::as_bytes(&frame.func).to_vec()).collect();
    if by.lines {
        base.extend(group.stack.iter().map(|frame| frame.line.to_le_bytes().to_vec()));
    }
    if by.labels {
        let mut labels: Vec<_> = group.labels.iter().map(|(label, _)| label).collect();
        labels.sort();
        base.push(Vec::new());
        base.extend(labels.into_iter().flat_map(|(key, value)| [key.clone(), value.clone()]));
    }
    base
}
