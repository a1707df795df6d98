//! Access to the tables, the same for all forms of a profile.

/// What a profile holds besides samples and strings: inherent methods, so that callers need no trait in
/// scope.
macro_rules! accessors {
    ($profile:ty) => {
        impl $profile {
            /// How many strings there are, entry 0, the empty one, included.
            pub fn string_count(&self) -> usize {
                crate::pprof::source::SampleSource::string_count(self)
            }

            /// What each value of a sample counts.
            pub fn sample_types(&self) -> &[ValueType] {
                &crate::pprof::source::SampleSource::tables(self).sample_types
            }

            /// The functions.
            pub fn functions(&self) -> &[Function] {
                &crate::pprof::source::SampleSource::tables(self).functions
            }

            /// The locations.
            pub fn locations(&self) -> &[Location] {
                &crate::pprof::source::SampleSource::tables(self).locations
            }

            /// The mappings; by convention the first one is the main binary.
            pub fn mappings(&self) -> &[Mapping] {
                &crate::pprof::source::SampleSource::tables(self).mappings
            }

            /// A function.
            ///
            /// # Panics
            /// When this profile has no such function.
            #[inline]
            pub fn function(&self, id: FunctionId) -> &Function {
                &crate::pprof::source::SampleSource::tables(self).functions[id.index()]
            }

            /// A location.
            ///
            /// # Panics
            /// When this profile has no such location.
            #[inline]
            pub fn location(&self, id: LocationId) -> &Location {
                &crate::pprof::source::SampleSource::tables(self).locations[id.index()]
            }

            /// A mapping.
            ///
            /// # Panics
            /// When this profile has no such mapping.
            #[inline]
            pub fn mapping(&self, id: MappingId) -> &Mapping {
                &crate::pprof::source::SampleSource::tables(self).mappings[id.index()]
            }

            /// The calls at a location: the innermost inlined one first, the function that holds the address
            /// last. Empty where the location is not symbolized.
            #[inline]
            pub fn lines(&self, id: LocationId) -> &[Line] {
                crate::pprof::source::SampleSource::tables(self).lines(id.index())
            }

            /// What is counted between two samples.
            pub fn period_type(&self) -> Option<ValueType> {
                crate::pprof::source::SampleSource::tables(self).header.period_type
            }

            /// How many of [`period_type`](Self::period_type) lie between two samples.
            pub fn period(&self) -> i64 {
                crate::pprof::source::SampleSource::tables(self).header.period
            }

            /// When collection began, in nanoseconds since 1970 UTC; 0 where it is not known.
            pub fn time_nanos(&self) -> i64 {
                crate::pprof::source::SampleSource::tables(self).header.time_nanos
            }

            /// How long collection took, in nanoseconds; 0 where it is not known.
            pub fn duration_nanos(&self) -> i64 {
                crate::pprof::source::SampleSource::tables(self).header.duration_nanos
            }

            /// Free text about the profile.
            pub fn comments(&self) -> &[StringId] {
                &crate::pprof::source::SampleSource::tables(self).header.comments
            }

            /// A regular expression of the functions to drop, with all that they call.
            pub fn drop_frames(&self) -> StringId {
                crate::pprof::source::SampleSource::tables(self).header.drop_frames
            }

            /// A regular expression of functions to keep that [`drop_frames`](Self::drop_frames) would drop.
            pub fn keep_frames(&self) -> StringId {
                crate::pprof::source::SampleSource::tables(self).header.keep_frames
            }

            /// The name of the preferred sample type, as the file gives it.
            pub fn default_sample_type(&self) -> StringId {
                crate::pprof::source::SampleSource::tables(self).header.default_sample_type
            }

            /// A link to documentation. To be followed only where it is `http` or `https`.
            pub fn doc_url(&self) -> StringId {
                crate::pprof::source::SampleSource::tables(self).header.doc_url
            }
        }
    };
}
pub(crate) use accessors;
