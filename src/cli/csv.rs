//! Comma-separated values, by RFC 4180.

/// Returns a line of fields.
pub(super) fn line(fields: impl Iterator<Item = String>) -> String {
    fields.collect::<Vec<_>>().join(",") + "\r\n"
}

/// Returns a field with a text that somebody has typed. No program for tables takes it for a formula.
pub(super) fn text(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    let begins_formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    let mark = if begins_formula && !is_number {
        "'"
    } else {
        ""
    };
    if text.contains(['"', ',', '\r', '\n']) || text.trim() != text {
        format!("\"{mark}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{mark}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula_or_breaks_a_row() {
        for (typed, field) in [
            ("0.25", "0.25"),
            ("-0.25", "-0.25"),
            ("+1e-3", "+1e-3"),
            ("-0.244 -0.049", "'-0.244 -0.049"),
            ("-inf", "'-inf"),
            ("=1+1", "'=1+1"),
            (" =1+1", "\"' =1+1\""),
            ("+1+1", "'+1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("1, 2", "\"1, 2\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("", ""),
            ("−0.5", "−0.5"),
        ] {
            assert_eq!(text(typed), field, "{typed:?}");
        }
    }
}
