//! Bars, finer than a cell.

/// Returns a bar from the left that is so many eighths of a cell long.
pub(in crate::ui) fn bar(eighths: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}
