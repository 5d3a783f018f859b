//! Bars with a length in eighths of a cell.

/// Returns a bar from the left with a length in eighths of a cell.
pub(in crate::ui) fn bar(eighths: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}
