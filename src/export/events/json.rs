//! Events as JSON lines.

use super::fields::{FIELDS, Source, Value};
use super::stacks::Stacks;
use crate::error::Error;
use crate::text::json;
use crate::trace::{AllocFreeEvent, Event, ExperimentBatches, Loss, Reader, Resource, StackId, Tables};

/// Appends an event as one line. Bytes of a text that are not UTF-8 become U+FFFD.
pub fn append_json(event: &Event, reader: &Reader<'_>, stacks: Stacks, out: &mut Vec<u8>) {
    let source = Source { event, tables: reader.tables(), experiments: reader.experiments(), stacks };
    let mut gap = b'{';
    for (name, find) in FIELDS {
        if let Some(value) = find(&source) {
            out.extend([gap, b'"']);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            append_value(value, source.tables, out);
            gap = b',';
        }
    }
    out.extend_from_slice(b"}\n");
}

/// Appends the last line of a trace that was read to its end: `{"eof":true}`, and what was lost if it is
/// salvaged.
pub fn append_end(loss: &Loss, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"eof\":true");
    if let Some((kind, offset)) = loss.first {
        out.extend_from_slice(b",\"loss\":{");
        append_number("at", offset, out);
        out.push(b',');
        append_number("batches", loss.batches, out);
        out.push(b',');
        append_number("bytes", loss.bytes(), out);
        out.push(b',');
        append_number("generations", loss.generations, out);
        out.extend_from_slice(b",\"kind\":");
        append_text(kind.name().as_bytes(), out);
        out.extend_from_slice(b",\"ranges\":");
        append_list(&loss.ranges, out, |range, out| {
            out.push(b'[');
            append_unsigned(range.start, out);
            out.push(b',');
            append_unsigned(range.end, out);
            out.push(b']');
        });
        out.push(b'}');
    }
    out.extend_from_slice(b"}\n");
}

/// Appends the last line of a trace that cannot be read on: `{"error":"…"}`. `key` is `open_error` where it
/// cannot be read at all.
pub fn append_error(key: &str, error: &Error, out: &mut Vec<u8>) {
    out.push(b'{');
    append_text(key.as_bytes(), out);
    out.push(b':');
    append_text(error.to_string().as_bytes(), out);
    out.extend_from_slice(b"}\n");
}

fn append_value(value: Value<'_>, tables: &Tables, out: &mut Vec<u8>) {
    match value {
        Value::Unsigned(value) => append_unsigned(value, out),
        Value::Signed(value) => append_signed(value, out),
        Value::Word(word) => append_text(word.as_bytes(), out),
        Value::String(id) => append_text(tables.string(id), out),
        Value::RangeName(name) => append_text(&tables.range_name(name), out),
        Value::Resource(resource) => append_resource(resource, out),
        Value::Clock(clock) => {
            out.push(b'{');
            append_number("mono", clock.mono, out);
            out.extend_from_slice(b",\"trace\":");
            append_signed(clock.trace, out);
            out.extend_from_slice(b",\"wall\":");
            append_signed(clock.wall(), out);
            out.push(b'}');
        }
        Value::Stack(stack) => append_stack(stack, tables, out),
        Value::Sweep(None) => out.extend_from_slice(b"{}"),
        Value::Sweep(Some((swept, reclaimed))) => {
            out.push(b'{');
            append_number("bytes reclaimed", reclaimed, out);
            out.push(b',');
            append_number("bytes swept", swept, out);
            out.push(b'}');
        }
        Value::Arguments(event, arguments) => append_arguments(event, arguments, out),
        Value::Experiments(experiments) => append_experiments(experiments, out),
    }
}

fn append_resource(resource: Resource, out: &mut Vec<u8>) {
    let (kind, id) = match resource {
        Resource::Goroutine(id) => ("Goroutine", id.raw()),
        Resource::Proc(id) => ("Proc", id.raw()),
        Resource::Thread(id) => ("Thread", id.raw()),
        _ => return out.extend_from_slice(b"\"None\""),
    };
    out.push(b'"');
    out.extend_from_slice(kind.as_bytes());
    out.push(b'(');
    append_signed(id, out);
    out.extend_from_slice(b")\"");
}

fn append_stack(stack: StackId, tables: &Tables, out: &mut Vec<u8>) {
    append_list(tables.stack(stack), out, |frame, out| {
        out.push(b'{');
        append_number("pc", frame.pc, out);
        out.extend_from_slice(b",\"fn\":");
        append_text(tables.string(frame.function), out);
        out.extend_from_slice(b",\"file\":");
        append_text(tables.string(frame.file), out);
        out.push(b',');
        append_number("line", frame.line, out);
        out.push(b'}');
    });
}

/// The arguments of an experimental event by name, in the order of the names; numbers beyond 2^53 need
/// quotes.
fn append_arguments(event: AllocFreeEvent, values: [u64; 3], out: &mut Vec<u8>) {
    let mut arguments: Vec<_> = event.arg_names().iter().zip(values).collect();
    arguments.sort_unstable();
    out.push(b'{');
    for (index, (name, value)) in arguments.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append_text(name.as_bytes(), out);
        out.extend_from_slice(b":\"");
        append_unsigned(value, out);
        out.push(b'"');
    }
    out.push(b'}');
}

/// Batches of experiments by name: how many, and how many bytes.
fn append_experiments(experiments: &[ExperimentBatches], out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, batches) in experiments.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append_text(batches.name().as_bytes(), out);
        out.extend_from_slice(b":[");
        append_unsigned(batches.batches, out);
        out.push(b',');
        append_unsigned(batches.bytes, out);
        out.push(b']');
    }
    out.push(b'}');
}

fn append_list<T>(items: impl IntoIterator<Item = T>, out: &mut Vec<u8>, append: impl Fn(T, &mut Vec<u8>)) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append(item, out);
    }
    out.push(b']');
}

/// Appends a key with a number.
fn append_number(key: &str, value: u64, out: &mut Vec<u8>) {
    append_text(key.as_bytes(), out);
    out.push(b':');
    append_unsigned(value, out);
}

fn append_text(text: &[u8], out: &mut Vec<u8>) {
    // Writing into a vector cannot fail.
    let _ = json::write_string(out, text);
}

fn append_signed(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    append_unsigned(value.unsigned_abs(), out);
}

/// Appends `value` in decimal; the formatting of the standard library takes twice as long.
fn append_unsigned(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn numbers_have_all_digits() {
        let mut out = Vec::new();
        append_unsigned(0, &mut out);
        append_unsigned(u64::MAX, &mut out);
        append_signed(i64::MIN, &mut out);
        assert_eq!(out, b"018446744073709551615-9223372036854775808");
    }

    #[test]
    fn the_end_says_what_was_lost() {
        let mut loss = Loss::default();
        let mut out = Vec::new();
        append_end(&loss, &mut out);
        loss.add(10..20, ErrorKind::Truncated, 15);
        loss.add(40..41, ErrorKind::Truncated, 40);
        append_end(&loss, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"eof\":true}\n{\"eof\":true,\"loss\":{\"at\":15,\"batches\":0,\"bytes\":11,\"generations\":0,\
             \"kind\":\"truncated\",\"ranges\":[[10,20],[40,41]]}}\n"
        );
    }
}
