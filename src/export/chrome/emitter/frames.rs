//! Numbers of stack frames, which the file names once, after all events.

use std::io::{self, Write};

use crate::table::Map;
use crate::text::json;
use crate::trace::{StackId, Tables};

/// The frames of all stacks written so far, as a tree.
#[derive(Debug, Default)]
pub(super) struct StackFrames {
    /// By the number of the calling frame and the address.
    numbers: Map<(u32, u64), u32>,
    /// Each frame's text and the number of the calling frame.
    texts: Vec<(Vec<u8>, u32)>,
    /// Numbers of whole stacks, which repeat.
    stacks: Map<StackId, u32>,
}

impl StackFrames {
    /// The number of a stack, 0 for none: its frames are numbered from the root on.
    pub(super) fn number(&mut self, stack: StackId, tables: &Tables) -> u32 {
        if let Some(&number) = self.stacks.get(&stack) {
            return number;
        }
        let mut number = 0;
        for &id in tables.stack_frames(stack).iter().rev() {
            let frame = tables.frame(id);
            let next = (self.texts.len() + 1) as u32;
            let parent = number;
            number = *self.numbers.entry((parent, frame.pc)).or_insert(next);
            if number == next {
                let mut text = tables.string(frame.function).to_vec();
                text.extend_from_slice(format!(":{}", frame.line).as_bytes());
                self.texts.push((text, parent));
            }
        }
        self.stacks.insert(stack, number);
        number
    }

    /// Writes all frames by their numbers.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"\"stackFrames\":{")?;
        for (number, (text, parent)) in (1..).zip(&self.texts) {
            write!(out, "{}\n\"{number}\":{{\"name\":", if number == 1 { "" } else { "," })?;
            json::write_string(out, text)?;
            if *parent != 0 {
                write!(out, ",\"parent\":{parent}")?;
            }
            out.write_all(b"}")?;
        }
        out.write_all(b"}")
    }
}
