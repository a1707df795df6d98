//! From a file's bytes to the protobuf message inside.

use std::borrow::Cow;
use std::io::Read;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pprof::decode::budget::too_large;

/// The protobuf message in `input`: inflated where `input` is gzip, and borrowed where it is not.
///
/// # Errors
/// `Limit`, those of [`wire::inflate`](crate::wire::inflate), and `Unsupported` for gzip without the feature
/// `gzip`.
pub fn decompress<'a>(input: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>> {
    if is_gzip(input) {
        return inflate(input, limits).map(Cow::Owned);
    }
    if input.len() as u64 > limits.inflated {
        return Err(too_large(limits.inflated));
    }
    Ok(Cow::Borrowed(input))
}

/// Whether `input` begins as gzip does.
pub(crate) fn is_gzip(input: &[u8]) -> bool {
    input.starts_with(&[0x1f, 0x8b])
}

#[cfg(feature = "gzip")]
fn inflate(input: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    crate::wire::inflate(input, limits)
}

#[cfg(not(feature = "gzip"))]
fn inflate(_: &[u8], _: &Limits) -> Result<Vec<u8>> {
    Err(Error::new(ErrorKind::Unsupported).detail("this is gzip; build with the feature gzip"))
}

/// As [`decompress`], and `Empty` for no bytes at all; damage to the gzip stream is given beside what could
/// be inflated before it.
pub(crate) fn decompress_prefix<'a>(
    input: &'a [u8],
    limits: &Limits,
) -> Result<(Cow<'a, [u8]>, Option<Error>)> {
    #[cfg(feature = "gzip")]
    if is_gzip(input) {
        let mut chunks = crate::wire::Inflate::new(input, limits);
        let mut message = Vec::new();
        loop {
            match chunks.next_chunk() {
                Ok(Some(chunk)) => message.extend_from_slice(chunk),
                Ok(None) if message.is_empty() => return Err(Error::new(ErrorKind::Empty)),
                Ok(None) => return Ok((message.into(), None)),
                Err(error) if error.is_limit() || message.is_empty() => return Err(error),
                Err(error) => return Ok((message.into(), Some(error))),
            }
        }
    }
    match decompress(input, limits)? {
        message if message.is_empty() => Err(Error::new(ErrorKind::Empty)),
        message => Ok((message, None)),
    }
}

/// Reads `input` to its end, at most as many bytes as `limits` allow.
pub(crate) fn read_all(input: impl Read, limits: &Limits) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limits.inflated.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits.inflated { Err(too_large(limits.inflated)) } else { Ok(bytes) }
}
