//! Options that several verbs take: one name, one sentence and one meaning each.

use godiag::Compat;

#[derive(clap::Args)]
pub(crate) struct Rows {
    /// Print at most this many rows; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20, alias = "nodecount")]
    rows: usize,
}

impl Rows {
    /// The most rows to print.
    pub(crate) fn most(&self) -> usize {
        if self.rows == 0 { usize::MAX } else { self.rows }
    }
}

#[derive(clap::Args)]
pub(crate) struct CompatFlag {
    /// Reproduce the figures of Go 1.27's tool where they are wrong
    #[arg(long, alias = "go-compat")]
    compat: bool,
}

impl CompatFlag {
    pub(crate) fn get(&self) -> Compat {
        if self.compat { Compat::GoTool } else { Compat::Correct }
    }
}
