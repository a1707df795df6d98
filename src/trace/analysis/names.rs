//! Names and stacks in results: shared text of their own, free of the reader's tables.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::table::Map;
use crate::text::Printable;
use crate::trace::{RangeName, StackId, StringId, Tables};

/// A text from the trace, as bytes: nothing says that they are UTF-8. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<[u8]>);

impl Text {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Default for Text {
    fn default() -> Self {
        Self(Arc::from(&b""[..]))
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(Arc::from(bytes))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(&self.0).fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&String::from_utf8_lossy(&self.0))
    }
}

/// One frame of a [`Stack`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StackFrame {
    /// The function.
    pub function: Text,
    /// The source file.
    pub file: Text,
    /// The line in it.
    pub line: u64,
    /// The program counter.
    pub pc: u64,
}

/// A call stack, the innermost frame first. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stack(Arc<[StackFrame]>);

impl Stack {
    /// The innermost function; empty without a stack.
    pub fn leaf(&self) -> &[u8] {
        self.first().map_or(b"", |frame| &frame.function)
    }

    /// The function at which the goroutine starts; empty without a stack.
    pub fn root(&self) -> &[u8] {
        self.last().map_or(b"", |frame| &frame.function)
    }

    /// The functions, the innermost first.
    pub fn functions(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.iter().map(|frame| frame.function.as_bytes())
    }

    /// The innermost frame that is the program's own: neither the runtime's nor of the packages that only
    /// wrap it (`sync`, `internal/…`, `syscall`, `time`, `os`, `io`, `bufio`, `net`, `net/http`). The leaf if
    /// there is none.
    pub fn user_leaf(&self) -> Option<&StackFrame> {
        let own = |frame: &&StackFrame| !is_plumbing(&frame.function);
        self.iter().find(own).or_else(|| self.first())
    }
}

fn is_plumbing(function: &[u8]) -> bool {
    const PACKAGES: [&[u8]; 16] = [
        b"runtime",
        b"sync",
        b"internal",
        b"syscall",
        b"time",
        b"os",
        b"io",
        b"bufio",
        b"net",
        b"context",
        b"reflect",
        b"iter",
        b"fmt",
        b"crypto",
        b"vendor",
        b"compress",
    ];
    let end = function.iter().position(|byte| matches!(byte, b'.' | b'/')).unwrap_or(function.len());
    function.get(..end).is_some_and(|package| PACKAGES.contains(&package))
}

impl Deref for Stack {
    type Target = [StackFrame];

    fn deref(&self) -> &[StackFrame] {
        &self.0
    }
}

impl FromIterator<StackFrame> for Stack {
    fn from_iter<I: IntoIterator<Item = StackFrame>>(frames: I) -> Self {
        Self(frames.into_iter().collect())
    }
}

/// Frames joined by ` < `, the innermost first.
impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, frame) in self.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { " < " } else { "" }, frame.function)?;
        }
        Ok(())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Stack {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// Turns handles into text, each once.
#[derive(Debug)]
pub(super) struct Names<'a> {
    tables: &'a Tables,
    texts: Map<StringId, Text>,
    stacks: Map<StackId, Stack>,
}

impl<'a> Names<'a> {
    pub(super) fn new(tables: &'a Tables) -> Self {
        Self { tables, texts: Map::default(), stacks: Map::default() }
    }

    pub(super) fn text(&mut self, id: StringId) -> Text {
        let tables = self.tables;
        self.texts.entry(id).or_insert_with(|| Text::from(tables.string(id))).clone()
    }

    /// The name of a range in Go's tools.
    pub(super) fn range(&self, name: RangeName) -> Text {
        Text::from(&*self.tables.range_name(name))
    }

    pub(super) fn stack(&mut self, id: StackId) -> Stack {
        if let Some(stack) = self.stacks.get(&id) {
            return stack.clone();
        }
        let frames: Vec<_> = self.tables.stack(id).collect();
        let frame = |frame: crate::trace::Frame| StackFrame {
            function: self.text(frame.function),
            file: self.text(frame.file),
            line: frame.line,
            pc: frame.pc,
        };
        let stack: Stack = frames.into_iter().map(frame).collect();
        self.stacks.insert(id, stack.clone());
        stack
    }
}
