//! Where goroutines come from, and where in memory their functions lie: facts that other rules cite.

use super::frames;
use crate::diagnose::inputs::Creation;
use crate::symbol::FuncName;
use crate::table::{Map, Set, SortRows};
use crate::trace::analysis::Context;
use crate::trace::{StackId, StringId};

/// Who starts goroutines of which function, and where: for each function its most frequent site.
pub(super) fn creations(cx: &Context<'_>) -> Vec<Creation> {
    let mut sites: Map<(StringId, StackId), u64> = Map::default();
    for goroutine in cx.goroutines().iter().filter(|goroutine| goroutine.is_created) {
        *sites.entry((goroutine.name, goroutine.create_stack)).or_default() += 1;
    }
    let mut out: Vec<Creation> = Vec::new();
    let mut sites: Vec<_> = sites.into_iter().collect();
    sites.sort_rows_by_key(|((name, stack), count)| (*name, std::cmp::Reverse(*count), *stack));
    for ((name, stack), count) in sites {
        let Some(frame) = frames::own_frame(cx, stack) else { continue };
        let root = FuncName::parse(cx.string(name)).key().into_owned();
        match out.last_mut().filter(|last| last.root == root) {
            Some(last) => last.count += count,
            None => {
                let (creator, place) = (frames::key(cx, &frame), frames::place(cx, &frame));
                out.push(Creation { root, creator, place, count });
            }
        }
    }
    out
}

/// An address in each function that leads to the creation of a goroutine: two builds differ in them.
pub(super) fn addresses(cx: &Context<'_>) -> Map<Vec<u8>, u64> {
    let mut out = Map::default();
    let mut seen = Set::default();
    // Many goroutines come from few places.
    let stacks = cx.goroutines().iter().map(|goroutine| goroutine.create_stack);
    for stack in stacks.filter(|stack| seen.insert(*stack)) {
        for frame in cx.tables().stack(stack) {
            let key = frames::key(cx, &frame);
            out.entry(key.as_bytes().to_vec()).or_insert(frame.pc);
        }
    }
    out
}
