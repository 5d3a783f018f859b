//! The sets that come with the program, by name.

/// A set that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// 1 where both inputs are 1.
    And,
    /// 1 where an input is 1.
    Or,
    /// 1 where the inputs differ.
    Xor,
    /// Not AND.
    Nand,
    /// Not OR.
    Nor,
    /// Not XOR.
    Xnor,
    /// h = ½ g t² with g = 9.81 m/s², t from 0 to 1 s, h in metres.
    FreeFall,
    /// x² from −1 to 1.
    Square,
    /// sin x from −π to π.
    Sin,
    /// |x| from −1 to 1.
    Abs,
    /// 0 below 0 and 1 from 0 on, from −1 to 1.
    Step,
    /// A circle of radius 1 (class 0) around one of radius ½ (class 1).
    Circles,
    /// Two half-circles of radius 1, each with an end inside the other.
    Moons,
    /// Two arms of one turn each.
    Spiral,
    /// Two clouds, around (−1, −1) and (1, 1).
    Blobs,
    /// Points below (class 0) and above (class 1) the curve sin x₁.
    AboveSin,
    /// Points below and above the curve x₁³ − x₁.
    AboveCubic,
    /// Points below and above the curve |x₁|.
    AboveAbs,
    /// Fisher's iris flowers: sepal length and width, petal length and width in cm; three species.
    Iris,
    /// Handwritten digits: 8 × 8 pixels row by row, from 0 (paper) to 1 (ink); ten classes.
    Digits,
}

/// The options for drawing the samples of a set.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DataSetOptions {
    /// The number of samples.
    pub samples: usize,
    /// The standard deviation of the normally distributed noise: on every input of the sets with classes, on the target
    /// of a curve.
    pub noise: f64,
    /// The seed of the noise, and of the points that are drawn at random.
    pub seed: u64,
}

/// The kind of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// The truth table of a logic gate with two inputs, its samples in the order 00, 01, 10, 11, repeated where more
    /// than four are asked for.
    Gate,
    /// A function of one input, at evenly spaced places from the lower end to the upper one.
    Curve,
    /// Two classes in the plane, alternating.
    Plane,
    /// Measured rather than drawn: the classes alternate, and the samples are always the same, without noise.
    Measured,
}

impl Named {
    /// Every set.
    pub const ALL: [Self; 20] = [
        Self::And,
        Self::Or,
        Self::Xor,
        Self::Nand,
        Self::Nor,
        Self::Xnor,
        Self::FreeFall,
        Self::Square,
        Self::Sin,
        Self::Abs,
        Self::Step,
        Self::Circles,
        Self::Moons,
        Self::Spiral,
        Self::Blobs,
        Self::AboveSin,
        Self::AboveCubic,
        Self::AboveAbs,
        Self::Iris,
        Self::Digits,
    ];

    /// Returns the name in lesson files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Nand => "nand",
            Self::Nor => "nor",
            Self::Xnor => "xnor",
            Self::FreeFall => "free-fall",
            Self::Square => "square",
            Self::Sin => "sin",
            Self::Abs => "abs",
            Self::Step => "step",
            Self::Circles => "circles",
            Self::Moons => "moons",
            Self::Spiral => "spiral",
            Self::Blobs => "blobs",
            Self::AboveSin => "above-sin",
            Self::AboveCubic => "above-cubic",
            Self::AboveAbs => "above-abs",
            Self::Iris => "iris",
            Self::Digits => "digits",
        }
    }

    /// Returns the set of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|named| named.name() == name)
    }

    /// Returns the kind of the set.
    pub const fn family(self) -> Family {
        match self {
            Self::And | Self::Or | Self::Xor | Self::Nand | Self::Nor | Self::Xnor => Family::Gate,
            Self::FreeFall | Self::Square | Self::Sin | Self::Abs | Self::Step => Family::Curve,
            Self::Circles
            | Self::Moons
            | Self::Spiral
            | Self::Blobs
            | Self::AboveSin
            | Self::AboveCubic
            | Self::AboveAbs => Family::Plane,
            Self::Iris | Self::Digits => Family::Measured,
        }
    }

    /// Returns whether its points are drawn at random, so that the seed matters without noise too.
    pub const fn draws_points(self) -> bool {
        matches!(self, Self::AboveSin | Self::AboveCubic | Self::AboveAbs)
    }

    /// Returns the smallest sensible number of samples: each input of a gate, both ends of a curve, two points per
    /// class in the plane, one flower or digit per class.
    pub const fn fewest(self) -> usize {
        match self.family() {
            Family::Gate | Family::Plane => 4,
            Family::Curve => 2,
            Family::Measured => self.classes().len(),
        }
    }

    /// Returns the number of samples of a measured set; `None` for a set that is drawn.
    pub const fn most(self) -> Option<usize> {
        match self {
            Self::Iris => Some(150),
            Self::Digits => Some(400),
            _ => None,
        }
    }

    /// Returns the names of the features; empty where one cannot choose among them.
    pub const fn features(self) -> &'static [&'static str] {
        match self {
            Self::Iris => &["sepal-length", "sepal-width", "petal-length", "petal-width"],
            _ => &[],
        }
    }

    /// Returns the names of the classes; empty where they have none.
    pub const fn classes(self) -> &'static [&'static str] {
        match self {
            Self::Iris => &["setosa", "versicolor", "virginica"],
            Self::Digits => &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            _ => &[],
        }
    }

    /// Returns the default options for drawing the set.
    pub const fn drawing(self) -> DataSetOptions {
        let (samples, noise) = match self {
            Self::And | Self::Or | Self::Xor | Self::Nand | Self::Nor | Self::Xnor => (4, 0.0),
            Self::FreeFall | Self::Square | Self::Sin | Self::Abs | Self::Step => (21, 0.0),
            Self::Circles | Self::Moons => (100, 0.1),
            Self::Spiral => (100, 0.05),
            Self::Blobs => (100, 0.5),
            Self::AboveSin | Self::AboveCubic | Self::AboveAbs => (100, 0.0),
            Self::Iris => (150, 0.0),
            Self::Digits => (400, 0.0),
        };
        DataSetOptions {
            samples,
            noise,
            seed: 0,
        }
    }
}
