//! Names of frames, as long as there is room for them.

/// Characters of a name in the tooltip; what is longer loses its middle.
const LONGEST: usize = 300;

/// The name with at most [`LONGEST`] characters.
pub(super) fn limited(name: &str) -> String {
    let len = name.chars().count();
    if len <= LONGEST {
        return name.to_owned();
    }
    let head: String = name.chars().take(LONGEST / 2).collect();
    let tail: String = name.chars().skip(len - LONGEST / 2 + 1).collect();
    format!("{head}…{tail}")
}

/// The name in at most `room` characters: whole, without the directories of its package, or with its end cut
/// off. Nothing where not even three characters fit. The page's script does the same after a zoom.
pub(super) fn fitted(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    let short = without_directories(name);
    if short.chars().count() <= room {
        return short.to_owned();
    }
    if room < 3 {
        return String::new();
    }
    short.chars().take(room - 1).chain(['…']).collect()
}

/// The name after the last slash of its package path; type arguments may hold further ones.
fn without_directories(name: &str) -> &str {
    let path_end = name.find(['[', '(', ' ']).unwrap_or(name.len());
    let slash = name.get(..path_end).and_then(|path| path.rfind('/'));
    slash.and_then(|slash| name.get(slash + 1..)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_directories_first() {
        let name = "example.com/shop/order.(*Cart[go.shape.int]).Add";
        assert_eq!(fitted(name, 99), name);
        assert_eq!(fitted(name, 40), "order.(*Cart[go.shape.int]).Add");
        assert_eq!(fitted(name, 9), "order.(*…");
        assert_eq!(fitted(name, 2), "");
        assert_eq!(without_directories("slices.Sort[a/b.T]"), "slices.Sort[a/b.T]");
        assert_eq!(without_directories("main.main"), "main.main");
    }

    #[test]
    fn endless_names_end() {
        let limited = limited(&"é".repeat(1000));
        assert_eq!(limited.chars().count(), LONGEST);
    }
}
