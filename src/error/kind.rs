//! The list of everything that can be wrong with an input.

use thiserror::Error;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal $text:literal,)*) => {
        /// What is wrong with an input. [`name`](Self::name) is stable and meant for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum ErrorKind {
            $($(#[$doc])* #[error($text)] $variant,)*
        }

        impl ErrorKind {
            /// The kind as a stable `snake_case` word.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    // Any input.
    /// Reading or writing failed.
    Io "io" "input or output failed",
    /// The input has no bytes.
    Empty "empty" "the input is empty",
    /// A maximum of [`Limits`](crate::Limits) was reached.
    Limit "limit" "a limit was reached",
    /// The input is not of the format that was asked for.
    BadMagic "bad_magic" "not the expected format",
    /// A recognised format that this build does not read.
    Unsupported "unsupported" "a format that is not read here",
    /// A recognised format in a version that is not known.
    UnsupportedVersion "unsupported_version" "an unknown format version",
    /// The input ends inside a value.
    Truncated "truncated" "the input ends too early",
    /// The call cannot be answered as it was made.
    Usage "usage" "cannot be done as asked",

    // The wire: varints, protobuf, gzip.
    /// A varint has more than 10 bytes or more than 64 bits.
    VarintOverflow "varint_overflow" "a varint does not fit 64 bits",
    /// A length goes past the end of what contains it.
    LengthPastEnd "length_past_end" "a length goes past the end",
    /// A known field has another wire type.
    WireType "wire_type" "a field has the wrong wire type",
    /// A field number is 0 or above 2^29-1.
    FieldNumber "field_number" "a field number is out of range",
    /// A group that ends without having begun, or never ends.
    Group "group" "an unbalanced group",
    /// The gzip stream ends early.
    GzipTruncated "gzip_truncated" "the gzip stream ends early",
    /// The gzip header or the deflate data is damaged.
    GzipCorrupt "gzip_corrupt" "the gzip stream is damaged",
    /// The gzip checksum or length does not fit the data.
    GzipChecksum "gzip_checksum" "the gzip checksum does not fit",
    /// Bytes that are no gzip member follow a gzip member.
    GzipTrailing "gzip_trailing" "bytes follow the gzip stream",
}
