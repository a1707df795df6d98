//! Where goroutines of a trace spend their time, as a pprof profile.

use crate::error::Result;
use crate::pprof::{Builder, Label, LabelValue, Line, Profile, ValueType};
use crate::trace::analysis::StackProfile;

/// Makes a pprof profile of the time that goroutines spend: the columns `contentions/count` and
/// `delay/nanoseconds`, as `go tool trace -pprof` writes them. Samples of the whole-time profiles have a
/// label `state`, which says what the goroutine did.
///
/// ```no_run
/// use godiag::trace::Reader;
/// use godiag::trace::analysis::{Profiles, TraceProfile};
/// let bytes = std::fs::read("service.trace")?;
/// let profiles = Reader::parse(&bytes)?.run(Profiles::default())?;
/// godiag::export::trace_profile(&profiles.profile(TraceProfile::OffCpu))?.write(std::io::stdout())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ErrorKind`](crate::ErrorKind) of [`Builder::finish`], if the profile is too large for pprof's tables.
pub fn trace_profile(profile: &StackProfile) -> Result<Profile> {
    let mut builder = Builder::new();
    let value_type = |builder: &mut Builder, kind: &str, unit: &str| {
        let (kind, unit) = (builder.string(kind.as_bytes()), builder.string(unit.as_bytes()));
        ValueType::new(kind, unit)
    };
    for (kind, unit) in [("contentions", "count"), ("delay", "nanoseconds")] {
        let ty = value_type(&mut builder, kind, unit);
        builder.sample_type(ty);
    }
    let period = value_type(&mut builder, "trace", "count");
    builder.period(period, 1);
    let state = builder.string(b"state");
    let mut stack = Vec::new();
    for record in &profile.records {
        stack.clear();
        for frame in record.stack.iter() {
            let (name, file) = (builder.string(&frame.function), builder.string(&frame.file));
            let function = builder.function(name, name, file, 0);
            let line = Line { function, line: i64::try_from(frame.line).unwrap_or(0), column: 0 };
            stack.push(builder.location(None, frame.pc, false, &[line]));
        }
        let what = builder.string(record.what.as_bytes());
        let label = Label { key: state, value: LabelValue::Str(what) };
        let labels: &[Label] = if record.what.is_empty() { &[] } else { &[label] };
        builder.sample(&stack, &[i64::try_from(record.count).unwrap_or(i64::MAX), record.time], labels);
    }
    builder.finish()
}
