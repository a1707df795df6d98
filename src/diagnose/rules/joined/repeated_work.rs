//! `repeated-work`: work whose result could be kept, done again each time: compiling an expression, parsing a
//! template.

use crate::diagnose::facts::{Column, Facts};
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Place, Rule, Severity, Source, Subject,
};
use crate::diagnose::inputs::value_index;
use crate::symbol::FuncKey;
use crate::table::Map;

pub(crate) const RULE: Rule = Rule {
    id: "repeated-work",
    title: "work is done again that could be done once",
    advice: "Do it once, when the program starts or the input changes, and keep the result.",
    basis: "5 % of the CPU in such calls, with their part of the collector's work by the bytes that they \
            allocate; an error from 25 % on. Five samples at least, or one and \
            a quarter of all bytes.",
    needs: &[&[Source::CpuProfile]],
    explanation: Explanation {
        sees: "Lines of the program that call what need not be called each time: compile a regular expression, \
               parse a template, load a time zone or certificates, make a compressor, open a new TLS \
               connection or a new database pool.",
        costs: "Each request pays for the same result again, in CPU time and in garbage.",
        silent: "The same calls while packages are initialised or profiles are written; less than 5 % of the CPU.",
        example: &[
            "func valid(name string) bool {",
            "    return regexp.MustCompile(`^[a-z]+$`).MatchString(name) // compiled for each name",
            "}",
        ],
    },
};

/// A call that is dear, what it does, and what helps.
struct Dear {
    names: &'static [&'static str],
    does: &'static str,
    advice: &'static str,
}

const DEAR: [Dear; 7] = [
    Dear {
        names: &["regexp.Compile*", "regexp.MustCompile*", "regexp.compile", "regexp/syntax.Parse"],
        does: "compiling regular expressions",
        advice: "Compile each expression once: in a package variable, or when the configuration is read.",
    },
    Dear {
        names: &[
            "text/template.(*Template).Parse*",
            "html/template.(*Template).Parse*",
            "text/template/parse.Parse",
            // At its first execution a template is escaped for HTML.
            "html/template.(*Template).escape",
            "html/template.(*Template).lookupAndEscapeTemplate",
        ],
        does: "parsing templates",
        advice: "Parse the templates once, when the program starts, and only execute them per request.",
    },
    Dear {
        names: &["crypto/tls.(*Conn).clientHandshake"],
        does: "opening TLS connections to servers",
        advice: "Keep connections: one http.Client for all requests, bodies read to their end and closed, and \
                 MaxIdleConnsPerHost as large as what runs at once.",
    },
    Dear {
        names: &[
            "crypto/x509.SystemCertPool",
            "crypto/x509.(*CertPool).AppendCertsFromPEM",
            "crypto/tls.LoadX509KeyPair",
        ],
        does: "loading certificates",
        advice: "Load certificates once, and share the tls.Config.",
    },
    Dear {
        names: &["time.LoadLocation"],
        does: "loading time zones",
        advice: "Load each location once and keep it.",
    },
    Dear {
        names: &[
            "compress/flate.NewWriter*",
            "compress/gzip.NewWriter*",
            "compress/zlib.NewWriter*",
            "compress/flate.NewReader*",
        ],
        does: "making compressors",
        advice: "Keep compressors in a sync.Pool and Reset them: each new one allocates its tables.",
    },
    Dear {
        names: &["database/sql.Open", "database/sql.OpenDB", "database/sql.(*DB).Close"],
        does: "opening database pools",
        advice: "Open one sql.DB for the whole program: it is the pool.",
    },
];

/// Samples that prove nothing yet.
const FEW: i64 = 5;

fn is(pattern: &str, name: &[u8]) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix.as_bytes()),
        None => name == pattern.as_bytes(),
    }
}

/// Where the program makes such calls: which, its function, and the line.
type Key<'p> = (usize, &'p FuncKey<'p>, u32);

/// A profile's value below such calls, and the file of the line.
fn sums<'p>(column: &'p Column<'p>, kind: &str) -> Map<Key<'p>, (i64, &'p [u8])> {
    let mut out: Map<Key<'p>, (i64, &[u8])> = Map::default();
    let profiled = column.profiled;
    let Some(index) = value_index(profiled.profile, kind) else { return out };
    for sample in profiled.profile.samples() {
        let value = sample.values().get(index).copied().unwrap_or(0);
        let mut dear = None;
        let own = profiled.stack(sample).find(|frame| {
            let of = |dear: &Dear| dear.names.iter().any(|name| is(name, frame.name()));
            dear = dear.or_else(|| DEAR.iter().position(of));
            frame.user
        });
        // net/http opens connections in goroutines of its own.
        let own = own.or_else(|| profiled.stack(sample).last());
        let (Some(dear), Some(own)) = (dear, own) else { continue };
        let excused = [&b"runtime.doInit"[..], b"runtime/pprof.", b"runtime/trace.", b"net/http/pprof."];
        if profiled.stack(sample).any(|frame| excused.iter().any(|name| frame.name().starts_with(name))) {
            continue;
        }
        let (sum, _) = out.entry((dear, own.key, own.line)).or_insert((0, own.file));
        *sum = sum.saturating_add(value);
    }
    out
}

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let (Some(cpu), Some(garbage)) = (&facts.cpu, &facts.garbage) else { return Vec::new() };
    let allocated = facts.bytes.as_ref().map(|bytes| (bytes, sums(bytes, "alloc_space")));
    let period = cpu.profiled.profile.period().max(1);
    let mut out = Vec::new();
    for ((dear, key, line), (time, file)) in sums(cpu, "cpu") {
        let bytes = allocated.as_ref().map_or(0.0, |(bytes, sums)| {
            let own = sums.get(&(dear, key, line)).map_or(0, |(sum, _)| *sum);
            bytes.sums.share(own)
        });
        let share = cpu.sums.share(time.saturating_add((garbage.collection as f64 * bytes) as i64));
        // A heap profile that says the same makes up for samples.
        let is_proven = time / period >= FEW || time > 0 && bytes >= 0.25;
        if share < 0.05 || !is_proven {
            continue;
        }
        let Some(Dear { does, advice, .. }) = DEAR.get(dear) else { continue };
        let place = Place::new(file, line);
        let collected = if bytes >= 0.05 { ", with the garbage that it makes" } else { "" };
        let summary =
            format!("{does}, again and again, takes {} of the CPU{collected}", Amount::share(share));
        let text = format!(
            "{} of the CPU time below {key} at {}",
            Amount::share(cpu.sums.share(time)),
            place.short()
        );
        let evidence = Evidence::new(Source::CpuProfile, &cpu.profiled.input, text)
            .figure("share", Amount::share(share))
            .located(Some(place.clone()));
        let heap = allocated.as_ref().filter(|_| bytes >= 0.05).map(|(column, _)| {
            let text = format!("{} of all bytes are allocated there", Amount::share(bytes));
            Evidence::new(Source::HeapProfile, &column.profiled.input, text)
                .figure("bytes", Amount::share(bytes))
        });
        let severity = match share {
            _ if !facts.cpu_matters() => Severity::Info,
            0.25.. => Severity::Error,
            _ => Severity::Warning,
        };
        let sure = if heap.is_some() { Confidence::Certain } else { Confidence::Likely };
        let subject = Subject::function(key.clone(), Some(place));
        let finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(evidence);
        out.push(finding.proofs(heap).sure(sure).advise(*advice));
    }
    out
}
