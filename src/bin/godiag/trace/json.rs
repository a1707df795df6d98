//! Events as JSON lines: keys in alphabetical order, texts escaped as Go's `encoding/json` does.

use std::io::Write;

use godiag::Error;
use godiag::trace::{
    Event, EventKind, ExperimentBatches, GoState, Loss, RangeName, Reader, Resource, StackId, StringId,
    Tables,
};

/// Appends `event` as one line.
pub(super) fn event(out: &mut Vec<u8>, event: &Event, reader: &Reader<'_>, stacks: bool) {
    let tables = reader.tables();
    let mut object = Object { out, tables, batches: reader.experiments(), first: true };
    object.out.push(b'{');
    match &event.kind {
        EventKind::Experimental { event, args } => {
            object.key("args");
            object.out.push(b'{');
            // Go sorts keys; a few, so by selection.
            let mut names: Vec<_> = event.arg_names().iter().zip(args).collect();
            names.sort_unstable();
            for (i, (name, value)) in names.into_iter().enumerate() {
                object.separate(i);
                object.quoted(name.as_bytes());
                object.out.extend_from_slice(b":\"");
                object.unsigned(*value);
                object.out.push(b'"');
            }
            object.out.push(b'}');
            object.text("exp", b"AllocFree");
        }
        EventKind::RangeEnd { name, swept, reclaimed } => {
            object.key("attr");
            object.out.push(b'{');
            if *name == RangeName::Sweep {
                object.out.extend_from_slice(b"\"bytes reclaimed\":");
                object.unsigned(*reclaimed);
                object.out.extend_from_slice(b",\"bytes swept\":");
                object.unsigned(*swept);
            }
            object.out.push(b'}');
        }
        EventKind::Log(log) => object.string("cat", log.category),
        EventKind::Sync { clock, .. } => {
            if let Some(clock) = clock {
                object.key("clock");
                object.out.extend_from_slice(b"{\"mono\":");
                object.unsigned(clock.mono);
                object.out.extend_from_slice(b",\"trace\":");
                object.signed(clock.trace);
                object.out.extend_from_slice(b",\"wall\":");
                object.signed(clock.wall());
                object.out.push(b'}');
            }
            object.experiments();
        }
        EventKind::GoTransition(transition) => object.text("from", transition.from.name().as_bytes()),
        EventKind::ProcTransition(transition) => object.text("from", transition.from.name().as_bytes()),
        _ => {}
    }
    object.number("g", event.goroutine.raw());
    match &event.kind {
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => object.unsigned_number("id", task.id.0),
        _ => {}
    }
    object.text("k", event.kind.name().as_bytes());
    if let EventKind::Label(label) = event.kind {
        object.string("label", label);
    }
    object.number("m", event.thread.raw());
    match &event.kind {
        EventKind::Log(log) => object.string("msg", log.message),
        EventKind::Sync { n, .. } => object.unsigned_number("n", u64::from(*n)),
        EventKind::Metric { metric, .. } => object.text("name", metric.name().as_bytes()),
        EventKind::Experimental { event, .. } => object.text("name", event.name().as_bytes()),
        _ => {
            if let Some(range) = event.range() {
                object.range(range.name);
            }
        }
    }
    // Of these Go says "a stack of no frames" rather than "no stack".
    let has_stack = !event.stack.is_none() || matches!(event.kind, EventKind::StackSample);
    let is_created = matches!(&event.kind, EventKind::GoTransition(transition)
        if transition.from == GoState::NotExist && transition.to != GoState::Syscall);
    if !stacks && has_stack {
        object.unsigned_number("nstk", tables.stack_frames(event.stack).len() as u64);
    }
    let own_stack = match &event.kind {
        EventKind::GoTransition(transition) => transition.stack,
        _ => StackId::NONE,
    };
    let has_own_stack = !own_stack.is_none() || is_created;
    if !stacks && has_own_stack {
        object.unsigned_number("ntstk", tables.stack_frames(own_stack).len() as u64);
    }
    object.number("p", event.proc.raw());
    match &event.kind {
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => {
            object.unsigned_number("parent", task.parent.0);
        }
        EventKind::GoTransition(transition) => {
            object.string("reason", transition.reason);
            object.resource(Resource::Goroutine(transition.goroutine));
        }
        EventKind::ProcTransition(transition) => {
            object.text("reason", b"");
            object.resource(Resource::Proc(transition.proc));
        }
        EventKind::Label(_) => object.resource(Resource::Goroutine(event.goroutine)),
        _ => {
            if let Some(range) = event.range() {
                object.resource(range.scope);
            }
        }
    }
    if stacks && has_stack {
        object.stack("stk", event.stack);
    }
    object.number("t", event.time);
    match &event.kind {
        EventKind::RegionBegin(region) | EventKind::RegionEnd(region) => {
            object.unsigned_number("task", region.task.0);
        }
        EventKind::Log(log) => object.unsigned_number("task", log.task.0),
        EventKind::GoTransition(transition) => object.text("to", transition.to.name().as_bytes()),
        EventKind::ProcTransition(transition) => object.text("to", transition.to.name().as_bytes()),
        _ => {}
    }
    if stacks && has_own_stack {
        object.stack("tstk", own_stack);
    }
    match &event.kind {
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => object.string("type", task.name),
        EventKind::RegionBegin(region) | EventKind::RegionEnd(region) => object.string("type", region.name),
        EventKind::Metric { value, .. } => object.unsigned_number("v", *value),
        _ => {}
    }
    out.extend_from_slice(b"}\n");
}

