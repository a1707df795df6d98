//! Results as text.

use std::fmt;

use super::goroutines::Summary;

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in self.groups() {
            writeln!(f, "{:>8} {} {}", group.count, group.stats.exec, group.name)?;
        }
        Ok(())
    }
}
