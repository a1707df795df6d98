//! What helps where the time goes into a call, by what is called.

/// Functions that a line calls, and what to do instead. A name that ends in `*` stands for all that begin so.
const ADVICE: &[(&str, &str)] = &[
    (
        "fmt.*",
        "Format less: strconv.Append… into a buffer that is reused, and a struct as the key of a map instead of a \
         formatted string.",
    ),
    (
        "encoding/json.*",
        "Encode and decode less: keep the encoded form of what rarely changes, leave out what nobody reads, and use \
         structs instead of map[string]any.",
    ),
    (
        "sync/atomic.*",
        "All cores fight for one cache line here: let each worker count by itself, and publish the sum once in a \
         while.",
    ),
    ("regexp.*", "Match less: look for a fixed part with package strings first, and anchor the expression."),
    ("reflect.*", "Avoid reflection here: name the types, or generate the code for them."),
    (
        "sort.*",
        "Sort once and keep the order, or select only what is needed; slices.SortFunc avoids the interface.",
    ),
    (
        "runtime.mapassign*",
        "Give the map its size when it is made (make(map[K]V, n)), or reuse it with clear.",
    ),
    ("runtime.growslice*", "Make the slice with its final capacity once, before the loop."),
    ("runtime.concatstring*", "Build strings with strings.Builder, whose capacity Grow sets once."),
    ("strings.(*Builder).*", "Set the builder's capacity once, with Grow."),
    ("runtime.slicebytetostring*", "Keep one type: a conversion between []byte and string copies."),
    ("runtime.stringtoslicebyte*", "Keep one type: a conversion between []byte and string copies."),
    ("compress/*", "Reuse the compressor with Reset, from a sync.Pool, and compress at a lower level."),
    ("bytes.(*Buffer).*", "Reuse the buffer, or set its capacity once, with Grow."),
    ("io.ReadAll", "Decode from the stream, or read into a buffer of the known length."),
];

/// What helps against calls of `callee`, if that is known.
pub(crate) fn advice(callee: &[u8]) -> Option<&'static str> {
    let is = |pattern: &str| match pattern.strip_suffix('*') {
        Some(prefix) => callee.starts_with(prefix.as_bytes()),
        None => callee == pattern.as_bytes(),
    };
    ADVICE.iter().find(|(pattern, _)| is(pattern)).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn what_is_called_decides() {
        assert!(advice(b"fmt.Sprintf").is_some_and(|text| text.contains("strconv")));
        assert!(advice(b"runtime.growslice").is_some_and(|text| text.contains("capacity")));
        assert_eq!(advice(b"main.work"), None);
        assert_eq!(advice(b""), None);
    }
}
