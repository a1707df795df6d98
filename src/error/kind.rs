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
    /// An id that must not be 0 is 0.
    IdZero "id_zero" "an id is 0",
    /// An id is defined twice.
    IdDuplicate "id_duplicate" "an id is defined twice",
    /// An id that is used is not defined.
    UnknownRef "unknown_ref" "an id that is not defined",

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
    /// The gzip checksum or length does not match the data.
    GzipChecksum "gzip_checksum" "the gzip checksum does not fit",
    /// Other bytes follow a gzip member.
    GzipTrailing "gzip_trailing" "bytes follow the gzip stream",

    // Execution traces.
    /// The number of a generation is 0, or does not follow the one before.
    BadGeneration "bad_generation" "a generation number that cannot be",
    /// A generation ends that holds nothing.
    EmptyGeneration "empty_generation" "a generation that holds nothing",
    /// A batch claims more than 64 KiB.
    BatchTooLarge "batch_too_large" "a batch larger than 64 KiB",
    /// The trace has no reading of the clocks.
    NoClock "no_clock" "no clock snapshot",
    /// Something comes twice that a generation has once.
    Duplicate "duplicate" "found twice",
    /// The id of nothing where one is needed, or an id out of range.
    IdReserved "id_reserved" "an id that nothing can have",
    /// Nothing in the trace says how long a clock tick is.
    NoFrequency "no_frequency" "no clock frequency",
    /// The clock frequency is 0 or out of range.
    BadFrequency "bad_frequency" "a clock frequency that cannot be",
    /// A time is more than 2^62 nanoseconds, 146 years; or, before Go 1.22, does not fit 63 bits.
    TimeOverflow "time_overflow" "a time that is out of range",
    /// The clock runs against the order of the events.
    TimeOrder "time_order" "time stamps out of order",
    /// An event of a type that the format version does not have.
    UnknownEvent "unknown_event" "an unknown event type",
    /// An event with too few or too many arguments.
    BadArity "bad_arity" "wrong number of arguments",
    /// A status or mode that the format does not define.
    BadEnum "bad_enum" "a value that the format does not define",
    /// An event in the wrong place, such as one before the first batch.
    Misplaced "misplaced" "an event that cannot be here",
    /// An event that contradicts the state after the events before it.
    BadTransition "bad_transition" "an event contradicts the state before it",
    /// A range of time begins twice, or ends without having begun.
    BadRange "bad_range" "an unbalanced range",
    /// No order of the threads' events keeps cause before effect.
    NoOrder "no_order" "no consistent ordering of events possible",

    // Profiles.
    /// A string index is negative or not below the number of strings.
    StringIndex "string_index" "a string index is out of range",
    /// The first string is not the empty one.
    String0 "string0" "the first string is not empty",
    /// A string is not UTF-8, where that was asked for.
    NotUtf8 "not_utf8" "a string is not UTF-8",
    /// A sample has more or fewer values than there are sample types.
    ValueCount "value_count" "a sample has the wrong number of values",
    /// There are samples, but no sample types.
    NoSampleType "no_sample_type" "samples without a sample type",
    /// Two profiles, one after the other.
    Concatenated "concatenated" "two profiles in one input",

    // Text.
    /// Text in an encoding other than UTF-8 or ASCII.
    Encoding "encoding" "text in an encoding that is not read",
    /// A number that is malformed or out of range.
    Number "number" "a number is malformed or out of range",
    /// A label set that is malformed.
    Label "label" "a malformed label set",
    /// A line that the format does not have here.
    Line "line" "a line that does not belong here",

    // Compiler output.
    /// The input is no text, so it cannot be compiler output.
    NotAListing "not_a_listing" "this is not compiler output",
    /// A baseline that is damaged or not one.
    Baseline "baseline" "not a usable baseline",
    /// Two outputs of different toolchains, flags or architectures.
    Incomparable "incomparable" "the two cannot be compared",
}
