//! Events as text, in the form of `go tool trace -d=parsed`.

use std::io::Write;

use godiag::Printable;
use godiag::trace::{Event, EventKind, RangeName, StackId, StringId, Tables};

/// Appends `event`: one line, and its stacks below it if they are wanted.
pub(super) fn event(out: &mut Vec<u8>, event: &Event, tables: &Tables, stacks: bool) {
    // Writing into a Vec does not fail.
    let _ = line(out, event, tables);
    out.push(b'\n');
    if !stacks {
        return;
    }
    if let EventKind::GoTransition(transition) = event.kind {
        stack(out, "TransitionStack=\n", transition.stack, tables);
    }
    stack(out, "Stack=\n", event.stack, tables);
}

fn line(out: &mut Vec<u8>, event: &Event, tables: &Tables) -> std::io::Result<()> {
    let (m, p, g) = (event.thread.raw(), event.proc.raw(), event.goroutine.raw());
    write!(out, "M={m} P={p} G={g} {} Time={}", event.kind.name(), event.time)?;
    let text = |id: StringId| Printable(tables.string(id));
    let name = |name: RangeName| {
        let mut text = Vec::new();
        name.write(tables, &mut text);
        text
    };
    match &event.kind {
        EventKind::Sync { n, clock } => {
            write!(out, " N={n}")?;
            if let Some(clock) = clock {
                write!(out, " Trace={} Mono={} Wall={}", clock.trace, clock.mono, clock.wall())?;
            }
        }
        EventKind::Metric { metric, value } => write!(out, " Name=\"{}\" Value={value}", metric.name())?,
        EventKind::Label(label) => write!(out, " Label=\"{}\" Resource=Goroutine({g})", text(*label))?,
        EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
            write!(out, " Name=\"{}\" Scope={}", Printable(&name(range.name)), range.scope)?;
        }
        EventKind::RangeEnd { name: of, swept, reclaimed } => {
            if let Some(range) = event.range() {
                write!(out, " Name=\"{}\" Scope={} Attributes=[", Printable(&name(*of)), range.scope)?;
            }
            if *of == RangeName::Sweep {
                write!(out, "\"bytes swept\"={swept} \"bytes reclaimed\"={reclaimed}")?;
            }
            out.push(b']');
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
            for (i, (name, value)) in event.arg_names().iter().zip(args).enumerate() {
                write!(out, "{}{name}={value}", if i == 0 { "" } else { ", " })?;
            }
            out.push(b']');
        }
        _ => {}
    }
    Ok(())
}

fn stack(out: &mut Vec<u8>, title: &str, stack: StackId, tables: &Tables) {
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
