//! A flame graph: from reports to a tree, and from there to a picture.

use std::io::Write;

use super::colour::Colours;
use super::layout::{Budget, Frame, lay_out};
use super::omitted::Omitted;
use super::options::Options;
use super::svg::{Picture, Sizes};
use super::tree::{Side, Tree};
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::report::{Report, conversion};

/// A flame graph, laid out.
#[derive(Debug)]
pub struct FlameGraph<'r, 'p> {
    report: &'r Report<'p>,
    colours: Colours,
    title: String,
    tree: Tree,
    frames: Vec<Frame>,
    omitted: Omitted,
}

impl<'r, 'p> FlameGraph<'r, 'p> {
    /// Lays out the stacks of `report`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when no stack has a value above 0, or the values are means, which do not add up.
    ///
    /// # Cost
    /// One pass over the samples; about 100 bytes for each frame of each distinct stack, at most 200 MB.
    pub fn new(report: &'r Report<'p>, options: &Options) -> Result<Self> {
        let mut tree = Tree::new(options.max_depth);
        tree.add(report, Side::After);
        Self::lay_out(report, Colours::Packages, tree, options)
    }

    /// Lays out the stacks of `after`, coloured by what changed since `before`, whose values are converted to
    /// the unit of `after`.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`ErrorKind::Usage`] also when the two show values of different types, or in
    /// units that do not convert.
    pub fn difference(before: &Report<'_>, after: &'r Report<'p>, options: &Options) -> Result<Self> {
        let mut tree = Tree::new(options.max_depth);
        tree.add(before, Side::Before(conversion(before, after)?));
        tree.add(after, Side::After);
        Self::lay_out(after, Colours::Changes, tree, options)
    }

    fn lay_out(report: &'r Report<'p>, colours: Colours, mut tree: Tree, options: &Options) -> Result<Self> {
        if report.has_means() {
            return Err(Error::new(ErrorKind::Usage).detail("means do not add up to a flame graph"));
        }
        tree.sum();
        if tree.total().after <= 0 {
            return Err(Error::new(ErrorKind::Usage).detail("no stack has a value to draw"));
        }
        let sizes = Sizes::new(&tree);
        let budget = Budget {
            frames: options.max_frames,
            bytes: Sizes::budget(tree.samples),
            cost: |node, share| sizes.frame(&tree, node, share),
        };
        let frames = lay_out(&tree, &budget);
        let omitted = Omitted::new(&tree, &frames);
        Ok(Self { report, colours, title: options.title.clone(), tree, frames, omitted })
    }

    /// What the picture leaves out.
    pub fn omitted(&self) -> Omitted {
        self.omitted
    }

    /// Writes the picture: an `<svg>` element that may stand alone or inside an HTML page.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    ///
    /// # Cost
    /// At most 1 MiB and 300 bytes per sample.
    pub fn write(&self, out: &mut impl Write) -> Result<()> {
        let Self { report, colours, title, tree, frames, omitted } = self;
        let picture = Picture { report, colours: *colours, title, tree, frames, omitted: *omitted };
        Ok(picture.write(out)?)
    }
}
