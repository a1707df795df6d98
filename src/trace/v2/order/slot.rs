//! Typed positions in the tables of an order: the slot of a thread cannot index procs.

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            #[repr(transparent)]
            pub(crate) struct $name(pub(crate) u32);

            impl $name {
                /// The slot of nothing: no table has it.
                pub(crate) const NOWHERE: Self = Self(u32::MAX);

                #[inline(always)]
                pub(crate) const fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

slots! {
    /// The slot of a thread.
    ThreadSlot;
    /// The slot of a goroutine.
    GoSlot;
    /// The slot of a P.
    ProcSlot;
    /// The slot of a goroutine's open regions and ranges.
    OpenSlot;
    /// The slot of a batch of events.
    BatchSlot;
}
