//! Times as Go prints them, in UTC.

use std::fmt;

/// Nanoseconds since 1970 as a date and time in UTC.
#[derive(Clone, Copy)]
pub(crate) struct Time(pub(crate) i64);

impl Time {
    /// `2006-01-02 15:04:05 UTC`, as report headers show it.
    pub(crate) fn header(self) -> String {
        format!("{} UTC", self.civil())
    }

    fn civil(self) -> String {
        let seconds = self.0.div_euclid(1_000_000_000);
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// Go's `time.Time.String`: fraction without trailing zeros, then the zone twice.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.civil())?;
        let nanos = self.0.rem_euclid(1_000_000_000);
        if nanos != 0 {
            let digits = format!("{nanos:09}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str(" +0000 UTC")
    }
}

/// The date of a day counted from 1970-01-01, by the civil calendar's 400-year cycle.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_go_prints_them() {
        let time = Time(1_795_412_631_920_635_421);
        assert_eq!(time.to_string(), "2026-11-23 05:43:51.920635421 +0000 UTC");
        assert_eq!(time.header(), "2026-11-23 05:43:51 UTC");
        assert_eq!(Time(0).to_string(), "1970-01-01 00:00:00 +0000 UTC");
        assert_eq!(Time(-1).to_string(), "1969-12-31 23:59:59.999999999 +0000 UTC");
        assert_eq!(Time(951_782_400_500_000_000).to_string(), "2000-02-29 00:00:00.5 +0000 UTC");
        assert_eq!(Time(i64::MAX).header(), "2262-04-11 23:47:16 UTC");
        assert_eq!(Time(i64::MIN).header(), "1677-09-21 00:12:43 UTC");
    }
}
