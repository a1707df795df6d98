//! A profile in whatever form costs least.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use super::text;
use crate::error::{Error, Result};
use crate::pprof::decode::tables::Tables;
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::Profile;
use crate::pprof::rule::Defects;
use crate::pprof::source::{Sample, SampleSource, Source, Want, inflate};
#[cfg(feature = "gzip")]
use crate::pprof::stream::Stream;
use crate::pprof::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};
use crate::pprof::view::{Inflated, View};
#[cfg(feature = "gzip")]
use crate::wire::Inflate;

/// A profile of any form, kept in the way that costs least: for reports and merging.
///
/// | input | kept as |
/// |---|---|
/// | gzip around protobuf of more than 12 MiB | a `Stream`: tables in memory, samples inflated once per pass |
/// | other gzip around protobuf | a [`View`](crate::pprof::View) of what was inflated, once |
/// | protobuf | a [`View`](crate::pprof::View) of the input |
/// | text, and forms older than protobuf; lenient reading | a [`Profile`](crate::pprof::Profile) |
///
/// ```
/// use godiag::pprof::{AnyProfile, report::{Options, Report}};
/// # let file = b"\x0a\x04\x08\x01\x10\x02\x12\x05\x0a\x01\x01\x10\x2a\x22\x06\x08\x01\x22\x02\x08\x01\x2a\x04\x08\x01\x10\x03\
/// #     \x32\x00\x32\x03cpu\x32\x02ns\x32\x06main.f";
/// let profile = AnyProfile::parse(file)?;
/// let top = Report::new(&profile, &Options::default())?.top()?;
/// assert_eq!(top.total(), 42);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
pub struct AnyProfile<'a>(Form<'a>);

#[derive(Debug)]
enum Form<'a> {
    #[cfg(feature = "gzip")]
    Stream(Stream<'a>),
    View(View<'a>),
    Inflated(Inflated),
    Profile(Profile),
}

impl<'a> AnyProfile<'a> {
    /// Reads the profile in `input`, gzipped or not: protobuf, Go's text forms (debug=1 and debug=2), or one
    /// of the older forms of gperftools, Java and jemalloc.
    ///
    /// # Errors
    /// As [`Profile::parse`].
    ///
    /// # Cost
    /// Linear, about 1 ns per byte; inflates once. Memory: that of the form, see the [type](Self).
    pub fn parse(input: &'a [u8]) -> Result<Self> {
        Self::parse_with(input, &ReadOptions::default()).map(|(profile, _)| profile)
    }

    /// Reads the profile in `input`, gzipped or not, as `options` say. Strict reading reports no defects.
    ///
    /// # Errors
    /// As [`Profile::parse_with`].
    pub fn parse_with(input: &'a [u8], options: &ReadOptions) -> Result<(Self, Defects)> {
        if options.lenient || options.unknown_fields {
            let (profile, defects) = Profile::parse_with(input, options)?;
            return Ok((Self(Form::Profile(profile)), defects));
        }
        #[cfg(feature = "gzip")]
        match inflated(input, options) {
            Some(Begun::Stream(stream)) => return Ok((Self(Form::Stream(*stream)), Defects::default())),
            Some(Begun::Message(message)) => return from_message(message.into(), options),
            None => {}
        }
        from_message(inflate::decompress(input, &options.limits)?, options)
    }

    /// Reads a profile from `input`, gzipped or not.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and `Io`.
    pub fn read(input: impl Read) -> Result<AnyProfile<'static>> {
        AnyProfile::read_with(input, &ReadOptions::default()).map(|(profile, _)| profile)
    }

    /// Reads a profile from `input`, gzipped or not, as `options` say.
    ///
    /// # Errors
    /// As [`parse_with`](Self::parse_with), and `Io`.
    pub fn read_with(input: impl Read, options: &ReadOptions) -> Result<(AnyProfile<'static>, Defects)> {
        let bytes = inflate::read_all(input, &options.limits)?;
        if options.lenient || options.unknown_fields || inflate::is_gzip(&bytes) {
            let (profile, defects) = AnyProfile::parse_with(&bytes, options)?;
            return Ok((profile.into_owned(), defects));
        }
        from_message(bytes.into(), options)
    }

    /// Reads the profile in the file at `path`, gzipped or not.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn open(path: impl AsRef<Path>) -> Result<AnyProfile<'static>> {
        AnyProfile::read(std::fs::File::open(path).map_err(Error::from)?)
    }

    /// Whether samples are inflated anew for every pass, because all of them are too large to be held in
    /// memory.
    pub fn is_streamed(&self) -> bool {
        #[cfg(feature = "gzip")]
        if let Form::Stream(_) = self.0 {
            return true;
        }
        false
    }

    /// The same profile, borrowing nothing: copies the input where it is borrowed.
    pub fn into_owned(self) -> AnyProfile<'static> {
        AnyProfile(match self.0 {
            #[cfg(feature = "gzip")]
            Form::Stream(stream) => Form::Stream(stream.into_owned()),
            Form::View(view) => Form::Inflated(view.into_owned()),
            Form::Inflated(inflated) => Form::Inflated(inflated),
            Form::Profile(profile) => Form::Profile(profile),
        })
    }

    /// The decoded profile.
    ///
    /// # Cost
    /// None where it was decoded already; otherwise a pass over the samples, and memory for all of them.
    pub fn into_profile(self) -> Profile {
        match self.0 {
            Form::Profile(profile) => profile,
            form => Profile::copy_of(form.source()),
        }
    }

    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    pub fn string(&self, id: StringId) -> &[u8] {
        self.0.source().string(id)
    }

    /// The index of the value that reports show by default, by Go's rule: the one that
    /// [`default_sample_type`](Self::default_sample_type) names, or else the last one.
    pub fn default_value(&self) -> usize {
        self.tables().default_value(|a, b| self.string(a) == self.string(b))
    }
}

