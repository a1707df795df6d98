//! Where sources are: paths of a build become paths in the repository.

use crate::table::SortRows;
use std::borrow::Cow;

/// Where sources are. A build names them by absolute paths or, with `-trimpath`, by module paths; a code host
/// wants paths relative to the root of the repository.
///
/// ```
/// use godiag::export::sarif::Roots;
/// let roots = Roots::default().with("/home/ci/shop", "").with("example.com/shop/order", "order");
/// assert_eq!(*roots.relative(b"/home/ci/shop/main.go"), *b"main.go");
/// assert_eq!(*roots.relative(b"example.com/shop/order/main.go"), *b"order/main.go");
/// assert_eq!(*roots.relative(b"/usr/local/go/src/fmt/print.go"), *b"/usr/local/go/src/fmt/print.go");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// The longest first.
    moved: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Roots {
    /// Adds that what a build has below `from`, a folder or a module, is in the repository's folder `to`;
    /// empty for its root.
    #[must_use]
    pub fn with(mut self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Self {
        let trimmed = |path: &[u8]| {
            let end = path.iter().rposition(|byte| !matches!(byte, b'/' | b'\\')).map_or(0, |last| last + 1);
            path.get(..end).unwrap_or_default().to_vec()
        };
        let from = trimmed(from.as_ref());
        if !from.is_empty() {
            self.moved.push((from, trimmed(to.as_ref())));
            self.moved.sort_rows_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        }
        self
    }

    /// `file` as the repository has it; itself if it is below none of the roots.
    pub fn relative<'a>(&self, file: &'a [u8]) -> Cow<'a, [u8]> {
        for (from, to) in &self.moved {
            let Some([b'/' | b'\\', rest @ ..]) = file.strip_prefix(&**from) else { continue };
            return if to.is_empty() { rest.into() } else { [to, &b"/"[..], rest].concat().into() };
        }
        file.into()
    }
}
