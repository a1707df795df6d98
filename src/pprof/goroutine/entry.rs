//! What stands under a goroutine's header.

use super::frame::Frame;
use super::row::Item;
use crate::symbol::FuncName;

/// One entry under a goroutine's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry<'a> {
    /// A frame: of the goroutine itself, or of the ancestor that precedes it.
    Frame(Frame<'a>),
    /// `...12 frames elided...`, or without a number up to Go 1.20.
    Elided(Option<u64>),
    /// The `go` statement that started it.
    CreatedBy(CreatedBy<'a>),
    /// `[originating from goroutine 5]:`; its frames follow.
    Ancestor(u64),
    /// `goroutine running on other thread; stack unavailable`.
    Unavailable,
}

impl<'a> Entry<'a> {
    /// `None` when the goroutine's own stack ends here; the frame if this is one.
    pub(super) fn own(self) -> Option<Option<Frame<'a>>> {
        match self {
            Self::Frame(frame) => Some(Some(frame)),
            Self::Elided(_) | Self::Unavailable => Some(None),
            Self::CreatedBy(_) | Self::Ancestor(_) => None,
        }
    }
}

/// The `go` statement that started a goroutine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedBy<'a> {
    /// The function with the `go` statement.
    pub func: &'a [u8],
    /// The goroutine that ran it (Go 1.21).
    pub goroutine: Option<u64>,
    /// The source file; empty where it is not known.
    pub file: &'a [u8],
    /// The line, from 1; 0 where it is not known.
    pub line: u64,
    /// How far the call is from the function's entry, in bytes.
    pub offset: Option<u64>,
}

impl<'a> CreatedBy<'a> {
    /// The function's name, taken apart.
    pub fn name(&self) -> FuncName<'a> {
        FuncName::parse(self.func)
    }
}

/// Splits `F in goroutine 5`. The number is `Err` if it does not fit.
pub(super) fn creator(text: &[u8]) -> (&[u8], Result<Option<u64>, ()>) {
    let Some(at) = memchr::memmem::rfind(text, b" in goroutine ") else { return (text, Ok(None)) };
    let (func, number) = text.split_at(at);
    let number = number.get(14..).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    (func, number.map(Some).ok_or(()))
}

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
