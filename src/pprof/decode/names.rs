//! profile.proto as data: what each field is called, and what it holds.
//!
//! The decoders know it as code ([`schema`](super::schema)); this is for what must walk any message: paths of errors,
//! unknown fields.

/// A message type.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) fields: &'static [Named],
}

/// A field of a message.
#[derive(Debug)]
pub(crate) struct Named {
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
    Message(&'static Message),
}

impl Message {
    /// The field of `number`, where it is known.
    pub(crate) fn field(&self, number: u64) -> Option<&'static Named> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The highest number that is known.
    pub(crate) fn last(&self) -> u64 {
        self.fields.last().map_or(0, |field| field.number)
    }
}

const fn one(number: u64, name: &'static str) -> Named {
    Named { number, name, repeated: false, holds: Holds::Number }
}

const fn many(number: u64, name: &'static str) -> Named {
    Named { number, name, repeated: true, holds: Holds::Number }
}

const fn messages(number: u64, name: &'static str, message: &'static Message) -> Named {
    Named { number, name, repeated: true, holds: Holds::Message(message) }
}

pub(crate) static PROFILE: Message = Message {
    fields: &[
        messages(1, "sample_type", &VALUE_TYPE),
        messages(2, "sample", &SAMPLE),
        messages(3, "mapping", &MAPPING),
        messages(4, "location", &LOCATION),
        messages(5, "function", &FUNCTION),
        Named { number: 6, name: "string_table", repeated: true, holds: Holds::String },
        one(7, "drop_frames"),
        one(8, "keep_frames"),
        one(9, "time_nanos"),
        one(10, "duration_nanos"),
        Named { number: 11, name: "period_type", repeated: false, holds: Holds::Message(&VALUE_TYPE) },
        one(12, "period"),
        many(13, "comment"),
        one(14, "default_sample_type"),
        one(15, "doc_url"),
    ],
};

static VALUE_TYPE: Message = Message { fields: &[one(1, "type"), one(2, "unit")] };

static SAMPLE: Message =
    Message { fields: &[many(1, "location_id"), many(2, "value"), messages(3, "label", &LABEL)] };

static LABEL: Message =
    Message { fields: &[one(1, "key"), one(2, "str"), one(3, "num"), one(4, "num_unit")] };

static MAPPING: Message = Message {
    fields: &[
        one(1, "id"),
        one(2, "memory_start"),
        one(3, "memory_limit"),
        one(4, "file_offset"),
        one(5, "filename"),
        one(6, "build_id"),
        one(7, "has_functions"),
        one(8, "has_filenames"),
        one(9, "has_line_numbers"),
        one(10, "has_inline_frames"),
    ],
};

static LOCATION: Message = Message {
    fields: &[
        one(1, "id"),
        one(2, "mapping_id"),
        one(3, "address"),
        messages(4, "line", &LINE),
        one(5, "is_folded"),
    ],
};

static LINE: Message = Message { fields: &[one(1, "function_id"), one(2, "line"), one(3, "column")] };

static FUNCTION: Message = Message {
    fields: &[one(1, "id"), one(2, "name"), one(3, "system_name"), one(4, "filename"), one(5, "start_line")],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields as lines of profile.proto, without their types.
    fn lines(name: &str, message: &Message, out: &mut Vec<String>) {
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
