//! One function as the analyses see it.

use crate::asm::arch::{Arch, Role};
use crate::asm::graph::{Cfg, Step};
use crate::asm::listing::{Function, Listing, Row};

/// A function with its instructions, the role of each mnemonic, and its graph.
pub(super) struct View<'l, 'a> {
    pub(super) listing: &'l Listing<'a>,
    pub(super) function: &'l Function<'a>,
    /// The role of each mnemonic, by its number.
    pub(super) roles: &'l [Role],
    pub(super) arch: Arch,
    pub(super) cfg: &'l Cfg,
}

impl<'l, 'a> View<'l, 'a> {
    pub(super) fn rows(&self) -> &'l [Row] {
        self.listing.rows(self.function)
    }

    pub(super) fn role(&self, row: &Row) -> Role {
        self.roles.get(usize::from(row.mnemonic.0)).copied().unwrap_or(Role::Plain)
    }

    pub(super) fn row(&self, step: &Step) -> Option<&'l Row> {
        self.rows().get(step.row as usize)
    }

    pub(super) fn operands(&self, step: &Step) -> &'a [u8] {
        self.row(step).map_or(&[], |row| self.listing.operands(row))
    }
}
