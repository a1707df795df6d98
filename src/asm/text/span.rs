//! Where a slice lies in a text.

/// How many bytes of `whole` come before `part`, a slice of it.
#[inline]
pub(crate) fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr()).min(whole.len())
}

/// A slice of a text by its numbers, which borrows nothing and takes half the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// The span of `slice` in `text`, a text of less than 4 GiB.
    pub(crate) fn new(text: &[u8], slice: &[u8]) -> Self {
        Self { start: offset_in(text, slice) as u32, len: slice.len() as u32 }
    }

    /// The slice of `text`.
    pub(crate) fn slice(self, text: &[u8]) -> &[u8] {
        text.get(self.start as usize..).and_then(|rest| rest.get(..self.len as usize)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_gives_its_slice_back() {
        let text = b"CALL runtime.newobject(SB)";
        for range in [0..4, 5..22, 26..26] {
            let slice = &text[range];
            assert_eq!(Span::new(text, slice).slice(text), slice);
        }
        assert_eq!(Span::new(text, b"elsewhere and longer than it").slice(text), b"");
    }
}
