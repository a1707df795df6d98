//! Compiler output, found by function and by line.

use crate::asm::{
    CompilerOutput, Decision, DecisionKind, FlowStep, FunctionId, Inst, Package, PackageId, Site,
};
use crate::diagnose::finding::{Evidence, Place, Source, things};
use crate::symbol::{FuncKey, FuncName};
use crate::table::Map;
use crate::text::Printable;
use crate::text::path::is_same_file;

/// A compiler's output as an input of a diagnosis.
#[derive(Debug)]
pub(crate) struct Compiled<'a> {
    pub(crate) input: String,
    pub(crate) output: &'a CompilerOutput<'a>,
    functions: Map<Vec<u8>, Vec<FunctionId>>,
    /// The decision about inlining each function: an index into the decisions.
    inlining: Map<Vec<u8>, usize>,
    /// The decisions about each line: indexes into the decisions.
    by_line: Map<u32, Vec<usize>>,
}

impl<'a> Compiled<'a> {
    pub(crate) fn new(input: &str, output: &'a CompilerOutput<'a>) -> Self {
        let mut functions: Map<Vec<u8>, Vec<FunctionId>> = Map::default();
        // A main package's symbols begin with `main`, whatever its import path is.
        let mut main = Map::<PackageId, bool>::default();
        for (id, function) in output.functions() {
            let name = function.name();
            functions.entry(name.key().as_bytes().to_vec()).or_default().push(id);
            if let Some(package) = function.package {
                *main.entry(package).or_default() |= name.package() == b"main";
            }
        }
        for decision in output.decisions() {
            let (Some(package), Some(b"main")) = (decision.package, function_of(&decision.kind)) else {
                continue;
            };
            main.insert(package, true);
        }
        let mut inlining = Map::default();
        let mut by_line: Map<u32, Vec<usize>> = Map::default();
        for (index, decision) in output.decisions().iter().enumerate() {
            if let Some(position) = decision.position {
                by_line.entry(position.line).or_default().push(index);
            }
            let Some(local) = function_of(&decision.kind) else { continue };
            let is_main = decision.package.is_some_and(|package| main.get(&package) == Some(&true));
            let path = output.package(decision.package).map(Package::path);
            let path = if is_main { b"main" } else { path.unwrap_or(b"main") };
            inlining.entry(FuncKey::in_package(path, local).as_bytes().to_vec()).or_insert(index);
        }
        Self { input: input.to_owned(), output, functions, inlining, by_line }
    }

    /// The copies of a function in the listing.
    pub(crate) fn functions(&self, key: &FuncKey<'_>) -> &[FunctionId] {
        self.functions.get(key.as_bytes()).map(Vec::as_slice).unwrap_or_default()
    }

    /// What was decided about inlining a function.
    pub(crate) fn inlining(&self, key: &FuncKey<'_>) -> Option<&Decision<'a>> {
        self.output.decisions().get(*self.inlining.get(key.as_bytes())?)
    }

    /// The decisions about one line.
    pub(crate) fn decisions<'s>(&'s self, place: &'s Place) -> impl Iterator<Item = &'s Decision<'a>> {
        let indexes = self.by_line.get(&place.line).map(Vec::as_slice).unwrap_or_default();
        let decisions = indexes.iter().filter_map(|index| self.output.decisions().get(*index));
        decisions.filter(|decision| decision.position.is_some_and(|pos| is_same_file(pos.file, &place.file)))
    }

    /// The instructions of a function that come from one line.
    pub(crate) fn insts<'s>(
        &'s self,
        key: &FuncKey<'_>,
        place: &'s Place,
    ) -> impl Iterator<Item = Inst<'a>> + 's {
        let first = self.functions(key).first().copied();
        let insts = first.into_iter().flat_map(|id| self.output.insts(id));
        insts.filter(|inst| place.is_same(inst.position.file, inst.position.line) && !inst.is_pseudo())
    }

    /// The sites of a function, each with its instruction.
    pub(crate) fn sites(&self, id: FunctionId) -> impl Iterator<Item = (Site<'a>, Inst<'a>)> + use<'a> {
        let output = self.output;
        output.sites(id).map(move |site| (site, output.site_inst(&site)))
    }

    /// Evidence from here.
    pub(crate) fn evidence(&self, text: impl Into<String>) -> Evidence {
        Evidence::new(Source::Compiler, &self.input, text)
    }

    /// How a value on this line comes to the heap: the expression, why, and the steps.
    pub(crate) fn escape(&self, place: &Place) -> Vec<Escape> {
        let mut out: Vec<Escape> = Vec::new();
        for decision in self.decisions(place) {
            let (what, moved) = match decision.kind {
                DecisionKind::EscapePath { expr, .. } | DecisionKind::EscapesToHeap { expr } => (expr, false),
                DecisionKind::MovedToHeap { variable } => (variable, true),
                _ => continue,
            };
            let what = Printable(what).to_string();
            let steps: Vec<_> = self.output.flow(decision).iter().filter_map(step).collect();
            match out.iter_mut().find(|escape| escape.what == what) {
                Some(escape) if escape.steps.is_empty() => escape.steps = steps,
                Some(_) => {}
                None => out.push(Escape { what, moved, steps, line: decision.line }),
            }
        }
        out
    }

    /// What the listing holds, in a few words.
    pub(crate) fn contents(&self) -> String {
        let (functions, decisions) = (self.output.functions().len(), self.output.decisions().len());
        format!("{}, {}", things(functions, "function"), things(decisions, "decision"))
    }
}

/// A value that escapes.
#[derive(Debug)]
pub(crate) struct Escape {
    /// The expression or variable; safe to print.
    pub(crate) what: String,
    /// Whether it is a variable, and not the value of an expression.
    pub(crate) moved: bool,
    pub(crate) steps: Vec<String>,
    /// The line in the input.
    pub(crate) line: u32,
}

/// A step worth reporting: where a value was passed on, and how.
fn step(step: &FlowStep<'_>) -> Option<String> {
    match step {
        FlowStep::From { expr, why, position } if *why != b"spill" => {
            let line = position.map(|pos| format!(" at line {}", pos.line)).unwrap_or_default();
            Some(format!("{} ({}){line}", Printable(expr), Printable(why)))
        }
        _ => None,
    }
}

/// The function that a decision is about, as its package names it.
fn function_of<'a>(kind: &DecisionKind<'a>) -> Option<&'a [u8]> {
    match kind {
        DecisionKind::CanInline { function, .. } | DecisionKind::CannotInline { function, .. } => {
            Some(function)
        }
        _ => None,
    }
}

/// The declared function that holds a function literal; the function itself if it is none.
pub(crate) fn declared(key: &FuncKey<'_>) -> FuncKey<'static> {
    FuncName::parse(key.as_bytes()).outermost().key().into_owned()
}
