//! The capabilities of the terminal, as far as the environment tells. The terminal itself is not asked: its answers
//! arrive late or never over a slow line, and would mix with the learner's keys.

/// The variable that says which characters the terminal shows, whatever its name and the locale are: `unicode` or
/// `ascii`.
pub(super) const GLYPHS: &str = "NN_TUTOR_GLYPHS";

/// The variable that leaves the mouse to the terminal where it is `off`.
const MOUSE: &str = "NN_TUTOR_MOUSE";

/// The number of colours that the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColorDepth {
    /// None, or none wanted.
    None,
    /// The 16 colours of the terminal's own palette.
    Ansi16,
    /// The 256 colours of xterm.
    Ansi256,
    /// 24 bits.
    True,
}

/// The capabilities of the terminal, as far as the environment tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// The flags are independent.
#[allow(clippy::struct_excessive_bools)]
pub struct Capabilities {
    /// The number of colours.
    pub color: ColorDepth,
    /// Whether the terminal can show more than ASCII.
    pub unicode: bool,
    /// Whether the terminal cannot move its cursor and can only print lines of text.
    pub dumb: bool,
    /// Whether the background is known to be light.
    pub light: bool,
    /// Whether what the mouse does may be asked for.
    pub mouse: bool,
}

impl Capabilities {
    /// Returns the capabilities that environment variables tell of; `env` looks one up.
    ///
    /// - `dumb`: `TERM` is unset, empty, `dumb` or `unknown`.
    /// - `color`: none with a non-empty `NO_COLOR` (<https://no-color.org>), on a dumb terminal and on the VT
    ///   series; 24 bits by `COLORTERM` (`truecolor`, `24bit`) or a `TERM` that stands for them; 256 by
    ///   `TERM`; else 16. The Linux console and `screen` do not believe a `COLORTERM` inherited from elsewhere.
    /// - `unicode`: not on the Linux console, whose font has few glyphs, nor on a dumb terminal or a VT. Else the
    ///   first of `LC_ALL`, `LC_CTYPE`, `LANG` that is not empty must name UTF-8. With none of them, which over
    ///   SSH says only that the client forwarded none, it is true: today's terminals are all UTF-8, and
    ///   plain ASCII can be asked for while the reverse could not.
    ///   `NN_TUTOR_GLYPHS` (`unicode`, `ascii`) has the last word: a locale may name no codeset, and a font may lack glyphs.
    /// - `mouse`: unless `NN_TUTOR_MOUSE` is `off`. A terminal that has none reports nothing.
    /// - `light`: the last field of `COLORFGBG` is one of the light colours of the palette.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| env(name).filter(|value| !value.is_empty());
        let term = value("TERM").unwrap_or_default();
        let dumb = matches!(term.as_str(), "" | "dumb" | "unknown");
        // `vt100`, `vt220-nam`, but not `vte-256color`.
        let video_terminal = term
            .strip_prefix("vt")
            .is_some_and(|model| model.starts_with(|digit: char| digit.is_ascii_digit()));

        let color =
            if dumb || video_terminal || term.ends_with("-mono") || value("NO_COLOR").is_some() {
                ColorDepth::None
            } else {
                color_depth(&term, value("COLORTERM").as_deref())
            };
        let by_locale = || {
            ["LC_ALL", "LC_CTYPE", "LANG"]
                .into_iter()
                .find_map(value)
                .is_none_or(|locale| is_utf8(&locale))
        };
        let unicode = match value(GLYPHS).as_deref() {
            Some("unicode") => true,
            Some("ascii") => false,
            _ => !dumb && !video_terminal && !term.starts_with("linux") && by_locale(),
        };
        let light = value("COLORFGBG")
            .and_then(|colors| colors.rsplit(';').next()?.parse::<u8>().ok())
            .is_some_and(|background| matches!(background, 7 | 9..=15));
        Self {
            color,
            unicode,
            dumb,
            light,
            mouse: !value(MOUSE).is_some_and(|mouse| mouse.eq_ignore_ascii_case("off")),
        }
    }
}

fn color_depth(term: &str, colorterm: Option<&str>) -> ColorDepth {
    let base = term.split('-').next().unwrap_or_default();
    let full = ["xterm-kitty", "xterm-ghostty"].contains(&term)
        || ["alacritty", "wezterm", "foot", "ghostty"].contains(&base)
        || term.ends_with("-direct");
    let modest = ["linux", "screen"].contains(&base);
    if full || (!modest && matches!(colorterm, Some("truecolor" | "24bit"))) {
        ColorDepth::True
    } else if term.contains("256color") {
        ColorDepth::Ansi256
    } else {
        ColorDepth::Ansi16
    }
}

