//! Profiles in their cheapest form, beside decoded ones.

use godiag::Error;
use godiag::pprof::report::{Options, Report};
use godiag::pprof::{AnyProfile, Profile, Source};

use crate::fixtures;

fn top(profile: &impl Source) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    Report::new(profile, &Options::default())?.top()?.write_text(&mut text)?;
    Ok(text)
}

#[test]
fn every_file_is_read_as_the_decoded_reader_reads_it() {
    let key = |error: Error| (error.kind(), error.offset(), error.to_string());
    let mut read = 0;
    for (name, bytes) in ["pprof", "hostile/pprof"].into_iter().flat_map(|folder| fixtures::files(folder, ""))
    {
        let any = AnyProfile::parse(&bytes);
        match Profile::parse(&bytes) {
            Err(error) => assert_eq!(any.map(drop).map_err(key), Err(key(error)), "{name}"),
            Ok(profile) => {
                let any = any.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(top(&any).map_err(key), top(&profile).map_err(key), "{name}");
                let owned = AnyProfile::read(&bytes[..]).unwrap();
                assert_eq!(top(&owned).map_err(key), top(&profile).map_err(key), "{name}");
                assert_eq!(any.into_profile().to_bytes(), profile.to_bytes(), "{name}");
                read += 1;
            }
        }
    }
    assert!(read > 30, "{read}");
}

#[cfg(feature = "gzip")]
#[test]
fn only_large_profiles_are_streamed() {
    /// Samples of 30 locations, in an order that deflates badly.
    fn profile(samples: u32) -> Vec<u8> {
        let mut message = b"\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x03cpu\x32\x02ns".to_vec();
        for id in 0x80..0x3fffu32 {
            // Ids count up from 1; those below 0x80 have shorter keys, and come first.
            if id == 0x80 {
                (1..0x80).for_each(|id| message.extend([0x22, 2, 0x08, id]));
            }
            message.extend([0x22, 3, 0x08, (id & 0x7f) as u8 | 0x80, (id >> 7) as u8]);
        }
        let mut state = 1u32;
        for _ in 0..samples {
            message.extend([0x12, 64, 0x0a, 60]);
            for _ in 0..30 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                message.extend([(state >> 16) as u8 | 0x80, 1 + (state >> 24) as u8 % 0x7e]);
            }
            message.extend([0x10, 1]);
        }
        let mut file = Vec::new();
        Profile::parse(&message).unwrap().write_gz(&mut file).unwrap();
        file
    }
    let (small, large) = (profile(2_000), profile(210_000));
    let (small, streamed) = (AnyProfile::parse(&small).unwrap(), AnyProfile::parse(&large).unwrap());
    assert!(!small.is_streamed() && streamed.is_streamed());
    let options = godiag::pprof::ReadOptions::default().with_in_memory(true);
    let (held, _) = AnyProfile::parse_with(&large, &options).unwrap();
    assert!(!held.is_streamed());
    assert_eq!(top(&streamed).unwrap(), top(&held).unwrap());
}
