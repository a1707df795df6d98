//! profile.proto, written down once: keys for the decoders, descriptors for what must walk any message.
//!
//! A key is a field's number and wire type in one number, as on the wire. A repeated number has two: one for
//! single values, one for packed ones. Paths of errors and unknown fields use the descriptors, which know
//! names.

/// A message type.
#[derive(Debug)]
pub(crate) struct MessageDescriptor {
    pub(crate) fields: &'static [FieldDescriptor],
}

/// A field of a message type.
#[derive(Debug)]
pub(crate) struct FieldDescriptor {
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    pub(crate) repeated: bool,
    pub(crate) holds: Holds,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    Number,
    String,
    Message(&'static MessageDescriptor),
}

impl MessageDescriptor {
    /// The field of `number`, where it is known.
    pub(crate) fn field(&self, number: u64) -> Option<&'static FieldDescriptor> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The highest number that is known.
    pub(crate) fn last(&self) -> u64 {
        self.fields.last().map_or(0, |field| field.number)
    }
}

/// The key of a field that holds one of these: wire type 0 for numbers, 2 for everything else.
macro_rules! key {
    (number $number:literal) => {
        $number << 3
    };
    (numbers $number:literal) => {
        $number << 3
    };
    ($other:ident $number:literal) => {
        $number << 3 | 2
    };
}

macro_rules! holds {
    (number) => {
        Holds::Number
    };
    (numbers) => {
        Holds::Number
    };
    (strings) => {
        Holds::String
    };
    ($message:ident $descriptor:ident) => {
        Holds::Message(&$descriptor)
    };
}

macro_rules! repeated {
    (number) => {
        false
    };
    (message) => {
        false
    };
    ($several:ident) => {
        true
    };
}

/// `descriptor = module { number "name" KEY (PACKED_KEY): what it holds }`, the fields by number.
macro_rules! messages {
    ($($(#[$doc:meta])* $descriptor:ident = $message:ident {
        $($number:literal $name:literal $key:ident $($packed:ident)?: $holds:ident $($inner:ident)?,)*
    })*) => {$(
        $(#[$doc])*
        pub(crate) static $descriptor: MessageDescriptor = MessageDescriptor {
            fields: &[$(FieldDescriptor {
                number: $number,
                name: $name,
                repeated: repeated!($holds),
                holds: holds!($holds $($inner)?),
            },)*],
        };

        $(#[$doc])*
        pub(crate) mod $message {
            $(
                pub(crate) const $key: u64 = key!($holds $number);
                $(pub(crate) const $packed: u64 = $number << 3 | 2;)?
            )*
            /// The highest field number that is known.
            pub(crate) const LAST: u64 = super::last(&[$($number),*]);
        }
    )*};
}

const fn last(numbers: &[u64]) -> u64 {
    match numbers {
        [.., last] => *last,
        [] => 0,
    }
}

messages! {
    /// The top-level message.
    PROFILE = profile {
        1 "sample_type" SAMPLE_TYPE: messages VALUE_TYPE,
        2 "sample" SAMPLE: messages SAMPLE,
        3 "mapping" MAPPING: messages MAPPING,
        4 "location" LOCATION: messages LOCATION,
        5 "function" FUNCTION: messages FUNCTION,
        6 "string_table" STRING: strings,
        7 "drop_frames" DROP_FRAMES: number,
        8 "keep_frames" KEEP_FRAMES: number,
        9 "time_nanos" TIME_NANOS: number,
        10 "duration_nanos" DURATION_NANOS: number,
        11 "period_type" PERIOD_TYPE: message VALUE_TYPE,
        12 "period" PERIOD: number,
        13 "comment" COMMENT COMMENTS: numbers,
        14 "default_sample_type" DEFAULT_SAMPLE_TYPE: number,
        15 "doc_url" DOC_URL: number,
    }
    /// What a column of values counts.
    VALUE_TYPE = value_type {
        1 "type" TYPE: number,
        2 "unit" UNIT: number,
    }
    /// A stack with its values and labels.
    SAMPLE = sample {
        1 "location_id" LOCATION_ID LOCATION_IDS: numbers,
        2 "value" VALUE VALUES: numbers,
        3 "label" LABEL: messages LABEL,
    }
    /// A key with a text or a number.
    LABEL = label {
        1 "key" KEY: number,
        2 "str" STR: number,
        3 "num" NUM: number,
        4 "num_unit" NUM_UNIT: number,
    }
    /// A range of addresses and the file mapped there.
    MAPPING = mapping {
        1 "id" ID: number,
        2 "memory_start" MEMORY_START: number,
        3 "memory_limit" MEMORY_LIMIT: number,
        4 "file_offset" FILE_OFFSET: number,
        5 "filename" FILENAME: number,
        6 "build_id" BUILD_ID: number,
        7 "has_functions" HAS_FUNCTIONS: number,
        8 "has_filenames" HAS_FILENAMES: number,
        9 "has_line_numbers" HAS_LINE_NUMBERS: number,
        10 "has_inline_frames" HAS_INLINE_FRAMES: number,
    }
    /// An address and the calls inlined there.
    LOCATION = location {
        1 "id" ID: number,
        2 "mapping_id" MAPPING_ID: number,
        3 "address" ADDRESS: number,
        4 "line" LINE: messages LINE,
        5 "is_folded" IS_FOLDED: number,
    }
    /// A line of a function.
    LINE = line {
        1 "function_id" FUNCTION_ID: number,
        2 "line" LINE: number,
        3 "column" COLUMN: number,
    }
    /// A function.
    FUNCTION = function {
        1 "id" ID: number,
        2 "name" NAME: number,
        3 "system_name" SYSTEM_NAME: number,
        4 "filename" FILENAME: number,
        5 "start_line" START_LINE: number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields as lines of profile.proto, without their types.
    fn lines(name: &str, message: &MessageDescriptor, out: &mut Vec<String>) {
        for field in message.fields {
            let repeated = if field.repeated { "repeated " } else { "" };
            out.push(format!("{name}: {repeated}{} = {}", field.name, field.number));
        }
    }

    #[test]
    fn they_are_those_of_profile_proto() {
        let mut ours = Vec::new();
        for (name, message) in [
            ("Profile", &PROFILE),
            ("ValueType", &VALUE_TYPE),
            ("Sample", &SAMPLE),
            ("Label", &LABEL),
            ("Mapping", &MAPPING),
            ("Location", &LOCATION),
            ("Line", &LINE),
            ("Function", &FUNCTION),
        ] {
            lines(name, message, &mut ours);
        }
        let mut theirs = Vec::new();
        let mut message = "";
        for line in include_str!("../../../proto/profile.proto").lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("message ") {
                message = name.trim_end_matches(" {");
            } else if let Some((left, number)) =
                line.strip_suffix(';').and_then(|line| line.split_once(" = "))
            {
                let repeated = if left.starts_with("repeated ") { "repeated " } else { "" };
                let Some(name) = left.rsplit(' ').next().filter(|_| !message.is_empty()) else { continue };
                theirs.push(format!("{message}: {repeated}{name} = {number}"));
            }
        }
        assert_eq!(ours, theirs);
    }
}