/// The last line of a trace that ended in an error.
pub(super) fn end(out: &mut impl Write, key: &str, error: &Error) -> std::io::Result<()> {
    let mut line = format!("{{\"{key}\":").into_bytes();
    quoted(&mut line, error.to_string().as_bytes());
    line.extend_from_slice(b"}\n");
    out.write_all(&line)
}

/// The last line of a trace that was read to its end.
pub(super) fn eof(out: &mut impl Write, loss: &Loss) -> std::io::Result<()> {
    let Some((kind, at)) = loss.first else { return out.write_all(b"{\"eof\":true}\n") };
    let ranges: Vec<_> = loss.ranges.iter().map(|range| (range.start, range.end)).collect();
    let loss = serde_json::json!({
        "eof": true,
        "loss": {"kind": kind.name(), "at": at, "bytes": loss.bytes(), "ranges": ranges,
            "generations": loss.generations, "batches": loss.batches},
    });
    writeln!(out, "{loss}")
}

/// One object being written.
struct Object<'a> {
    out: &'a mut Vec<u8>,
    tables: &'a Tables,
    batches: &'a [ExperimentBatches],
    first: bool,
}

impl Object<'_> {
    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.out.push(b',');
        }
    }

    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn unsigned(&mut self, value: u64) {
        digits(self.out, value);
    }

    fn signed(&mut self, value: i64) {
        if value < 0 {
            self.out.push(b'-');
        }
        digits(self.out, value.unsigned_abs());
    }

    fn number(&mut self, key: &str, value: i64) {
        self.key(key);
        self.signed(value);
    }

    fn unsigned_number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.unsigned(value);
    }

    fn quoted(&mut self, text: &[u8]) {
        quoted(self.out, text);
    }

    fn text(&mut self, key: &str, text: &[u8]) {
        self.key(key);
        quoted(self.out, text);
    }

    fn string(&mut self, key: &str, id: StringId) {
        self.key(key);
        quoted(self.out, self.tables.string(id));
    }

    fn range(&mut self, name: RangeName) {
        let mut text = Vec::new();
        name.write(self.tables, &mut text);
        self.text("name", &text);
    }

    fn resource(&mut self, resource: Resource) {
        self.key("res");
        // Written, not formatted: names of resources need no escapes.
        let (kind, id) = match resource {
            Resource::Goroutine(id) => ("Goroutine(", id.raw()),
            Resource::Proc(id) => ("Proc(", id.raw()),
            Resource::Thread(id) => ("Thread(", id.raw()),
            _ => return self.out.extend_from_slice(b"\"None\""),
        };
        self.out.push(b'"');
        self.out.extend_from_slice(kind.as_bytes());
        self.signed(id);
        self.out.extend_from_slice(b")\"");
    }

    /// Batches of experiments by name: how many, and how many bytes.
    fn experiments(&mut self) {
        self.key("exp");
        self.out.push(b'{');
        for (i, batches) in self.batches.iter().enumerate() {
            self.separate(i);
            self.quoted(batches.name().as_bytes());
            self.out.extend_from_slice(b":[");
            self.unsigned(batches.batches);
            self.out.push(b',');
            self.unsigned(batches.bytes);
            self.out.push(b']');
        }
        self.out.push(b'}');
    }

    fn stack(&mut self, key: &str, stack: StackId) {
        self.key(key);
        self.out.push(b'[');
        for (i, frame) in self.tables.stack(stack).enumerate() {
            self.separate(i);
            self.out.extend_from_slice(b"{\"pc\":");
            self.unsigned(frame.pc);
            self.out.extend_from_slice(b",\"fn\":");
            quoted(self.out, self.tables.string(frame.function));
            self.out.extend_from_slice(b",\"file\":");
            quoted(self.out, self.tables.string(frame.file));
            self.out.extend_from_slice(b",\"line\":");
            self.unsigned(frame.line);
            self.out.push(b'}');
        }
        self.out.push(b']');
    }
}

/// Appends `value` in decimal.
pub(super) fn digits(out: &mut Vec<u8>, mut value: u64) {
    let mut buffer = [0; 20];
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&buffer[at..]);
}

/// Appends `text` as a JSON string; a byte that is not UTF-8 becomes U+FFFD.
fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let plain = |byte: &u8| (0x20..0x80).contains(byte) && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&');
    if text.iter().all(plain) {
        out.extend_from_slice(text);
    } else {
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                escaped(out, c);
            }
            for _ in chunk.invalid() {
                out.extend_from_slice(b"\\ufffd");
            }
        }
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, c: char) {
    let short = match c {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
            out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
            return;
        }
        _ => {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_in_go() {
        let mut out = Vec::new();
        quoted(&mut out, b"a\"\\\n\x01<\xff\xc3\xa9\xe2\x80\xa8");
        assert_eq!(String::from_utf8(out).unwrap(), "\"a\\\"\\\\\\n\\u0001\\u003c\\ufffdé\\u2028\"");
    }

    #[test]
    fn numbers_have_all_digits() {
        let mut out = Vec::new();
        digits(&mut out, 0);
        digits(&mut out, u64::MAX);
        assert_eq!(out, b"018446744073709551615");
    }
}
