//! A symbol name taken apart.

use std::borrow::Cow;
use std::fmt;

use super::key::{FuncKey, unescape};
use super::part::{Part, Parts};
use super::scan;
use crate::text::Printable;

/// A Go function's symbol name, taken apart without copying.
///
/// Two names are equal when they were written the same; use [`key`](Self::key) to compare names from
/// different sources.
///
/// ```
/// use godiag::symbol::{FuncName, Part};
/// let name = FuncName::parse("example.com/shop.(*Cart[go.shape.int]).Add.func1.gowrap2");
/// assert_eq!(name.package(), b"example.com/shop");
/// let receiver = name.receiver().unwrap();
/// assert!(receiver.is_pointer && receiver.type_name == b"Cart");
/// assert_eq!(name.name(), b"Add");
/// assert!(name.parts().eq([Part::Func(1), Part::GoWrap(2)]));
/// assert_eq!(name.outermost().local(), b"(*Cart[go.shape.int]).Add");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FuncName<'a> {
    text: &'a [u8],
    package: &'a [u8],
    receiver: Option<Receiver<'a>>,
    name: &'a [u8],
    type_args: Option<&'a [u8]>,
    tail: &'a [u8],
}

/// The receiver of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Receiver<'a> {
    /// It is a pointer, as in `(*T).Method`.
    pub is_pointer: bool,
    /// The type's name without package and type arguments; a type literal as a whole.
    pub type_name: &'a [u8],
    /// The type arguments with their brackets.
    pub type_args: Option<&'a [u8]>,
}

impl<'a> FuncName<'a> {
    /// Takes `text` apart. Any text is a name; a foreign one has an empty package.
    ///
    /// A method of a value receiver and a function inlined into another look alike: `p.A.B.func1` is read as
    /// method `B` of type `A`, unless `A` is `init`, which no type can be called.
    ///
    /// # Cost
    /// Linear in the text; no allocation.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Self {
        let text = scan::trim(text.as_ref());
        let package_len = scan::package_len(text);
        let (package, local) = match text.split_at_checked(package_len) {
            Some((package, local)) if package_len > 0 => (package, local.get(1..).unwrap_or_default()),
            _ => (&b""[..], text),
        };
        let start = text.len() - local.len();
        let (receiver, begin) = receiver(text, start);
        let end = scan::component(text, begin).end;
        let component = text.get(begin..end).unwrap_or_default();
        let (mut name, mut type_args, _) = scan::split_args(component);
        if name == b"glob" && text.get(end..).is_some_and(|rest| rest.starts_with(b"..func")) {
            // Function literals of package variables, up to Go 1.21.
            name = text.get(begin..=end).unwrap_or(name);
        } else if package == b"type" {
            // `type:.eq.[2]string`: what follows is a type, not a path.
            let operation = local.strip_prefix(b".").unwrap_or(local);
            let dot = operation.iter().position(|&byte| byte == b'.').unwrap_or(operation.len());
            (name, type_args) = (operation.get(..dot).unwrap_or_default(), operation.get(dot + 1..));
            return Self { text, package, receiver: None, name, type_args, tail: b"" };
        }
        let named = begin + name.len() + type_args.map_or(0, <[u8]>::len);
        let tail = text.get(named..).unwrap_or_default();
        Self { text, package, receiver, name, type_args, tail }
    }

    /// The whole name, without marks of compiler and linker.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text
    }

    /// The package path as symbols have it: escaped (`gopkg.in/yaml%2ev3`). Empty for foreign names.
    pub fn package(&self) -> &'a [u8] {
        self.package
    }

    /// The package's import path: [`package`](Self::package) decoded, and without the directory that vendors
    /// it.
    pub fn import_path(&self) -> Cow<'a, [u8]> {
        let start = memchr::memmem::rfind(self.package, b"/vendor/").map(|start| start + 8);
        let start = start.or_else(|| self.package.starts_with(b"vendor/").then_some(7)).unwrap_or(0);
        unescape(self.package.get(start..).unwrap_or_default())
    }

    /// Everything after the package, as `-m` output prints it.
    pub fn local(&self) -> &'a [u8] {
        let skip = if self.package.is_empty() { 0 } else { self.package.len() + 1 };
        self.text.get(skip..).unwrap_or_default()
    }

    /// The receiver, if the function is a method.
    pub fn receiver(&self) -> Option<Receiver<'a>> {
        self.receiver
    }

    /// The declared function or method, without type arguments. `glob.` for function literals of package
    /// variables up to Go 1.21.
    pub fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The function's own type arguments with their brackets.
    pub fn type_args(&self) -> Option<&'a [u8]> {
        self.type_args
    }

    /// The steps from the declared function to this one; none for the declared function itself.
    pub fn parts(&self) -> Parts<'a> {
        Parts { rest: self.tail }
    }

    /// The declared function that this closure or wrapper was written in.
    #[must_use]
    pub fn outermost(&self) -> Self {
        let text = self.text.get(..self.text.len() - self.tail.len()).unwrap_or_default();
        Self { text, tail: b"", ..*self }
    }

    /// A function literal, or code inside one.
    pub fn is_closure(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::Func(_) | Part::Range(_)))
    }

    /// Code that the compiler made for a `go` or `defer` statement or a method value.
    pub fn is_wrapper(&self) -> bool {
        self.parts().last().is_some_and(|part| part.is_wrapper())
    }

    /// The function, or its receiver, has type parameters.
    pub fn is_generic(&self) -> bool {
        self.type_args.is_some() && self.package != b"type"
            || self.receiver.is_some_and(|receiver| receiver.type_args.is_some())
    }

    /// Belongs to the runtime, as Go's own tools see it: package `runtime` or below `internal/runtime/`.
    pub fn is_runtime(&self) -> bool {
        self.package == b"runtime" || self.package.starts_with(b"internal/runtime/") || self.text == b"panic"
    }

    /// The name in the form that is the same in every output of one program.
    ///
    /// # Cost
    /// Allocates only when the name has type arguments written out.
    pub fn key(&self) -> FuncKey<'a> {
        FuncKey::of(self.text)
    }
}

