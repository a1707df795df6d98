//! The event table of formats 1.5 to 1.21: one row per event type.
//!
//! Source: `src/runtime/trace.go` and `src/internal/trace/parser.go` of Go 1.21,
//! `internal/trace/internal/tracev1` of Go 1.27.

/// A format version: the minor number of the header, one of 5, 7, 8, 9, 10, 11, 19, 21.
pub(crate) type Version = u8;

/// What the format says of one event type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    /// First version that has it.
    pub(crate) since: Version,
    /// The last argument is the stack of the event.
    pub(crate) stack: bool,
    /// The arguments between time and stack, in today's form.
    pub(crate) args: &'static [&'static str],
}

macro_rules! events {
    ($($number:literal $kind:ident $name:literal $since:literal [$($arg:literal)*] $stack:ident $($blocks:ident)?;)*) => {
        /// An event type, numbered as on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Kind {
            $($kind = $number,)*
        }

        impl Kind {
            /// The type of a wire number; `None` for 0 and 50 to 255.
            #[inline(always)]
            pub(crate) const fn of(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$kind),)*
                    _ => None,
                }
            }

            /// Whether the goroutine on the P stops running and waits for something: every `GoBlock`, and
            /// `GoSleep`.
            #[inline(always)]
            pub(crate) const fn blocks(self) -> bool {
                const BLOCKS: u64 = 0 $(| (events!(@ $($blocks)?) as u64) << $number)*;
                BLOCKS >> self as u8 & 1 != 0
            }

            /// Its row.
            pub(crate) const fn spec(self) -> Spec {
                match self {
                    $(Self::$kind => Spec {
                        name: $name,
                        since: $since,
                        stack: events!(@ $stack),
                        args: &[$($arg),*],
                    },)*
                }
            }
        }
    };
    (@ stack) => { true };
    (@ plain) => { false };
    (@ blocks) => { true };
    (@) => { false };
}

events! {
    1  Batch             "Batch"              5 ["p" "ticks"] plain;
    2  Frequency         "Frequency"          5 ["freq"] plain;
    3  Stack             "Stack"              5 ["id" "siz"] plain;
    4  Gomaxprocs        "Gomaxprocs"         5 ["procs"] stack;
    5  ProcStart         "ProcStart"          5 ["thread"] plain;
    6  ProcStop          "ProcStop"           5 [] plain;
    7  GcStart           "GCStart"            5 ["seq"] stack;
    8  GcDone            "GCDone"             5 [] plain;
    9  StwStart          "STWStart"           5 ["kindid"] plain;
    10 StwDone           "STWDone"            5 [] plain;
    11 GcSweepStart      "GCSweepStart"       5 [] stack;
    12 GcSweepDone       "GCSweepDone"        5 ["swept" "reclaimed"] plain;
    13 GoCreate          "GoCreate"           5 ["g" "stack"] stack;
    14 GoStart           "GoStart"            5 ["g" "seq"] plain;
    15 GoEnd             "GoEnd"              5 [] plain;
    16 GoStop            "GoStop"             5 [] stack;
    17 GoSched           "GoSched"            5 [] stack;
    18 GoPreempt         "GoPreempt"          5 [] stack;
    19 GoSleep           "GoSleep"            5 [] stack blocks;
    20 GoBlock           "GoBlock"            5 [] stack blocks;
    21 GoUnblock         "GoUnblock"          5 ["g" "seq"] stack;
    22 GoBlockSend       "GoBlockSend"        5 [] stack blocks;
    23 GoBlockRecv       "GoBlockRecv"        5 [] stack blocks;
    24 GoBlockSelect     "GoBlockSelect"      5 [] stack blocks;
    25 GoBlockSync       "GoBlockSync"        5 [] stack blocks;
    26 GoBlockCond       "GoBlockCond"        5 [] stack blocks;
    27 GoBlockNet        "GoBlockNet"         5 [] stack blocks;
    28 GoSysCall         "GoSysCall"          5 [] stack;
    29 GoSysExit         "GoSysExit"          5 ["g" "seq" "ts"] plain;
    30 GoSysBlock        "GoSysBlock"         5 [] plain;
    31 GoWaiting         "GoWaiting"          5 ["g"] plain;
    32 GoInSyscall       "GoInSyscall"        5 ["g"] plain;
    33 HeapAlloc         "HeapAlloc"          5 ["mem"] plain;
    34 HeapGoal          "HeapGoal"           5 ["mem"] plain;
    35 TimerGoroutine    "TimerGoroutine"     5 ["g"] plain;
    36 FutileWakeup      "FutileWakeup"       5 [] plain;
    37 String            "String"             7 [] plain;
    38 GoStartLocal      "GoStartLocal"       7 ["g"] plain;
    39 GoUnblockLocal    "GoUnblockLocal"     7 ["g"] stack;
    40 GoSysExitLocal    "GoSysExitLocal"     7 ["g" "ts"] plain;
    41 GoStartLabel      "GoStartLabel"       8 ["g" "seq" "labelid"] plain;
    42 GoBlockGc         "GoBlockGC"          8 [] stack blocks;
    43 GcMarkAssistStart "GCMarkAssistStart"  9 [] stack;
    44 GcMarkAssistDone  "GCMarkAssistDone"   9 [] plain;
    45 UserTaskCreate    "UserTaskCreate"    11 ["taskid" "pid" "typeid"] stack;
    46 UserTaskEnd       "UserTaskEnd"       11 ["taskid"] stack;
    47 UserRegion        "UserRegion"        11 ["taskid" "mode" "typeid"] stack;
    48 UserLog           "UserLog"           11 ["id" "keyid"] stack;
    49 CpuSample         "CPUSample"         19 ["ts" "p" "g"] stack;
}

