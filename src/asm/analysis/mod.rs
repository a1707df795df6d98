//! What each function does, read from its instructions.
//!
//! A listing goes in. Out come the [`Metrics`] of each function, and its [`Site`]s in code order: calls,
//! allocations, bounds checks, write barriers and bulk copies, each with whether it is in a loop.
//!
//! `rows → graph → sites → metrics`

mod alloc;
mod copies;
mod facts;
mod find;
mod indirect;
mod metrics;
mod site;
mod view;

pub(crate) use facts::Analysis;
pub use indirect::Indirect;
pub use metrics::Metrics;
pub(crate) use metrics::{Increase, Size};
pub use site::{Site, SiteKind};
