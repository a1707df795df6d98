//! Typed ids and handles: a [`StackId`] cannot index strings.

use std::fmt;

macro_rules! resource_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub struct $name(pub(crate) $inner);

        impl $name {
            /// No id: -1, as Go writes it.
            pub const NONE: Self = Self(-1);

            /// The id with this number.
            pub const fn new(id: $inner) -> Self {
                Self(id)
            }

            /// The number; -1 for no id.
            pub const fn raw(self) -> i64 {
                self.0 as i64
            }

            /// Whether it is no id.
            pub const fn is_none(self) -> bool {
                self.0 == Self::NONE.0
            }

            /// Itself; `None` for no id.
            pub const fn some(self) -> Option<Self> {
                if self.is_none() { None } else { Some(self) }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

resource_id! {
    /// A goroutine (G).
    #[doc(alias = "G")]
    GoId(i64)
}
resource_id! {
    /// A thread of the operating system (M), by the number that the system gives it.
    #[doc(alias = "M")]
    ThreadId(i64)
}
resource_id! {
    /// A processor (P): one of at most `GOMAXPROCS` slots in which goroutines run. Numbers are dense from 0
    /// and at most 2^31-1.
    #[doc(alias = "P")]
    ProcId(i32)
}

/// A task of `runtime/trace`'s `NewTask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TaskId(pub u64);

impl TaskId {
    /// No task.
    pub const NONE: Self = Self(u64::MAX);
    /// The task of everything outside other tasks.
    pub const BACKGROUND: Self = Self(0);

    /// Whether it is no task.
    pub const fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }
}

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The position in its table, to index a parallel table of your own.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

handle! {
    /// A text of [`Tables`](crate::trace::Tables). Equal texts have equal handles, whatever the generation.
    StringId
}
handle! {
    /// A call stack of [`Tables`](crate::trace::Tables). Equal stacks have equal handles.
    StackId
}
handle! {
    /// One frame of a stack of [`Tables`](crate::trace::Tables). Equal frames have equal handles.
    FrameId
}

impl StringId {
    /// The empty text.
    pub const EMPTY: Self = Self(0);
}

impl StackId {
    /// No stack.
    pub const NONE: Self = Self(0);

    /// Whether there is no stack.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}
