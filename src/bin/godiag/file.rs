//! Files that are written: aside first and then renamed, so that a full disk, an error or an interrupt leaves
//! what was there before, and never half a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::outcome::{Failure, Result};

/// Writes what `write` prints to `path`, which must not be one of the inputs.
pub(crate) fn write<T>(
    path: &str,
    inputs: &[&str],
    write: impl FnOnce(&mut dyn Write) -> Result<T>,
) -> Result<T> {
    let failed = |error: io::Error| Failure::Input { file: path.to_owned(), error: error.into() };
    // A link is followed: what it points to is replaced, not the link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    if inputs.iter().any(|input| std::fs::canonicalize(input).is_ok_and(|input| input == target)) {
        return Err(Failure::Usage(format!("{path} is an input: write to another file")));
    }
    let is_special = std::fs::metadata(&target).is_ok_and(|found| !found.is_file());
    if is_special {
        // A device or a pipe.
        let file = File::options().write(true).open(&target).map_err(failed)?;
        return through(file, write, failed).map(|(result, _)| result);
    }
    let aside = aside(&target).map_err(failed)?;
    let (result, aside) = through(aside, write, failed)?;
    aside.persist(&target).map_err(|error| failed(error.error))?;
    Ok(result)
}

/// A new file in the folder of `target`, with the permissions that a new file has.
fn aside(target: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".godiag-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(target).map_or(0o666, |found| found.permissions().mode());
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    builder.tempfile_in(folder)
}

fn through<W: Write, T>(
    to: W,
    write: impl FnOnce(&mut dyn Write) -> Result<T>,
    failed: impl Fn(io::Error) -> Failure + Copy,
) -> Result<(T, W)> {
    let mut out = BufWriter::with_capacity(64 << 10, to);
    let result = write(&mut out).map_err(|failure| match failure {
        Failure::Output(error) => failed(error),
        Failure::Report(error) if error.kind() == godiag::ErrorKind::Io => failed(io::Error::other(error)),
        other => other,
    })?;
    let to = out.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((result, to))
}
