//! The event types of Go 1.22 and later: one row per event type.
//!
//! Source: `src/internal/trace/tracev2/events.go` of Go 1.27.

/// What a type byte means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSpec {
    /// The type byte.
    pub code: u8,
    /// The name in Go's tools; empty for a byte that means nothing.
    pub name: &'static str,
    /// The minor version of the first format that has it.
    pub since: u16,
    /// Whether it is part of a thread's event stream, and begins with a time difference.
    pub timed: bool,
    /// Its arguments by name, the time difference `dt` included. Those that end in `_string` are string ids,
    /// `stack` and `new_stack` are stack ids.
    pub args: &'static [&'static str],
}

impl EventSpec {
    /// The row of a type byte.
    pub const fn of(code: u8) -> Option<&'static Self> {
        let row = &SPECS[code as usize];
        if row.name.is_empty() { None } else { Some(row) }
    }

    /// The row of a name.
    pub fn named(name: &[u8]) -> Option<&'static Self> {
        SPECS.iter().find(|row| !row.name.is_empty() && row.name.as_bytes() == name)
    }

    /// Whether it is an event of an experiment, in the tables of Go 1.23 and later.
    pub const fn is_experimental(&self) -> bool {
        self.code >= 128
    }
}

macro_rules! rows {
    ($($code:literal $constant:ident $name:literal $since:literal $timed:ident [$($arg:tt)*];)*) => {
        /// Type bytes by name.
        #[allow(missing_docs)]
        pub mod code {
            $(pub const $constant: u8 = $code;)*
        }

        const fn specs() -> [EventSpec; 256] {
            let mut rows = [EventSpec { code: 0, name: "", since: 0, timed: false, args: &[] }; 256];
            $(rows[$code] = EventSpec {
                code: $code,
                name: $name,
                since: $since,
                timed: $timed,
                args: &[$(stringify!($arg)),*],
            };)*
            rows
        }
    };
}

/// Every type byte's row; those without a name mean nothing.
pub static SPECS: [EventSpec; 256] = specs();

