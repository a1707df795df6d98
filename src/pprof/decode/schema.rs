//! The field keys of profile.proto: field number and wire type in one number, as they stand on the wire.

/// The key of field `number` as a varint.
pub(crate) const fn varint(number: u64) -> u64 {
    number << 3
}

/// The key of field `number` as a run of bytes: a message, a string or packed numbers.
pub(crate) const fn bytes(number: u64) -> u64 {
    number << 3 | 2
}

macro_rules! messages {
    ($($(#[$doc:meta])* $message:ident { $($name:ident = $form:ident $number:literal,)* } last $last:literal)*) => {$(
        $(#[$doc])*
        pub(crate) mod $message {
            $(pub(crate) const $name: u64 = super::$form($number);)*
            /// The highest field number that is known.
            pub(crate) const LAST: u64 = $last;
        }
    )*};
}

messages! {
    /// The top-level message.
    profile {
        SAMPLE_TYPE = bytes 1,
        SAMPLE = bytes 2,
        MAPPING = bytes 3,
        LOCATION = bytes 4,
        FUNCTION = bytes 5,
        STRING = bytes 6,
        DROP_FRAMES = varint 7,
        KEEP_FRAMES = varint 8,
        TIME_NANOS = varint 9,
        DURATION_NANOS = varint 10,
        PERIOD_TYPE = bytes 11,
        PERIOD = varint 12,
        COMMENT = varint 13,
        COMMENTS = bytes 13,
        DEFAULT_SAMPLE_TYPE = varint 14,
        DOC_URL = varint 15,
    } last 15
    value_type {
        TYPE = varint 1,
        UNIT = varint 2,
    } last 2
    sample {
        LOCATION_ID = varint 1,
        LOCATION_IDS = bytes 1,
        VALUE = varint 2,
        VALUES = bytes 2,
        LABEL = bytes 3,
    } last 3
    label {
        KEY = varint 1,
        STR = varint 2,
        NUM = varint 3,
        NUM_UNIT = varint 4,
    } last 4
    mapping {
        ID = varint 1,
        MEMORY_START = varint 2,
        MEMORY_LIMIT = varint 3,
        FILE_OFFSET = varint 4,
        FILENAME = varint 5,
        BUILD_ID = varint 6,
        HAS_FUNCTIONS = varint 7,
        HAS_FILENAMES = varint 8,
        HAS_LINE_NUMBERS = varint 9,
        HAS_INLINE_FRAMES = varint 10,
    } last 10
    location {
        ID = varint 1,
        MAPPING_ID = varint 2,
        ADDRESS = varint 3,
        LINE = bytes 4,
        IS_FOLDED = varint 5,
    } last 5
    line {
        FUNCTION_ID = varint 1,
        LINE = varint 2,
        COLUMN = varint 3,
    } last 3
    function {
        ID = varint 1,
        NAME = varint 2,
        SYSTEM_NAME = varint 3,
        FILENAME = varint 4,
        START_LINE = varint 5,
    } last 5
}
