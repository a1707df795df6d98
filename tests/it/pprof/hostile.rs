//! Hostile profiles: each has the outcome in its line of the manifest.
//!
//! `must_accept`: read, with that many samples. `must_error`: refused, with that kind, at or after that
//! field. `salvage_prefix`: refused, and lenient reading keeps the intact part. `limit_error`: refused for a
//! limit.

use std::fs;
use std::path::PathBuf;

use godiag::pprof::{self, Profile, ReadOptions, View, decompress};
use godiag::{Error, ErrorKind, Limits};
use serde_json::Value;

fn folder() -> PathBuf {
    crate::fixtures::path("hostile/pprof")
}

fn manifest() -> Vec<Value> {
    let text = fs::read_to_string(folder().join("manifest.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A file's line of the manifest, and its bytes.
struct Case {
    line: Value,
    bytes: Vec<u8>,
}

impl Case {
    fn word(&self, key: &str) -> &str {
        self.line[key].as_str().unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.line[key].as_u64()
    }

    fn name(&self) -> &str {
        self.word("file")
    }

    /// The difference between the file's outcome and the manifest's.
    fn problem(&self) -> Option<String> {
        let strict = Profile::parse(&self.bytes);
        match (self.word("expect"), strict) {
            ("must_accept", Ok(profile)) => self.accepted(&profile),
            ("must_error", Err(error)) => self.refused(&error),
            ("salvage_prefix", Err(error)) => self.refused(&error).or_else(|| self.salvaged()),
            ("limit_error", Err(error)) if error.is_limit() => None,
            (expect, result) => Some(format!("{expect}, got {:?}", result.map(|p| p.samples().len()))),
        }
    }

    fn accepted(&self, profile: &Profile) -> Option<String> {
        let samples = self.number("samples").map_or(0, |samples| samples as usize);
        if profile.samples().len() != samples {
            return Some(format!("{} samples, not {samples}", profile.samples().len()));
        }
        let message = decompress(&self.bytes, &Limits::DEFAULT).unwrap();
        let view = View::parse(&message).unwrap();
        assert_eq!(view.samples().len(), samples);
        let report = pprof::check(&self.bytes, &Limits::DEFAULT).unwrap();
        let warning = self.word("warn");
        if !warning.is_empty() && !report.defects.iter().any(|(rule, _)| rule.name() == warning) {
            return Some(format!("no warning of {warning}: {:?}", report.defects));
        }
        None
    }

    fn refused(&self, error: &Error) -> Option<String> {
        let kind = self.word("kind");
        // What the file really is, is a better answer than its first impossible field.
        let is_other = error.kind() == ErrorKind::BadMagic && kind == "wire_type" && !error.hint().is_empty();
        if !kind.is_empty() && error.kind().name() != kind && !is_other {
            return Some(format!("{kind}, got {error:?}"));
        }
        // The offset is in the file where the manifest says so, and the kinds of gzip count in the file
        // anyway.
        if let (Some(field), Some(offset)) = (self.number("err_field"), error.offset()) {
            if self.word("err_space") == "file" && offset < field {
                return Some(format!("at {offset}, before the field at {field}: {error}"));
            }
        }
        let hint = match self.word("hint") {
            "" => return (error.to_string().len() > 512).then(|| "a long error".to_owned()),
            "text" => "HTML",
            "concatenated" => "the second at byte",
            hint => hint,
        };
        (!error.hint().contains(hint)).then(|| format!("no hint of {hint}: {error}"))
    }

    fn salvaged(&self) -> Option<String> {
        let fields = self.number("salvage_fields").unwrap_or(0);
        let samples = self.number("salvage_samples").unwrap_or(0);
        let (profile, defects) = match Profile::parse_with(&self.bytes, &ReadOptions::lenient()) {
            Ok(read) => read,
            Err(error) if fields == 0 => return (!error.is_truncated()).then(|| error.to_string()),
            Err(error) => return Some(format!("{fields} whole fields, got {error}")),
        };
        let whole = defects.damage.as_ref().map_or(u64::MAX, |damage| damage.whole_fields);
        let lost: u64 = defects.iter().filter(|(rule, _)| rule.is_fatal()).map(|(_, count)| count).sum();
        let kept = profile.samples().len() as u64;
        if whole < fields {
            return Some(format!("{whole} whole fields of {fields}"));
        }
        // Intact parts that refer to the missing end count as defects.
        (kept + lost < samples)
            .then(|| format!("{kept} samples and {lost} defects of {samples}: {defects:?}"))
    }
}

#[test]
fn every_file_does_what_its_manifest_says() {
    let cases = manifest().into_iter().map(|line| {
        let bytes = fs::read(folder().join(line["file"].as_str().unwrap())).unwrap();
        Case { line, bytes }
    });
    let mut count = 0;
    let mut problems = Vec::new();
    for case in cases {
        count += 1;
        problems.extend(case.problem().map(|problem| format!("{}: {problem}", case.name())));
    }
    assert!(count > 180, "{count}");
    assert!(problems.is_empty(), "{} of {count}:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn nothing_needs_more_than_a_small_stack() {
    let work = || {
        for line in manifest() {
            let bytes = fs::read(folder().join(line["file"].as_str().unwrap())).unwrap();
            let _ = Profile::parse(&bytes);
            let _ = pprof::check(&bytes, &Limits::DEFAULT);
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(work).unwrap().join().unwrap();
}
