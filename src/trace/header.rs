//! The 16 bytes that every trace begins with, and the format versions they name.

use crate::error::{Error, ErrorKind, Result};
use crate::format::detect;

/// Bytes of the header.
pub(crate) const HEADER_LEN: usize = 16;

/// A version of the trace format. It names the format, not the toolchain: Go 1.24 writes 1.23, and 1.27
/// writes 1.26.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u16)]
pub enum Version {
    /// Go 1.5 and 1.6.
    Go1_5 = 5,
    /// Go 1.7.
    Go1_7 = 7,
    /// Go 1.8.
    Go1_8 = 8,
    /// Go 1.9.
    Go1_9 = 9,
    /// Go 1.10.
    Go1_10 = 10,
    /// Go 1.11 to 1.18.
    Go1_11 = 11,
    /// Go 1.19 and 1.20.
    Go1_19 = 19,
    /// Go 1.21.
    Go1_21 = 21,
    /// Go 1.22.
    Go1_22 = 22,
    /// Go 1.23 and 1.24.
    Go1_23 = 23,
    /// Go 1.25.
    Go1_25 = 25,
    /// Go 1.26 and 1.27.
    Go1_26 = 26,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 12] = [
        Self::Go1_5,
        Self::Go1_7,
        Self::Go1_8,
        Self::Go1_9,
        Self::Go1_10,
        Self::Go1_11,
        Self::Go1_19,
        Self::Go1_21,
        Self::Go1_22,
        Self::Go1_23,
        Self::Go1_25,
        Self::Go1_26,
    ];

    /// The minor version in the header: 26 in `go 1.26 trace`.
    pub const fn minor(self) -> u16 {
        self as u16
    }

    /// The header as Go writes it.
    pub fn header(self) -> [u8; HEADER_LEN] {
        let mut header = [0; HEADER_LEN];
        let text = format!("go 1.{} trace", self.minor());
        header.iter_mut().zip(text.bytes()).for_each(|(slot, byte)| *slot = byte);
        header
    }

    /// Whether it is one of Go 1.22 or later, with generations and one event stream per thread.
    pub const fn is_v2(self) -> bool {
        self.minor() >= 22
    }

    /// Reads the header at the start of `input`: exactly the bytes that Go writes.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`]; [`ErrorKind::Truncated`] inside the header; [`ErrorKind::UnsupportedVersion`];
    /// [`ErrorKind::BadMagic`] otherwise.
    pub fn parse(input: &[u8]) -> Result<Self> {
        let head = input.get(..HEADER_LEN).unwrap_or(input);
        if let Some(version) = Self::ALL.into_iter().find(|version| version.header() == head) {
            return Ok(version);
        }
        if head.is_empty() {
            return Err(Error::new(ErrorKind::Empty).at(0));
        }
        if head.len() < HEADER_LEN && Self::ALL.iter().any(|version| version.header().starts_with(head)) {
            return Err(Error::new(ErrorKind::Truncated).at(head.len() as u64).path("header"));
        }
        if let Some(minor) = minor(head) {
            let detail = format!("this is a trace of format go 1.{minor}; known are 1.5 to 1.26");
            return Err(Error::new(ErrorKind::UnsupportedVersion).at(0).path("header").detail(detail));
        }
        let detail = format!("this is {}, not a Go execution trace", detect(input).describe());
        Err(Error::new(ErrorKind::BadMagic).at(0).path("header").detail(detail))
    }
}

/// N in exactly `go 1.N trace`, padded with NUL.
fn minor(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"go 1.")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(digits)?;
    let padded = rest.strip_prefix(b" trace")?.iter().all(|&byte| byte == 0);
    let minor = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (head.len() == HEADER_LEN && padded).then_some(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_is_accepted() {
        for version in Version::ALL {
            assert_eq!(Version::parse(&version.header()).unwrap(), version);
        }
        for (input, kind) in [
            (&b""[..], ErrorKind::Empty),
            (b"go 1.2", ErrorKind::Truncated),
            (b"go 1.26 trace\0\0", ErrorKind::Truncated),
            (b"go 1.27 trace\0\0\0", ErrorKind::UnsupportedVersion),
            (b"go 1.6 trace\0\0\0\0", ErrorKind::UnsupportedVersion),
            (b"go 1.-1 trace\0\0\0", ErrorKind::BadMagic),
            (b"go 1. 26 trace\0\0\0", ErrorKind::BadMagic),
            (b"Go 1.26 trace\0\0\0", ErrorKind::BadMagic),
            (b"<html><body></body></html>", ErrorKind::BadMagic),
        ] {
            assert_eq!(Version::parse(input).unwrap_err().kind(), kind, "{}", input.escape_ascii());
        }
    }
}
