//! Stacks as people read them: inlined calls expanded.

use std::iter::FusedIterator;

use super::View;
use super::columns::Locations;
use crate::pprof::types::{Line, LocationId};

/// One call on a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// The location that the call belongs to.
    pub location: LocationId,
    /// Function, line and column; `None` where the location is not symbolized.
    pub line: Option<Line>,
    /// Whether the call was inlined into the frame that follows.
    pub is_inlined: bool,
}

/// The calls on the stack of a [`Sample`](super::Sample), leaf first.
#[derive(Clone, Debug)]
pub struct Frames<'v, 'a> {
    view: &'v View<'a>,
    locations: Locations<'v, 'a>,
    location: LocationId,
    lines: std::slice::Iter<'v, Line>,
}

impl<'v, 'a> Frames<'v, 'a> {
    pub(super) fn new(view: &'v View<'a>, locations: Locations<'v, 'a>) -> Self {
        Self { view, locations, location: LocationId::default(), lines: [].iter() }
    }
}

impl Iterator for Frames<'_, '_> {
    type Item = Frame;

    #[inline]
    fn next(&mut self) -> Option<Frame> {
        if self.lines.len() == 0 {
            self.location = self.locations.next()?;
            self.lines = self.view.lines(self.location).iter();
        }
        let line = self.lines.next().copied();
        Some(Frame { location: self.location, line, is_inlined: self.lines.len() > 0 })
    }
}

impl FusedIterator for Frames<'_, '_> {}
