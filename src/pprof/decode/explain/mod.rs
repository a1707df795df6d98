//! From a fault in the hot path to an error that says what is wrong, and where.

pub(crate) mod path;
pub(crate) mod second;

use crate::error::{Error, ErrorKind, Fault};
use crate::format::{Format, detect};
use second::second_profile;

/// The error for a `fault` in `message`: with the path of the field, and what the input is instead of a
/// profile.
#[cold]
pub(crate) fn refuse(message: &[u8], fault: Fault) -> Error {
    if let Some(what) = instead(message) {
        return Error::new(ErrorKind::BadMagic).at(fault.at).detail(what);
    }
    let error = Error::from(fault).path(path::locate(message, fault.at));
    match second_profile(message) {
        Some(offset) => {
            error.detail(format!("two profiles, one after the other, the second at byte {offset}"))
        }
        None => match fault.kind {
            ErrorKind::LengthPastEnd | ErrorKind::Truncated => {
                error.detail("the profile is cut short; lenient reading keeps what is whole")
            }
            _ => error,
        },
    }
}

/// What the input is if it is not a profile, as a sentence.
pub(crate) fn instead(message: &[u8]) -> Option<String> {
    let what = match detect(message) {
        Format::Pprof | Format::Empty => return None,
        Format::Gzip => "still compressed with gzip: inflate it first",
        Format::Unknown if message.starts_with(b"\x7fELF") => "a program, not its profile",
        Format::Unknown if message.starts_with(b"\r\n") => {
            "a profile that was copied as text: LF became CRLF"
        }
        Format::Unknown => return None,
        Format::Text if is_base64(message) => "base64 text: decode it first",
        format => format.describe(),
    };
    Some(format!("this is {what}"))
}

fn is_base64(text: &[u8]) -> bool {
    let head = text.get(..512).unwrap_or(text);
    head.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(byte))
}
