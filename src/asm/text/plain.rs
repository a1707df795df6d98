//! Compiler output as it left the compiler: without colours, line ends of other systems and wrapping in JSON.

use std::borrow::Cow;

use super::json;
use super::prefix::escape_sequence;
use crate::error::{Error, ErrorKind, Result};
use crate::format::{Format, detect};

/// Undoes what terminals, CI systems and `go build -json` do to compiler output.
///
/// Usually there is nothing to undo, and the input is borrowed. Otherwise colour sequences are removed
/// wherever they occur, lone CR line ends become LF, and the `Output` strings of build events are joined.
/// [`CompilerOutput`](crate::asm::CompilerOutput) by itself copes with CRLF, byte-order marks, and colours
/// and CI time stamps at the edges of lines.
///
/// # Errors
/// `Encoding` for UTF-16; `NotAListing` for anything but text.
///
/// ```
/// let text = godiag::asm::plain(b"\x1b[31m./a.go:1:2:\x1b[0m can inline f\n")?;
/// assert_eq!(&*text, b"./a.go:1:2: can inline f\n");
/// # Ok::<(), godiag::Error>(())
/// ```
pub fn plain(input: &[u8]) -> Result<Cow<'_, [u8]>> {
    check(input)?;
    let mut text = Cow::Borrowed(input);
    if starts_with_build_json(input) {
        text = Cow::Owned(outputs(input));
    }
    if memchr::memchr(0x1b, &text).is_some() {
        text = Cow::Owned(without_escapes(&text));
    }
    if memchr::memchr(b'\r', &text).is_some() && memchr::memchr(b'\n', &text).is_none() {
        let mut owned = text.into_owned();
        owned.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        text = Cow::Owned(owned);
    }
    Ok(text)
}

/// Refuses an input that cannot be compiler output.
pub(crate) fn check(input: &[u8]) -> Result<()> {
    match detect(input) {
        Format::Utf16 => Err(Error::new(ErrorKind::Encoding).at(0).detail(
            "this is text in UTF-16, as PowerShell writes it; redirect with Out-File -Encoding utf8",
        )),
        format @ (Format::Gzip
        | Format::Zstd
        | Format::Lz4
        | Format::Zip
        | Format::Pprof
        | Format::Trace(..)
        | Format::LegacyCpu
        | Format::JemallocHeap) => {
            Err(Error::new(ErrorKind::NotAListing).at(0).detail(format!("this is {}", format.describe())))
        }
        Format::Unknown if is_mostly_binary(input) => Err(Error::new(ErrorKind::NotAListing).at(0)),
        _ => Ok(()),
    }
}

/// Whether more than one byte in eight of the first 4 KiB is a control character.
fn is_mostly_binary(input: &[u8]) -> bool {
    let head = input.get(..4096).unwrap_or(input);
    let control =
        head.iter().filter(|byte| **byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b)).count();
    control * 8 > head.len()
}

fn starts_with_build_json(input: &[u8]) -> bool {
    let input = input.trim_ascii_start();
    [&b"{\"ImportPath\":"[..], b"{\"Action\":", b"{\"Time\":"].iter().any(|start| input.starts_with(start))
}

/// The `Output` strings of build events; all other lines stay as they are.
fn outputs(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        match json::Object::parse(line.trim_ascii()) {
            Some(event) if event.has(b"Action") => {
                if let Some(output) = event.string(b"Output") {
                    out.extend_from_slice(&output);
                }
            }
            _ => out.extend_from_slice(line),
        }
    }
    out
}

fn without_escapes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(0x1b, rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = match escape_sequence(from) {
            Some(rest) => rest,
            None => {
                out.push(0x1b);
                from.get(1..).unwrap_or_default()
            }
        };
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappings_are_undone() {
        let json = br##"{"ImportPath":"p","Action":"build-output","Output":"# p\n./a.go:1:2: \"x\" escapes to heap\n"}
{"ImportPath":"p","Action":"build-fail"}
"##;
        assert_eq!(&*plain(json).unwrap(), b"# p\n./a.go:1:2: \"x\" escapes to heap\n");
        assert_eq!(&*plain(b"# p\r./a.go:1:2: can inline f\r").unwrap(), b"# p\n./a.go:1:2: can inline f\n");
        assert!(matches!(plain(b"# p\n").unwrap(), Cow::Borrowed(_)));
        assert_eq!(plain(b"\xff\xfe#\0 \0").unwrap_err().kind(), ErrorKind::Encoding);
    }
}
