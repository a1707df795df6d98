//! `godiag asm metrics`: a baseline.

use std::io::Write;

use godiag::asm::{Baseline, Build};

use super::input::Input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    build: BuildArgs,
}

/// Facts about the build that the output itself lacks.
#[derive(clap::Args)]
pub(crate) struct BuildArgs {
    /// The toolchain, as `go env GOVERSION` prints it
    #[arg(long, value_name = "VERSION")]
    go_version: Option<String>,
    /// GOOS
    #[arg(long, value_name = "GOOS")]
    goos: Option<String>,
    /// GOAMD64, GOARM64 or similar
    #[arg(long, value_name = "LEVEL")]
    variant: Option<String>,
    /// Build tags
    #[arg(long, value_name = "TAGS")]
    tags: Option<String>,
    /// The compiler's flags
    #[arg(long, value_name = "FLAGS", allow_hyphen_values = true)]
    gcflags: Option<String>,
    /// The argument of -pgo
    #[arg(long, value_name = "PROFILE")]
    pgo: Option<String>,
}

impl BuildArgs {
    pub(crate) fn apply(&self, mut build: Build) -> Build {
        let set = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                field.clone_from(value);
            }
        };
        set(&mut build.go_version, &self.go_version);
        set(&mut build.goos, &self.goos);
        set(&mut build.variant, &self.variant);
        set(&mut build.tags, &self.tags);
        set(&mut build.gcflags, &self.gcflags);
        set(&mut build.pgo, &self.pgo);
        build
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let text = args.input.read()?;
    let output = args.input.parse(&text)?;
    let build = args.build.apply(Build::new(&output));
    Baseline::new(&output, build).write_json_lines(out)?;
    Ok(Outcome::Fine)
}
