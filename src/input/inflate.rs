//! What is inside a gzip stream: all of it, or its beginning.

use crate::error::Result;
use crate::limits::Limits;

/// How much is inflated to recognise what is inside.
#[cfg(feature = "gzip")]
const HEAD: usize = 64 << 10;

/// The first bytes of a gzip stream, inflated.
#[cfg(feature = "gzip")]
pub(super) fn head(gzip: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let mut chunks = crate::wire::Inflate::new(gzip, limits);
    let mut head = Vec::new();
    while head.len() < HEAD {
        let Some(chunk) = chunks.next_chunk()? else { break };
        head.extend_from_slice(chunk);
    }
    Ok(head)
}

/// How many bytes a gzip stream has, inflated; none of them is kept.
#[cfg(feature = "gzip")]
pub(super) fn len(gzip: &[u8], limits: &Limits) -> Result<u64> {
    let mut chunks = crate::wire::Inflate::new(gzip, limits);
    let mut len = 0;
    while let Some(chunk) = chunks.next_chunk()? {
        len += chunk.len() as u64;
    }
    Ok(len)
}

/// A whole gzip stream, inflated.
#[cfg(feature = "gzip")]
pub(super) fn whole(gzip: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    crate::wire::inflate(gzip, limits)
}

#[cfg(not(feature = "gzip"))]
pub(super) fn head(_: &[u8], _: &Limits) -> Result<Vec<u8>> {
    use crate::error::{Error, ErrorKind};
    Err(Error::new(ErrorKind::Unsupported).detail("this is gzip; build with the feature gzip"))
}

#[cfg(not(feature = "gzip"))]
pub(super) fn whole(gzip: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    head(gzip, limits)
}

#[cfg(not(feature = "gzip"))]
pub(super) fn len(gzip: &[u8], limits: &Limits) -> Result<u64> {
    head(gzip, limits).map(|head| head.len() as u64)
}
