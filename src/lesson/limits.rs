//! How large a lesson may be. Every bound is far above what a lesson needs and far below what would hurt:
//! whatever a file says, it is read within a second, and no command takes more than 150 MB for it.

/// Bytes of a lesson file.
pub const MAX_FILE_BYTES: usize = 512 * 1024;
/// Bytes of a CSV file.
pub const MAX_CSV_BYTES: usize = 2 * 1024 * 1024;
/// Columns of a CSV file.
pub const MAX_COLUMNS: usize = 1_000;
/// Numbers in all data sets of a lesson together: 32 MB of them.
pub const MAX_DATA_NUMBERS: usize = 4_000_000;
/// Lists and maps inside one another.
pub const MAX_DEPTH: usize = 32;
/// Networks of a lesson.
pub const MAX_NETWORKS: usize = 16;
/// Layers behind the input.
pub const MAX_LAYERS: usize = 16;
/// Units of one layer, the input included, without the bias unit.
pub const MAX_UNITS: usize = 256;
/// Samples of a data set.
pub const MAX_SAMPLES: usize = 10_000;
/// Scenes of a script.
pub const MAX_SCENES: usize = 200;
/// Epochs of one `train`.
pub const MAX_EPOCHS: usize = 100_000;
/// Epochs of all `train` scenes together: of each the loss is kept.
pub const MAX_EPOCHS_TOGETHER: usize = 500_000;
/// No number of a lesson is larger, either side of 0.
pub const MAX_NUMBER: f64 = 1e6;
/// Characters of a text.
pub const MAX_TEXT: usize = 4_000;
/// Characters of the title.
pub const MAX_TITLE: usize = 80;
/// Characters of the summary.
pub const MAX_SUMMARY: usize = 120;
/// Characters of the name of a part of the course.
pub const MAX_PART: usize = 40;
/// Lessons that one lesson may name as those before it.
pub const MAX_NEEDS: usize = 16;
/// Characters of the name of a value, such as `before held-out samples` or `W(0)[1,2]`.
pub const MAX_VALUE_NAME: usize = 32;
/// Options of a question, each with a letter of its own.
pub const MAX_OPTIONS: usize = 8;
/// Panels beside the page, at most.
pub const MAX_PANELS: usize = 3;
/// Characters of the name of a network, of a column or of a class.
pub const MAX_NAME: usize = 32;
/// The highest `order`.
pub const MAX_ORDER: usize = 1_000_000;
/// Work of all `train` scenes together, counted as epochs × samples × (weights + 16 per layer): some seconds.
pub const MAX_TRAINING_WORK: u64 = 1_000_000_000;
/// Numbers that all walks together may record: 40 MB of them.
pub const MAX_WALKED_CELLS: u64 = 5_000_000;
/// Numbers that one batch may take on its way through a network: 24 MB of them.
pub const MAX_BATCH_NUMBERS: usize = 3_000_000;
/// The highest seed that every reader of numbers takes as it is, 2^53 − 1.
pub const HIGHEST_SEED: usize = 9_007_199_254_740_991;
