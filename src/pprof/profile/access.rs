//! What a profile holds besides its samples.

use super::Profile;
use crate::pprof::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};

crate::pprof::source::accessors::accessors!(Profile);

impl Profile {
    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    #[inline]
    pub fn string(&self, id: StringId) -> &[u8] {
        let Some(string) = self.strings.get(id) else { panic!("string {} of {}", id.0, self.strings.len()) };
        string
    }

    /// A string, where it is UTF-8.
    ///
    /// # Errors
    /// Where it is not.
    ///
    /// # Panics
    /// As [`string`](Self::string).
    pub fn str(&self, id: StringId) -> std::result::Result<&str, std::str::Utf8Error> {
        std::str::from_utf8(self.string(id))
    }

    /// A string, with U+FFFD for what is not UTF-8. Copies only then.
    ///
    /// # Panics
    /// As [`string`](Self::string).
    pub fn string_lossy(&self, id: StringId) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.string(id))
    }

    /// How many strings there are, entry 0, the empty one, included.
    pub fn string_count(&self) -> usize {
        self.strings.len()
    }

    /// The index of the value that reports show unless told otherwise, by Go's rule: the one that
    /// [`default_sample_type`](Self::default_sample_type) names, or else the last one.
    pub fn default_value(&self) -> usize {
        self.tables.default_value(|a, b| self.string(a) == self.string(b))
    }
}
