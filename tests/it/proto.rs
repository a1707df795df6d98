//! The prost types: profile.proto and its descriptor agree, and so do all three forms of a profile.

use std::fs;
use std::path::{Path, PathBuf};

use godiag::pprof::{self, Profile, View};
use godiag::proto;
use godiag::wire::{Fields, Value};
use prost::Message as _;

fn root() -> &'static Path {
    crate::fixtures::repository()
}

/// A field of a message: `message: label type name = number`.
type Field = String;

/// The fields that a .proto file defines. Knows only the part of the language that profile.proto uses.
fn of_text(text: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut message = "";
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        if let Some(name) = line.strip_prefix("message ") {
            message = name.trim_end_matches(" {");
        } else if let Some((left, number)) = line.strip_suffix(';').and_then(|line| line.split_once(" = ")) {
            let words: Vec<&str> = left.split(' ').collect();
            match words[..] {
                ["repeated", ty, name] => fields.push(format!("{message}: repeated {ty} {name} = {number}")),
                [ty, name] if !message.is_empty() => {
                    fields.push(format!("{message}: optional {ty} {name} = {number}"));
                }
                _ => assert_eq!(left, "syntax"),
            }
        }
    }
    fields
}

/// The fields with `number` of an encoded message, as bytes.
fn parts(message: &[u8], number: u32) -> Vec<&[u8]> {
    let mut fields = Fields::new(message);
    let mut found = Vec::new();
    while let Some(field) = fields.next_field().unwrap() {
        match field.value {
            Value::Len(bytes) if field.number == number => found.push(bytes),
            _ => {}
        }
    }
    found
}

fn text(message: &[u8], number: u32) -> String {
    parts(message, number).first().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).unwrap_or_default()
}

fn int(message: &[u8], number: u32) -> u64 {
    let mut fields = Fields::new(message);
    let mut found = 0;
    while let Some(field) = fields.next_field().unwrap() {
        match field.value {
            Value::Varint(value) if field.number == number => found = value,
            _ => {}
        }
    }
    found
}

/// The fields that a FileDescriptorSet defines (descriptor.proto has the numbers).
fn of_descriptor(set: &[u8]) -> Vec<Field> {
    let mut found = Vec::new();
    for message in parts(set, 1).into_iter().flat_map(|file| parts(file, 4)) {
        for field in parts(message, 2) {
            let label = match int(field, 4) {
                1 => "optional",
                3 => "repeated",
                label => panic!("label {label}"),
            };
            let ty = match int(field, 5) {
                3 => "int64".to_owned(),
                4 => "uint64".to_owned(),
                8 => "bool".to_owned(),
                9 => "string".to_owned(),
                11 => text(field, 6).rsplit('.').next().unwrap().to_owned(),
                ty => panic!("type {ty}"),
            };
            let (name, number) = (text(field, 1), int(field, 3));
            found.push(format!("{}: {label} {ty} {name} = {number}", text(message, 1)));
        }
    }
    found
}

#[test]
fn proto_and_descriptor_agree() {
    let proto = fs::read_to_string(root().join("proto/profile.proto")).unwrap();
    let set = fs::read(root().join("proto/profile.fds")).unwrap();
    let fields = of_text(&proto);
    assert_eq!(fields.len(), 47);
    assert_eq!(fields, of_descriptor(&set));
}

fn profiles() -> Vec<PathBuf> {
    ["go1.21.13", "go1.27.3", "real", "malformed"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root().join("tests/data/pprof").join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
fn conversions_keep_everything() {
    let mut converted = 0;
    for path in profiles() {
        let bytes = fs::read(&path).unwrap();
        let Ok(profile) = Profile::parse(&bytes) else { continue };
        let message = proto::Profile::from(&profile);
        let raw = profile.to_bytes();
        let view = View::parse(&raw).unwrap();
        assert_eq!(proto::Profile::from(&view), message);
        assert_eq!(Profile::from(&view).to_bytes(), raw);
        let back = Profile::try_from(&message).unwrap();
        if (0..profile.string_count() as u32).any(|i| profile.str(pprof::StringId::from_index(i)).is_err()) {
            continue;
        }
        assert_eq!(proto::Profile::decode(&raw[..]).unwrap(), message);
        // prost writes no 0, so that a label of number 0 becomes an empty text.
        let zeros = profile.samples().flat_map(|s| s.labels()).any(
            |label| matches!(label.value, pprof::LabelValue::Num { value: 0, unit } if profile.string(unit).is_empty()),
        );
        if !zeros {
            assert_eq!(back.to_bytes(), raw, "{}", path.display());
        }
        converted += 1;
    }
    assert!(converted > 40, "{converted}");
}

#[test]
fn messages_that_break_a_rule_are_refused() {
    let profile = Profile::open(root().join("tests/data/pprof/go1.27.3/cpu.pb.gz")).unwrap();
    let mut message = proto::Profile::from(&profile);
    message.sample[0].location_id[0] = 1 << 40;
    let error = Profile::try_from(&message).unwrap_err();
    assert_eq!(error.kind(), godiag::ErrorKind::UnknownRef);
    assert_eq!(error.field_path(), "sample[0].location_id[0]");
}
