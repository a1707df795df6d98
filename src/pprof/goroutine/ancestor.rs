//! The goroutines that a goroutine descends from (GODEBUG=tracebackancestors).

use super::entry::{CreatedBy, Entry};
use super::frame::Frame;
use super::row::Item;

/// A goroutine that another one descends from.
#[derive(Clone, Copy, Debug)]
pub struct Ancestor<'d> {
    /// Its number.
    pub id: u64,
    text: &'d [u8],
    items: &'d [Item],
}

impl<'d> Ancestor<'d> {
    pub(super) fn all(text: &'d [u8], items: &'d [Item]) -> impl Iterator<Item = Self> + use<'d> {
        let mut rest = items;
        std::iter::from_fn(move || {
            loop {
                let (first, after) = rest.split_first()?;
                rest = after;
                if let Entry::Ancestor(id) = first.entry(text) {
                    let end = after.iter().position(Item::is_ancestor).unwrap_or(after.len());
                    let (items, next) = after.split_at(end);
                    rest = next;
                    return Some(Self { id, text, items });
                }
            }
        })
    }

    /// Its stack when it ran the `go` statement, leaf first.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'d>> + use<'d> {
        let text = self.text;
        self.items.iter().map_while(move |item| item.entry(text).own()).flatten()
    }

    /// The `go` statement that started it in turn.
    pub fn created_by(&self) -> Option<CreatedBy<'d>> {
        self.items.iter().find_map(|item| match item.entry(self.text) {
            Entry::CreatedBy(created) => Some(created),
            _ => None,
        })
    }
}
