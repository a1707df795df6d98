//! What each event needs of a goroutine to come next, and how it changes it.
//!
//! Source: `stateTransition` in `internal/trace/internal/tracev1/order.go` of Go 1.27.

use super::spec::Kind;

/// The state of a goroutine while events are put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Status {
    Dead,
    Runnable,
    Running,
    Waiting,
}

/// Which goroutine a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// None: the event may come at any time.
    Nobody,
    /// The event's first argument.
    Argument,
    /// The goroutine that runs on the P.
    Runner,
    /// The pseudo goroutine whose sequence numbers order the cycles of the garbage collector.
    Collector,
}

/// Which sequence number the goroutine must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// Any, which it keeps.
    Same,
    /// Any; it gets the next.
    Next,
    /// This one; it gets the next.
    Is(u64),
    /// That in an argument; it gets the next.
    Argument(usize),
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) subject: Subject,
    pub(crate) before: Status,
    pub(crate) after: Status,
    pub(crate) number: Number,
}

impl Rule {
    /// The rule of an event type.
    #[inline(always)]
    pub(crate) const fn of(kind: Kind) -> &'static Self {
        &RULES[kind as usize]
    }
}

static RULES: [Rule; 64] = {
    let mut rules = [row(Subject::Nobody, Status::Dead, Status::Dead, Number::Same); 64];
    let mut number = 0;
    while number < 64 {
        if let Some(kind) = Kind::of(number) {
            rules[number as usize] = rule(kind);
        }
        number += 1;
    }
    rules
};

const fn row(subject: Subject, before: Status, after: Status, number: Number) -> Rule {
    Rule { subject, before, after, number }
}

const fn rule(kind: Kind) -> Rule {
    use Status::{Dead, Runnable, Running, Waiting};
    match kind {
        Kind::GoCreate => row(Subject::Argument, Dead, Runnable, Number::Is(0)),
        Kind::GoWaiting | Kind::GoInSyscall => row(Subject::Argument, Runnable, Waiting, Number::Is(1)),
        Kind::GoStart | Kind::GoStartLabel => row(Subject::Argument, Runnable, Running, Number::Argument(1)),
        Kind::GoStartLocal => row(Subject::Argument, Runnable, Running, Number::Next),
        Kind::GoUnblock | Kind::GoSysExit => row(Subject::Argument, Waiting, Runnable, Number::Argument(1)),
        Kind::GoUnblockLocal | Kind::GoSysExitLocal => {
            row(Subject::Argument, Waiting, Runnable, Number::Next)
        }
        Kind::GoSysBlock => row(Subject::Runner, Running, Waiting, Number::Same),
        kind if kind.blocks() => row(Subject::Runner, Running, Waiting, Number::Same),
        Kind::GoSched | Kind::GoPreempt => row(Subject::Runner, Running, Runnable, Number::Same),
        Kind::GcStart => row(Subject::Collector, Dead, Dead, Number::Argument(0)),
        _ => row(Subject::Nobody, Dead, Dead, Number::Same),
    }
}
