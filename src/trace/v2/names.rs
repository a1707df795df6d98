//! The string and stack tables of a generation, as maps from its ids to handles.

use super::scan::{BatchRef, Layout};
use super::wire::code;
use crate::error::{ErrorKind, Fault};
use crate::table::Map;
use crate::table::PositionIndex;
use crate::trace::event::{FrameId, StringId};
use crate::trace::options::Damage;
use crate::trace::tables::{Frame, Tables};
use crate::wire::Cursor;

/// Longest string in the format.
const MAX_STRING: u64 = 1024;
/// Most frames of a stack in the format.
const MAX_FRAMES: u64 = 128;

/// The handle of an id that is not defined.
const UNDEFINED: u32 = u32::MAX;

/// Ids of a generation to handles. Dense where ids are, as in every real trace; never sized by an id
/// otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdMap {
    dense: Vec<u32>,
    sparse: Map<u64, u32>,
    /// Definitions in file order: id, handle, offset.
    defined: Vec<(u64, u32, u64)>,
    /// The handle of undefined ids in a damaged generation.
    missing: Option<u32>,
}

impl IdMap {
    /// The handle of `id`; 0 is always defined, as the id of nothing.
    #[inline(always)]
    pub(crate) fn handle(&self, id: u64) -> Option<u32> {
        match self.dense.get(id as usize) {
            Some(&handle) if id <= u64::from(UNDEFINED) => (handle != UNDEFINED).then_some(handle),
            _ => self.sparse.get(&id).copied().or(self.missing),
        }
    }

    fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.defined.clear();
        self.missing = None;
    }

    /// Makes the map out of the definitions. If damage is skipped, undefined ids get the handle of nothing.
    fn build(&mut self, damage: Damage) -> Result<(), Fault> {
        let largest = self.defined.iter().map(|&(id, ..)| id).max().unwrap_or(0);
        self.dense.push(0);
        if largest <= 2 * self.defined.len() as u64 + 64 {
            self.dense.resize(largest as usize + 1, UNDEFINED);
        }
        for &(id, handle, offset) in &self.defined {
            if id == 0 && damage == Damage::Refuse {
                return Err(Fault::new(ErrorKind::IdZero, offset));
            }
            let place = match self.dense.get_mut(id as usize) {
                Some(place) if largest <= u64::from(UNDEFINED) => place,
                _ => self.sparse.entry(id).or_insert(UNDEFINED),
            };
            if *place == UNDEFINED {
                *place = handle;
            } else if damage == Damage::Refuse {
                return Err(Fault::new(ErrorKind::IdDuplicate, offset));
            }
        }
        if damage == Damage::Skip {
            self.dense.iter_mut().filter(|handle| **handle == UNDEFINED).for_each(|handle| *handle = 0);
            self.missing = Some(0);
        }
        Ok(())
    }
}

/// The tables of the current generation. Memory is reused from one generation to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) strings: IdMap,
    pub(crate) stacks: IdMap,
    /// The last frame of each program counter, and the round of [`read`](Self::read) in which it was seen.
    pcs: Vec<(u64, FrameId, u64)>,
    pc_index: PositionIndex,
    round: u64,
    frames: Vec<FrameId>,
}

impl Names {
    /// Takes over what `before` remembers of program counters; `before` keeps only its ids.
    pub(crate) fn reuse(&mut self, before: &mut Self) {
        self.pcs = std::mem::take(&mut before.pcs);
        self.pc_index = std::mem::take(&mut before.pc_index);
        self.frames = std::mem::take(&mut before.frames);
        self.round = before.round;
        before.strings.defined = Vec::new();
        before.stacks.defined = Vec::new();
    }

