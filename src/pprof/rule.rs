//! The rules of a valid profile, each under its own name.

use std::fmt;

use crate::error::ErrorKind;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident $name:literal $weight:ident,)*) => {
        /// A rule that a profile can break. [`name`](Self::name) is stable and meant for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The rule as a stable `snake_case` word.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Whether a profile that breaks the rule is refused unless reading is lenient. The rules that
            /// refuse are those of Go's reader.
            pub const fn is_fatal(self) -> bool {
                match self {
                    $(Self::$variant => rules!(@ $weight),)*
                }
            }
        }
    };
    (@ fatal) => { true };
    (@ warning) => { false };
}

rules! {
    /// A second profile follows the first. Lenient reading keeps the first.
    Concatenated "concatenated" fatal,
    /// The first string is not the empty one. Lenient reading takes it for empty.
    FirstString "string0" fatal,
    /// A string index is negative or too high. Lenient reading takes the empty string.
    StringIndex "string_index" fatal,
    /// There are samples but no sample types. Lenient reading drops the samples.
    NoSampleType "no_sample_type" fatal,
    /// A sample has more or fewer values than there are sample types. Lenient reading drops the sample.
    ValueCount "value_count" fatal,
    /// A sample names a location that does not exist. Lenient reading drops the sample.
    UnknownLocation "unknown_location" fatal,
    /// A line names no function, or one that does not exist. Lenient reading drops the location.
    UnknownFunction "unknown_function" fatal,
    /// A mapping has the id 0. Lenient reading drops it.
    MappingIdZero "mapping_id_zero" fatal,
    /// A mapping has the id of an earlier one. Lenient reading drops it.
    MappingIdDuplicate "mapping_id_duplicate" fatal,
    /// A location has the id 0. Lenient reading drops it.
    LocationIdZero "location_id_zero" fatal,
    /// A location has the id of an earlier one. Lenient reading drops it.
    LocationIdDuplicate "location_id_duplicate" fatal,
    /// A function has the id 0. Lenient reading drops it.
    FunctionIdZero "function_id_zero" fatal,
    /// A function has the id of an earlier one. Lenient reading drops it.
    FunctionIdDuplicate "function_id_duplicate" fatal,
    /// A location names a mapping that does not exist. It is read as a location without a mapping.
    UnknownMapping "unknown_mapping" warning,
    /// Two columns have the same type. The first one is found by its name.
    SampleTypeDuplicate "sample_type_duplicate" warning,
    /// A string is not UTF-8. Its bytes are kept.
    NotUtf8 "not_utf8" warning,
    /// A label has a text and a number. The text is kept.
    LabelTextAndNumber "label_text_and_number" warning,
    /// A label has an empty key.
    LabelKeyEmpty "label_key_empty" warning,
    /// A mapping ends before it begins.
    MappingInverted "mapping_inverted" warning,
    /// An address is outside of its mapping.
    AddressOutside "address_outside_mapping" warning,
    /// The period type is given more than once. The parts are merged.
    PeriodTypeTwice "period_type_twice" warning,
    /// The duration is negative.
    NegativeDuration "negative_duration" warning,
    /// The documentation link is neither `http` nor `https`. It is not to be followed.
    DocUrl "doc_url" warning,
    /// A line of a text form is not understood. Lenient reading skips it.
    TextLine "text_line" fatal,
    /// A line of a text form is longer than [`Limits::line`](crate::Limits::line). Lenient reading skips it.
    TextLineLength "text_line_length" fatal,
    /// A number in a text form is malformed or out of range. Lenient reading skips the line.
    TextNumber "text_number" fatal,
    /// The labels of a text form are malformed. Lenient reading leaves them out.
    TextLabels "text_labels" fatal,
    /// The total in the header of a text form is not the sum of its entries.
    TextTotal "text_total" warning,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Rule {
    /// The kind of error that breaking the rule is in strict reading.
    pub(crate) const fn kind(self) -> ErrorKind {
        match self {
            Self::Concatenated => ErrorKind::Concatenated,
            Self::FirstString => ErrorKind::String0,
            Self::StringIndex => ErrorKind::StringIndex,
            Self::NoSampleType => ErrorKind::NoSampleType,
            Self::ValueCount => ErrorKind::ValueCount,
            Self::MappingIdZero | Self::LocationIdZero | Self::FunctionIdZero => ErrorKind::IdZero,
            Self::MappingIdDuplicate | Self::LocationIdDuplicate | Self::FunctionIdDuplicate => {
                ErrorKind::IdDuplicate
            }
            Self::NotUtf8 => ErrorKind::NotUtf8,
            Self::TextLine => ErrorKind::Line,
            Self::TextLineLength => ErrorKind::Limit,
            Self::TextNumber => ErrorKind::Number,
            Self::TextLabels => ErrorKind::Label,
            _ => ErrorKind::UnknownRef,
        }
    }
}

/// How often each rule was broken, and what damage to the input cost.
#[derive(Clone, Debug, Default)]
pub struct Defects {
    counts: [u64; Rule::ALL.len()],
    /// Why reading stopped early: all whole fields before that are kept.
    pub damage: Option<Damage>,
}

/// Where an input is damaged beyond repair.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// What is wrong there.
    pub kind: ErrorKind,
    /// The offset of the damage: in the compressed input for the kinds of gzip.
    pub offset: u64,
    /// How many fields of the profile lie whole before it.
    pub whole_fields: u64,
    /// How many bytes of the decompressed input follow those fields, and are lost.
    pub lost_bytes: u64,
}

impl Defects {
    /// How often `rule` was broken.
    pub fn count(&self, rule: Rule) -> u64 {
        self.counts.get(rule as usize).copied().unwrap_or(0)
    }

    /// The rules that were broken, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Rule, u64)> + '_ {
        Rule::ALL.iter().map(|&rule| (rule, self.count(rule))).filter(|(_, count)| *count > 0)
    }

    /// Whether no rule was broken and nothing is damaged.
    pub fn is_empty(&self) -> bool {
        self.damage.is_none() && self.counts.iter().all(|&count| count == 0)
    }

    /// Whether strict reading refuses the input.
    pub fn is_fatal(&self) -> bool {
        self.damage.is_some() || self.iter().any(|(rule, _)| rule.is_fatal())
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        if let Some(count) = self.counts.get_mut(rule as usize) {
            *count += 1;
        }
    }
}
