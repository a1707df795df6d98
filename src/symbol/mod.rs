//! What the names in profiles, traces and compiler output mean.
//!
//! A symbol name from a file becomes a [`FuncName`], with package, receiver, function and closure path, and a
//! [`FuncKey`], on which all outputs of one program agree.
//!
//! ```text
//! bytes → FuncName (borrowed parts) → FuncKey (type arguments as [...], inline hashes gone)
//! ```
//!
//! The forms are those of Go 1.18 to 1.27 (`cmd/compile/internal/ir/func.go`, `runtime/traceback.go`,
//! `cmd/internal/objabi/path.go`). Any bytes are a name; a foreign one has no package. Nothing here fails,
//! panics or recurses.
//!
//! ```
//! use godiag::symbol::FuncName;
//! let profile = FuncName::parse("main.(*List[go.shape.string]).Push.func1");
//! let trace = FuncName::parse("main.(*List[...]).Push.func1");
//! assert_eq!(profile.key(), trace.key());
//! assert_eq!(profile.name(), b"Push");
//! ```

mod key;
mod name;
mod owner;
mod part;
mod pattern;
mod scan;
mod wait;

pub use key::FuncKey;
pub use name::{FuncName, Receiver};
pub use owner::Owner;
pub use part::{Part, Parts};
pub(crate) use pattern::name_matches;
pub use wait::WaitClass;