    /// Reads the tables of a generation from its `bytes`, which begin at offset `base`. If damage is skipped,
    /// keeps what can be read, and does not fail.
    ///
    /// # Errors
    /// At the record in question: [`ErrorKind::UnknownEvent`], [`ErrorKind::Limit`], [`ErrorKind::IdZero`],
    /// [`ErrorKind::IdDuplicate`], [`ErrorKind::UnknownRef`], [`ErrorKind::LengthPastEnd`], and those of
    /// varints.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        base: u64,
        layout: &Layout,
        damage: Damage,
        tables: &mut Tables,
    ) -> Result<(), Fault> {
        self.round += 1;
        self.strings.clear();
        self.stacks.clear();
        for batch in &layout.strings {
            let read = self.add_strings(&mut cursor(bytes, base, batch), tables);
            if damage == Damage::Refuse {
                read?;
            }
        }
        self.strings.build(damage)?;
        for batch in &layout.stacks {
            let read = self.add_stacks(&mut cursor(bytes, base, batch), tables);
            if damage == Damage::Refuse {
                read?;
            }
        }
        self.stacks.build(damage)
    }

    fn add_strings(&mut self, input: &mut Cursor<'_>, tables: &mut Tables) -> Result<(), Fault> {
        input.byte()?;
        while !input.is_empty() {
            let offset = input.offset();
            if input.byte()? != code::STRING {
                return Err(Fault::new(ErrorKind::UnknownEvent, offset));
            }
            let id = input.varint()?;
            let len = input.varint()?;
            if len > MAX_STRING {
                return Err(Fault::new(ErrorKind::Limit, offset));
            }
            let text = input.take(len)?;
            self.strings.defined.push((id, tables.intern_string(text).0, offset));
        }
        Ok(())
    }

    fn add_stacks(&mut self, input: &mut Cursor<'_>, tables: &mut Tables) -> Result<(), Fault> {
        input.byte()?;
        while !input.is_empty() {
            let offset = input.offset();
            if input.byte()? != code::STACK {
                return Err(Fault::new(ErrorKind::UnknownEvent, offset));
            }
            let id = input.varint()?;
            let count = input.varint()?;
            if count > MAX_FRAMES {
                return Err(Fault::new(ErrorKind::Limit, offset));
            }
            self.frames.clear();
            for _ in 0..count {
                let frame = self.frame(input, tables)?;
                self.frames.push(frame);
            }
            self.stacks.defined.push((id, tables.intern_stack(&self.frames).0, offset));
        }
        Ok(())
    }

    /// Reads one frame. As in Go, a program counter has one frame in a generation: the first.
    fn frame(&mut self, input: &mut Cursor<'_>, tables: &mut Tables) -> Result<FrameId, Fault> {
        let offset = input.offset();
        let (pc, function) = (input.varint()?, input.varint()?);
        let (file, line) = (input.varint()?, input.varint()?);
        let hash = self.pc_index.hash_number(pc as i64);
        let pcs = &self.pcs;
        let known =
            self.pc_index.find(hash, |index| pcs.get(index as usize).is_some_and(|known| known.0 == pc));
        if let Some(&(_, frame, round)) = known.and_then(|index| pcs.get(index as usize)) {
            if round == self.round {
                return Ok(frame);
            }
        }
        let name =
            |id| self.strings.handle(id).map(StringId).ok_or(Fault::new(ErrorKind::UnknownRef, offset));
        let new = Frame { pc, function: name(function)?, file: name(file)?, line };
        let frame = match known.and_then(|index| self.pcs.get_mut(index as usize)) {
            Some(place) => {
                if tables.frame(place.1) != new {
                    place.1 = tables.intern_frame(new);
                }
                place.2 = self.round;
                place.1
            }
            None => {
                let frame = tables.intern_frame(new);
                self.pc_index.insert(hash, self.pcs.len() as u32);
                self.pcs.push((pc, frame, self.round));
                frame
            }
        };
        Ok(frame)
    }
}

/// A cursor over a batch of the generation with `bytes`.
pub(super) fn cursor<'a>(bytes: &'a [u8], base: u64, batch: &BatchRef) -> Cursor<'a> {
    Cursor::at(bytes.get(batch.start..batch.end).unwrap_or_default(), base + batch.start as u64)
}
