//! Why programs end.

use crate::pprof::goroutine::note::Note;

/// Why a program ended. Of several in one crash, the first in this order is the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Cause {
    /// A test that ran for too long.
    TestTimeout,
    /// Every goroutine waits, and nothing can wake one.
    Deadlock,
    /// A map was used by several goroutines at once.
    ConcurrentMap,
    /// A goroutine's stack reached its limit: mostly recursion without an end.
    StackOverflow,
    /// The system gave no more memory.
    OutOfMemory,
    /// More threads than allowed, or than the system gives.
    ThreadExhaustion,
    /// Memory that is not there, or code of C that crashed.
    Fault,
    /// Another fatal error of the runtime.
    FatalError,
    /// The runtime's panic for a mistake of the program: nil, an index, a division.
    RuntimeError,
    /// A panic of the program.
    Panic,
    /// A signal from outside, such as SIGQUIT.
    Signal,
    /// A data race, which ends nothing.
    Race,
    /// Goroutines that goleak found after a test.
    Leak,
}

impl Cause {
    /// The name in reports and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TestTimeout => "test_timeout",
            Self::Deadlock => "deadlock",
            Self::ConcurrentMap => "concurrent_map",
            Self::StackOverflow => "stack_overflow",
            Self::OutOfMemory => "out_of_memory",
            Self::ThreadExhaustion => "thread_exhaustion",
            Self::Fault => "fault",
            Self::FatalError => "fatal_error",
            Self::RuntimeError => "runtime_error",
            Self::Panic => "panic",
            Self::Signal => "signal",
            Self::Race => "race",
            Self::Leak => "leak",
        }
    }

    /// The cause in words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::TestTimeout => "a test timed out",
            Self::Deadlock => "deadlock",
            Self::ConcurrentMap => "concurrent use of a map",
            Self::StackOverflow => "stack overflow",
            Self::OutOfMemory => "out of memory",
            Self::ThreadExhaustion => "too many threads",
            Self::Fault => "memory fault",
            Self::FatalError => "fatal error",
            Self::RuntimeError => "panic of the runtime",
            Self::Panic => "panic",
            Self::Signal => "signal",
            Self::Race => "data race",
            Self::Leak => "goroutines left after a test",
        }
    }

    /// The cause, if `note` alone names it.
    pub(super) fn of(note: &Note<'_>) -> Option<Self> {
        match note {
            Note::Panic { message, .. } if message.starts_with(b"test timed out after ") => {
                Some(Self::TestTimeout)
            }
            Note::Panic { message, .. } if message.starts_with(b"runtime error: ") => {
                Some(Self::RuntimeError)
            }
            Note::Panic { .. } => Some(Self::Panic),
            Note::FatalError(message) => Some(Self::fatal(message)),
            Note::Signal(signal) => Some(match signal.get(..8) {
                Some(b"SIGSEGV:" | b"SIGBUS: " | b"SIGFPE: " | b"SIGILL: ") => Self::Fault,
                _ => Self::Signal,
            }),
            _ => None,
        }
    }

    /// The messages of `throw` and `fatal` in Go's runtime.
    fn fatal(message: &[u8]) -> Self {
        const WORDS: [(&[u8], Cause); 8] = [
            (b"deadlock", Cause::Deadlock),
            (b"concurrent map", Cause::ConcurrentMap),
            (b"stack overflow", Cause::StackOverflow),
            (b"out of memory", Cause::OutOfMemory),
            (b"cannot allocate", Cause::OutOfMemory),
            (b"thread exhaustion", Cause::ThreadExhaustion),
            (b"unexpected signal", Cause::Fault),
            (b"fault", Cause::Fault),
        ];
        let found = WORDS.iter().find(|(word, _)| memchr::memmem::find(message, word).is_some());
        found.map_or(Self::FatalError, |(_, cause)| *cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_tell_their_cause() {
        for (line, cause) in [
            ("panic: boom", Cause::Panic),
            ("panic: runtime error: index out of range [5] with length 3", Cause::RuntimeError),
            ("panic: test timed out after 1s", Cause::TestTimeout),
            ("fatal error: all goroutines are asleep - deadlock!", Cause::Deadlock),
            ("fatal error: no goroutines (main called runtime.Goexit) - deadlock!", Cause::Deadlock),
            ("fatal error: concurrent map read and map write", Cause::ConcurrentMap),
            ("fatal error: runtime: out of memory", Cause::OutOfMemory),
            ("fatal error: unexpected signal during runtime execution", Cause::Fault),
            ("fatal error: fault", Cause::Fault),
            ("fatal error: sync: unlock of unlocked mutex", Cause::FatalError),
            ("SIGQUIT: quit", Cause::Signal),
            ("SIGSEGV: segmentation violation", Cause::Fault),
        ] {
            assert_eq!(Note::parse(line.as_bytes()).and_then(|note| Cause::of(&note)), Some(cause), "{line}");
        }
    }
}
