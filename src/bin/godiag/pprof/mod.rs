//! `godiag pprof`: profiles.

mod check;
mod crash;
mod diff;
mod export;
mod goroutines;
mod habits;
mod load;
mod options;
mod output;
mod reports;
mod sites;

use std::io::Write;

use crate::outcome::Result;

pub(crate) use habits::answer;

#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Check profiles against every rule of the format
    Check(check::Args),
    /// Print the functions with the largest values
    Top(reports::Args),
    /// Print functions with their callers and callees
    Tree(reports::Args),
    /// Print callers and callees of the functions that match
    Peek(reports::PeekArgs),
    /// Print every sample with its stack
    Traces(reports::Args),
    /// Print everything in the profile
    Raw(reports::Args),
    /// Print the labels, and how much of the value has each
    Tags(reports::Args),
    /// Print the comments of the profile
    Comments(reports::Args),
    /// Write the call graph for KCachegrind
    Callgrind(reports::Args),
    /// Write the call graph for Graphviz
    Dot(reports::Args),
    /// Write the filtered samples as a profile
    Proto(output::ProtoArgs),
    /// Write the top functions as a profile
    Topproto(output::ProtoArgs),
    /// Add up profiles, and write the sum as a profile
    Merge(output::MergeArgs),
    /// Write folded stacks, for flame graph scripts
    Folded(export::ExportArgs),
    /// Write a profile made from folded stacks
    Unfold(export::UnfoldArgs),
    /// Write a flame graph as SVG, or the difference of two
    Flamegraph(export::FlamegraphArgs),
    /// Write a profile for speedscope.app
    Speedscope(export::ExportArgs),
    /// Print what got worse between two profiles; exit code 1 if something did
    Diff(diff::Args),
    /// Print what goroutines do, how their groups grow, and which look like leaks
    Goroutines(goroutines::Args),
    /// Print why a program ended, which goroutine it was, and where; exit code 1 if a log has a crash
    Crash(crash::Args),
    /// Print what waiting at each lock costs
    Contention(sites::ContentionArgs),
    /// Print what the heap gains from profile to profile, by allocation site
    Growth(sites::GrowthArgs),
}

pub(crate) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Check(args) => check::run(args, out),
        Verb::Top(args) => reports::top(args, out),
        Verb::Tree(args) => reports::tree(args, out),
        Verb::Peek(args) => reports::peek(args, out),
        Verb::Traces(args) => reports::traces(args, out),
        Verb::Raw(args) => reports::raw(args, out),
        Verb::Tags(args) => reports::tags(args, out),
        Verb::Comments(args) => reports::comments(args, out),
        Verb::Callgrind(args) => reports::callgrind(args, out),
        Verb::Dot(args) => reports::dot(args, out),
        Verb::Proto(args) => output::proto(args, out),
        Verb::Topproto(args) => output::top_proto(args, out),
        Verb::Merge(args) => output::merge(args, out),
        Verb::Folded(args) => export::folded(args, out),
        Verb::Unfold(args) => export::unfold(args, out),
        Verb::Flamegraph(args) => export::flamegraph(args, out),
        Verb::Speedscope(args) => export::speedscope(args, out),
        Verb::Diff(args) => diff::run(args, out),
        Verb::Goroutines(args) => goroutines::run(args, out),
        Verb::Crash(args) => crash::run(args, out),
        Verb::Contention(args) => sites::contention(args, out),
        Verb::Growth(args) => sites::growth(args, out),
    }
}
