//! A baseline: JSON Lines, a header and then one object a function, sorted, without paths and line numbers, so that
//! a difference between two of them is small and says what changed.

use std::io;

use super::identity::normalise;
use crate::asm::json::Object;
use crate::asm::{Abi, CompilerOutput, DecisionKind, Function, FunctionId, GoVersions, Metrics, Package};
use crate::error::{Error, ErrorKind, Result};
use crate::intern::Map;
use crate::symbol::FuncKey;
use crate::text::json_string;

const FORMAT: &str = "godiag-asm-baseline";
const VERSION: u32 = 1;

/// What made an output. Empty fields are not known, and compare with anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Build {
    /// The toolchain: `go1.27.3`, or the range that was inferred.
    pub go_version: String,
    /// GOOS.
    pub goos: String,
    /// GOARCH.
    pub goarch: String,
    /// GOAMD64, GOARM64 and their like.
    pub variant: String,
    /// Build tags.
    pub tags: String,
    /// Flags of the compiler.
    pub gcflags: String,
    /// What `-pgo` was given: a hash or name of the profile.
    pub pgo: String,
}

impl Build {
    /// What an output says about its build.
    pub fn of(out: &CompilerOutput<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let header = out.log_headers().first();
        Self {
            go_version: header
                .map_or_else(|| out.go_versions().to_string(), |header| text(&header.go_version)),
            goos: header.map_or_else(String::new, |header| text(&header.goos)),
            goarch: out.arch().map_or_else(String::new, |arch| arch.name().to_owned()),
            ..Self::default()
        }
    }

    fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("go_version", &self.go_version),
            ("goos", &self.goos),
            ("goarch", &self.goarch),
            ("variant", &self.variant),
            ("tags", &self.tags),
            ("gcflags", &self.gcflags),
            ("pgo", &self.pgo),
        ]
    }

    /// The fields in which two builds differ so that their numbers cannot be compared.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let pairs = self.fields().into_iter().zip(other.fields());
        pairs
            .filter(|((_, a), (_, b))| !a.is_empty() && !b.is_empty() && a != b)
            .filter(|((name, a), (_, b))| *name != "go_version" || !GoVersions::may_be_one(a, b))
            .map(|((name, a), (_, b))| format!("{name}: {a}, now {b}"))
            .collect()
    }
}

/// The numbers of one function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Import path of the package whose output it stood in.
    pub package: String,
    /// The symbol, without what changes from build to build.
    pub name: String,
    /// The calling convention.
    pub abi: Abi,
    /// Which one it is among equal names of the package, from 0.
    pub occurrence: u32,
    /// What the code is made of, whatever it is called: a hash of its mnemonics and callees.
    pub fingerprint: u64,
    /// Its cost, where the decisions say that it can be inlined.
    pub inline_cost: Option<u32>,
    /// The decisions say that it cannot be inlined.
    pub cannot_inline: bool,
    /// Its numbers.
    pub metrics: Metrics,
}

impl Record {
    /// The key on which profiles agree with listings.
    pub fn key(&self) -> FuncKey<'_> {
        crate::symbol::FuncName::parse(&self.name).key()
    }
}

/// The numbers of every function of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Baseline {
    /// What made them.
    pub build: Build,
    /// The functions, sorted by package, name, convention and occurrence.
    pub functions: Vec<Record>,
}

impl Baseline {
    /// The numbers of an output. Wrappers that the compiler made are left out, and so are copies of other packages'
    /// generic functions.
    pub fn new(out: &CompilerOutput<'_>, build: Build) -> Self {
        let inline = inlinable(out);
        let mut functions: Vec<Record> = out
            .functions()
            .filter(|(_, function)| !function.flags.wrapper && !function.flags.abi_wrapper)
            .filter(|(_, function)| is_own(out, function))
            .map(|(id, function)| record(out, id, function, &inline))
            .collect();
        functions.sort_by(|a, b| (&a.package, &a.name, a.abi).cmp(&(&b.package, &b.name, b.abi)));
        let mut occurrence = 0;
        for at in 1..functions.len() {
            let Some([before, this]) = functions.get_mut(at - 1..=at) else { break };
            let same = (&before.package, &before.name, before.abi) == (&this.package, &this.name, this.abi);
            occurrence = if same { occurrence + 1 } else { 0 };
            this.occurrence = occurrence;
        }
        Self { build, functions }
    }

