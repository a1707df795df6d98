//! What the compiler says it decided: the text of `-m`, `-m=2` and of `-d=…` flags.
//!
//! Diagnostic lines go in. Out come [`Decision`]s with typed kinds, and below those that have one, the steps
//! of the escape flow. The wording is that of
//! `cmd/compile/internal/{inline,escape,devirtualize,walk,ssa,ssagen}` of Go 1.19 to 1.27.
//!
//! A message says what the compiler concluded about an expression, not what the machine will do: `escapes to
//! heap` is printed for constants and static closures too, which never allocate.

mod decision;
mod flow;
mod kind;
mod message;
mod no_inline;

pub use decision::Decision;
pub(crate) use flow::step as flow_step;
pub use flow::{FlowLocation, FlowStep};
pub use kind::{DecisionKind, Storage};
pub(crate) use message::parse as parse_message;
pub use no_inline::NoInline;
