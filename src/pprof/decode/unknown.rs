//! Fields that this version of the format does not know, kept so that they can be written again.

use super::schema::{Holds, MessageDescriptor, PROFILE};
use crate::error::Result;
use crate::wire::{Field, Fields, Value};

/// The message that an unknown field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Profile,
    SampleType,
    Sample,
    Mapping,
    Location,
    Function,
    PeriodType,
    Label,
    Line,
}

const OWNERS: usize = Owner::Line as usize + 1;

/// Unknown fields, as bytes, of each message that has any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unknown {
    bytes: Vec<u8>,
    /// For each kind of owner, the messages that have any.
    spans: [Vec<Span>; OWNERS],
}

/// Where the unknown fields of one message are.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// The message's row, counted over the whole profile among those of its kind.
    row: u32,
    start: u32,
    end: u32,
}

impl Unknown {
    /// Collects the unknown fields of `message`, which is valid.
    ///
    /// # Errors
    /// What is wrong with the wire.
    pub(crate) fn collect(message: &[u8]) -> Result<Self> {
        let mut unknown = Self::default();
        unknown.walk(message, 0, &PROFILE, Owner::Profile, &mut [0; OWNERS])?;
        Ok(unknown)
    }

    /// As deep as the schema, whatever the input.
    fn walk(
        &mut self,
        message: &[u8],
        base: u64,
        ty: &MessageDescriptor,
        owner: Owner,
        counts: &mut [u32; OWNERS],
    ) -> Result<()> {
        let start = self.bytes.len();
        let mut fields = Fields::at(message, base);
        let mut field = fields.next_field()?;
        // Fields of fields come later, so that the bytes of one owner stay together.
        let mut inner = Vec::new();
        while let Some(Field { number, value, offset, value_offset }) = field {
            field = fields.next_field()?;
            let end = field.map_or(base + message.len() as u64, |next| next.offset);
            match (ty.field(number.into()).map(|field| field.holds), value) {
                (None, _) => {
                    let bytes = message.get((offset - base) as usize..(end - base) as usize);
                    self.bytes.extend_from_slice(bytes.unwrap_or_default());
                }
                (Some(Holds::Message(ty)), Value::Len(bytes)) => {
                    inner.push((bytes, value_offset, ty, inner_owner(owner, number)));
                }
                _ => {}
            }
        }
        let end = self.bytes.len();
        if let Some(count) = counts.get_mut(owner as usize) {
            if let Some(spans) = self.spans.get_mut(owner as usize).filter(|_| end > start) {
                spans.push(Span { row: *count, start: start as u32, end: end as u32 });
            }
            // Two period types are merged into one.
            *count += u32::from(owner != Owner::PeriodType);
        }
        for (bytes, offset, ty, owner) in inner {
            self.walk(bytes, offset, ty, owner, counts)?;
        }
        Ok(())
    }
}

/// Who owns the fields of field `number` of `owner`'s message.
fn inner_owner(owner: Owner, number: u32) -> Owner {
    match (owner, number) {
        (Owner::Sample, _) => Owner::Label,
        (Owner::Location, _) => Owner::Line,
        (_, 1) => Owner::SampleType,
        (_, 2) => Owner::Sample,
        (_, 3) => Owner::Mapping,
        (_, 4) => Owner::Location,
        (_, 5) => Owner::Function,
        _ => Owner::PeriodType,
    }
}

/// Hands out unknown fields, message after message.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    unknown: Option<&'a Unknown>,
    rows: [u32; OWNERS],
    next: [usize; OWNERS],
}

impl<'a> Reader<'a> {
    /// Reads `unknown` in the order in which messages are written.
    pub(crate) fn new(unknown: Option<&'a Unknown>) -> Self {
        Self { unknown, rows: [0; OWNERS], next: [0; OWNERS] }
    }

    /// Adds the unknown fields of the next message that is an `owner`.
    #[inline]
    pub(crate) fn add(&mut self, out: &mut Vec<u8>, owner: Owner) {
        if let Some(unknown) = self.unknown {
            self.add_some(unknown, out, owner as usize);
        }
    }

    fn add_some(&mut self, unknown: &Unknown, out: &mut Vec<u8>, owner: usize) {
        let (Some(row), Some(next)) = (self.rows.get_mut(owner), self.next.get_mut(owner)) else { return };
        let spans = unknown.spans.get(owner).map_or(&[][..], |spans| spans);
        while let Some(span) = spans.get(*next).filter(|span| span.row <= *row) {
            debug_assert_eq!(span.row, *row);
            let bytes = unknown.bytes.get(span.start as usize..span.end as usize);
            out.extend_from_slice(bytes.unwrap_or_default());
            *next += 1;
        }
        *row += 1;
    }
}
