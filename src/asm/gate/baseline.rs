//! A baseline: the metrics of every function of one build.

use super::build::Build;
use super::identity::normalise;
use super::record::{DeclaredAt, Record, fingerprint};
use crate::asm::decisions::DecisionKind;
use crate::asm::listing::{Function, FunctionId};
use crate::asm::output::{CompilerOutput, Package};
use crate::table::{Map, SortRows};

/// The metrics of every function of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Baseline {
    /// What made them.
    pub build: Build,
    /// The functions, sorted by package, name, convention and occurrence.
    pub functions: Vec<Record>,
}

impl Baseline {
    /// The baseline of an output. It leaves out wrappers that the compiler made, and copies of other
    /// packages' generic functions.
    pub fn new(out: &CompilerOutput<'_>, build: Build) -> Self {
        let inline = inlinable(out);
        let mut functions: Vec<Record> = out
            .functions()
            .filter(|(_, function)| !function.flags.wrapper && !function.flags.abi_wrapper)
            .filter(|(_, function)| is_own(out, function))
            .map(|(id, function)| record(out, id, function, &inline))
            .collect();
        functions.sort_rows_by(|a, b| (&a.package, &a.name, a.abi).cmp(&(&b.package, &b.name, b.abi)));
        let mut occurrence = 0;
        for index in 1..functions.len() {
            let Some([before, this]) = functions.get_mut(index - 1..=index) else { break };
            let same = (&before.package, &before.name, before.abi) == (&this.package, &this.name, this.abi);
            occurrence = if same { occurrence + 1 } else { 0 };
            this.occurrence = occurrence;
        }
        Self { build, functions }
    }
}

/// Not an instance of another package's generic function.
fn is_own(out: &CompilerOutput<'_>, function: &Function<'_>) -> bool {
    let Some(package) = out.package(function.package) else { return true };
    if !function.flags.dupok {
        return true;
    }
    let name = function.name();
    name.package() == b"main" || name.import_path() == package.path()
}

fn record(
    out: &CompilerOutput<'_>,
    id: FunctionId,
    function: &Function<'_>,
    inline: &Map<(Vec<u8>, Vec<u8>), Option<u32>>,
) -> Record {
    let package = out.package(function.package).map(Package::path).unwrap_or_default();
    let decision = inline.get(&(package.to_vec(), function.name().local().to_vec()));
    Record {
        package: String::from_utf8_lossy(package).into_owned(),
        name: normalise(function.symbol),
        abi: function.abi,
        occurrence: 0,
        fingerprint: fingerprint(out, id),
        inline_cost: decision.copied().flatten(),
        cannot_inline: decision == Some(&None),
        metrics: out.metrics(id),
        place: function.position.and_then(DeclaredAt::new),
    }
}

/// Which functions can be inlined, by package and name; the cost, 0 with plain `-m`.
fn inlinable(out: &CompilerOutput<'_>) -> Map<(Vec<u8>, Vec<u8>), Option<u32>> {
    let mut map = Map::default();
    for decision in out.decisions() {
        let (function, cost) = match decision.kind {
            DecisionKind::CanInline { function, cost, .. } => (function, Some(cost.unwrap_or(0))),
            DecisionKind::CannotInline { function, .. } => (function, None),
            _ => continue,
        };
        let package = out.package(decision.package).map(Package::path).unwrap_or_default();
        map.insert((package.to_vec(), function.to_vec()), cost);
    }
    map
}