rows! {
    1   EVENT_BATCH             "EventBatch"            22 false [gen m time size];
    2   STACKS                  "Stacks"                22 false [];
    3   STACK                   "Stack"                 22 false [id nframes];
    4   STRINGS                 "Strings"               22 false [];
    5   STRING                  "String"                22 false [id];
    6   CPU_SAMPLES             "CPUSamples"            22 false [];
    7   CPU_SAMPLE              "CPUSample"             22 false [time m p g stack];
    8   FREQUENCY               "Frequency"             22 false [freq];
    9   PROCS_CHANGE            "ProcsChange"           22 true  [dt procs_value stack];
    10  PROC_START              "ProcStart"             22 true  [dt p p_seq];
    11  PROC_STOP               "ProcStop"              22 true  [dt];
    12  PROC_STEAL              "ProcSteal"             22 true  [dt p p_seq m];
    13  PROC_STATUS             "ProcStatus"            22 true  [dt p pstatus];
    14  GO_CREATE               "GoCreate"              22 true  [dt new_g new_stack stack];
    15  GO_CREATE_SYSCALL       "GoCreateSyscall"       22 true  [dt new_g];
    16  GO_START                "GoStart"               22 true  [dt g g_seq];
    17  GO_DESTROY              "GoDestroy"             22 true  [dt];
    18  GO_DESTROY_SYSCALL      "GoDestroySyscall"      22 true  [dt];
    19  GO_STOP                 "GoStop"                22 true  [dt reason_string stack];
    20  GO_BLOCK                "GoBlock"               22 true  [dt reason_string stack];
    21  GO_UNBLOCK              "GoUnblock"             22 true  [dt g g_seq stack];
    22  GO_SYSCALL_BEGIN        "GoSyscallBegin"        22 true  [dt p_seq stack];
    23  GO_SYSCALL_END          "GoSyscallEnd"          22 true  [dt];
    24  GO_SYSCALL_END_BLOCKED  "GoSyscallEndBlocked"   22 true  [dt];
    25  GO_STATUS               "GoStatus"              22 true  [dt g m gstatus];
    26  STW_BEGIN               "STWBegin"              22 true  [dt kind_string stack];
    27  STW_END                 "STWEnd"                22 true  [dt];
    28  GC_ACTIVE               "GCActive"              22 true  [dt gc_seq];
    29  GC_BEGIN                "GCBegin"               22 true  [dt gc_seq stack];
    30  GC_END                  "GCEnd"                 22 true  [dt gc_seq];
    31  GC_SWEEP_ACTIVE         "GCSweepActive"         22 true  [dt p];
    32  GC_SWEEP_BEGIN          "GCSweepBegin"          22 true  [dt stack];
    33  GC_SWEEP_END            "GCSweepEnd"            22 true  [dt swept_value reclaimed_value];
    34  GC_MARK_ASSIST_ACTIVE   "GCMarkAssistActive"    22 true  [dt g];
    35  GC_MARK_ASSIST_BEGIN    "GCMarkAssistBegin"     22 true  [dt stack];
    36  GC_MARK_ASSIST_END      "GCMarkAssistEnd"       22 true  [dt];
    37  HEAP_ALLOC              "HeapAlloc"             22 true  [dt heapalloc_value];
    38  HEAP_GOAL               "HeapGoal"              22 true  [dt heapgoal_value];
    39  GO_LABEL                "GoLabel"               22 true  [dt label_string];
    40  USER_TASK_BEGIN         "UserTaskBegin"         22 true  [dt task parent_task name_string stack];
    41  USER_TASK_END           "UserTaskEnd"           22 true  [dt task stack];
    42  USER_REGION_BEGIN       "UserRegionBegin"       22 true  [dt task name_string stack];
    43  USER_REGION_END         "UserRegionEnd"         22 true  [dt task name_string stack];
    44  USER_LOG                "UserLog"               22 true  [dt task key_string value_string stack];
    45  GO_SWITCH               "GoSwitch"              23 true  [dt g g_seq];
    46  GO_SWITCH_DESTROY       "GoSwitchDestroy"       23 true  [dt g g_seq];
    47  GO_CREATE_BLOCKED       "GoCreateBlocked"       23 true  [dt new_g new_stack stack];
    48  GO_STATUS_STACK         "GoStatusStack"         23 true  [dt g m gstatus stack];
    49  EXPERIMENTAL_BATCH      "ExperimentalBatch"     23 false [exp gen m time];
    50  SYNC                    "Sync"                  25 false [];
    51  CLOCK_SNAPSHOT          "ClockSnapshot"         25 true  [dt mono sec nsec];
    52  END_OF_GENERATION       "EndOfGeneration"       26 false [];
    128 SPAN                    "Span"                  23 true  [dt id npages_value kindclass];
    129 SPAN_ALLOC              "SpanAlloc"             23 true  [dt id npages_value kindclass];
    130 SPAN_FREE               "SpanFree"              23 true  [dt id];
    131 HEAP_OBJECT             "HeapObject"            23 true  [dt id type];
    132 HEAP_OBJECT_ALLOC       "HeapObjectAlloc"       23 true  [dt id type];
    133 HEAP_OBJECT_FREE        "HeapObjectFree"        23 true  [dt id];
    134 GOROUTINE_STACK         "GoroutineStack"        23 true  [dt id order];
    135 GOROUTINE_STACK_ALLOC   "GoroutineStackAlloc"   23 true  [dt id order];
    136 GOROUTINE_STACK_FREE    "GoroutineStackFree"    23 true  [dt id];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_at_their_codes() {
        for (index, row) in SPECS.iter().enumerate().filter(|(_, row)| !row.name.is_empty()) {
            assert_eq!(usize::from(row.code), index);
            assert_eq!(EventSpec::named(row.name.as_bytes()), Some(row));
            assert_eq!(row.timed, row.args.first() == Some(&"dt"), "{}", row.name);
            assert!(row.args.len() <= 5 && (22..=26).contains(&row.since));
        }
        assert_eq!(SPECS.iter().filter(|row| !row.name.is_empty()).count(), 61);
        assert_eq!(EventSpec::of(0), None);
        assert_eq!(EventSpec::of(code::GO_START).unwrap().args, ["dt", "g", "g_seq"]);
    }
}
