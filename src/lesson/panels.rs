//! The panels that a lesson asks for, and those that a network can show.

use super::error::{Problem, Report};
use super::form;
use super::validate::count;
use super::yaml::At;
use super::{NetworkSpec, Panel};

impl Panel {
    /// The smallest number of pixels in a picture.
    const LEAST_PIXELS: usize = 16;

    /// Returns whether a network of this shape has what the panel shows.
    pub fn suits(self, network: &NetworkSpec) -> bool {
        let inputs = network.raw_inputs();
        match self {
            Self::Regions => inputs == 2,
            Self::Fit => inputs == 1 && network.outputs() == 1,
            Self::Units => inputs <= 2 && (network.layers.len() > 1 || network.outputs() > 1),
            Self::Picture | Self::Weights => {
                let is_square = inputs.isqrt().pow(2) == inputs;
                network.made.is_none() && inputs >= Self::LEAST_PIXELS && is_square
            }
            _ => true,
        }
    }

    /// Returns a description of the panel on one line.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Network => "The network with its values.",
            Self::Saturation => "How close each unit is to the limits of its φ.",
            Self::Loss => "The loss curve, with that of the held-out samples.",
            Self::Regions => {
                "Decision regions, the samples, the line of each unit of layer 1. For 2 inputs."
            }
            Self::Fit => {
                "The output over the input, the samples, what each hidden unit adds. For 1 input and 1 output."
            }
            Self::Activation => "φ and ψ of a layer, the weighted sums marked on them.",
            Self::Layers => "The size of δ and ∇ in every layer.",
            Self::Histogram => {
                "How saturated the units of every layer are, over the whole data set."
            }
            Self::Outputs => "The outputs as bars, with their targets.",
            Self::Units => {
                "What each unit computes over the inputs, as small pictures. For 1 or 2 inputs and several units."
            }
            Self::Picture => "The inputs as a picture. For a square number of inputs, 16 or more.",
            Self::Weights => {
                "The weights of the inputs as a picture for each unit of layer 1. For a square number of inputs, 16 or more."
            }
            Self::Batch => "The samples of the batch, their losses and the mean or sum.",
            Self::LossMap => {
                "The loss over the two weights whose slopes are steepest at first, the others kept; the next update as an arrow, or the one that a step makes."
            }
        }
    }

    /// Returns the property that a network needs for this panel; `None` if it suits all.
    pub(crate) const fn wants(self) -> Option<&'static str> {
        match self {
            Self::Regions => Some("a network with 2 inputs"),
            Self::Fit => Some("a network with 1 input and 1 output"),
            Self::Units => Some("a network with 1 or 2 inputs and several units"),
            Self::Picture | Self::Weights => {
                Some("inputs that make a square: 16, 25, 36, 49, 64, …")
            }
            _ => None,
        }
    }
}

/// Returns the panels that the network can show, and reports the others.
pub(crate) fn suitable(
    panels: &form::Panels,
    at: At<'_>,
    network: &NetworkSpec,
    report: &mut Report,
) -> Vec<Panel> {
    let panels = panels.0.iter().zip(at.items());
    let (fit, others): (Vec<_>, Vec<_>) = panels
        .filter(|(_, at)| at.is_sound())
        .map(|(panel, at)| (panel.0, at))
        .partition(|(panel, _)| panel.suits(network));
    for (panel, at) in others {
        let outputs = count(network.outputs(), "output", "outputs");
        let inputs = count(network.raw_inputs(), "input", "inputs");
        let all = Panel::ALL.into_iter().filter(|other| other.suits(network));
        let all: Vec<&str> = all.map(Panel::name).collect();
        let what = format!(
            "the panel {} cannot show a network with {inputs} and {outputs}",
            panel.name()
        );
        report.push(
            Problem::new(at.span(), what)
                .expected(format!(
                    "it needs {}",
                    panel.wants().unwrap_or("another network")
                ))
                .also(network.span, "the network is here")
                .help(format!("panels that it can show: {}", all.join(", "))),
        );
    }
    fit.into_iter().map(|(panel, _)| panel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Library;

    #[test]
    fn a_panel_suits_the_networks_that_have_what_it_shows() {
        let lesson = Library::embedded().open("xor").unwrap();
        let mut network = lesson.networks[0].clone();
        let mut suits = |inputs: usize, units: usize| -> Vec<&'static str> {
            network.inputs = inputs;
            if let Some(output) = network.layers.last_mut() {
                output.units = units;
            }
            Panel::ALL
                .into_iter()
                .filter(|panel| panel.wants().is_some() && panel.suits(&network))
                .map(Panel::name)
                .collect()
        };
        assert_eq!(suits(2, 3), ["regions", "units"]);
        assert_eq!(suits(1, 1), ["fit"]);
        assert_eq!(suits(1, 2), ["units"]);
        for pixels in [16, 25, 64, 256] {
            assert_eq!(suits(pixels, 10), ["picture", "weights"], "{pixels}");
        }
        for inputs in [3, 4, 9, 15, 17, 63] {
            assert_eq!(suits(inputs, 1), [""; 0], "{inputs}");
        }
        assert_eq!(
            Panel::ALL
                .into_iter()
                .filter(|panel| panel.suits(&network))
                .count(),
            9
        );
    }
}
