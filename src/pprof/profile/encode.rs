//! From a profile to protobuf, and gzip around it.
//!
//! The same profile always gives the same bytes. Fields come in the order of google/pprof's own encoder, ids
//! stay what they are, and lists are packed from three elements up, as Go writes them.

use std::io::Write;

use super::Profile;
use crate::error::Result;
use crate::pprof::decode::schema::{function, label, line, location, mapping, profile, sample, value_type};
use crate::pprof::decode::unknown::{Owner, Reader};
use crate::pprof::types::{Label, LabelValue, StringId, ValueType};
use crate::wire::push_varint;

/// How many bytes are gathered before they are written.
const BLOCK: usize = 64 << 10;

impl Profile {
    /// Encodes the profile as a protobuf message, not compressed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut encoder = Encoder { out: std::io::sink(), block: Vec::new(), limit: usize::MAX };
        // A sink takes everything, and nothing is sent to it.
        let _ = encoder.profile(self);
        encoder.block
    }

    /// Writes the profile as a protobuf message, not compressed.
    ///
    /// # Errors
    /// `Io`.
    pub fn write(&self, out: impl Write) -> Result<()> {
        let mut encoder = Encoder { out, block: Vec::with_capacity(2 * BLOCK), limit: BLOCK };
        encoder.profile(self)?;
        encoder.out.write_all(&encoder.block)?;
        encoder.out.flush()?;
        Ok(())
    }

    /// Writes the profile as Go does: a gzipped protobuf message.
    ///
    /// # Errors
    /// `Io`.
    #[cfg(feature = "gzip")]
    pub fn write_gz(&self, out: impl Write) -> Result<()> {
        let mut gz = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
        self.write(&mut gz)?;
        gz.finish()?.flush()?;
        Ok(())
    }
}

struct Encoder<W> {
    out: W,
    block: Vec<u8>,
    /// The length of `block` from which it is written out.
    limit: usize,
}

impl<W: Write> Encoder<W> {
    fn profile(&mut self, p: &Profile) -> Result<()> {
        let mut body = Vec::new();
        let mut extra = Reader::new(p.unknown.as_deref());
        for &ty in p.sample_types() {
            value_type_body(&mut body, ty);
            extra.add(&mut body, Owner::SampleType);
            self.message(profile::SAMPLE_TYPE, &mut body)?;
        }
        let mut packed = Vec::new();
        for s in p.samples() {
            let locations = s.locations().iter().map(|&id| p.location(id).id);
            list(&mut body, &mut packed, sample::LOCATION_ID, sample::LOCATION_IDS, locations);
            let values = s.values().iter().map(|&value| value as u64);
            list(&mut body, &mut packed, sample::VALUE, sample::VALUES, values);
            for l in s.labels() {
                nested(&mut body, sample::LABEL, |body| {
                    label_body(body, l);
                    extra.add(body, Owner::Label);
                });
            }
            extra.add(&mut body, Owner::Sample);
            self.message(profile::SAMPLE, &mut body)?;
        }
        for m in p.mappings() {
            number(&mut body, mapping::ID, m.id);
            number(&mut body, mapping::MEMORY_START, m.memory_start);
            number(&mut body, mapping::MEMORY_LIMIT, m.memory_limit);
            number(&mut body, mapping::FILE_OFFSET, m.file_offset);
            string(&mut body, mapping::FILENAME, m.filename);
            string(&mut body, mapping::BUILD_ID, m.build_id);
            number(&mut body, mapping::HAS_FUNCTIONS, m.has_functions.into());
            number(&mut body, mapping::HAS_FILENAMES, m.has_filenames.into());
            number(&mut body, mapping::HAS_LINE_NUMBERS, m.has_line_numbers.into());
            number(&mut body, mapping::HAS_INLINE_FRAMES, m.has_inline_frames.into());
            extra.add(&mut body, Owner::Mapping);
            self.message(profile::MAPPING, &mut body)?;
        }
        for (row, l) in p.locations().iter().enumerate() {
            number(&mut body, location::ID, l.id);
            number(&mut body, location::MAPPING_ID, l.mapping.map_or(0, |id| p.mapping(id).id));
            number(&mut body, location::ADDRESS, l.address);
            for call in p.tables.lines(row) {
                nested(&mut body, location::LINE, |body| {
                    number(body, line::FUNCTION_ID, p.function(call.function).id);
                    number(body, line::LINE, call.line as u64);
                    number(body, line::COLUMN, call.column as u64);
                    extra.add(body, Owner::Line);
                });
            }
            number(&mut body, location::IS_FOLDED, l.is_folded.into());
            extra.add(&mut body, Owner::Location);
            self.message(profile::LOCATION, &mut body)?;
        }
        for f in p.functions() {
            number(&mut body, function::ID, f.id);
            string(&mut body, function::NAME, f.name);
            string(&mut body, function::SYSTEM_NAME, f.system_name);
            string(&mut body, function::FILENAME, f.filename);
            number(&mut body, function::START_LINE, f.start_line as u64);
            extra.add(&mut body, Owner::Function);
            self.message(profile::FUNCTION, &mut body)?;
        }
        for index in 0..p.string_count() {
            let bytes = p.string(StringId(index as u32));
            push_varint(&mut self.block, profile::STRING);
            push_varint(&mut self.block, bytes.len() as u64);
            self.block.extend_from_slice(bytes);
            self.send()?;
        }
        self.header(p, &mut body, &mut extra)
    }

