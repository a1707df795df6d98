//! The threads whose next event waits to be merged, the earliest first.
//!
//! The shape of this heap decides between events of equal times, so it follows Go's reader step by step
//! (`src/internal/trace/batchcursor.go`).

use crate::trace::v2::order::slot::ThreadSlot;

/// A binary min-heap of times and threads.
#[derive(Debug, Default)]
pub(crate) struct Frontier {
    heap: Vec<(i64, ThreadSlot)>,
}

impl Frontier {
    pub(crate) fn clear(&mut self) {
        self.heap.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// The earliest thread, with the time of its next event.
    #[inline(always)]
    pub(crate) fn first(&self) -> Option<(i64, ThreadSlot)> {
        self.heap.first().copied()
    }

    /// The thread at a position of the heap.
    pub(crate) fn thread(&self, index: usize) -> Option<ThreadSlot> {
        self.heap.get(index).map(|&(_, thread)| thread)
    }

    /// Up to this time the first thread stays first.
    #[inline(always)]
    pub(crate) fn second_time(&self) -> i64 {
        let time = |position: usize| self.heap.get(position).map_or(i64::MAX, |&(time, _)| time);
        time(1).min(time(2))
    }

    pub(crate) fn insert(&mut self, time: i64, thread: ThreadSlot) {
        self.heap.push((time, thread));
        self.sift_up(self.heap.len() - 1);
    }

    /// Sets the time at a position, and moves the thread to where it belongs.
    pub(crate) fn update(&mut self, index: usize, time: i64) {
        if let Some(entry) = self.heap.get_mut(index) {
            entry.0 = time;
        }
        if self.sift_up(index) == index {
            self.sift_down(index);
        }
    }

    /// Sets the time of the first thread, and moves it to where it belongs.
    #[inline(always)]
    pub(crate) fn update_first(&mut self, time: i64) {
        if let Some(entry) = self.heap.first_mut() {
            entry.0 = time;
        }
        self.sift_down(0);
    }

    /// Removes the thread at a position.
    pub(crate) fn remove(&mut self, mut index: usize) {
        while index > 0 {
            self.heap.swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
        if !self.heap.is_empty() {
            self.heap.swap_remove(0);
        }
        self.sift_down(0);
    }

    /// Sorts by time, and keeps the order of equal times. A sorted array is a heap.
    pub(crate) fn sort(&mut self) {
        self.heap.sort_by_key(|&(time, _)| time);
    }

    fn sift_up(&mut self, mut index: usize) -> usize {
        while index > 0 {
            let parent = (index - 1) / 2;
            let (Some(above), Some(here)) = (self.heap.get(parent), self.heap.get(index)) else { break };
            if above.0 <= here.0 {
                break;
            }
            self.heap.swap(parent, index);
            index = parent;
        }
        index
    }

    #[inline(always)]
    fn sift_down(&mut self, mut index: usize) {
        let heap = &mut self.heap[..];
        let Some(&moving) = heap.get(index) else { return };
        loop {
            let left = 2 * index + 1;
            let Some(&(time, thread)) = heap.get(left) else { break };
            let mut least = (time, thread, left);
            if let Some(&(time, thread)) = heap.get(left + 1) {
                // A right child must be strictly smaller, here and against the moving one.
                if time < least.0 {
                    least = (time, thread, left + 1);
                }
            }
            if least.0 >= moving.0 {
                break;
            }
            if let Some(context) = heap.get_mut(index) {
                *context = (least.0, least.1);
            }
            index = least.2;
        }
        if let Some(context) = heap.get_mut(index) {
            *context = moving;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Go's heap, with its three-way minimum and its swaps.
    fn naive_sift_down(heap: &mut [(i64, ThreadSlot)], mut position: usize) {
        loop {
            let mut least = position;
            let mut time = heap.get(position).map_or(i64::MAX, |e| e.0);
            for child in [2 * position + 1, 2 * position + 2] {
                if heap.get(child).is_some_and(|e| e.0 < time) {
                    least = child;
                    time = heap[child].0;
                }
            }
            if least == position {
                return;
            }
            heap.swap(position, least);
            position = least;
        }
    }

    proptest! {
        #[test]
        fn the_heap_has_the_shape_of_gos(start in prop::collection::vec(0i64..6, 1..40), steps in prop::collection::vec((0usize..40, 0i64..9, any::<bool>()), 0..60)) {
            let mut ours = Frontier::default();
            for (thread, &time) in start.iter().enumerate() {
                ours.insert(time, ThreadSlot(thread as u32));
            }
            let mut theirs = ours.heap.clone();
            for (position, time, remove) in steps {
                if theirs.is_empty() {
                    break;
                }
                let position = position % theirs.len();
                if remove {
                    ours.remove(position);
                    let mut i = position;
                    while i > 0 {
                        theirs.swap(i, (i - 1) / 2);
                        i = (i - 1) / 2;
                    }
                    let last = theirs.len() - 1;
                    theirs.swap(0, last);
                    theirs.pop();
                    naive_sift_down(&mut theirs, 0);
                } else {
                    let time = theirs[position].0 + time;
                    if position == 0 { ours.update_first(time) } else { ours.update(position, time) }
                    theirs[position].0 = time;
                    naive_sift_down(&mut theirs, position);
                }
                prop_assert_eq!(&ours.heap, &theirs);
            }
        }
    }
}