/// The receiver of the local name that begins at `start`, and where the method's name begins.
fn receiver(text: &[u8], start: usize) -> (Option<Receiver<'_>>, usize) {
    let first = scan::component(text, start);
    let component = text.get(first.clone()).unwrap_or_default();
    if component.starts_with(b"(") {
        let inner = component.strip_prefix(b"(").unwrap_or_default();
        let inner = inner.strip_suffix(b")").unwrap_or(inner);
        let is_pointer = inner.starts_with(b"*");
        let inner = inner.strip_prefix(b"*").unwrap_or(inner);
        return (Some(typed(inner, is_pointer)), method(text, first.end + 1));
    }
    let after = text.get(first.end + 1..).unwrap_or_default();
    let next = after.get(scan::component(after, 0)).unwrap_or_default();
    let (next, _, _) = scan::split_args(next);
    let is_type = component != b"init" && !component.contains(&b'-') && !component.is_empty();
    if is_type && !next.is_empty() && Part::numbered(next).is_none() {
        return (Some(typed(component, false)), method(text, first.end + 1));
    }
    (None, start)
}

fn typed(text: &[u8], is_pointer: bool) -> Receiver<'_> {
    let literal =
        [&b"struct {"[..], b"struct{", b"interface {", b"["].iter().any(|word| text.starts_with(word));
    if literal {
        return Receiver { is_pointer, type_name: text, type_args: None };
    }
    let (type_name, type_args, _) = scan::split_args(text);
    Receiver { is_pointer, type_name, type_args }
}

/// Where the method's name begins, given where the text after the receiver does: an unexported method of
/// another package is preceded by that package (`(*struct { … }).sync.popTail`). It looks like an inlined
/// function, except that those are there only for their closures.
fn method(text: &[u8], start: usize) -> usize {
    let (mut next, mut last) = (start, start);
    while next < text.len() {
        let component = scan::component(text, next);
        let (name, _, rest) = scan::split_args(text.get(component.clone()).unwrap_or_default());
        if !rest.is_empty() && rest != b"-fm" || Part::numbered(name).is_some() {
            return start;
        }
        last = next;
        next = component.end + 1;
    }
    last
}

impl fmt::Display for FuncName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(self.text).fmt(f)
    }
}

impl fmt::Debug for FuncName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FuncName({self})")
    }
}