    fn header(&mut self, p: &Profile, body: &mut Vec<u8>, extra: &mut Reader<'_>) -> Result<()> {
        string(&mut self.block, profile::DROP_FRAMES, p.drop_frames());
        string(&mut self.block, profile::KEEP_FRAMES, p.keep_frames());
        number(&mut self.block, profile::TIME_NANOS, p.time_nanos() as u64);
        number(&mut self.block, profile::DURATION_NANOS, p.duration_nanos() as u64);
        if let Some(ty) = p.period_type() {
            value_type_body(body, ty);
            extra.add(body, Owner::PeriodType);
            self.message(profile::PERIOD_TYPE, body)?;
        }
        number(&mut self.block, profile::PERIOD, p.period() as u64);
        let comments = p.comments().iter().map(|id| u64::from(id.0));
        list(&mut self.block, body, profile::COMMENT, profile::COMMENTS, comments);
        string(&mut self.block, profile::DEFAULT_SAMPLE_TYPE, p.default_sample_type());
        string(&mut self.block, profile::DOC_URL, p.doc_url());
        extra.add(&mut self.block, Owner::Profile);
        self.send()
    }

    /// Writes `body` as field `key`, and empties it.
    fn message(&mut self, key: u64, body: &mut Vec<u8>) -> Result<()> {
        push_varint(&mut self.block, key);
        push_varint(&mut self.block, body.len() as u64);
        self.block.extend_from_slice(body);
        body.clear();
        self.send()
    }

    fn send(&mut self) -> Result<()> {
        if self.block.len() >= self.limit {
            self.out.write_all(&self.block)?;
            self.block.clear();
        }
        Ok(())
    }
}

fn value_type_body(out: &mut Vec<u8>, ty: ValueType) {
    string(out, value_type::TYPE, ty.kind);
    string(out, value_type::UNIT, ty.unit);
}

/// A number of 0 without a unit is written out: without it, the label would be an empty text.
fn label_body(out: &mut Vec<u8>, l: Label) {
    string(out, label::KEY, l.key);
    match l.value {
        LabelValue::Str(text) => string(out, label::STR, text),
        LabelValue::Num { value, unit } => {
            push_varint(out, label::NUM);
            push_varint(out, value as u64);
            string(out, label::NUM_UNIT, unit);
        }
    }
}

/// A number, but for 0.
#[inline]
fn number(out: &mut Vec<u8>, key: u64, value: u64) {
    if value != 0 {
        push_varint(out, key);
        push_varint(out, value);
    }
}

fn string(out: &mut Vec<u8>, key: u64, id: StringId) {
    number(out, key, id.0.into());
}

/// A repeated number; `scratch` is empty, and stays so.
#[inline]
fn list(
    out: &mut Vec<u8>,
    scratch: &mut Vec<u8>,
    single: u64,
    packed: u64,
    list: impl ExactSizeIterator<Item = u64>,
) {
    if list.len() < 3 {
        for item in list {
            push_varint(out, single);
            push_varint(out, item);
        }
        return;
    }
    for item in list {
        push_varint(scratch, item);
    }
    push_varint(out, packed);
    push_varint(out, scratch.len() as u64);
    out.append(scratch);
}

/// A short message: its length is known once it is written, and is then put before it.
fn nested(out: &mut Vec<u8>, key: u64, body: impl FnOnce(&mut Vec<u8>)) {
    push_varint(out, key);
    let start = out.len();
    out.push(0);
    body(out);
    let len = out.len() - start - 1;
    if len < 0x80 {
        if let Some(byte) = out.get_mut(start) {
            *byte = len as u8;
        }
    } else {
        let mut prefix = Vec::new();
        push_varint(&mut prefix, len as u64);
        out.splice(start..=start, prefix);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_nested_message_gets_a_long_length() {
        let mut out = vec![9];
        nested(&mut out, 8, |out| out.extend([7; 200]));
        assert_eq!(out.get(..4), Some(&[9, 8, 0xc8, 1][..]));
        assert_eq!(out.len(), 204);
    }
}
