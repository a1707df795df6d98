//! What goroutines did lately: their last spans, in memory that does not grow with the trace.

use crate::trace::StackId;
use crate::trace::analysis::activity::Activity;

/// How many spans are kept, of all goroutines together: 10 MB.
const CAPACITY: u64 = 1 << 18;

/// No earlier stretch.
const NONE: u64 = u64::MAX;

/// Further back than any stretch that is kept.
const GONE: u32 = u32::MAX;

/// One activity of a goroutine, for some time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) activity: Activity,
    /// Waited for work, as opposed to working.
    pub(super) is_idle: bool,
    /// Its own stack at the end of the stretch.
    pub(super) stack: StackId,
    /// The goroutine's group.
    pub(super) group: u32,
    /// The position of the goroutine that ended it, and that one's stack; `u32::MAX` for none.
    pub(super) ender: u32,
    pub(super) ender_stack: StackId,
    /// How many stretches ago the same goroutine's previous one was; [`GONE`] for none.
    before: u32,
}

/// The last [`CAPACITY`] stretches, linked by goroutine.
#[derive(Debug, Default)]
pub(super) struct History {
    stretches: Vec<Stretch>,
    /// How many stretches there have been.
    count: u64,
    /// By goroutine: the number of the last one.
    last: Vec<u64>,
}

impl Stretch {
    /// A stretch; [`History::add`] links it.
    pub(super) fn new(start: i64, end: i64, activity: Activity, stack: StackId) -> Self {
        let (ender, ender_stack) = (u32::MAX, StackId::NONE);
        Self {
            start,
            end,
            activity,
            is_idle: false,
            stack,
            group: u32::MAX,
            ender,
            ender_stack,
            before: GONE,
        }
    }
}

impl History {
    /// Adds a goroutine's stretch, in order of their ends.
    #[inline]
    pub(super) fn add(&mut self, goroutine: usize, mut stretch: Stretch) {
        if goroutine >= self.last.len() {
            self.last.resize(goroutine + 1, NONE);
        }
        let Some(last) = self.last.get_mut(goroutine) else { return };
        let before = self.count.wrapping_sub(std::mem::replace(last, self.count));
        stretch.before = u32::try_from(before).unwrap_or(GONE);
        let slot = (self.count % CAPACITY) as usize;
        match self.stretches.get_mut(slot) {
            Some(old) => *old = stretch,
            None => self.stretches.push(stretch),
        }
        self.count += 1;
    }

    /// The goroutine's stretches that are still kept, the latest first.
    pub(super) fn of(&self, goroutine: usize) -> impl Iterator<Item = Stretch> + '_ {
        let mut next = self.last.get(goroutine).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            if next == NONE || self.count - next > CAPACITY {
                return None;
            }
            let stretch = *self.stretches.get((next % CAPACITY) as usize)?;
            next = next.checked_sub(u64::from(stretch.before)).unwrap_or(NONE);
            Some(stretch)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept() {
        let mut history = History::default();
        for time in 0..(CAPACITY as i64 + 10) {
            let stretch = Stretch::new(time, time + 1, Activity::Running, StackId::NONE);
            history.add(usize::from(time % 5 == 0), stretch);
        }
        let starts: Vec<_> = history.of(1).map(|stretch| stretch.start).collect();
        assert_eq!(starts.first(), Some(&(CAPACITY as i64 + 9).div_euclid(5).saturating_mul(5)));
        assert_eq!(starts.last(), Some(&10));
        assert!(starts.windows(2).all(|pair| pair[0] - pair[1] == 5));
        assert_eq!(history.of(7).count(), 0);
    }
}
