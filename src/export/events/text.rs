//! Events as text, in the form of `go tool trace -d=parsed`.

use std::io::{self, Write};

use super::stacks::Stacks;
use crate::text::Printable;
use crate::trace::{Event, EventKind, RangeName, StackId, StringId, Tables};

/// Appends an event: one line, and its stacks below it if they are wanted. Names are made safe for a
/// terminal.
pub fn append_text(event: &Event, tables: &Tables, stacks: Stacks, out: &mut Vec<u8>) {
    // Writing into a vector cannot fail.
    let _ = write_line(event, tables, out);
    out.push(b'\n');
    if stacks == Stacks::Counts {
        return;
    }
    if let EventKind::GoTransition(transition) = event.kind {
        append_stack("TransitionStack=\n", transition.stack, tables, out);
    }
    append_stack("Stack=\n", event.stack, tables, out);
}

fn write_line(event: &Event, tables: &Tables, out: &mut Vec<u8>) -> io::Result<()> {
    let (thread, proc, goroutine) = (event.thread.raw(), event.proc.raw(), event.goroutine.raw());
    write!(out, "M={thread} P={proc} G={goroutine} {} Time={}", event.kind.name(), event.time)?;
    let text = |id: StringId| Printable(tables.string(id));
    match &event.kind {
        EventKind::Sync { n, clock } => {
            write!(out, " N={n}")?;
            if let Some(clock) = clock {
                write!(out, " Trace={} Mono={} Wall={}", clock.trace, clock.mono, clock.wall())?;
            }
        }
        EventKind::Metric { metric, value } => write!(out, " Name=\"{}\" Value={value}", metric.name())?,
        EventKind::Label(label) => {
            write!(out, " Label=\"{}\" Resource=Goroutine({goroutine})", text(*label))?;
        }
        EventKind::RangeBegin(_) | EventKind::RangeActive(_) | EventKind::RangeEnd { .. } => {
            write_range(event, tables, out)?;
        }
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => {
            let (id, parent) = (task.id.0, task.parent.0);
            write!(out, " ID={id} Parent={parent} Type=\"{}\"", text(task.name))?;
        }
        EventKind::RegionBegin(region) | EventKind::RegionEnd(region) => {
            write!(out, " Task={} Type=\"{}\"", region.task.0, text(region.name))?;
        }
        EventKind::Log(log) => {
            let (category, message) = (text(log.category), text(log.message));
            write!(out, " Task={} Category=\"{category}\" Message=\"{message}\"", log.task.0)?;
        }
        EventKind::GoTransition(transition) => {
            let (from, to) = (transition.from.name(), transition.to.name());
            let reason = text(transition.reason);
            write!(out, " GoID={} {from}->{to} Reason=\"{reason}\"", transition.goroutine)?;
        }
        EventKind::ProcTransition(transition) => {
            let (from, to) = (transition.from.name(), transition.to.name());
            write!(out, " ProcID={} {from}->{to} Reason=\"\"", transition.proc)?;
        }
        EventKind::Experimental { event, args } => {
            write!(out, " Name={} Args=[", event.name())?;
            for (index, (name, value)) in event.arg_names().iter().zip(args).enumerate() {
                write!(out, "{}{name}={value}", if index == 0 { "" } else { ", " })?;
            }
            out.push(b']');
        }
        EventKind::StackSample => {}
    }
    Ok(())
}

fn write_range(event: &Event, tables: &Tables, out: &mut Vec<u8>) -> io::Result<()> {
    let Some(range) = event.range() else { return Ok(()) };
    let name = tables.range_name(range.name);
    write!(out, " Name=\"{}\" Scope={}", Printable(&name), range.scope)?;
    if let EventKind::RangeEnd { swept, reclaimed, .. } = event.kind {
        write!(out, " Attributes=[")?;
        if range.name == RangeName::Sweep {
            write!(out, "\"bytes swept\"={swept} \"bytes reclaimed\"={reclaimed}")?;
        }
        out.push(b']');
    }
    Ok(())
}

fn append_stack(title: &str, stack: StackId, tables: &Tables, out: &mut Vec<u8>) {
    if stack.is_none() {
        return;
    }
    out.extend_from_slice(title.as_bytes());
    for frame in tables.stack(stack) {
        let (function, file) =
            (Printable(tables.string(frame.function)), Printable(tables.string(frame.file)));
        let _ = writeln!(out, "\t{function} @ 0x{:x}\n\t\t{file}:{}", frame.pc, frame.line);
    }
}
