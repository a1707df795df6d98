//! A report as text for people: for a terminal, and as Markdown for a pull request.

mod markdown;
mod text;
