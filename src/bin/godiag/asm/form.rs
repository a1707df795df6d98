//! The form in which results are printed.

/// The form, text by default.
#[derive(clap::Args)]
pub(crate) struct Form {
    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Print Markdown, as for a comment on a change
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Print SARIF 2.1.0
    #[arg(long, conflicts_with_all = ["json", "markdown"])]
    pub(crate) sarif: bool,
}

/// Text for a cell of a Markdown table: nothing in it ends the cell, starts markup, or commands a CI runner.
pub(crate) fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
