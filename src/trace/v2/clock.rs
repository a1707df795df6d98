//! The trace clock: units to nanoseconds, and the snapshot of all clocks.

use super::wire::{Batch, Version, code};
use crate::error::{ErrorKind, Fault};
use crate::trace::event::{ClockSnapshot, LAST_TIME};

/// How long a clock unit is. Go multiplies in floating point and truncates, and so does this, except for the
/// unit of 64 ns that every system but Windows writes: there integers give the same.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// Nanoseconds per unit if that is a small whole number, for differences below the limit.
    whole: u64,
    limit: u64,
    factor: f64,
}

impl Clock {
    /// The clock with `frequency` units per second.
    fn new(frequency: u64) -> Self {
        let factor = 1.0 / (frequency as f64 / 1e9);
        let is_whole = factor.fract() == 0.0 && (1.0..=65536.0).contains(&factor);
        Self { whole: factor as u64, limit: if is_whole { 1 << 32 } else { 0 }, factor }
    }

    /// Itself; `None` before a generation has set it.
    pub(crate) fn known(self) -> Option<Self> {
        (self.factor > 0.0).then_some(self)
    }

    /// `units` in nanoseconds; `None` if that is after [`LAST_TIME`].
    #[inline(always)]
    pub(crate) fn nanoseconds(&self, units: u64) -> Option<i64> {
        if units < self.limit {
            return Some(units.wrapping_mul(self.whole) as i64);
        }
        self.long(units)
    }

    #[inline(never)]
    fn long(&self, units: u64) -> Option<i64> {
        let product = units as f64 * self.factor;
        (product <= LAST_TIME as f64).then_some(product as i64)
    }
}

/// The contents of a generation's sync batches.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sync {
    clock: Option<Clock>,
    /// Time in units, monotonic nanoseconds, wall nanoseconds.
    snapshot: Option<(u64, u64, i64)>,
}

impl Sync {
    /// Adds a sync batch, or a frequency batch before 1.25.
    ///
    /// # Errors
    /// At the record in question: [`ErrorKind::Duplicate`], [`ErrorKind::BadFrequency`],
    /// [`ErrorKind::UnknownEvent`], and those of varints.
    pub(crate) fn add(&mut self, batch: &Batch<'_>, version: Version) -> Result<(), Fault> {
        let mut input = batch.cursor();
        if version >= Version::Go1_25 {
            input.byte()?;
        }
        while !input.is_empty() {
            let offset = input.offset();
            match input.byte()? {
                code::FREQUENCY => {
                    if self.clock.is_some() {
                        return Err(Fault::new(ErrorKind::Duplicate, offset));
                    }
                    let frequency = input.varint()?;
                    if frequency == 0 {
                        return Err(Fault::new(ErrorKind::BadFrequency, offset));
                    }
                    self.clock = Some(Clock::new(frequency));
                }
                code::CLOCK_SNAPSHOT if version >= Version::Go1_25 => {
                    if self.snapshot.is_some() {
                        return Err(Fault::new(ErrorKind::Duplicate, offset));
                    }
                    let time = batch.time.wrapping_add(input.varint()?);
                    let mono = input.varint()?;
                    let seconds = input.varint()? as i64;
                    let nanoseconds = input.varint()? as i64;
                    let wall = seconds.wrapping_mul(1_000_000_000).wrapping_add(nanoseconds);
                    self.snapshot = Some((time, mono, wall));
                }
                _ => return Err(Fault::new(ErrorKind::UnknownEvent, offset)),
            }
        }
        Ok(())
    }

    /// The clock, if the batches hold one.
    pub(crate) fn clock(&self) -> Option<Clock> {
        self.clock
    }

    /// The clock and the snapshot, when the generation is complete.
    ///
    /// # Errors
    /// At `at`: [`ErrorKind::NoFrequency`], [`ErrorKind::NoClock`], [`ErrorKind::TimeOverflow`].
    pub(crate) fn finish(
        &self,
        version: Version,
        offset: u64,
    ) -> Result<(Clock, Option<ClockSnapshot>), Fault> {
        let clock = self.clock.ok_or(Fault::new(ErrorKind::NoFrequency, offset))?;
        let Some((time, mono, wall)) = self.snapshot else {
            if version >= Version::Go1_25 {
                return Err(Fault::new(ErrorKind::NoClock, offset));
            }
            return Ok((clock, None));
        };
        let trace = clock.nanoseconds(time).ok_or(Fault::new(ErrorKind::TimeOverflow, offset))?;
        Ok((clock, Some(ClockSnapshot::new(trace, mono, wall))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_units_give_what_floating_point_gives() {
        let clock = Clock::new(15_625_000);
        assert_eq!((clock.whole, clock.limit), (64, 1 << 32));
        for units in [0, 1, 63, 1 << 31, 0xffff_ffff, 1 << 40, (1 << 53) + 1] {
            assert_eq!(clock.nanoseconds(units), clock.long(units), "{units}");
        }
        assert_eq!(clock.nanoseconds(u64::MAX), None);
        assert_eq!(Clock::new(11_718_750).nanoseconds(1000), Some(85333));
    }
}
