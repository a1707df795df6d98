//! Profiles: reading returns the contents of the file.

use std::fmt::Write;
use std::path::PathBuf;

use godiag::pprof::{Profile, ReadOptions, StringId};

fn data(name: &str) -> PathBuf {
    crate::fixtures::path("pprof").join(name)
}

#[test]
fn a_real_cpu_profile_is_read() {
    let profile = Profile::open(data("go1.27.3/cpu.pb.gz")).unwrap();
    let types: Vec<_> = profile.sample_types().iter().map(|ty| profile.string(ty.kind)).collect();
    assert_eq!(types, [&b"samples"[..], b"cpu"]);
    assert_eq!(profile.default_value(), 1);
    let total: i64 = profile.samples().map(|sample| sample.values()[1]).sum();
    let count: i64 = profile.samples().map(|sample| sample.values()[0]).sum();
    assert_eq!(total, count * profile.period());
    assert!(total > 0);
}

/// Every `.pb.gz` of the given folder.
fn profiles(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(data(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_str().unwrap().ends_with(".pb.gz"));
    files.sort();
    assert!(!files.is_empty());
    files
}

/// All of a profile, as text.
fn dump(profile: &Profile) -> String {
    let mut text = String::new();
    for sample in profile.samples() {
        let stack: Vec<_> =
            sample.locations().iter().map(|&id| (profile.location(id), profile.lines(id))).collect();
        let labels: Vec<_> = sample.labels().collect();
        writeln!(text, "{:?} {stack:?} {labels:?}", sample.values()).unwrap();
    }
    let strings: Vec<_> =
        (0..profile.string_count() as u32).map(|i| profile.string(StringId::from_index(i))).collect();
    writeln!(text, "{:?}", profile.sample_types()).unwrap();
    writeln!(text, "{:?} {:?} {:?}", profile.mappings(), profile.functions(), profile.locations()).unwrap();
    writeln!(text, "{:?} {:?} {:?}", profile.period_type(), profile.period(), profile.comments()).unwrap();
    writeln!(text, "{} {}", profile.time_nanos(), profile.duration_nanos()).unwrap();
    writeln!(text, "{:?} {:?}", profile.default_sample_type(), profile.doc_url()).unwrap();
    writeln!(text, "{:?} {:?} {strings:?}", profile.drop_frames(), profile.keep_frames()).unwrap();
    text
}

#[test]
fn what_is_written_reads_back_the_same() {
    for folder in ["go1.21.13", "go1.23.9", "go1.25.5", "go1.27.3", "real"] {
        for path in profiles(folder) {
            let profile = Profile::open(&path).unwrap();
            let bytes = profile.to_bytes();
            let again = Profile::parse(&bytes).unwrap();
            assert_eq!(dump(&again), dump(&profile), "{}", path.display());
            assert_eq!(again.to_bytes(), bytes);
            let mut streamed = Vec::new();
            profile.write(&mut streamed).unwrap();
            assert_eq!(streamed, bytes);
            let mut gz = Vec::new();
            profile.write_gz(&mut gz).unwrap();
            assert_eq!(Profile::parse(&gz).unwrap().to_bytes(), bytes);
        }
    }
}

/// A field of number 99 with a varint, in every message.
#[test]
fn unknown_fields_survive_on_request() {
    let extra = b"\x98\x06\x2a";
    let with = |message: &[u8]| [message, extra].concat();
    let field = |key: u8, message: &[u8]| [&[key, message.len() as u8][..], message].concat();
    let label = field(0x1a, &with(b"\x08\x01\x10\x02"));
    let line = field(0x22, &with(b"\x08\x01"));
    let message = [
        field(0x0a, &with(b"\x08\x01\x10\x02")),
        field(0x12, b"\x08\x01\x10\x07"),
        field(0x12, &with(&[b"\x08\x01\x10\x08", &label[..], &label[..]].concat())),
        field(0x1a, &with(b"\x08\x01")),
        field(0x22, &with(&[b"\x08\x01\x10\x01", &line[..]].concat())),
        field(0x2a, &with(b"\x08\x01\x10\x01")),
        b"\x32\x00\x32\x01a\x32\x01b".to_vec(),
        field(0x5a, &with(b"\x08\x01")),
        extra.to_vec(),
        b"\xa5\x06abcd\xaa\x06\x02hi".to_vec(),
    ]
    .concat();
    let options = ReadOptions::strict().with_unknown_fields();
    let (profile, _) = Profile::parse_with(&message, &options).unwrap();
    assert_eq!(profile.to_bytes(), message);
    let (plain, _) = Profile::parse_with(&message, &ReadOptions::strict()).unwrap();
    assert_eq!(plain.to_bytes().len() + 10 * extra.len() + 11, message.len());
}