crate::pprof::source::accessors::accessors!(AnyProfile<'_>);

/// What becomes of a gzipped profile once its beginning has been inflated.
#[cfg(feature = "gzip")]
enum Begun<'a> {
    Stream(Box<Stream<'a>>),
    /// All of it.
    Message(Vec<u8>),
}

/// Inflates `input` as far as is needed to know whether to keep it compressed. `None` where that is no
/// question, and where something is wrong: then the message is inflated as a whole, and its reader reports
/// the error.
#[cfg(feature = "gzip")]
fn inflated<'a>(input: &'a [u8], options: &ReadOptions) -> Option<Begun<'a>> {
    /// Inflating a message of this size takes 20 ms: more than that is not held in memory.
    const LARGE: usize = 12 << 20;
    /// No profile is deflated to less than a hundredth: less than this is never large.
    const SMALL: usize = 64 << 10;
    if options.in_memory || !inflate::is_gzip(input) || input.len() < SMALL {
        return None;
    }
    let mut chunks = Inflate::new(input, &options.limits);
    let mut message = Vec::new();
    while let Some(chunk) = chunks.next_chunk().ok()? {
        message.extend_from_slice(chunk);
        if message.len() > LARGE {
            return Stream::resume(input, &message, chunks, &options.limits)
                .ok()?
                .map(Box::new)
                .map(Begun::Stream);
        }
    }
    Some(Begun::Message(message))
}

/// The form of a `message` that is not compressed.
fn from_message<'a>(message: Cow<'a, [u8]>, options: &ReadOptions) -> Result<(AnyProfile<'a>, Defects)> {
    if let Some(text) = text::read(&message, None, options) {
        return text.map(|(profile, defects)| (AnyProfile(Form::Profile(profile)), defects));
    }
    let form = match message {
        Cow::Borrowed(message) => Form::View(View::parse_with(message, &options.limits)?),
        Cow::Owned(message) => Form::Inflated(Inflated::new(message, &options.limits)?),
    };
    Ok((AnyProfile(form), Defects::default()))
}

impl Form<'_> {
    fn source(&self) -> &dyn SampleSource {
        match self {
            #[cfg(feature = "gzip")]
            Self::Stream(stream) => stream,
            Self::View(view) => view,
            Self::Inflated(inflated) => inflated,
            Self::Profile(profile) => profile,
        }
    }
}

impl SampleSource for AnyProfile<'_> {
    fn erased(&self) -> &dyn SampleSource {
        self.0.source()
    }

    fn tables(&self) -> &Tables {
        self.0.source().tables()
    }

    fn string_count(&self) -> usize {
        self.0.source().string_count()
    }

    fn string(&self, id: StringId) -> &[u8] {
        Self::string(self, id)
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        self.0.source().each_sample(want, each);
    }

    fn known_total(&self, column: usize) -> Option<i128> {
        self.0.source().known_total(column)
    }
}

impl Source for AnyProfile<'_> {}
