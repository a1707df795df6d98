//! Findings in the order of what they are worth.

use std::collections::BTreeMap;

use godiag::asm::{CompilerOutput, Finding, PackageId};

use super::heat::Heat;

/// A finding, and how hot its function is.
pub(super) struct Ranked<'f, 'a> {
    pub(super) finding: &'f Finding<'a>,
    /// The share of the profile that the function's own code takes; `None` without a profile.
    pub(super) share: Option<f64>,
}

/// The functions in which most is to be gained come first, and in each what costs most.
pub(super) fn rank<'f, 'a>(
    output: &CompilerOutput<'a>,
    findings: &'f [Finding<'a>],
    heat: Option<&Heat>,
) -> Vec<Ranked<'f, 'a>> {
    type Owner<'a> = (Option<PackageId>, &'a [u8]);
    let owner = |finding: &Finding<'a>| -> Owner<'a> { (finding.package, finding.name) };
    let share = |finding: &Finding<'a>| {
        let key = finding.function.map(|id| output.function(id).name().key());
        heat.zip(key).map_or(0.0, |(heat, key)| heat.share(key.as_bytes()))
    };
    let mut functions: BTreeMap<Owner<'a>, (f64, f64)> = BTreeMap::new();
    for finding in findings {
        let (_, worth) = functions.entry(owner(finding)).or_insert_with(|| (share(finding), 0.0));
        *worth += if finding.is_out_of_reach() { 0.0 } else { finding.worth_ns() };
    }
    let mut ranked: Vec<_> = findings
        .iter()
        .map(|finding| {
            let (share, worth) = functions.get(&owner(finding)).copied().unwrap_or_default();
            (share * worth, worth, Ranked { finding, share: heat.map(|_| share) })
        })
        .collect();
    ranked.sort_by(|a, b| {
        (b.0.total_cmp(&a.0))
            .then(b.1.total_cmp(&a.1))
            .then_with(|| owner(a.2.finding).cmp(&owner(b.2.finding)))
            .then(a.2.finding.is_out_of_reach().cmp(&b.2.finding.is_out_of_reach()))
            .then(b.2.finding.worth_ns().total_cmp(&a.2.finding.worth_ns()))
    });
    ranked.into_iter().map(|(_, _, ranked)| ranked).collect()
}
