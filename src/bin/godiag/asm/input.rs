//! Compiler output from files, and how to read it.

use std::path::{Path, PathBuf};

use godiag::Kind;
use godiag::asm::{Arch, CompilerOutput, GoVersions, Options};

use crate::input;
use crate::outcome::Failure;

/// The arguments of every verb.
#[derive(clap::Args)]
pub(crate) struct Input {
    /// Output of `go build -gcflags='-S -m=2'`, JSON logs of `-json=0,DIR`, `go tool objdump`, or a folder with
    /// such files; gzip is inflated
    #[arg(required = true, value_name = "PATH")]
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
        let output =
            CompilerOutput::parse_with(text, &self.options()).map_err(|error| self.failure(error))?;
        if !output.counts().may_be_compiler_output() {
            let files = self.files.join(", ");
            return Err(Failure::Usage(format!(
                "{files}: no line comes from the compiler; give the output of go build -gcflags='-S -m=2'"
            )));
        }
        Ok(output)
    }

    fn failure(&self, error: godiag::Error) -> Failure {
        Failure::Input { file: self.files.join(", "), error }
    }
}

/// The text of several files, inflated and without wrappings; of a folder, the compiler output in it.
pub(crate) fn read_all(paths: &[String]) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    let mut add = |text: &[u8]| {
        if all.last().is_some_and(|byte| *byte != b'\n') {
            all.push(b'\n');
        }
        all.extend_from_slice(text);
    };
    for path in paths {
        if path != "-" && Path::new(path).is_dir() {
            let mut found = false;
            for file in files_below(Path::new(path)).map_err(|error| input::failure(path, error.into()))? {
                let file = file.to_string_lossy();
                let Ok(input) = input::open_any(&file) else { continue };
                if input.kind() == Some(Kind::Compiler) {
                    found = true;
                    add(&input.into_bytes());
                }
            }
            if !found {
                return Err(Failure::Usage(format!("no compiler output in the folder {path}")));
            }
        } else {
            add(&input::open(path, Kind::Compiler)?.into_bytes());
        }
    }
    Ok(all)
}

/// The files in a folder and those below it, sorted: `-json=0,DIR` makes a folder for each package.
fn files_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // The type is that of the link itself, so that no loop of links is followed.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
