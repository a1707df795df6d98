//! Goroutines that are stuck: waits that nobody alive will end, and goroutines that pile up.

use std::cell::LazyCell;

use super::Life;
use super::cells::{Cell, CellKey, OpenWait};
use super::code_site::Site;
use super::role::GroupRole;
use super::roles::Groups;
use super::site_names::SiteNames;
use super::stuck::{StuckGroup, StuckKind};
use crate::table::{Map, Set, SortRows};
use crate::trace::analysis::activity::{Activity, Sites};
use crate::trace::analysis::engine::Context;
use crate::trace::{StackId, StringId};

/// How many goroutines make a leak, at least.
const LEAK: usize = 8;

/// The shortest trace that shows something stuck, in nanoseconds.
const LEAST_ELAPSED: i64 = 200_000_000;

/// A [`StuckGroup`], with handles.
pub(super) struct Stuck {
    kind: StuckKind,
    key_group: u32,
    group: StringId,
    stack: StackId,
    activity: Activity,
    count: usize,
    first: i64,
    last: i64,
    create_stack: StackId,
}

impl Stuck {
    /// Whether they wait here.
    pub(super) fn is_at(&self, group: u32, stack: StackId) -> bool {
        (self.key_group, self.stack) == (group, stack)
    }

    pub(super) fn named(self, names: &mut SiteNames<'_>) -> StuckGroup {
        let created_at =
            if self.create_stack.is_none() { Site::default() } else { names.site(self.create_stack) };
        StuckGroup {
            kind: self.kind,
            group: names.text(self.group),
            site: names.site(self.stack),
            activity: self.activity,
            count: self.count,
            first: self.first,
            last: self.last,
            created_at,
        }
    }
}

/// Where goroutines wait at the end.
type SiteKey = (u32, StackId);

/// Finds the groups that are stuck.
pub(super) fn find(
    open: &[OpenWait],
    cells: &[(StackId, CellKey, Cell)],
    groups: &Groups,
    roles: &[GroupRole],
    lives: &[Life],
    sites: &mut Sites,
    cx: &Context<'_>,
) -> Vec<Stuck> {
    if cx.elapsed() < LEAST_ELAPSED {
        return Vec::new();
    }
    let mut by_site: Map<SiteKey, Vec<OpenWait>> = Map::default();
    for wait in open {
        let role = roles.get(wait.group as usize);
        let is_ours = matches!(role, Some(GroupRole::Workers | GroupRole::Children));
        if is_ours && sites.site(wait.stack, cx.tables()).own.is_some() && may_be_stuck(wait.activity) {
            by_site.entry((wait.group, wait.stack)).or_default().push(*wait);
        }
    }
    let ends = ends(cells);
    let mut leaks = Vec::new();
    by_site.retain(|key, waits| {
        let group = groups.get(key.0);
        let ended = ends.get(key).map_or(0, |ends| ends.count);
        let none_ends = group.is_some_and(|group| group.ended * 10 <= group.created);
        let is_leak = (none_ends || ended * 20 <= waits.len() as u64) && grows(waits, cx);
        if is_leak {
            leaks.push((*key, std::mem::take(waits)));
        }
        !is_leak
    });
    let halves = cx.start().saturating_add(cx.elapsed() / 2);
    by_site.retain(|key, waits| {
        waits.retain(|wait| {
            wait.start <= halves
                && wait.start > cx.start()
                && cx.goroutine(wait.goroutine).since == wait.start
        });
        let ends = ends.get(key);
        let was_woken = ends.is_some_and(|ends| ends.count > 0 && ends.last <= halves);
        let is_lock =
            waits.first().is_some_and(|wait| matches!(wait.activity, Activity::Lock | Activity::RwLock));
        !waits.is_empty() && (was_woken || is_lock && ends.is_none_or(|ends| ends.count == 0))
    });
    keep_unwakeable(&mut by_site, &ends, groups, lives, cx, halves);
    let mut out: Vec<_> =
        leaks.iter().map(|(key, waits)| stuck(StuckKind::Leak, *key, waits, groups, cx)).collect();
    out.extend(by_site.iter().map(|(key, waits)| stuck(StuckKind::NeverWoken, *key, waits, groups, cx)));
    out.sort_rows_by_key(|stuck| (stuck.kind, std::cmp::Reverse(stuck.count), stuck.stack));
    out
}

