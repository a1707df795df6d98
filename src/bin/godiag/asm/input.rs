//! Compiler output from files, and how to read it.

use godiag::Kind;
use godiag::asm::{Arch, CompilerOutput, GoVersions, Options};

use crate::input;
use crate::outcome::Failure;

/// The arguments of every verb.
#[derive(clap::Args)]
pub(crate) struct Input {
    /// Output of `go build -gcflags='-S -m=2'`, JSON logs of `-json=0,DIR`, or `go tool objdump`; gzip is
    /// inflated
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Set the machine if it cannot be inferred
    #[arg(long, value_name = "GOARCH", value_parser = arch)]
    pub(crate) arch: Option<Arch>,
    /// Set the toolchain's release, such as 1.27, if it cannot be inferred
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub(crate) go: Option<u16>,
}

fn arch(name: &str) -> Result<Arch, String> {
    Arch::from_name(name).ok_or_else(|| format!("unknown GOARCH: {name}"))
}

fn version(text: &str) -> Result<u16, String> {
    GoVersions::parse_minor(text).ok_or_else(|| format!("not a Go version: {text}"))
}

impl Input {
    /// All files as one text: compilers print a build in pieces, and the pieces explain each other.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        read_all(&self.files)
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        if let Some(arch) = self.arch {
            options = options.with_arch(arch);
        }
        if let Some(minor) = self.go {
            options = options.with_go_versions(GoVersions::only(minor));
        }
        options
    }

    pub(crate) fn parse<'a>(&self, text: &'a [u8]) -> Result<CompilerOutput<'a>, Failure> {
        CompilerOutput::parse_with(text, &self.options()).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: godiag::Error) -> Failure {
        Failure::Input { file: self.files.join(", "), error }
    }
}

/// The text of several files, inflated and without wrappings.
pub(crate) fn read_all(files: &[String]) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    for file in files {
        let text = input::open(file, Kind::Compiler)?.into_bytes();
        if all.is_empty() {
            all = text.into_owned();
        } else {
            if all.last().is_some_and(|byte| *byte != b'\n') {
                all.push(b'\n');
            }
            all.extend_from_slice(&text);
        }
    }
    Ok(all)
}
