//! The rules by name: what each one finds, for which releases, and what to do about it.

use crate::asm::release::GoVersions;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident $id:literal $versions:expr; $title:literal; $fix:literal;)*) => {
        /// A rule that looks for one kind of cost.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The rule as a stable word, such as `closure-heap`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// What it finds, as half a sentence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What to do about it.
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$variant => $fix,)* }
            }

            /// The Go releases whose output it reads.
            pub const fn go_versions(self) -> GoVersions {
                match self { $(Self::$variant => $versions,)* }
            }
        }
    };
}

/// The releases that the rules were tested on.
const ALL: GoVersions = GoVersions::since(19);

rules! {
    /// A closure object is allocated on the heap.
    ClosureHeap "closure-heap" ALL;
        "a closure is allocated on the heap";
        "Pass the captured values as arguments, keep the state in a struct with a method, or do not let the callee keep the closure.";
    /// Goroutines start in a loop, each with a closure object.
    GoroutineClosure "goroutine-closure" ALL;
        "every iteration of a loop starts a goroutine with a closure of its own";
        "Start a fixed number of workers and send them the items over a channel.";
    /// A method of an interface is called in a loop.
    InterfaceLoop "iface-loop" ALL;
        "a method is called through an interface in a loop";
        "Take the concrete type or a type parameter, or move the loop into the method; a profile given to the build (-pgo) devirtualises the hot case.";
    /// A func value is called in a loop.
    FuncCallLoop "func-call-loop" ALL;
        "a func value is called in a loop";
        "Call the function by name where it is always the same, or let the callee take the whole slice.";
    /// A call through a register in a loop, of generic code.
    DictionaryLoop "dictionary-loop" ALL;
        "a call through a register in a loop, as generic code makes through its dictionary";
        "Instantiate with a concrete type outside of generic code where the loop is hot, or pass the method as a func value that can be inlined.";
    /// A value is put in an interface on the heap.
    Box "box" ALL;
        "a value is boxed on the heap to become an interface";
        "Pass a pointer, or a concrete or type parameter instead of an interface.";
    /// A value is put in an interface on the heap, in a loop.
    BoxLoop "box-loop" ALL;
        "a value is boxed on the heap in a loop";
        "Pass a pointer, or a concrete or type parameter instead of an interface.";
    /// A slice grows in a loop.
    Grow "grow" ALL;
        "append grows a slice in a loop";
        "Make the slice with its capacity before the loop: make([]T, 0, n).";
    /// A value that is no pointer is given to sync.Pool.
    PoolValue "pool-value" ALL;
        "sync.Pool.Put boxes a value that is no pointer, which allocates on every Put";
        "Put a pointer: *T, or *[]byte for slices.";
    /// A value from a sync.Pool is not put back.
    PoolNoPut "pool-no-put" ALL;
        "a value is taken from a sync.Pool and not put back in this function";
        "Put the value back when it is no longer used, for example with defer.";
    /// A value from a sync.Pool is put back as it is.
    PoolNoReset "pool-no-reset" ALL;
        "a value is put back into a sync.Pool without a Reset";
        "Call Reset before Put or after Get.";
    /// A sync.Pool is a local variable.
    PoolLocal "pool-local" ALL;
        "a sync.Pool is a local variable, so it never holds anything";
        "Make it a package variable or a field of a long-lived value.";
    /// A call in a loop was not inlined.
    NoInline "no-inline" ALL;
        "a call was not inlined";
        "It depends on the cause: split the rare path off a function that is too complex, drop the pragma, or move defer, go and recover into functions of their own.";
    /// A function is a little too complex to be inlined.
    NearBudget "near-budget" ALL;
        "a function is at most 10 % over the inline budget";
        "Split off a rare path, or simplify an expression: each node counts about 1, each call 57.";
    /// A value escapes to the heap.
    Escape "escape" ALL;
        "a value escapes to the heap";
        "Follow the flow: return a value instead of a pointer, let the caller provide the memory, or store the pointer in nothing that outlives the function.";
    /// A variable is too large for the stack.
    BigVarHeap "big-var-heap" ALL;
        "a variable is on the heap because it is too large for the stack";
        "Allocate it once and reuse it, or make it smaller: the limit is 128 KiB for variables (10 MiB up to Go 1.23), 64 KiB for new, make and literals.";
    /// An allocation in a loop.
    AllocLoop "alloc-loop" ALL;
        "every iteration of a loop allocates";
        "Allocate once before the loop and reuse it, or allocate one slice for all iterations.";
    /// Bounds checks in a loop.
    BoundsLoop "bce-loop" ALL;
        "a bounds check stays in a loop";
        "Range over the slice, or check the length once before the loop: s = s[:n], _ = s[n-1].";
    /// Write barriers in a loop.
    BarrierLoop "wb-loop" ALL;
        "pointers are stored with a write barrier in a loop";
        "Store indexes instead of pointers, build on the stack and store once, or copy whole slices.";
    /// A defer statement in a loop.
    DeferLoop "defer-loop" ALL;
        "defer in a loop: the calls pile up on the heap until the function returns";
        "Move the body of the loop to a function, so that it returns in each iteration.";
    /// A large frame.
    BigFrame "big-frame" ALL;
        "a large stack frame: stacks start at 2 KiB and are copied to grow";
        "Keep large arrays on the heap and reuse them, above all in functions that recurse or run in many goroutines.";
    /// A large value is copied.
    BigCopy "big-copy" ALL;
        "a large value is copied";
        "Pass and range by pointer or index.";
    /// A conversion between strings and slices in a loop.
    ConvertLoop "conv-loop" ALL;
        "a string and a slice are converted into each other in a loop, which copies";
        "Use one of the two throughout; m[string(b)], string(b) == s and range []byte(s) do not copy.";
    /// Strings are concatenated in a loop.
    ConcatLoop "concat-loop" ALL;
        "strings are concatenated in a loop, which copies all of them each time";
        "Use a strings.Builder with Grow, or strings.Join.";
    /// The clock is read, or a timer made, in a loop.
    TimeLoop "time-loop" ALL;
        "the clock is read or a timer is made in every iteration of a loop";
        "Read the clock once where that is exact enough; make one time.Timer and Reset it.";
    /// A lock is taken in a loop.
    LockLoop "lock-loop" ALL;
        "a lock is taken in every iteration of a loop";
        "Take it once around the loop, or collect first and store once.";
}

impl Rule {
    /// The rule of a name.
    ///
    /// ```
    /// use godiag::asm::Rule;
    /// assert_eq!(Rule::from_id("bce-loop"), Some(Rule::BoundsLoop));
    /// ```
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