/// Returns whether a locale (`language_TERRITORY.codeset@modifier`) has the codeset UTF-8.
fn is_utf8(locale: &str) -> bool {
    let codeset = locale
        .split('@')
        .next()
        .and_then(|locale| locale.split_once('.'))
        // On macOS a locale may be the codeset alone.
        .map_or(locale, |(_, codeset)| codeset);
    codeset.eq_ignore_ascii_case("utf-8") || codeset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(variables: &[(&str, &str)]) -> Capabilities {
        Capabilities::detect(|name| {
            let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
            Some((*value).to_string())
        })
    }

    #[test]
    fn dumb() {
        for variables in [
            &[][..],
            &[("TERM", "")],
            &[
                ("TERM", "dumb"),
                ("COLORTERM", "truecolor"),
                ("LANG", "en_US.UTF-8"),
            ],
        ] {
            assert_eq!(
                detect(variables),
                Capabilities {
                    color: ColorDepth::None,
                    unicode: false,
                    dumb: true,
                    mouse: true,
                    light: false
                },
            );
        }
    }

    #[test]
    fn colors() {
        for (variables, color) in [
            (&[("TERM", "xterm")][..], ColorDepth::Ansi16),
            (&[("TERM", "linux")], ColorDepth::Ansi16),
            (
                &[("TERM", "linux"), ("COLORTERM", "truecolor")],
                ColorDepth::Ansi16,
            ),
            (
                &[("TERM", "screen"), ("COLORTERM", "truecolor")],
                ColorDepth::Ansi16,
            ),
            (&[("TERM", "screen-256color")], ColorDepth::Ansi256),
            (&[("TERM", "xterm-256color")], ColorDepth::Ansi256),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                ColorDepth::True,
            ),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "yes")],
                ColorDepth::Ansi256,
            ),
            (
                &[("TERM", "tmux-256color"), ("COLORTERM", "24bit")],
                ColorDepth::True,
            ),
            (&[("TERM", "vte-256color")], ColorDepth::Ansi256),
            (&[("TERM", "xterm-kitty")], ColorDepth::True),
            (&[("TERM", "foot")], ColorDepth::True),
            (&[("TERM", "vt100")], ColorDepth::None),
            (&[("TERM", "xterm-mono")], ColorDepth::None),
            (
                &[
                    ("TERM", "xterm-256color"),
                    ("NO_COLOR", "1"),
                    ("COLORTERM", "truecolor"),
                ],
                ColorDepth::None,
            ),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "0")],
                ColorDepth::None,
            ),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "")],
                ColorDepth::Ansi256,
            ),
        ] {
            assert_eq!(detect(variables).color, color, "{variables:?}");
        }
    }

    #[test]
    fn unicode() {
        for (variables, unicode) in [
            (&[("TERM", "xterm")][..], true),
            (&[("TERM", "xterm"), ("LANG", "")], true),
            (&[("TERM", "xterm"), ("LANG", "en_US.UTF-8")], true),
            (&[("TERM", "xterm"), ("LANG", "de_DE.utf8@euro")], true),
            (&[("TERM", "xterm"), ("LC_CTYPE", "UTF-8")], true),
            (&[("TERM", "xterm"), ("LANG", "C")], false),
            (&[("TERM", "xterm"), ("LANG", "POSIX")], false),
            (&[("TERM", "xterm"), ("LANG", "de_DE")], false),
            (&[("TERM", "xterm"), ("LANG", "de_DE.ISO-8859-1")], false),
            (&[("TERM", "xterm"), ("LANG", "de_DE@euro")], false),
            (
                &[("TERM", "xterm"), ("LC_ALL", "C"), ("LANG", "en_US.UTF-8")],
                false,
            ),
            (
                &[
                    ("TERM", "xterm"),
                    ("LC_ALL", ""),
                    ("LC_CTYPE", "C.UTF-8"),
                    ("LANG", "C"),
                ],
                true,
            ),
            (&[("TERM", "linux"), ("LANG", "en_US.UTF-8")], false),
            (&[("TERM", "linux-16color"), ("LANG", "en_US.UTF-8")], false),
            (&[("TERM", "vt220"), ("LANG", "en_US.UTF-8")], false),
            (&[("TERM", "vte-256color"), ("LANG", "en_US.UTF-8")], true),
            // The learner knows better.
            (
                &[("TERM", "xterm"), ("LANG", "de_DE"), (GLYPHS, "unicode")],
                true,
            ),
            (
                &[("TERM", "linux"), ("LANG", "C"), (GLYPHS, "unicode")],
                true,
            ),
            (
                &[("TERM", "xterm"), ("LANG", "C.UTF-8"), (GLYPHS, "ascii")],
                false,
            ),
            (
                &[("TERM", "xterm"), ("LANG", "C.UTF-8"), (GLYPHS, "nonsense")],
                true,
            ),
        ] {
            assert_eq!(detect(variables).unicode, unicode, "{variables:?}");
        }
    }

    #[test]
    fn light() {
        for (value, light) in [
            ("0;15", true),
            ("0;7", true),
            ("0;default;15", true),
            ("15;0", false),
            ("7;8", false),
            ("0;default", false),
            ("", false),
            ("0;300", false),
        ] {
            assert_eq!(
                detect(&[("TERM", "rxvt"), ("COLORFGBG", value)]).light,
                light,
                "{value}"
            );
        }
    }
}
