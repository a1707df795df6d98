//! `$name` in a memory map, which an earlier line `name=value` defines.

use crate::table::Map;

/// Names and their values: a tree of the names' bytes, so that looking a name up is linear in the text,
/// however many names there are.
#[derive(Default)]
pub(super) struct Names<'a> {
    steps: Map<(u32, u8), u32>,
    /// The value at each node, and which definition gave it; the first definition that matches counts.
    values: Vec<Option<(u32, &'a [u8])>>,
    definitions: u32,
}

impl<'a> Names<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.definitions == 0
    }

    /// Takes `name=value`; anything else is ignored.
    pub(super) fn define(&mut self, line: &'a [u8]) {
        let Some(equals) = line.iter().position(|&byte| byte == b'=') else { return };
        let (name, value) = line.split_at(equals);
        let name = name.trim_ascii();
        if name.is_empty() || name.contains(&b'$') {
            return;
        }
        if self.values.is_empty() {
            self.values.push(None);
        }
        let mut node = 0;
        for &byte in name {
            let next = self.values.len() as u32;
            node = *self.steps.entry((node, byte)).or_insert(next);
            if node == next {
                self.values.push(None);
            }
        }
        if let Some(slot) = self.values.get_mut(node as usize) {
            slot.get_or_insert((self.definitions, value.get(1..).unwrap_or_default().trim_ascii()));
        }
        self.definitions += 1;
    }

    /// `line` with every known `$name` replaced; `None` when `budget` bytes do not suffice.
    pub(super) fn replace(&self, line: &[u8], budget: &mut usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut rest = line;
        while let Some(at) = memchr::memchr(b'$', rest) {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before);
            let (value, len) = self.longest_first(from.get(1..)?).unwrap_or((b"$", 0));
            out.extend_from_slice(value);
            rest = from.get(len + 1..)?;
            *budget = budget.checked_sub(value.len())?;
        }
        out.extend_from_slice(rest);
        Some(out)
    }

    /// The value of the first defined name that `text` begins with, and the name's length.
    fn longest_first(&self, text: &[u8]) -> Option<(&'a [u8], usize)> {
        let (mut node, mut best) = (0, None::<(u32, &[u8], usize)>);
        for (i, &byte) in text.iter().enumerate() {
            let Some(&next) = self.steps.get(&(node, byte)) else { break };
            node = next;
            if let Some(&Some((order, value))) = self.values.get(node as usize) {
                if best.is_none_or(|(first, ..)| order < first) {
                    best = Some((order, value, i + 1));
                }
            }
        }
        best.map(|(_, value, len)| (value, len))
    }
}
