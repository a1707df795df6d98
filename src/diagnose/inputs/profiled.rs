//! A profile with its functions' names taken apart once.

use super::roles::{role, value_index};
use crate::diagnose::finding::{Amount, Place, Source};
use crate::format::Format;
use crate::pprof::{LocationId, Profile, Sample, doubts};
use crate::symbol::{FuncKey, FuncName};

/// A profile as an input of a diagnosis.
#[derive(Debug)]
pub(crate) struct Profiled<'a> {
    pub(crate) input: String,
    pub(crate) source: Source,
    pub(crate) profile: &'a Profile,
    /// The form in which it came.
    pub(crate) form: Format,
    /// For each function of the profile.
    keys: Vec<FuncKey<'a>>,
    user: Vec<bool>,
}

/// One call of a stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    /// The function's index in the profile.
    pub(crate) function: usize,
    pub(crate) key: &'a FuncKey<'a>,
    pub(crate) file: &'a [u8],
    pub(crate) line: u32,
    /// Of the program: neither of the runtime nor of the standard library.
    pub(crate) user: bool,
}

impl Frame<'_> {
    pub(crate) fn place(&self) -> Place {
        Place::new(self.file, self.line)
    }

    /// The name, as `runtime.gopark`.
    pub(crate) fn name(&self) -> &[u8] {
        self.key.as_bytes()
    }
}

/// An empty mutex profile looks like an empty block profile: only its name says which it is.
fn named(source: Source, input: &str, profile: &Profile) -> Source {
    let is_empty = source == Source::BlockProfile && profile.samples().len() == 0;
    let is_mutex = crate::text::path::base(input.as_bytes()).windows(5).any(|word| word == b"mutex");
    if is_empty && is_mutex { Source::MutexProfile } else { source }
}

impl<'a> Profiled<'a> {
    pub(crate) fn new(input: &str, profile: &'a Profile, form: Format) -> Self {
        let names =
            || profile.functions().iter().map(|function| FuncName::parse(profile.string(function.name)));
        Self {
            input: input.to_owned(),
            source: named(role(profile), input, profile),
            profile,
            form,
            keys: names().map(|name| name.key()).collect(),
            user: names().map(|name| name.is_user()).collect(),
        }
    }

    /// The calls at a location, the innermost first.
    fn calls(&self, location: LocationId) -> impl Iterator<Item = Frame<'_>> {
        self.profile.lines(location).iter().filter_map(|line| {
            let function = line.function.index();
            Some(Frame {
                function,
                key: self.keys.get(function)?,
                file: self.profile.string(self.profile.function(line.function).filename),
                line: line.line.try_into().unwrap_or(0),
                user: self.user.get(function).copied()?,
            })
        })
    }

    /// The calls of a sample, leaf first.
    pub(crate) fn stack(&self, sample: Sample<'a>) -> impl Iterator<Item = Frame<'_>> {
        sample.locations().iter().flat_map(|location| self.calls(*location))
    }

    /// The key of a function, by its index.
    pub(crate) fn key(&self, function: usize) -> Option<&FuncKey<'a>> {
        self.keys.get(function)
    }

    /// How many functions there are.
    pub(crate) fn function_count(&self) -> usize {
        self.keys.len()
    }

    /// The build id of the main binary; empty where the profile does not say.
    pub(crate) fn build_id(&self) -> &'a [u8] {
        self.profile.mappings().first().map_or(b"", |mapping| self.profile.string(mapping.build_id))
    }

    /// The main binary's file name without its folder; empty where the profile does not say.
    pub(crate) fn binary(&self) -> &'a [u8] {
        let file =
            self.profile.mappings().first().map_or(&b""[..], |first| self.profile.string(first.filename));
        crate::text::path::base(file)
    }

    /// What the profile holds, in a few words.
    pub(crate) fn contents(&self) -> String {
        let samples = self.profile.samples().len();
        match self.source {
            Source::CpuProfile => {
                let total = value_index(self.profile, "cpu").map_or(0, |index| self.total(index));
                format!(
                    "{} of CPU time in {}",
                    Amount::nanos(total),
                    Amount::nanos(self.profile.duration_nanos())
                )
            }
            Source::HeapProfile => {
                let total = |kind| value_index(self.profile, kind).map_or(0, |index| self.total(index));
                let (made, used) = (total("alloc_space"), total("inuse_space"));
                format!("{} allocated, {} in use", Amount::bytes(made), Amount::bytes(used))
            }
            Source::MutexProfile | Source::BlockProfile => {
                let total = value_index(self.profile, "delay").map_or(0, |index| self.total(index));
                format!("{} of delay", Amount::nanos(total))
            }
            Source::GoroutineProfile | Source::GoroutineLeakProfile => {
                format!("{} goroutines", Amount::count(self.total(0)))
            }
            _ => format!("{} samples", Amount::count(samples)),
        }
    }

    /// What cannot be, or is not whole; the program ran on `procs` processors where a trace says so.
    pub(crate) fn doubts(&self, procs: Option<usize>) -> Vec<String> {
        doubts(self.profile, procs).into_iter().map(|doubt| doubt.text).collect()
    }

    /// Of all samples: the sum of value `index`.
    pub(crate) fn total(&self, index: usize) -> i64 {
        let values = self.profile.samples().filter_map(|sample| sample.values().get(index).copied());
        values.fold(0, i64::saturating_add)
    }
}
