//! Sums by site, and sites as text.

use super::code_site::{Caller, Site};
use crate::table::{Map, SortRows};
use crate::trace::analysis::activity::{Activity, Sites};
use crate::trace::analysis::names::{Names, Text};
use crate::trace::analysis::stats::grow;
use crate::trace::{Frame, StackId, StringId, Tables};

/// From this part of a helper's time on, one of its callers is named.
const MOST: f64 = 0.6;

/// Turns stacks into sites, and knows which functions are helpers of several others.
#[derive(Debug)]
pub(super) struct SiteNames<'a> {
    sites: &'a mut Sites,
    tables: &'a Tables,
    names: Names<'a>,
    /// By function of the program: its caller, and whether there are others.
    callers: Map<StringId, (StringId, bool)>,
}

/// Which line calls what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    function: StringId,
    line: u64,
    callee: StringId,
}

/// What makes a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The function: goroutines that do not wait have no single line.
    Function,
    /// The line and what it calls.
    Line,
    /// The same, and the caller of a helper: who asks for what is slow, not through what.
    Caller,
}

impl By {
    fn of(activity: Activity) -> Self {
        match activity {
            Activity::Running | Activity::Runnable | Activity::Gc => Self::Function,
            Activity::Network
            | Activity::NetworkWrite
            | Activity::Dns
            | Activity::Disk
            | Activity::Syscall
            | Activity::Sleep => Self::Caller,
            _ => Self::Line,
        }
    }
}

/// Times by site.
#[derive(Debug)]
pub(super) struct SiteSums {
    by: By,
    by_key: Map<(Key, Option<(StringId, u64)>), usize>,
    sums: Vec<Sum>,
}

#[derive(Debug)]
struct Sum {
    /// By line and callee: a stack with it, and its time.
    by_line: Map<(u64, StringId), (StackId, i64)>,
    time: i64,
    count: u64,
    by_caller: Map<Option<(StringId, u64)>, (StackId, i64)>,
    /// The callee shown is what the line calls itself.
    is_called: bool,
}

impl<'a> SiteNames<'a> {
    pub(super) fn new(sites: &'a mut Sites, tables: &'a Tables) -> Self {
        Self { sites, tables, names: Names::new(tables), callers: Map::default() }
    }

    pub(super) fn text(&mut self, id: StringId) -> Text {
        self.names.text(id)
    }

    /// Records the calls in a stack.
    pub(super) fn add_callers(&mut self, stack: StackId) {
        let site = self.sites.site(stack, self.tables);
        if let (Some(function), Some(caller)) = (site.own_function, site.caller_function) {
            let function = self.sites.folded(function, self.tables);
            let caller = self.sites.folded(caller, self.tables);
            let (first, many) = self.callers.entry(function).or_insert((caller, false));
            *many |= *first != caller && function != caller;
        }
    }

    fn frame(&self, stack: StackId, position: Option<u16>) -> Option<Frame> {
        let frames = self.tables.stack_frames(stack);
        Some(self.tables.frame(*frames.get(usize::from(position?))?))
    }

    /// The frame of the site: of the program's own code, or else the one that waits.
    fn shown(&mut self, stack: StackId) -> Option<Frame> {
        let site = self.sites.site(stack, self.tables);
        self.frame(stack, site.own.or(site.callee).or(Some(0)))
    }

    fn key(&mut self, stack: StackId) -> Key {
        let site = self.sites.site(stack, self.tables);
        let shown = self.shown(stack);
        let callee = self.frame(stack, site.callee.filter(|_| site.own.is_some()));
        Key {
            function: shown.map_or(StringId::EMPTY, |frame| frame.function),
            line: shown.map_or(0, |frame| frame.line),
            callee: callee.map_or(StringId::EMPTY, |frame| frame.function),
        }
    }

    /// The line of the program and the function that it calls there itself.
    fn called(&mut self, stack: StackId) -> Key {
        let site = self.sites.site(stack, self.tables);
        let called = self.frame(stack, site.own.and_then(|own| own.checked_sub(1)));
        Key { callee: called.map_or(StringId::EMPTY, |frame| frame.function), ..self.key(stack) }
    }

    fn is_helper(&mut self, function: StringId) -> bool {
        let function = self.sites.folded(function, self.tables);
        self.callers.get(&function).is_some_and(|(_, many)| *many)
    }

