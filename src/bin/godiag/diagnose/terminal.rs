//! How wide the terminal is, and whether it shows colours.

use std::io::IsTerminal;

use godiag::diagnose::{TextOptions, TextStyle};

#[derive(clap::Args)]
pub(crate) struct TerminalArgs {
    /// Colour the text by severity; auto does so on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    color: When,
    /// Wrap the text at this column; the default is the terminal's width or COLUMNS, else 110
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl TerminalArgs {
    pub(super) fn options(&self) -> TextOptions {
        let options = TextOptions::default();
        let width = self.width.or_else(width).unwrap_or(options.width);
        let style = if self.is_coloured() { TextStyle::Colour } else { TextStyle::Plain };
        options.with_width(width).with_style(style)
    }

    fn is_coloured(&self) -> bool {
        // https://no-color.org: set and not empty.
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
            }
        }
    }
}

/// The terminal's width, or what the environment says it is.
#[expect(clippy::disallowed_methods, reason = "the library has no environment, a terminal has")]
fn width() -> Option<usize> {
    let environment = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
    terminal_size::terminal_size_of(std::io::stdout())
        .map(|(terminal_size::Width(columns), _)| usize::from(columns))
        .or_else(environment)
}
