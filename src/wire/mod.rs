//! Bytes to primitives: cursor, varints, protobuf fields, gzip. Knows no format.
//!
//! `&[u8]` → cursor (bounds, absolute offsets) → varints → [`Fields`] of a protobuf message. Nothing here
//! allocates but [`inflate`], whose size is bounded by [`Limits`](crate::Limits) and never by what the input
//! claims. No input panics.

mod cursor;
#[cfg(feature = "gzip")]
mod gzip;
mod proto;
mod varint;

pub(crate) use cursor::Cursor;
#[cfg(feature = "gzip")]
pub use gzip::{GZIP_MAGIC, Inflate, inflate};
pub use proto::{Field, Fields, Packed, Value};
pub(crate) use varint::{push_varint, varint_len};
