//! `godiag pprof contention` and `godiag pprof growth`: what waiting at each lock costs, and what the heap
//! gains.

use std::io::Write;

use godiag::pprof::{HeapSite, LockSite, Profile, ReadOptions, heap_growth, lock_sites};
use godiag::{Nanos, Printable};
use serde::Serialize;

use crate::input;
use crate::options::Rows;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct ContentionArgs {
    /// A block or mutex profile, protobuf or text
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    shown: Shown,
}

#[derive(clap::Args)]
pub(crate) struct GrowthArgs {
    /// Heap profiles in the order of time, protobuf or text
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    shown: Shown,
}

#[derive(clap::Args)]
struct Shown {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    rows: Rows,
}

#[derive(Serialize)]
struct Sites<T> {
    sites: Vec<T>,
}

pub(crate) fn contention(args: &ContentionArgs, out: &mut impl Write) -> Result {
    let failed = |error| Failure::Input { file: args.file.clone(), error };
    let mut sites = lock_sites(&open(&args.file)?).map_err(failed)?;
    args.shown.cut(&mut sites);
    if args.shown.json {
        return print_json(sites, out);
    }
    writeln!(out, "{:>14} {:>12} {:>14}  site", "delay", "contentions", "mean")?;
    for LockSite { site, contentions, delay_ns, .. } in &sites {
        let mean = delay_ns.checked_div(*contentions).unwrap_or(0);
        let file = Printable(&site.file);
        let (delay, mean) = (duration(*delay_ns), duration(mean));
        writeln!(out, "{delay:>14} {contentions:>12} {mean:>14}  {} {file}:{}", site.func, site.line)?;
    }
    Ok(Outcome::Fine)
}

pub(crate) fn growth(args: &GrowthArgs, out: &mut impl Write) -> Result {
    let profiles = args.files.iter().map(|file| open(file)).collect::<std::result::Result<Vec<_>, _>>()?;
    let mut sites = heap_growth(&profiles)?;
    args.shown.cut(&mut sites);
    if args.shown.json {
        return print_json(sites, out);
    }
    for row in &sites {
        let bytes: Vec<String> = row.bytes.iter().map(ToString::to_string).collect();
        let HeapSite { site, .. } = row;
        let steady = if row.is_steady() { ", with every profile" } else { "" };
        writeln!(
            out,
            "{:>+14} B{steady}  {} {}:{}",
            row.growth(),
            site.func,
            Printable(&site.file),
            site.line
        )?;
        writeln!(out, "{:>16}  {}", "", bytes.join(" → "))?;
    }
    Ok(Outcome::Fine)
}

impl Shown {
    fn cut<T>(&self, sites: &mut Vec<T>) {
        sites.truncate(self.rows.most());
    }
}

fn print_json<T: Serialize>(sites: Vec<T>, out: &mut impl Write) -> Result {
    crate::print::json(&Sites { sites }, out)?;
    Ok(Outcome::Fine)
}

fn open(file: &str) -> Result<Profile> {
    let parsed = Profile::parse_with(&input::read(file)?, &ReadOptions::lenient());
    parsed.map(|(profile, _)| profile).map_err(|error| Failure::Input { file: file.to_owned(), error })
}

fn duration(nanos: i128) -> Nanos {
    Nanos(nanos.try_into().unwrap_or(i64::MAX))
}
