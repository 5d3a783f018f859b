//! The limits on the size of lessons. Each is far above what a lesson needs and far below what would do harm: any file
//! is read within a second, and no command takes more than 150 MB for it.

/// The size of a lesson file, in bytes.
pub const MAX_FILE_BYTES: usize = 512 * 1024;
/// The size of a CSV file, in bytes.
pub const MAX_CSV_BYTES: usize = 2 * 1024 * 1024;
/// The number of columns in a CSV file.
pub const MAX_COLUMNS: usize = 2_000;
/// The number of values in all data sets of a lesson together: 32 MB.
pub const MAX_DATA_NUMBERS: usize = 4_000_000;
/// The depth of nested lists and maps.
pub const MAX_DEPTH: usize = 32;
/// The number of networks in a lesson.
pub const MAX_NETWORKS: usize = 16;
/// The number of layers behind the input.
pub const MAX_LAYERS: usize = 16;
/// The number of inputs of a network, which is also that of the columns that a lesson names.
pub const MAX_INPUTS: usize = 1_024;
/// The number of units in one layer behind the input, without the bias unit.
pub const MAX_UNITS: usize = 256;
/// The number of samples in a data set.
pub const MAX_SAMPLES: usize = 10_000;
/// The number of scenes in a script.
pub const MAX_SCENES: usize = 200;
/// The number of epochs in one `train`.
pub const MAX_EPOCHS: usize = 100_000;
/// The number of updates or epochs that weights have been trained for before a lesson.
pub const MAX_TRAINED: usize = 1_000_000_000;
/// The number of epochs in all `train` scenes together: the loss of each is kept.
pub const MAX_EPOCHS_TOGETHER: usize = 500_000;
/// The magnitude of a number in a lesson.
pub const MAX_NUMBER: f64 = 1e6;
/// The number of characters in a text.
pub const MAX_TEXT: usize = 4_000;
/// The number of characters in the title.
pub const MAX_TITLE: usize = 80;
/// The number of characters in the summary.
pub const MAX_SUMMARY: usize = 120;
/// The number of characters in the name of a part of the course.
pub const MAX_PART: usize = 40;
/// The number of lessons that a lesson may need.
pub const MAX_NEEDS: usize = 16;
/// The number of characters in the name of a value, such as `before held-out samples` or `W(0)[1,2]`.
pub const MAX_VALUE_NAME: usize = 32;
/// The number of options of a question, each of which has a letter.
pub const MAX_OPTIONS: usize = 8;
/// The number of values that a goal bounds.
pub const MAX_CONDITIONS: usize = 8;
/// The number of panels beside the page.
pub const MAX_PANELS: usize = 3;
/// The number of characters in the name of a network, of a column or of a class.
pub const MAX_NAME: usize = 32;
/// The number of characters of a feature, such as `x1^2` or `sin x1`.
pub const MAX_FEATURE: usize = 80;
/// The highest power of a number in a feature, and the most factors of a product.
pub const MAX_POWER: u32 = 9;
/// The highest `order`.
pub const MAX_ORDER: usize = 1_000_000;
/// The work of all `train` scenes together, counted as epochs × samples × (weights + 16 per layer): some seconds.
pub const MAX_TRAINING_WORK: u64 = 1_000_000_000;
/// The number of values that all walks together may record: 40 MB.
pub const MAX_WALKED_CELLS: u64 = 5_000_000;
/// The number of values that one batch may take on its way through a network: 24 MB.
pub const MAX_BATCH_NUMBERS: usize = 3_000_000;
/// The highest seed that every JSON or YAML reader represents exactly, 2^53 − 1.
pub const HIGHEST_SEED: usize = 9_007_199_254_740_991;
