//! The file's strings and stacks as handles into the shared tables, made when first used.

use super::scan::Scan;
use crate::table::Ids;
use crate::trace::tables::Frame;
use crate::trace::{FrameId, StackId, StringId, Tables};
use crate::wire::Cursor;

const UNSEEN: u32 = u32::MAX;

/// Handles by the ids of the file.
#[derive(Debug)]
pub(crate) struct Texts {
    strings: Ids<u32>,
    stacks: Ids<u32>,
    frames: Vec<FrameId>,
}

impl Texts {
    pub(crate) fn new(input_len: usize) -> Self {
        let bound = input_len / 8 + 64;
        Self { strings: Ids::new(bound, UNSEEN), stacks: Ids::new(bound, UNSEEN), frames: Vec::new() }
    }

    /// The text with this id; `None` if the file does not define it. Id 0 is the empty text.
    pub(crate) fn string(
        &mut self,
        id: u64,
        input: &[u8],
        scan: &Scan,
        tables: &mut Tables,
    ) -> Option<StringId> {
        if id == 0 {
            return Some(StringId::EMPTY);
        }
        let seen = self.strings.get(id);
        if seen != UNSEEN {
            return Some(StringId(seen));
        }
        let extent = scan.strings.get(id);
        if extent.len == 0 {
            return None;
        }
        let end = extent.offset.saturating_add(extent.len as usize);
        let text = input.get(extent.offset..end)?;
        let handle = tables.intern_string(text);
        self.strings.set(id, handle.0);
        Some(handle)
    }

    /// The stack with this id; `None` if the file does not define it, as in Go.
    #[inline(always)]
    pub(crate) fn stack(&mut self, id: u64, input: &[u8], scan: &Scan, tables: &mut Tables) -> StackId {
        if id == 0 {
            return StackId::NONE;
        }
        let seen = self.stacks.get(id);
        if seen != UNSEEN {
            return StackId(seen);
        }
        self.new_stack(id, input, scan, tables)
    }

    #[inline(never)]
    fn new_stack(&mut self, id: u64, input: &[u8], scan: &Scan, tables: &mut Tables) -> StackId {
        let extent = scan.stacks.get(id);
        let mut handle = StackId::NONE;
        if extent.len != 0 {
            let mut frames = std::mem::take(&mut self.frames);
            frames.clear();
            let part = input.get(extent.offset..).unwrap_or_default();
            let mut cursor = Cursor::at(part, extent.offset as u64);
            for _ in 0..extent.len {
                let mut number = || cursor.varint().unwrap_or(0);
                let pc = number();
                let (function, file, line) = match scan.table.version {
                    5 => (0, 0, 0),
                    _ => (number(), number(), number()),
                };
                let function = self.string(function, input, scan, tables).unwrap_or(StringId::EMPTY);
                let file = self.string(file, input, scan, tables).unwrap_or(StringId::EMPTY);
                frames.push(tables.intern_frame(Frame { pc, function, file, line }));
            }
            handle = tables.intern_stack(&frames);
            self.frames = frames;
        }
        self.stacks.set(id, handle.0);
        handle
    }
}
