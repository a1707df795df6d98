//! What a decoder does about references that lead nowhere: refuse, or repair and take note.

use std::cell::RefCell;

use super::fields::Scan;
use crate::error::{ErrorKind, Fault};
use crate::pprof::rule::Rule;
use crate::pprof::types::StringId;

/// What happens to broken rules while a message is decoded.
pub(crate) trait Judge {
    /// The string of `index`, as found in the field at `offset`.
    fn string(&self, index: u64, offset: u64) -> Scan<StringId>;

    /// Takes note that `rule` is broken at `offset`.
    fn note(&self, rule: Rule, offset: u64);
}

/// Refuses, and ignores warnings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strict {
    /// How many strings there are.
    pub(crate) strings: u64,
}

impl Strict {
    /// Takes string indices as they come, as far as they fit a handle.
    pub(crate) const UNCHECKED: Self = Self { strings: 1 << 32 };
}

impl Judge for Strict {
    #[inline(always)]
    fn string(&self, index: u64, offset: u64) -> Scan<StringId> {
        if index < self.strings {
            Ok(StringId(index as u32))
        } else {
            Err(Fault::new(ErrorKind::StringIndex, offset))
        }
    }

    #[inline(always)]
    fn note(&self, _: Rule, _: u64) {}
}

/// Repairs, and reports everything.
pub(crate) struct Lenient<'a> {
    pub(crate) strings: u64,
    pub(crate) tell: RefCell<&'a mut dyn FnMut(Rule, u64)>,
}

impl Judge for Lenient<'_> {
    fn string(&self, index: u64, offset: u64) -> Scan<StringId> {
        if index < self.strings {
            return Ok(StringId(index as u32));
        }
        self.note(Rule::StringIndex, offset);
        Ok(StringId::EMPTY)
    }

    fn note(&self, rule: Rule, offset: u64) {
        (self.tell.borrow_mut())(rule, offset);
    }
}