fn may_be_stuck(activity: Activity) -> bool {
    let held = matches!(activity, Activity::Lock | Activity::RwLock | Activity::Pool);
    held || activity.is_channel()
        || matches!(activity, Activity::Select | Activity::Condition | Activity::WaitGroup)
}

/// How waits at one place ended.
#[derive(Debug, Default)]
struct Ends<'a> {
    count: u64,
    last: i64,
    wakers: Vec<&'a Cell>,
}

fn ends(cells: &[(StackId, CellKey, Cell)]) -> Map<SiteKey, Ends<'_>> {
    let mut out: Map<SiteKey, Ends<'_>> = Map::default();
    for (stack, key, cell) in cells.iter().filter(|(_, key, _)| may_be_stuck(key.activity)) {
        let ends = out.entry((key.group, *stack)).or_insert(Ends { last: i64::MIN, ..Ends::default() });
        ends.count += cell.by_goroutine;
        ends.last = ends.last.max(cell.last_end.unwrap_or(i64::MIN));
        ends.wakers.push(cell);
    }
    out
}

/// Whether the goroutines were created throughout the trace: in each quarter at least a tenth of them.
fn grows(waits: &[OpenWait], cx: &Context<'_>) -> bool {
    let mut quarters = [0usize; 4];
    for wait in waits {
        let goroutine = cx.goroutine(wait.goroutine);
        if goroutine.is_created {
            let since = goroutine.first_seen.saturating_sub(cx.start()).max(0);
            let quarter = i128::from(since) * 4 / i128::from(cx.elapsed().max(1));
            if let Some(count) = quarters.get_mut(quarter.clamp(0, 3) as usize) {
                *count += 1;
            }
        }
    }
    let created: usize = quarters.iter().sum();
    created >= LEAK && quarters.iter().all(|count| count * 10 >= created)
}

/// Removes the sites where somebody may still end the waits: a waker that does not wait at such a site
/// itself.
fn keep_unwakeable(
    by_site: &mut Map<SiteKey, Vec<OpenWait>>,
    ends: &Map<SiteKey, Ends<'_>>,
    groups: &Groups,
    lives: &[Life],
    cx: &Context<'_>,
    halves: i64,
) {
    // Groups with goroutines created lately: their next one may wake others.
    let is_nameless_renewed = LazyCell::new(|| {
        let mut nameless = cx.goroutines().iter().zip(lives).filter(|(_, life)| life.group == u32::MAX);
        nameless.any(|(goroutine, _)| goroutine.is_created && goroutine.first_seen > halves)
    });
    let is_renewed = |group: u32| match groups.get(group) {
        Some(group) => group.last_created > halves,
        None => *is_nameless_renewed,
    };
    loop {
        let waiting: Set<usize> = by_site.values().flatten().map(|wait| wait.goroutine.index()).collect();
        let before = by_site.len();
        by_site.retain(|key, _| {
            let wakers =
                ends.get(key).into_iter().flat_map(|ends| &ends.wakers).flat_map(|cell| &cell.wakers);
            !wakers.copied().any(|waker| {
                let is_over = cx.goroutine(waker).ended.is_some();
                let group = lives.get(waker.index()).map_or(u32::MAX, |life| life.group);
                is_renewed(group) || !is_over && !waiting.contains(&waker.index())
            })
        });
        if by_site.len() == before {
            return;
        }
    }
}

fn stuck(kind: StuckKind, key: SiteKey, waits: &[OpenWait], groups: &Groups, cx: &Context<'_>) -> Stuck {
    let mut creators: Map<StackId, usize> = Map::default();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for wait in waits {
        let goroutine = cx.goroutine(wait.goroutine);
        let since = if kind == StuckKind::Leak { goroutine.first_seen } else { wait.start };
        (first, last) = (first.min(since), last.max(since));
        *creators.entry(goroutine.create_stack).or_default() += 1;
    }
    let creator = creators.into_iter().max_by_key(|(stack, count)| (*count, std::cmp::Reverse(*stack)));
    Stuck {
        kind,
        group: groups.get(key.0).map_or(StringId::EMPTY, |group| group.name),
        key_group: key.0,
        stack: key.1,
        activity: waits.first().map_or(Activity::Unknown, |wait| wait.activity),
        count: waits.len(),
        first: first.saturating_sub(cx.start()),
        last: last.saturating_sub(cx.start()),
        create_stack: creator.map_or(StackId::NONE, |(stack, _)| stack),
    }
}
