//! Filters of events.

use godiag::Nanos;
use godiag::trace::{Event, EventKind};

/// Options that choose events.
#[derive(clap::Args)]
pub(crate) struct Filter {
    /// Keep events from this time on: 1.5s, 200ms, 3us or 70ns after the first event, or a timestamp without
    /// unit
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Time>,
    /// Keep events before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Time>,
    /// Keep events of this kind, such as StateTransition or RangeBegin (repeatable)
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,
    /// Keep events on or about this goroutine
    #[arg(long, value_name = "N")]
    g: Option<i64>,
}

/// A point in time on the command line.
#[derive(Clone, Copy, Debug)]
enum Time {
    /// Nanoseconds on the trace's clock.
    Stamp(i64),
    /// Nanoseconds after the first event.
    After(i64),
}

fn time(text: &str) -> Result<Time, String> {
    if let Ok(stamp) = text.parse() {
        return Ok(Time::Stamp(stamp));
    }
    text.parse().map(|Nanos(nanos)| Time::After(nanos)).map_err(|error: godiag::Error| error.to_string())
}

impl Filter {
    /// Whether every event is wanted.
    pub(crate) fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none() && self.kind.is_empty() && self.g.is_none()
    }

    pub(crate) fn start(&self) -> Running<'_> {
        Running { filter: self, from: i64::MIN, to: None, started: false }
    }
}

/// A filter in a stream of events.
pub(crate) struct Running<'a> {
    filter: &'a Filter,
    from: i64,
    to: Option<i64>,
    started: bool,
}

impl Running<'_> {
    /// Whether `event` is wanted. Takes events in order.
    pub(crate) fn wants(&mut self, event: &Event) -> bool {
        if !self.started {
            self.started = true;
            let resolve = |time| match time {
                Time::Stamp(stamp) => stamp,
                Time::After(nanoseconds) => event.time.saturating_add(nanoseconds),
            };
            self.from = self.filter.from.map_or(i64::MIN, resolve);
            self.to = self.filter.to.map(resolve);
        }
        let kinds = &self.filter.kind;
        event.time >= self.from
            && self.to.is_none_or(|to| event.time < to)
            && (kinds.is_empty() || kinds.iter().any(|kind| kind.eq_ignore_ascii_case(event.kind.name())))
            && self.filter.g.is_none_or(|g| event.goroutine.raw() == g || subject(event) == Some(g))
    }
}

/// The goroutine that a transition is about.
fn subject(event: &Event) -> Option<i64> {
    match event.kind {
        EventKind::GoTransition(transition) => Some(transition.goroutine.raw()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_or_are_stamps() {
        assert!(matches!(time("17"), Ok(Time::Stamp(17))));
        assert!(matches!(time("1.5ms"), Ok(Time::After(1_500_000))));
        assert!(matches!(time("2s"), Ok(Time::After(2_000_000_000))));
        assert!(time("soon").is_err() && time("xs").is_err());
    }
}
