//! The texts, frames and stacks that events refer to, interned for the whole trace.
//!
//! A trace repeats its tables in each generation under new ids; here each text, frame and stack is kept once,
//! and equal ones have equal handles. No accessor panics: handles of another trace find nothing.

use super::event::{FrameId, RangeName, StackId, StringId};
use crate::table::{PositionIndex, Runs};
use std::borrow::Cow;

/// One frame of a call stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The program counter.
    pub pc: u64,
    /// The function's name.
    pub function: StringId,
    /// The source file.
    pub file: StringId,
    /// The line in it.
    pub line: u64,
}

/// Batches of an experiment in one generation, not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExperimentBatches {
    /// The experiment's number; 1 is AllocFree.
    pub experiment: u8,
    /// How many batches.
    pub batches: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl ExperimentBatches {
    /// The experiment's name in Go's tools; empty if it has none.
    pub const fn name(&self) -> &'static str {
        match self.experiment {
            1 => "AllocFree",
            _ => "",
        }
    }
}

/// Texts, frames and stacks by handle.
///
/// ```
/// use godiag::trace::{Frame, StackId, Tables};
/// let mut tables = Tables::default();
/// let main = tables.intern_string(b"main.main");
/// let file = tables.intern_string(b"main.go");
/// let frame = tables.intern_frame(Frame { pc: 0x401000, function: main, file, line: 7 });
/// let stack = tables.intern_stack(&[frame]);
/// assert_eq!(tables.string(tables.stack(stack).next().unwrap().function), b"main.main");
/// assert_eq!(tables.stack(StackId::NONE).count(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Each text except the empty one.
    texts: Runs<u8, usize>,
    text_index: PositionIndex,
    frames: Vec<Frame>,
    frame_index: PositionIndex,
    /// The frames of each stack except [`StackId::NONE`].
    stacks: Runs<FrameId, usize>,
    stack_index: PositionIndex,
}

impl Tables {
    /// The text of a handle, as bytes: nothing says that they are UTF-8.
    pub fn string(&self, id: StringId) -> &[u8] {
        run(&self.texts, id.0)
    }

    /// The frames of a stack, the innermost first.
    pub fn stack(&self, id: StackId) -> impl ExactSizeIterator<Item = Frame> + '_ {
        self.stack_frames(id).iter().map(|&frame| self.frame(frame))
    }

    /// The handles of a stack's frames, the innermost first.
    pub fn stack_frames(&self, id: StackId) -> &[FrameId] {
        run(&self.stacks, id.0)
    }

    /// The frame of a handle.
    pub fn frame(&self, id: FrameId) -> Frame {
        let unknown = Frame { pc: 0, function: StringId::EMPTY, file: StringId::EMPTY, line: 0 };
        self.frames.get(id.index()).copied().unwrap_or(unknown)
    }

    /// The name of a range in Go's tools, as bytes: the reason for stopping the world comes from the file.
    pub fn range_name(&self, name: RangeName) -> Cow<'_, [u8]> {
        Cow::Borrowed(match name {
            RangeName::StopTheWorld(kind) => {
                return Cow::Owned([&b"stop-the-world ("[..], self.string(kind), b")"].concat());
            }
            RangeName::GcMark => b"GC concurrent mark phase",
            RangeName::Sweep => b"GC incremental sweep",
            RangeName::MarkAssist => b"GC mark assist",
        })
    }

    /// How many texts there are; their handles' [`index`](StringId::index) is below it.
    pub fn string_count(&self) -> usize {
        self.texts.len() + 1
    }

    /// How many frames there are; their handles' [`index`](FrameId::index) is below it.
    pub fn frame_count(&self) -> usize {
        self.frames.len()
    }

    /// How many stacks there are; their handles' [`index`](StackId::index) is below it.
    pub fn stack_count(&self) -> usize {
        self.stacks.len() + 1
    }

    /// The handle of a text, added if it is new.
    pub fn intern_string(&mut self, text: &[u8]) -> StringId {
        if text.is_empty() {
            return StringId::EMPTY;
        }
        let hash = self.text_index.hash(text);
        let same = |index: u32| run(&self.texts, index) == text;
        if let Some(id) = self.text_index.find(hash, same) {
            return StringId(id);
        }
        let id = handle(self.texts.push(text) + 1);
        self.text_index.insert(hash, id);
        StringId(id)
    }

    /// The handle of a frame, added if it is new.
    pub fn intern_frame(&mut self, frame: Frame) -> FrameId {
        let hash = self.frame_index.hash((frame.pc, frame.line, frame.function.0, frame.file.0));
        let same = |index: u32| self.frames.get(index as usize) == Some(&frame);
        if let Some(id) = self.frame_index.find(hash, same) {
            return FrameId(id);
        }
        let id = handle(self.frames.len());
        self.frames.push(frame);
        self.frame_index.insert(hash, id);
        FrameId(id)
    }

    /// The handle of a stack, the innermost frame first; added if it is new. A stack without frames is a
    /// stack, too, not [`StackId::NONE`].
    pub fn intern_stack(&mut self, frames: &[FrameId]) -> StackId {
        let hash = self.stack_index.hash(frames);
        let same = |index: u32| run(&self.stacks, index) == frames;
        if let Some(id) = self.stack_index.find(hash, same) {
            return StackId(id);
        }
        let id = handle(self.stacks.push(frames) + 1);
        self.stack_index.insert(hash, id);
        StackId(id)
    }
}

/// Handles have 32 bits: an input that needs more is larger than 8 GiB.
fn handle(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The run of a handle; handle 0 is the empty run, which is not stored.
fn run<T: Copy>(runs: &Runs<T, usize>, handle: u32) -> &[T] {
    (handle as usize).checked_sub(1).and_then(|index| runs.get(index)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_have_equal_handles() {
        let mut tables = Tables::default();
        let (a, b) = (tables.intern_string(b"a"), tables.intern_string(b"b"));
        assert_ne!(a, b);
        assert_eq!(tables.intern_string(b"a"), a);
        assert_eq!(tables.intern_string(b""), StringId::EMPTY);
        assert_eq!(
            (tables.string(a), tables.string(b), tables.string(StringId(99))),
            (&b"a"[..], &b"b"[..], &b""[..])
        );

        let frame = |pc| Frame { pc, function: a, file: b, line: 1 };
        let (one, two) = (tables.intern_frame(frame(1)), tables.intern_frame(frame(2)));
        assert_eq!(tables.intern_frame(frame(1)), one);
        let stack = tables.intern_stack(&[one, two]);
        assert_eq!(tables.intern_stack(&[one, two]), stack);
        assert_ne!(tables.intern_stack(&[two, one]), stack);
        let empty = tables.intern_stack(&[]);
        assert_ne!(empty, StackId::NONE);
        assert_eq!(tables.stack_frames(empty).len(), 0);
        assert_eq!(tables.stack(stack).map(|frame| frame.pc).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(tables.stack_frames(StackId(77)), []);
    }
}
