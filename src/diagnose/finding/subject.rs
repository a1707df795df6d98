//! What a finding is about: a function and a place, or the program as a whole.

use std::fmt;

use crate::symbol::FuncKey;
use crate::text::Printable;
use crate::text::path;

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, as the input names it.
    pub file: Vec<u8>,
    /// The line, from 1; 0 where it is not known.
    pub line: u32,
}

impl Place {
    pub(crate) fn new(file: &[u8], line: impl TryInto<u32>) -> Self {
        Self { file: file.to_vec(), line: line.try_into().unwrap_or(0) }
    }

    /// The file's last path element and the line, such as `main.go:18`.
    pub fn short(&self) -> String {
        Self { file: path::base(&self.file).to_vec(), line: self.line }.to_string()
    }

    /// The same line of the same file, seen from whichever directory: the shorter path ends the longer.
    pub(crate) fn is_same(&self, file: &[u8], line: u32) -> bool {
        self.line == line && path::is_same_file(&self.file, file)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Printable(&self.file))?;
        if self.line > 0 { write!(f, ":{}", self.line) } else { Ok(()) }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Place", 2)?;
        out.serialize_field("file", &Printable(&self.file).to_string())?;
        out.serialize_field("line", &self.line)?;
        out.end()
    }
}

/// What a finding is about. Here profile, trace and compiler output meet: in a function's key and a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Subject {
    /// The function; `None` for the program as a whole.
    pub function: Option<FuncKey<'static>>,
    /// The line concerned, or else where the function begins.
    pub place: Option<Place>,
}

impl Subject {
    /// The program as a whole.
    pub const fn program() -> Self {
        Self { function: None, place: None }
    }

    pub(crate) fn function(key: FuncKey<'_>, place: Option<Place>) -> Self {
        Self { function: Some(key.into_owned()), place }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.function, &self.place) {
            (None, None) => f.write_str("the program"),
            (Some(function), None) => write!(f, "{function}"),
            (None, Some(place)) => write!(f, "{place}"),
            (Some(function), Some(place)) => write!(f, "{function} at {place}"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Subject", 3)?;
        out.serialize_field("function", &self.function.as_ref().map(ToString::to_string))?;
        let file = self.place.as_ref().map(|place| Printable(&place.file).to_string());
        out.serialize_field("file", &file)?;
        out.serialize_field("line", &self.place.as_ref().map(|place| place.line).filter(|line| *line > 0))?;
        out.end()
    }
}
