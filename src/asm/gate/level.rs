//! How bad an increase is.

use super::change::Level;
use super::thresholds::Thresholds;
use crate::asm::analysis::{Increase, Size};

/// The level of an increase from `old` to `new`.
pub(super) fn level_of(increase: Increase, old: u32, new: u32, thresholds: &Thresholds, hot: bool) -> Level {
    match increase {
        Increase::Fails => Level::Fail,
        Increase::FailsIfHot if hot => Level::Fail,
        Increase::FailsIfHot | Increase::Warns => Level::Warn,
        Increase::Size(size) => of_size(size, old, new, thresholds, hot),
        Increase::Frame => of_frame(old, new, thresholds),
        Increase::Noted => Level::Note,
    }
}

fn of_size(size: Size, old: u32, new: u32, thresholds: &Thresholds, hot: bool) -> Level {
    let floor = match size {
        Size::Instructions => thresholds.instructions_floor,
        Size::Bytes => thresholds.bytes_floor,
        Size::Branches => thresholds.branches_floor,
    };
    if new - old < floor {
        Level::Note
    } else if hot && is_above(old, new, thresholds.size_fail()) {
        Level::Fail
    } else if is_above(old, new, thresholds.size_warn()) {
        Level::Warn
    } else {
        Level::Note
    }
}

fn of_frame(old: u32, new: u32, thresholds: &Thresholds) -> Level {
    let crosses = old <= thresholds.frame_limit && new > thresholds.frame_limit;
    if new - old < thresholds.frame_floor {
        Level::Note
    } else if crosses {
        Level::Fail
    } else if is_above(old, new, thresholds.frame_warn()) {
        Level::Warn
    } else {
        Level::Note
    }
}

/// Whether the increase is above `percent` of the old value.
fn is_above(old: u32, new: u32, percent: u32) -> bool {
    u64::from(new - old) * 100 > u64::from(old) * u64::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::analysis::Metrics;

    fn level(metric: &str, old: u32, new: u32, thresholds: &Thresholds, hot: bool) -> Level {
        let index = Metrics::NAMES.iter().position(|name| *name == metric).unwrap();
        level_of(Metrics::INCREASES[index], old, new, thresholds, hot)
    }

    #[test]
    fn levels() {
        let default = Thresholds::default();
        assert_eq!(level("allocations_in_loop", 0, 1, &default, false), Level::Fail);
        assert_eq!(level("allocations", 1, 2, &default, false), Level::Warn);
        assert_eq!(level("allocations", 1, 2, &default, true), Level::Fail);
        assert_eq!(level("instructions", 10, 17, &default, true), Level::Note);
        assert_eq!(level("instructions", 100, 116, &default, true), Level::Warn);
        assert_eq!(level("instructions", 100, 126, &default, true), Level::Fail);
        assert_eq!(level("instructions", 100, 900, &default, false), Level::Warn);
        assert_eq!(level("frame", 4000, 4200, &default, false), Level::Note);
        assert_eq!(level("frame", 4000, 4300, &default, false), Level::Fail);
    }
}
