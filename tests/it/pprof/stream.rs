//! Reports from a stream are those of the whole.

use godiag::pprof::report::{Granularity, Options, Report, SortBy};
use godiag::pprof::{Stream, View, decompress};
use godiag::{ErrorKind, Limits};

use crate::fixtures;

fn options() -> Vec<Options> {
    let default = Options::default;
    vec![
        default(),
        default().with_sort(SortBy::Cum).with_node_count(5),
        default().with_granularity(Granularity::Lines).with_trim(false),
        default().with_sample_index("0"),
    ]
}

fn texts(report: &Report<'_>) -> [Vec<u8>; 2] {
    let (mut top, mut tree) = (Vec::new(), Vec::new());
    report.top().unwrap().write_text(&mut top).unwrap();
    report.tree().unwrap().write_text(&mut tree).unwrap();
    [top, tree]
}

#[test]
fn every_profile_gives_the_same_reports_as_a_stream() {
    let mut streamed = 0;
    let files = [
        fixtures::files("pprof", ".pb.gz"),
        fixtures::files("hostile/pprof", ".gz"),
        fixtures::files("diagnose", ".pprof"),
    ];
    for (name, input) in files.concat() {
        let message = decompress(&input, &Limits::DEFAULT);
        let view = message.as_ref().ok().and_then(|message| View::parse(message).ok());
        match Stream::parse(&input) {
            Ok(Some(stream)) => {
                let view = view.unwrap_or_else(|| panic!("{name}: a stream accepts what a view refuses"));
                for options in options() {
                    let whole = texts(&Report::new(&view, &options).unwrap());
                    assert_eq!(texts(&Report::new(&stream, &options).unwrap()), whole, "{name} {options:?}");
                }
                streamed += 1;
            }
            Ok(None) => {}
            Err(error) => assert_eq!(message.unwrap_err().kind(), error.kind(), "{name}"),
        }
    }
    assert!(streamed > 40, "{streamed}");
}

#[test]
fn limits_hold_for_streams() {
    let input = fixtures::file("pprof/compile-net-http.cpu.pb.gz");
    let open =
        |limits| Stream::parse_with(&input, &limits).map(|stream| stream.is_some()).map_err(|e| e.kind());
    assert_eq!(open(Limits::DEFAULT), Ok(true));
    assert_eq!(open(Limits::DEFAULT.with_inflated(1 << 10)), Err(ErrorKind::Limit));
    // The reader of the whole decides which.
    assert_eq!(open(Limits::DEFAULT.with_samples(3)), Ok(false));
    assert_eq!(open(Limits::DEFAULT.with_stack_depth(3)), Ok(false));
}