    /// Writes the baseline as JSON Lines.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json_lines(&self, mut out: impl io::Write) -> io::Result<()> {
        let mut line = String::new();
        line.push_str(&format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION}"));
        for (name, value) in self.build.fields() {
            line.push_str(&format!(",\"{name}\":"));
            json_string(value, &mut line);
        }
        line.push_str("}\n");
        out.write_all(line.as_bytes())?;
        for record in &self.functions {
            line.clear();
            line.push_str("{\"pkg\":");
            json_string(&record.package, &mut line);
            line.push_str(",\"fn\":");
            json_string(&record.name, &mut line);
            let abi = if record.abi == Abi::Internal { 1 } else { 0 };
            line.push_str(&format!(
                ",\"abi\":{abi},\"n\":{},\"fp\":\"{:016x}\"",
                record.occurrence, record.fingerprint
            ));
            if let Some(cost) = record.inline_cost {
                line.push_str(&format!(",\"inline_cost\":{cost}"));
            }
            if record.cannot_inline {
                line.push_str(",\"cannot_inline\":true");
            }
            for (name, value) in record.metrics.fields().filter(|(_, value)| *value > 0) {
                line.push_str(&format!(",\"{name}\":{value}"));
            }
            line.push_str("}\n");
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// `Baseline` where the header or a line is none, with the line's number; `UnsupportedVersion` for another
    /// version of the format.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let mut lines =
            (1u64..).zip(text.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
        let bad = |number, what: &str| Error::new(ErrorKind::Baseline).at_line(number, 0).detail(what);
        let (number, first) = lines.next().ok_or_else(|| bad(1, "the baseline is empty"))?;
        let header = Object::parse(first).ok_or_else(|| bad(number, "the header is no JSON object"))?;
        if header.string(b"format").as_deref() != Some(FORMAT.as_bytes()) {
            return Err(bad(number, "this is not a baseline of godiag asm metrics"));
        }
        if header.number(b"version") != Some(VERSION) {
            return Err(Error::new(ErrorKind::UnsupportedVersion).at_line(number, 0));
        }
        let text = |object: &Object<'_>, key: &str| {
            object
                .string(key.as_bytes())
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .unwrap_or_default()
        };
        let build = Build {
            go_version: text(&header, "go_version"),
            goos: text(&header, "goos"),
            goarch: text(&header, "goarch"),
            variant: text(&header, "variant"),
            tags: text(&header, "tags"),
            gcflags: text(&header, "gcflags"),
            pgo: text(&header, "pgo"),
        };
        let mut functions = Vec::new();
        for (number, line) in lines {
            let object = Object::parse(line).ok_or_else(|| bad(number, "not a JSON object"))?;
            if !object.has(b"fn") {
                return Err(bad(number, "a function without a name"));
            }
            functions.push(Record {
                package: text(&object, "pkg"),
                name: text(&object, "fn"),
                abi: if object.number(b"abi") == Some(1) { Abi::Internal } else { Abi::Abi0 },
                occurrence: object.number(b"n").unwrap_or(0),
                fingerprint: u64::from_str_radix(&text(&object, "fp"), 16).unwrap_or(0),
                inline_cost: object.number(b"inline_cost"),
                cannot_inline: object.raw(b"cannot_inline") == Some(b"true"),
                metrics: Metrics::from_fields(|name| object.number(name.as_bytes())),
            });
        }
        Ok(Self { build, functions })
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

/// A hash of the multiset of mnemonics and callees, the same for a function that was only renamed.
fn fingerprint(out: &CompilerOutput<'_>, id: FunctionId) -> u64 {
    out.insts(id).filter(|inst| !inst.is_pseudo()).fold(0u64, |sum, inst| {
        let callee =
            inst.target().map_or(0, |target| fnv(super::identity::family(&normalise(target)).0.as_bytes()));
        sum.wrapping_add(fnv(inst.mnemonic) ^ callee.rotate_left(17))
    })
}

/// FNV-1a: the same on every machine and in every release of godiag, for it is kept in files.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
