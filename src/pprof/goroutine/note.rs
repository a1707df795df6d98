//! The lines of a crash that belong to no goroutine: panic, signal, registers, what `go test` adds.
//!
//! Sources: Go's `runtime/panic.go`, `signal_unix.go`, `signal_amd64.go` and the like, `testing/testing.go`.

use nom::bytes::complete::{tag, take_till1};
use nom::character::complete::{i64 as decimal, space1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::hex::hex;
use crate::text::search::rfind_pair;

/// One line of a crash that belongs to no goroutine, with the lines that continue it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note<'a> {
    /// `panic: …`. The message may have several lines.
    Panic {
        /// The printed value, without `[recovered]`.
        message: &'a [u8],
        /// It had been recovered when a later panic was printed.
        is_recovered: bool,
        /// It is the panic that was recovered, panicking again (Go 1.25).
        is_repanicked: bool,
        /// It was raised while the panic before it was under way.
        is_nested: bool,
    },
    /// `fatal error: …`, which cannot be recovered.
    FatalError(&'a [u8]),
    /// `[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x6b8d00]`.
    PanicSignal {
        /// `SIGSEGV: segmentation violation`.
        name: &'a [u8],
        /// The signal's code.
        code: u64,
        /// The address that was accessed.
        addr: u64,
        /// Where it happened.
        pc: u64,
    },
    /// `SIGQUIT: quit`: the signal that ended the program.
    Signal(&'a [u8]),
    /// `PC=0x41148e m=0 sigcode=0`.
    SignalPlace {
        /// Where it arrived.
        pc: u64,
        /// On which thread.
        m: i64,
        /// The signal's code.
        sigcode: Option<i64>,
        /// The address that was accessed.
        addr: Option<u64>,
    },
    /// `rax 0x0`.
    Register {
        /// The register's name.
        name: &'a [u8],
        /// What it held.
        value: u64,
    },
    /// `runtime: …` and other words of the runtime.
    Runtime(&'a [u8]),
    /// A test that ran when the time was up.
    RunningTest {
        /// Its name.
        name: &'a [u8],
        /// How long it had run, such as `1m0s`.
        elapsed: &'a [u8],
    },
    /// A line of `go test` or the go command, such as `FAIL`.
    GoCommand(&'a [u8]),
    /// `-----`: what follows is another thread's dump (GOTRACEBACK=crash).
    NextThread,
}

impl<'a> Note<'a> {
    /// Reads a line outside of every goroutine; `None` if it is not Go's. The text of a panic may have more
    /// lines.
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let is_nested = text.starts_with(b"\tpanic: ");
        if let Some(message) = text.strip_prefix(b"\t").unwrap_or(text).strip_prefix(b"panic: ") {
            let (message, is_repanicked) = strip(message, b" [recovered, repanicked]");
            let (message, is_recovered) = strip(message, b" [recovered]");
            return Some(Self::Panic {
                message,
                is_recovered: is_recovered || is_repanicked,
                is_repanicked,
                is_nested,
            });
        }
        if let Some(message) = text.strip_prefix(b"fatal error: ") {
            return Some(Self::FatalError(message));
        }
        // Most lines of a log are told from these by their first byte.
        let parsed = match text.first() {
            Some(b'[') => panic_signal(text).ok(),
            Some(b'P') => signal_place(text).ok(),
            _ => None,
        };
        if let Some((b"", note)) = parsed {
            return Some(note);
        }
        if let Some(test) = text.strip_prefix(b"\t\t") {
            let open = rfind_pair(test, *b" (")?;
            let elapsed = test.get(open + 2..)?.strip_suffix(b")")?;
            return Some(Self::RunningTest { name: test.get(..open)?, elapsed });
        }
        if text.starts_with(b"SIG")
            && text.iter().take_while(|byte| **byte != b':').all(u8::is_ascii_alphanumeric)
        {
            return memchr::memmem::find(text, b": ").map(|_| Self::Signal(text));
        }
        if text == b"-----" {
            return Some(Self::NextThread);
        }
        if let Ok((b"", note)) = register(text) {
            return Some(note);
        }
        if RUNTIME.iter().any(|word| text.starts_with(word)) {
            return Some(Self::Runtime(text));
        }
        is_go_command(text).then_some(Self::GoCommand(text))
    }

    /// Whether it may come between the lines of a panic's message and its stack.
    pub(super) fn ends_message(&self) -> bool {
        !matches!(self, Self::GoCommand(_) | Self::Register { .. } | Self::NextThread)
    }
}

const RUNTIME: [&[u8]; 13] = [
    b"runtime: ",
    b"runtime stack:",
    b"runtime.",
    b"signal arrived during ",
    b"signal received ",
    b"instruction bytes:",
    b"stack trace unavailable",
    b"goroutine running on other thread; stack unavailable",
    b"\tgoroutine running on other thread; stack unavailable",
    b"Exception 0x",
    b"\trunning tests:",
    b"stack: frame={",
    b"unexpected fault address ",
];

/// Whether `line` is one of `go test`, the go command, or the race detector at the end.
pub(super) fn is_go_command(line: &[u8]) -> bool {
    line.starts_with(b"Found ") && line.ends_with(b" data race(s)")
        || GO_COMMAND.iter().any(|word| line.starts_with(word))
}

const GO_COMMAND: [&[u8]; 8] =
    [b"FAIL", b"exit status ", b"--- FAIL: ", b"--- PASS: ", b"=== ", b"ok  \t", b"PASS", b"coverage: "];

fn strip<'a>(text: &'a [u8], suffix: &[u8]) -> (&'a [u8], bool) {
    match text.strip_suffix(suffix) {
        Some(text) => (text, true),
        None => (text, false),
    }
}

fn panic_signal(text: &[u8]) -> IResult<&[u8], Note<'_>> {
    let (after, inner) =
        delimited(tag("[signal "), take_till1(|byte| byte == b']'), tag("]")).parse_complete(text)?;
    let at = memchr::memmem::rfind(inner, b" code=").unwrap_or(inner.len());
    let (name, numbers) = inner.split_at(at);
    let (_, (code, addr, pc)) =
        (preceded(tag(" code="), hex), preceded(tag(" addr="), hex), preceded(tag(" pc="), hex))
            .parse_complete(numbers)?;
    Ok((after, Note::PanicSignal { name, code, addr, pc }))
}

fn signal_place(text: &[u8]) -> IResult<&[u8], Note<'_>> {
    let (after, (pc, m, sigcode, addr)) = (
        preceded(tag("PC="), hex),
        preceded(tag(" m="), decimal),
        opt(preceded(tag(" sigcode="), decimal)),
        opt(preceded(tag(" addr="), hex)),
    )
        .parse_complete(text)?;
    Ok((after, Note::SignalPlace { pc, m, sigcode, addr }))
}

fn register(text: &[u8]) -> IResult<&[u8], Note<'_>> {
    let (rest, (name, _, value)) =
        (take_till1(|byte: u8| !byte.is_ascii_alphanumeric()), space1, hex).parse_complete(text)?;
    Ok((rest, Note::Register { name, value }))
}
