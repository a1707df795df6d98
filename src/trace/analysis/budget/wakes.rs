//! Who woke whom at one place: whether goroutines give each other slots, or hand work from stage to stage.
//!
//! ```text
//! pool       A → B → C → A   who got a slot gives it back later: wakes go round
//! pipeline   A → B → C → D   each stage wakes the next only
//! requests   A → B → C → D   likewise, but each waits once in its life
//! ```

use crate::trace::analysis::engine::GoIndex;

/// How many pairs of waker and woken goroutine are remembered.
const PAIRS: usize = 128;

/// How many waits must be by as many goroutines to show that each waits once.
const ONCE: usize = 12;

/// The first wakes among goroutines of one group.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    /// Waker and woken, each pair once.
    pairs: Vec<(GoIndex, GoIndex)>,
    /// How many different ones are in them.
    wakers: usize,
    awakened: usize,
    goes_round: bool,
    /// The first goroutines that were woken, and whether one of them was so twice.
    woken: Vec<GoIndex>,
    is_woken_again: bool,
}

impl Wakes {
    /// `waker` woke `woken`.
    pub(super) fn add(&mut self, waker: GoIndex, woken: GoIndex) {
        if self.woken.len() < ONCE && !self.is_woken_again {
            self.is_woken_again = self.woken.contains(&woken);
            self.woken.push(woken);
        }
        if self.pairs.len() >= PAIRS || self.pairs.contains(&(waker, woken)) {
            return;
        }
        self.wakers += usize::from(self.pairs.iter().all(|(known, _)| *known != waker));
        self.awakened += usize::from(self.pairs.iter().all(|(_, known)| *known != woken));
        self.goes_round |= self.leads(woken, waker);
        self.pairs.push((waker, woken));
    }

    /// Whether wakes lead from one goroutine to another.
    fn leads(&self, from: GoIndex, to: GoIndex) -> bool {
        let mut reached = vec![from];
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            for (waker, woken) in &self.pairs {
                if *waker == at && !reached.contains(woken) {
                    reached.push(*woken);
                }
            }
            next += 1;
        }
        reached.contains(&to)
    }

    /// Whether the wakes go round: somebody was woken whose own wakes led to its waker.
    pub(super) fn go_round(&self) -> bool {
        self.goes_round
    }

    /// Whether few wake many: those who have a slot take it again before those whom they woke come to it.
    pub(super) fn few_wake_many(&self) -> bool {
        self.awakened >= 3 && self.wakers * 2 <= self.awakened
    }

    /// Whether each goroutine waits once and wakes another, as requests do that are goroutines of their own.
    pub(super) fn pass_on(&self) -> bool {
        self.woken.len() >= ONCE && !self.is_woken_again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wakes(pairs: impl IntoIterator<Item = (u32, u32)>) -> Wakes {
        let mut wakes = Wakes::default();
        pairs.into_iter().for_each(|(waker, woken)| wakes.add(GoIndex(waker), GoIndex(woken)));
        wakes
    }

    #[test]
    fn a_ring_of_slots_is_no_pipeline() {
        assert!(wakes([(1, 2), (2, 3), (3, 4), (4, 1)]).go_round());
        let pipeline = wakes((0..100).map(|at| (at % 5, at % 5 + 1)));
        assert!(!pipeline.go_round() && !pipeline.pass_on());
        let requests = wakes((0..40).map(|at| (at, at + 2)));
        assert!(!requests.go_round() && requests.pass_on());
        assert!(wakes([(1, 3), (2, 4), (1, 5), (2, 6)]).few_wake_many() && !pipeline.few_wake_many());
    }
}
