//! A collection of long spans: their distribution, their stacks, and the longest of them.

use super::detector::evidence;
use super::frames;
use crate::diagnose::finding::{Amount, Evidence};
use crate::diagnose::inputs::Moment;
use crate::table::{Map, SortRows};
use crate::trace::StackId;
use crate::trace::analysis::{Context, Histogram, Span};

/// The longest moments of a kind that are kept.
const MOMENTS: usize = 40;

/// Long spans of one kind.
#[derive(Debug, Default)]
pub(super) struct Waits {
    all: Histogram,
    /// By the stack of the goroutine that waited and of the one that ended the wait.
    groups: Map<(StackId, StackId), Group>,
    /// Longest first.
    longest: Vec<(i64, i64, StackId)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Group {
    count: u64,
    sum: i64,
    max: i64,
}

impl Waits {
    pub(super) fn add(&mut self, span: &Span) {
        self.add_time(span.start, span.end, span.stack, span.ender.stack);
    }

    pub(super) fn add_time(&mut self, start: i64, end: i64, stack: StackId, ender: StackId) {
        let time = end.saturating_sub(start);
        self.all.add(time);
        let group = self.groups.entry((stack, ender)).or_default();
        group.count += 1;
        group.sum = group.sum.saturating_add(time);
        group.max = group.max.max(time);
        let slot = self.longest.partition_point(|(start, end, _)| end.saturating_sub(*start) >= time);
        if slot < MOMENTS {
            self.longest.truncate(MOMENTS - 1);
            self.longest.insert(slot, (start, end, stack));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.all.merge(&other.all);
        for (stacks, group) in other.groups {
            let sum = self.groups.entry(stacks).or_default();
            sum.count += group.count;
            sum.sum = sum.sum.saturating_add(group.sum);
            sum.max = sum.max.max(group.max);
        }
        self.longest.extend(other.longest);
        self.longest.sort_rows_by_key(|(start, end, _)| start.saturating_sub(*end));
        self.longest.truncate(MOMENTS);
    }

    pub(super) fn count(&self) -> u64 {
        self.all.count()
    }

    pub(super) fn sum(&self) -> i64 {
        self.all.sum()
    }

    pub(super) fn max(&self) -> i64 {
        self.all.max()
    }

    /// The stack on which most time was spent, and the stack that ended most of it.
    pub(super) fn worst(&self) -> Option<(StackId, StackId)> {
        self.ranked().first().map(|(stacks, _)| *stacks)
    }

    fn ranked(&self) -> Vec<((StackId, StackId), Group)> {
        let mut groups: Vec<_> = self.groups.iter().map(|(stacks, group)| (*stacks, *group)).collect();
        groups.sort_rows_by(|a, b| b.1.sum.cmp(&a.1.sum).then(a.0.cmp(&b.0)));
        groups
    }

    /// The evidence: count, sum, quantiles, and the five worst pairs of stacks.
    pub(super) fn evidence(&self, cx: &Context<'_>, one: &str, many: &str) -> Evidence {
        let (p50, p99) = (Amount::nanos(self.all.quantile(0.5)), Amount::nanos(self.all.quantile(0.99)));
        let (sum, max) = (Amount::nanos(self.sum()), Amount::nanos(self.max()));
        let count = Amount::count(self.count());
        let text = match self.count() {
            1 => format!("1 {one} of {max}"),
            _ => format!("{count} {many}, {sum} in total: half of them {p50} or more, the longest {max}"),
        };
        evidence(text)
            .figure("count", count)
            .figure("sum", sum)
            .figure("p50", p50)
            .figure("p99", p99)
            .figure("max", max)
            .lines(self.lines(cx))
    }

    fn lines(&self, cx: &Context<'_>) -> Vec<String> {
        let line = |((stack, ender), group): &((StackId, StackId), Group)| {
            let mut line = format!(
                "{} × {}, {} in total",
                Amount::count(group.count),
                frames::one_line(cx, *stack),
                Amount::nanos(group.sum)
            );
            if !ender.is_none() && ender != stack {
                line.push_str(&format!("; ended by {}", frames::one_line(cx, *ender)));
            }
            line
        };
        self.ranked().iter().take(5).map(line).collect()
    }

    /// The longest spans, for a timeline.
    pub(super) fn moments(&self, cx: &Context<'_>, rule: &'static str) -> Vec<Moment> {
        let moment = |&(start, end, stack): &(i64, i64, StackId)| Moment {
            rule,
            start: start.saturating_sub(cx.start()),
            end: end.saturating_sub(cx.start()),
            label: frames::one_line(cx, stack),
        };
        self.longest.iter().map(moment).collect()
    }
}
