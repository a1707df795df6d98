//! Damaged traces are analysed, too, as far as they can be read.

use godiag::trace::Reader;
use godiag::trace::analysis::{
    Gc, Goroutines, Pipeline, ProcUtilization, Profiles, SchedLatency, Spans, Stops, Syscalls, TraceProfile,
};

use super::trace;

#[test]
fn what_is_left_of_a_cut_trace_adds_up() {
    let whole = trace("slow_dns");
    let mut analysed = 0;
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        let Ok(mut reader) = Reader::parse(&whole[..length]) else { continue };
        let analyses = (Goroutines::default(), Profiles::default().with_system(true), Syscalls::default());
        let more = (
            SchedLatency::default(),
            Stops::default(),
            ProcUtilization::default(),
            Spans::default(),
            Gc::default(),
        );
        let mut pipeline = Pipeline::new((analyses, more));
        let mut events = 0;
        while let Ok(Some(&event)) = reader.next_event() {
            pipeline.event(&event, reader.tables());
            events += 1;
        }
        let ((summary, profiles, _), (.., index, _)) = pipeline.finish(reader.tables());
        for go in &summary.goroutines {
            let stats = &go.stats;
            let sum = stats.exec + stats.sched_wait + stats.syscall + stats.syscall_block + stats.blocked();
            assert_eq!(sum, stats.total, "{length}: {}", go.id);
        }
        let total: i64 = summary.goroutines.iter().map(|go| go.stats.total).sum();
        assert_eq!(profiles.profile(TraceProfile::Wall).time(), total, "{length}");
        assert!(index.len() >= summary.goroutines.len(), "{length}");
        analysed += usize::from(events > 100);
    }
    assert!(analysed > 10, "{analysed}");
}
