//! Reading whatever holds a profile: recognises the form, inflates, decodes, repairs.
//!
//! ```text
//! bytes → inflate → text forms | protobuf → AnyProfile (whatever form costs least)
//!                                         → Profile (decoded; strictly, or with repairs) → Validity
//! ```

mod any;
mod check;
mod profile;
mod repair;
mod text;

pub use any::AnyProfile;
pub use check::{Finding, Validity, check};
