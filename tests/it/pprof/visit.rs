//! The visitor: whole or in chunks, it sees the same as a view.

use std::fs;
use std::path::PathBuf;

use godiag::Limits;
use godiag::pprof::visit::{Flat, Item, Items, Push};
use godiag::pprof::{Profile, View, decompress};

fn files() -> Vec<PathBuf> {
    let root = crate::fixtures::path("pprof");
    ["go1.21.13", "go1.27.3", "real", "malformed"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains(".pb"))
        .collect()
}

/// An item as text, for comparing.
fn show(item: &Item<'_>) -> String {
    match item {
        Item::Sample(sample) => {
            let ids: Vec<u64> = sample.location_ids().map(Result::unwrap).collect();
            let values: Vec<u64> = sample.values().map(Result::unwrap).collect();
            let labels: Vec<_> = sample.labels().map(Result::unwrap).collect();
            format!("sample {ids:?} {values:?} {labels:?}")
        }
        Item::Location(location) => {
            let lines: Vec<_> = location.lines().map(Result::unwrap).collect();
            format!("location {} {} {:#x} {lines:?}", location.id, location.mapping_id, location.address)
        }
        Item::Other(field) => format!("{} {:?} at {}", field.number, field.value, field.offset),
        item => format!("{item:?}"),
    }
}

fn whole(message: &[u8]) -> Vec<String> {
    let mut items = Items::new(message);
    let mut shown = Vec::new();
    while let Some(item) = items.next_item().unwrap() {
        shown.push(show(&item));
    }
    shown
}

fn pushed(message: &[u8], chunk: usize) -> Vec<String> {
    let mut push = Push::new();
    let mut shown = Vec::new();
    for chunk in message.chunks(chunk) {
        push.feed(chunk, &mut |item| {
            shown.push(show(&item));
            Ok(())
        })
        .unwrap();
    }
    push.finish().unwrap();
    shown
}

#[test]
fn chunks_of_any_size_give_the_same_items() {
    let mut seen = 0;
    for path in files() {
        let Ok(message) =
            decompress(&fs::read(&path).unwrap(), &Limits::DEFAULT).map(std::borrow::Cow::into_owned)
        else {
            continue;
        };
        let Ok(view) = View::parse(&message) else { continue };
        let items = whole(&message);
        let samples = items.iter().filter(|item| item.starts_with("sample ")).count();
        assert_eq!(samples, view.samples().len());
        for chunk in [1, 2, 3, 7, 64, 1000, 1 << 20] {
            assert_eq!(pushed(&message, chunk), items, "{} in {chunk}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn an_end_inside_a_field_is_an_error() {
    let mut push = Push::new();
    push.feed(b"\x0a\x04\x08", &mut |_| Ok(())).unwrap();
    assert!(push.finish().unwrap_err().is_truncated());
}

#[test]
fn a_long_field_that_is_cut_is_a_limit_error() {
    // A string of 64 KiB passes in one chunk; a longer one that is cut is too much to keep.
    let mut message = b"\x32\x80\x80\x04".to_vec();
    message.resize(4 + (64 << 10), b'x');
    assert_eq!(pushed(&message, 1000).len(), 1);
    message[1] = 0x81;
    message.push(b'x');
    assert_eq!(pushed(&message, 1 << 20).len(), 1);
    let error = Push::new().feed(&message[..1000], &mut |_| Ok(())).unwrap_err();
    assert!(error.is_limit(), "{error}");
}

#[test]
fn flat_values_are_those_of_the_model() {
    for path in files() {
        let bytes = fs::read(&path).unwrap();
        let Ok(profile) = Profile::parse(&bytes) else { continue };
        for column in 0..profile.sample_types().len() {
            let flat = Flat::parse_with(&bytes, column, &Limits::DEFAULT).unwrap();
            let total: i128 = profile.samples().map(|sample| i128::from(sample.values()[column])).sum();
            assert_eq!(flat.total(), total, "{}", path.display());
            for row in flat.rows() {
                let on_top = |sample: &godiag::pprof::Sample<'_>| {
                    let Some(&leaf) = sample.locations().first() else { return false };
                    match profile.lines(leaf).first() {
                        Some(line) => {
                            row.address.is_none()
                                && profile.string(profile.function(line.function).name) == row.name
                        }
                        None => row.address == Some(profile.location(leaf).address),
                    }
                };
                let wanted: i128 =
                    profile.samples().filter(on_top).map(|s| i128::from(s.values()[column])).sum();
                assert_eq!(row.value, wanted, "{} {row:?}", path.display());
            }
        }
    }
}