    /// The site of a stack.
    pub(super) fn site(&mut self, stack: StackId) -> Site {
        let key = self.key(stack);
        let file = self.shown(stack).map_or(StringId::EMPTY, |frame| frame.file);
        Site {
            function: self.text(key.function),
            file: self.text(file),
            line: key.line,
            callee: self.text(key.callee),
            called_from: None,
        }
    }

    fn caller(&mut self, stack: StackId) -> Option<Frame> {
        let site = self.sites.site(stack, self.tables);
        self.frame(stack, site.caller)
    }
}

impl SiteSums {
    /// No sums, for an activity.
    pub(super) fn new(activity: Activity) -> Self {
        Self { by: By::of(activity), by_key: Map::default(), sums: Vec::new() }
    }

    /// Adds time at a stack; returns the number of its site.
    pub(super) fn add(&mut self, stack: StackId, time: i64, count: u64, names: &mut SiteNames<'_>) -> usize {
        let is_called = self.by == By::Function;
        let exact = if is_called { names.called(stack) } else { names.key(stack) };
        let caller = names.caller(stack).map(|frame| (frame.function, frame.line));
        let key = match self.by {
            By::Function => (Key { line: 0, callee: StringId::EMPTY, ..exact }, None),
            By::Line => (exact, None),
            By::Caller => (exact, caller.filter(|_| names.is_helper(exact.function))),
        };
        let slot = *self.by_key.entry(key).or_insert_with(|| {
            self.sums.push(Sum {
                by_line: Map::default(),
                time: 0,
                count: 0,
                by_caller: Map::default(),
                is_called,
            });
            self.sums.len() - 1
        });
        if let Some(sum) = self.sums.get_mut(slot) {
            grow(&mut sum.time, time);
            sum.count += count;
            let (_, by_caller) = sum.by_caller.entry(caller).or_insert((stack, 0));
            grow(by_caller, time);
            let (_, by_line) = sum.by_line.entry((exact.line, exact.callee)).or_insert((stack, 0));
            grow(by_line, time);
        }
        slot
    }

    /// The sites with the most time, with time and count.
    pub(super) fn top(&self, most: usize, names: &mut SiteNames<'_>) -> Vec<(Site, i64, u64)> {
        let rows = self.top_numbered(most, names).into_iter();
        rows.map(|(_, site, time, count)| (site, time, count)).collect()
    }

    /// The sites with the most time, with their numbers, times and counts.
    pub(super) fn top_numbered(
        &self,
        most: usize,
        names: &mut SiteNames<'_>,
    ) -> Vec<(usize, Site, i64, u64)> {
        let numbers = self.order(most).into_iter();
        let rows = numbers.filter_map(|number| {
            let sum = self.sums.get(number)?;
            Some((number, sum.site(names), sum.time, sum.count))
        });
        rows.collect()
    }

    fn order(&self, most: usize) -> Vec<usize> {
        let mut order: Vec<_> = (0..self.sums.len()).collect();
        order.sort_rows_by_key(|&number| {
            self.sums.get(number).map(|sum| (std::cmp::Reverse(sum.time), sum.stack()))
        });
        order.truncate(most);
        order
    }
}

impl Sum {
    /// A stack of the line with the most time.
    fn stack(&self) -> StackId {
        let lines = self.by_line.values();
        let most = lines.max_by_key(|(stack, time)| (*time, std::cmp::Reverse(*stack)));
        most.map_or(StackId::NONE, |(stack, _)| *stack)
    }

    fn site(&self, names: &mut SiteNames<'_>) -> Site {
        let mut site = names.site(self.stack());
        if self.is_called {
            let called = names.called(self.stack()).callee;
            site.callee = names.text(called);
        }
        let function = names.key(self.stack()).function;
        let top = self.by_caller.values().max_by_key(|(stack, time)| (*time, std::cmp::Reverse(*stack)));
        if let Some(&(stack, time)) = top.filter(|_| names.is_helper(function)) {
            if time as f64 >= MOST * self.time as f64 {
                site.called_from = names.caller(stack).map(|frame| Caller {
                    function: names.text(frame.function),
                    file: names.text(frame.file),
                    line: frame.line,
                });
            }
        }
        site
    }
}
