//! A line of the program's own code, and what it calls there.

use std::fmt;

use crate::trace::analysis::names::Text;

/// A line of the program's own code, and what it calls there. Running time is summed by function; the line is
/// the one with most of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Site {
    /// The innermost function of the program's own; that of a library, if the stack has none.
    pub function: Text,
    /// Its source file.
    pub file: Text,
    /// The line.
    pub line: u64,
    /// The library function that waits or works there, such as `database/sql.(*DB).conn`. Empty if the
    /// program's code does so itself.
    pub callee: Text,
    /// Its caller, if it is a helper of several functions and one of them has most of the time.
    pub called_from: Option<Caller>,
}

/// The caller of a helper.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Caller {
    /// The function.
    pub function: Text,
    /// Its source file.
    pub file: Text,
    /// The line of the call.
    pub line: u64,
}

impl Site {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.function.is_empty()
    }

    /// The function, file and line to look at: the caller's, if the function is a helper of several.
    pub fn subject(&self) -> (&Text, &Text, u64) {
        match &self.called_from {
            Some(caller) => (&caller.function, &caller.file, caller.line),
            None => (&self.function, &self.file, self.line),
        }
    }
}

/// `main.(*ledger).post (main.go:35), in sync.(*Mutex).Lock`.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (function, file, line) = self.subject();
        if function.is_empty() {
            return f.write_str("an unknown place");
        }
        write!(f, "{function}")?;
        let name = file.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
        if !name.is_empty() {
            write!(f, " ({}:{line})", crate::text::Printable(name))?;
        }
        match (&self.called_from, self.callee.is_empty()) {
            (Some(_), true) => write!(f, ", in {}", self.function),
            (Some(_), false) => write!(f, ", in {}, which calls {}", self.function, self.callee),
            (None, false) => write!(f, ", in {}", self.callee),
            (None, true) => Ok(()),
        }
    }
}
