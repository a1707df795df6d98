//! Where goroutines come from, and where in memory their functions lie: facts that other rules cite.

use super::frames;
use crate::diagnose::inputs::Creation;
use crate::symbol::FuncName;
use crate::table::{Map, Set, SortRows};
use crate::trace::analysis::Context;
use crate::trace::{StackId, StringId};

/// Where goroutines come from: their name and the stack of their creator, in order of their first
/// appearance, and how many.
pub(super) struct Origins(Vec<((StringId, StackId), u64)>);

impl Origins {
    /// Those of all goroutines that were created within the trace. There may be millions, from few places.
    pub(super) fn of(cx: &Context<'_>) -> Self {
        let (mut sites, mut positions) = (Vec::new(), Map::default());
        for goroutine in cx.goroutines().iter().filter(|goroutine| goroutine.is_created) {
            let site = (goroutine.name, goroutine.create_stack);
            let position = *positions.entry(site).or_insert_with(|| {
                sites.push((site, 0));
                sites.len() - 1
            });
            sites[position].1 += 1;
        }
        Self(sites)
    }

    /// Who starts goroutines of which function, and where: for each function its most frequent site.
    pub(super) fn creations(&self, cx: &Context<'_>) -> Vec<Creation> {
        let mut out: Vec<Creation> = Vec::new();
        let mut sites = self.0.clone();
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
    pub(super) fn addresses(&self, cx: &Context<'_>) -> Map<Vec<u8>, u64> {
        let mut out = Map::default();
        let mut seen = Set::default();
        let stacks = self.0.iter().map(|((_, stack), _)| *stack);
        for stack in stacks.filter(|stack| seen.insert(*stack)) {
            for frame in cx.tables().stack(stack) {
                let key = frames::key(cx, &frame);
                out.entry(key.as_bytes().to_vec()).or_insert(frame.pc);
            }
        }
        out
    }
}
