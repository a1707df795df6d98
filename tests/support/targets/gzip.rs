//! gzip: what holds on any bytes.

use godiag::{Limits, wire};

/// Inflating at once and in a stream agree, in result and error, and the budget holds.
pub(crate) fn check(data: &[u8]) {
    let limits = Limits::DEFAULT.with_inflated(1 << 20);
    let whole = wire::inflate(data, &limits);
    let mut stream = wire::Inflate::new(data, &limits);
    let mut streamed = Vec::new();
    let error = loop {
        match stream.next_chunk() {
            Ok(Some(chunk)) => streamed.extend_from_slice(chunk),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(streamed.len() <= 1 << 20);
    match (whole, error) {
        (Ok(whole), None) => assert_eq!(whole, streamed),
        (Err(whole), Some(error)) => {
            assert_eq!((whole.kind(), whole.offset()), (error.kind(), error.offset()));
        }
        (whole, error) => panic!("whole {whole:?}, streamed {error:?}"),
    }
}
