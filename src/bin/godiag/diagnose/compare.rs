//! `godiag diagnose --base BEFORE AFTER`: what changed from one run to the next.

use std::io::Write;

use godiag::diagnose::{Comparison, Thresholds};

use super::{Args, inputs};
use crate::outcome::Result;

pub(super) fn run(args: &Args, thresholds: Thresholds, out: &mut impl Write) -> Result {
    let report = |paths| {
        let mut report = inputs::report(&inputs::diagnosis(paths, thresholds)?)?;
        args.gate.apply(&mut report)?;
        Ok::<_, crate::outcome::Failure>(report)
    };
    let (before, after) = (report(&args.base)?, report(&args.paths)?);
    let comparison = Comparison::new(&before, &after, &thresholds);
    args.form.write_comparison(&comparison, out)?;
    Ok(args.gate.outcome_of(&comparison))
}
