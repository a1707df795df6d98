//! Colours: by package, or by what changed.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::tree::Pair;
use crate::symbol::{FuncName, Owner};

/// Hues of packages that are neither the runtime's nor the standard library's, in degrees; `main` has the
/// first.
const HUES: [u16; 10] = [16, 2, 30, 44, 56, 344, 326, 306, 288, 270];
const RUNTIME_HUE: u16 = 212;
const STANDARD_HUES: [u16; 5] = [158, 146, 134, 170, 182];
/// Shades of a hue, so that functions of one package can be told apart.
const SHADES: u32 = 3;
/// Shares of the total from which a change is drawn stronger.
const STEPS: [f64; 5] = [0.000_1, 0.001, 0.01, 0.05, 0.2];

/// The colour of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Colour {
    /// Without a package: native code, files, labels, the root.
    Plain,
    /// A package and a shade.
    Package { hue: u16, saturation: u8, shade: u8 },
    /// More than before: how many of [`STEPS`] the change reaches.
    Grown(u8),
    /// Less than before.
    Shrunk(u8),
}

const fn package(hue: u16, shade: u8) -> Colour {
    Colour::Package { hue, saturation: 72, shade }
}

const fn standard(hue: u16, shade: u8) -> Colour {
    Colour::Package { hue, saturation: 34, shade }
}

const fn runtime(shade: u8) -> Colour {
    Colour::Package { hue: RUNTIME_HUE, saturation: 32, shade }
}

impl Colour {
    /// The colour of a function's package. A package has the same colour in every picture.
    pub(super) fn package(name: &[u8]) -> Self {
        // Beside the function, a name may have its file and line.
        let function = name.split(|&byte| byte == b' ').next().unwrap_or_default();
        let parsed = FuncName::parse(function);
        let shade = (hash(function) % SHADES) as u8;
        let pick = |hues: &[u16]| hues[hash(parsed.package()) as usize % hues.len()];
        match parsed.owner(None) {
            Owner::Native => Self::Plain,
            Owner::Runtime => runtime(shade),
            Owner::Standard => standard(pick(&STANDARD_HUES), shade),
            Owner::Program if parsed.package() == b"main" => package(HUES[0], shade),
            Owner::Program | Owner::Dependency => package(pick(&HUES), shade),
        }
    }

    /// The colour of a change, by its share of the larger total.
    pub(super) fn change(value: Pair, total: Pair) -> Self {
        let change = value.after - value.before;
        let share = change.unsigned_abs() as f64 / total.before.max(total.after).max(1) as f64;
        let step = STEPS.iter().take_while(|step| share >= **step).count() as u8;
        match (step, change > 0) {
            (0, _) => Self::Plain,
            (step, true) => Self::Grown(step),
            (step, false) => Self::Shrunk(step),
        }
    }

    /// The class that gives an element this colour.
    pub(super) fn class(self) -> String {
        match self {
            Self::Plain => "plain".to_owned(),
            Self::Package { hue, shade, .. } => format!("h{hue}-{shade}"),
            Self::Grown(step) => format!("up{step}"),
            Self::Shrunk(step) => format!("down{step}"),
        }
    }

    /// Hue, saturation, and lightness on light and on dark paper.
    fn hsl(self) -> (u16, u8, u8, u8) {
        match self {
            Self::Plain => (215, 10, 85, 30),
            Self::Package { hue, saturation, shade } => (hue, saturation, 70 + 4 * shade, 33 + 3 * shade),
            Self::Grown(step) => (4, 80, 92 - 6 * step, 26 + 4 * step),
            Self::Shrunk(step) => (214, 75, 92 - 6 * step, 26 + 4 * step),
        }
    }
}

/// What the colours of a picture tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Packages,
    /// What changed since an earlier profile.
    Changes,
}

impl Colours {
    /// Colours with their meanings.
    pub(super) const fn legend(self) -> &'static [(Colour, &'static str)] {
        match self {
            Self::Packages => &PACKAGES,
            Self::Changes => &CHANGES,
        }
    }
}

const PACKAGES: [(Colour, &str); 4] = [
    (package(HUES[0], 1), "program and its modules"),
    (standard(STANDARD_HUES[0], 1), "standard library"),
    (runtime(1), "runtime"),
    (Colour::Plain, "other"),
];

const CHANGES: [(Colour, &str); 5] = [
    (Colour::Grown(5), "more, by 20% of the total"),
    (Colour::Grown(3), "1%"),
    (Colour::Plain, "same"),
    (Colour::Shrunk(3), "1%"),
    (Colour::Shrunk(5), "less, by 20% of the total"),
];

/// Writes the style rules of `colours`, for light and for dark paper.
pub(super) fn write_rules(colours: &BTreeSet<Colour>, out: &mut impl Write) -> io::Result<()> {
    for colour in colours {
        let (hue, saturation, light, _) = colour.hsl();
        writeln!(out, ".flame .{} {{ fill: hsl({hue}, {saturation}%, {light}%); }}", colour.class())?;
    }
    writeln!(out, "@media (prefers-color-scheme: dark) {{")?;
    for colour in colours {
        let (hue, saturation, _, dark) = colour.hsl();
        writeln!(
            out,
            "  .flame .{} {{ fill: hsl({hue}, {}%, {dark}%); }}",
            colour.class(),
            saturation / 4 * 3
        )?;
    }
    writeln!(out, "}}")
}

/// FNV-1a.
fn hash(text: &[u8]) -> u32 {
    text.iter().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(16_777_619))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_one_hue() {
        let hue = |name: &str| match Colour::package(name.as_bytes()) {
            Colour::Package { hue, .. } => hue,
            _ => 0,
        };
        assert_eq!(hue("runtime.mallocgc"), RUNTIME_HUE);
        assert!(STANDARD_HUES.contains(&hue("net/http.(*conn).serve")));
        assert_eq!(hue("main.main"), HUES[0]);
        assert!(!STANDARD_HUES.contains(&hue("shop/order.F")));
        assert_eq!(hue("shop/order.F /src/order/f.go:3"), hue("shop/order.(*T[...]).G"));
        assert_eq!(Colour::package(b"__memcpy"), Colour::Plain);
    }

    #[test]
    fn a_change_is_as_strong_as_its_share() {
        let total = Pair { before: 1000, after: 500 };
        let colour = |before, after| Colour::change(Pair { before, after }, total);
        assert_eq!(colour(100, 100), Colour::Plain);
        assert_eq!(colour(100, 101), Colour::Grown(2));
        assert_eq!(colour(400, 100), Colour::Shrunk(5));
        let most = Pair { before: 0, after: i128::MAX };
        assert_eq!(Colour::change(most, most), Colour::Grown(5));
    }
}