impl Kind {
    /// Whether it is part of the stream of its P, not a table or a sample.
    pub(crate) const fn is_timed(self) -> bool {
        !matches!(
            self,
            Self::Batch
                | Self::Frequency
                | Self::Stack
                | Self::String
                | Self::TimerGoroutine
                | Self::CpuSample
        )
    }
}

/// One more than the highest event type.
pub(crate) const KINDS: usize = 50;

/// No event of today's form has more arguments than this, times, sequence numbers and stack included.
pub(crate) const MAX_ARGS: usize = 6;

/// The event types of one version, as decoding needs them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) version: Version,
    /// How many numbers each event has on the wire; 0 if the version does not have the event.
    pub(crate) arity: [u8; 64],
    /// Which argument is the stack, counted after the lead; 255 for none.
    pub(crate) stack_at: [u8; 64],
    /// As `arity`, for events with a time and without text, from 1.7 on; 0 for all others.
    pub(crate) plain: [u8; 64],
}

impl Table {
    pub(crate) const fn of(version: Version) -> Self {
        let (mut arity, mut stack_at, mut plain) = ([0; 64], [255; 64], [0; 64]);
        let mut number = 1;
        while number < KINDS as u8 {
            if let Some(kind) = Kind::of(number) {
                if kind.spec().since <= version {
                    let numbers = wire_arity(kind, version);
                    arity[number as usize] = numbers;
                    if version >= 7 && kind.is_timed() && !matches!(kind, Kind::UserLog) {
                        plain[number as usize] = numbers;
                    }
                    if kind.spec().stack {
                        stack_at[number as usize] = numbers - 1 - lead(version);
                    }
                }
            }
            number += 1;
        }
        Self { version, arity, stack_at, plain }
    }
}

/// Numbers before the first argument of an event: its time, and in 1.5 its sequence number before that.
const fn lead(version: Version) -> u8 {
    if version < 7 { 2 } else { 1 }
}

/// How many numbers `kind` has on the wire. Stack and String have forms of their own.
const fn wire_arity(kind: Kind, version: Version) -> u8 {
    let spec = kind.spec();
    let args = spec.args.len() as u8 + spec.stack as u8;
    let lead = lead(version);
    match kind {
        // 1.5 had one more: a sequence number in batches, an unused number in the others.
        Kind::Batch | Kind::Frequency | Kind::TimerGoroutine => args + (version < 7) as u8,
        Kind::GcSweepDone if version < 9 => lead,
        Kind::StwStart if version < 10 => lead,
        Kind::GcStart | Kind::GoStart | Kind::GoUnblock if version < 7 => lead + args - 1,
        _ => lead + args,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONS: [Version; 8] = [5, 7, 8, 9, 10, 11, 19, 21];

    #[test]
    fn every_number_has_a_row_and_fits() {
        for number in 1..KINDS as u8 {
            let kind = Kind::of(number).unwrap();
            assert_eq!(kind as u8, number);
            for version in VERSIONS {
                assert!(
                    usize::from(Table::of(version).arity[usize::from(number)]) <= MAX_ARGS,
                    "{}",
                    kind.spec().name
                );
            }
        }
        assert!(Kind::of(0).is_none() && Kind::of(50).is_none());
    }

    #[test]
    fn nine_kinds_block() {
        let blocking: Vec<_> =
            (0..64).filter_map(Kind::of).filter(|kind| kind.blocks()).map(|kind| kind.spec().name).collect();
        assert_eq!(
            blocking.join(" "),
            "GoSleep GoBlock GoBlockSend GoBlockRecv GoBlockSelect GoBlockSync GoBlockCond GoBlockNet GoBlockGC"
        );
    }

    #[test]
    fn older_versions_have_fewer_arguments() {
        let arity = |kind: Kind, version| Table::of(version).arity[kind as usize];
        assert_eq!([5, 7, 21].map(|v| arity(Kind::Batch, v)), [3, 2, 2]);
        assert_eq!([5, 7, 21].map(|v| arity(Kind::GoStart, v)), [3, 3, 3]);
        assert_eq!([5, 8, 9].map(|v| arity(Kind::GcSweepDone, v)), [2, 1, 3]);
        assert_eq!([5, 9, 10].map(|v| arity(Kind::StwStart, v)), [2, 1, 2]);
        assert_eq!([11, 19].map(|v| arity(Kind::CpuSample, v)), [0, 5]);
    }
}
