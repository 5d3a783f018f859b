//! The panels that can stand beside the page. A new panel is one file and one arm here.

mod activation;
mod batch;
mod changed;
mod fit;
mod hand;
mod histogram;
mod layers;
mod loss;
mod loss_map;
mod network;
mod outputs;
mod picture;
mod plane;
mod regions;
mod sample;
mod saturation;
mod tiles;
mod units;
mod weights;

pub(super) use plane::span;
pub(super) use regions::mark;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::algebra::{Focus, Operation, Phase};
use crate::lesson::Panel;
use crate::session::Plane;
use crate::ui::view::View;

/// The functions that draw a panel, and the room it needs.
#[derive(Clone, Copy)]
pub(super) struct Drawer {
    /// The least rows; with fewer, the panel is left out.
    pub min: fn(&View) -> u16,
    /// The panel's share of the rows that are left once every panel has its least.
    pub fill: u16,
    /// The most rows that it can use.
    pub max: fn(&View) -> u16,
    /// Whether the step speaks of what the panel shows, which then gets more room.
    pub is_spoken_of: fn(&View) -> bool,
    /// The heading.
    pub title: fn(&View) -> String,
    /// Draws the panel, in any area, also an empty one.
    pub draw: fn(&View, Rect, &mut Buffer),
}

impl Drawer {
    /// Returns the drawer of a panel.
    pub(super) fn new(panel: Panel) -> Self {
        type Rows = fn(&View) -> u16;
        type Title = fn(&View) -> String;
        type Draw = fn(&View, Rect, &mut Buffer);
        // The least rows, the share of the spare ones, the most rows; the module that draws it.
        let ((min, fill, max), title, draw): ((Rows, u16, Rows), Title, Draw) = match panel {
            Panel::Network => ((|_| 6, 14, any), network::title, network::draw),
            Panel::Saturation => (
                (|_| 4, 10, saturation::max_rows),
                saturation::title,
                saturation::draw,
            ),
            Panel::Loss => (
                (loss::min_rows, 11, loss::max_rows),
                loss::title,
                loss::draw,
            ),
            Panel::Outputs => (
                (|_| 5, 10, outputs::max_rows),
                outputs::title,
                outputs::draw,
            ),
            Panel::Picture => ((picture::min_rows, 14, any), picture::title, picture::draw),
            Panel::Units => ((|_| 5, 14, any), units::title, units::draw),
            Panel::Weights => ((weights::min_rows, 14, any), weights::title, weights::draw),
            Panel::Batch => (
                (batch::min_rows, 14, batch::max_rows),
                batch::title,
                batch::draw,
            ),
            Panel::Regions => ((|_| 5, 14, any), regions::title, regions::draw),
            Panel::Fit => ((|_| 5, 14, any), fit::title, fit::draw),
            Panel::Activation => ((|_| 5, 12, any), activation::title, activation::draw),
            Panel::Layers => ((|_| 4, 12, layers::max_rows), layers::title, layers::draw),
            Panel::LossMap => ((|_| 6, 16, any), loss_map::title, loss_map::draw),
            Panel::Histogram => ((|_| 4, 12, any), histogram::title, histogram::draw),
        };
        Self {
            min,
            fill,
            max,
            is_spoken_of: spoken_of(panel),
            title,
            draw,
        }
    }
}

/// Draws the loss map. Returns the number of points that it shows across and down.
pub(super) fn draw_loss_map(view: &View, area: Rect, buf: &mut Buffer) -> (usize, usize) {
    loss_map::draw_points(view, area, buf)
}

/// Returns how many cells a loss map over two numbers has in an area, across and down; `None` if it is none.
pub(super) fn loss_map_size(view: &View, area: Rect) -> Option<(usize, usize)> {
    loss_map::size(view, area)
}

/// Returns the plane in which samples are placed that a panel shows in an area, and where it is; `None` if it shows none.
pub(super) fn plane(view: &View, panel: Panel, area: Rect) -> Option<(Plane, Rect)> {
    let (axes, below) = match panel {
        Panel::Regions => regions::place(view, area),
        Panel::Fit => fit::place(view, area),
        _ => return None,
    };
    hand::plane(view, panel, &axes, below)
}

/// Returns the function that tells whether a step speaks of what a panel shows.
fn spoken_of(panel: Panel) -> fn(&View) -> bool {
    use Operation as O;
    match panel {
        Panel::Network => |view| {
            let is_about = |operation| !matches!(operation, O::Loss | O::PredictionLoss);
            view.step.operation().is_some_and(is_about)
        },
        Panel::Picture => |view| {
            let is_sample = matches!(view.step.operation(), Some(O::Sample));
            is_sample || matches!(view.step.focus(), Focus::Forward(0) | Focus::Change(0))
        },
        Panel::Saturation | Panel::Histogram => {
            |view| matches!(view.step.operation(), Some(O::Activation(_)))
        }
        Panel::Activation => |view| {
            let operation = view.step.operation();
            let is_slope = matches!(operation, Some(O::OutputSlope | O::SumSlope));
            is_slope || matches!(operation, Some(O::Activation(_)))
        },
        Panel::Outputs => |view| match view.step.operation() {
            Some(O::Activation(l)) => l == view.step.last(),
            operation => matches!(operation, Some(O::Prediction)),
        },
        Panel::Loss => |view| {
            let operation = view.step.operation();
            let is_loss = matches!(operation, Some(O::Loss | O::PredictionLoss));
            is_loss || is_training(view)
        },
        Panel::Batch => |view| matches!(view.step.operation(), Some(O::Sample | O::Loss)),
        Panel::Layers => |view| view.step.phase() == Some(Phase::Backpropagation),
        Panel::Weights => |view| {
            let is_about = matches!(view.step.focus(), Focus::Forward(0) | Focus::Change(0));
            is_about || is_training(view)
        },
        Panel::Regions | Panel::Fit | Panel::Units | Panel::LossMap => is_training,
    }
}

/// Returns whether the step shows a network in training.
fn is_training(view: &View) -> bool {
    view.step.operation().is_none() && view.step.symbol().is_some()
}

pub(super) use network::rows_for_pictures;

/// Returns no limit to the rows.
const fn any(_: &View) -> u16 {
    u16::MAX
}

/// Returns the panels beside the step, the most important one first. One that has nothing to show yet gives up its
/// place, unless the learner has asked for it.
pub(super) fn beside(view: &View) -> Vec<Drawer> {
    let mut panels = view.session.panels(&view.step);
    let is_wanted = |panel: Panel| view.session.chosen_panel() == Some(panel);
    if panels.len() > 1 && loss::is_empty(view) && !is_wanted(Panel::Loss) {
        panels.retain(|panel| *panel != Panel::Loss);
    }
    panels.into_iter().map(Drawer::new).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::{Activation, DataSet, Loss};
    use crate::lesson::Start;
    use crate::session::Session;
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, say, walk};

    /// Returns a network with any weights, and samples.
    fn net(
        inputs: usize,
        hidden: Option<(usize, Activation)>,
        output: Activation,
        numbers: &[f64],
        far: f64,
    ) -> Net {
        let layers: Vec<_> = hidden.into_iter().chain([(1, output)]).collect();
        let mut before = inputs;
        let mut numbers = numbers.iter().copied().cycle();
        let mut matrix =
            |shape| Array2::from_shape_simple_fn(shape, || numbers.next().unwrap_or(0.0));
        let mut weights = Vec::new();
        for &(units, _) in &layers {
            weights.push(matrix((before + 1, units)) * far);
            before = units;
        }
        let x = matrix((3, inputs));
        let y = Array2::from_shape_fn((3, 1), |(i, _)| (i % 2) as f64);
        Net {
            inputs,
            layers,
            start: Start::Weights(weights),
            loss: Loss::MeanSquared,
            rate: 1e-9,
            data: DataSet::new(x, y).unwrap(),
        }
    }

    fn draw_all(session: &Session, size: (u16, u16)) {
        for theme in [PLAIN, ASCII] {
            for panel in Panel::ALL.map(Drawer::new) {
                drawn(session, theme, size, panel.draw);
                crate::ui::fixture::with_view(session, theme, |view| {
                    (panel.title)(view);
                    (panel.max)(view);
                });
            }
        }
    }

    fn activation() -> impl Strategy<Value = Activation> {
        let plain = Activation::ALL
            .into_iter()
            .filter(|a| *a != Activation::Softmax);
        prop::sample::select(plain.collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn no_panel_minds_its_size_or_the_numbers(
            inputs in 1..4_usize,
            hidden in prop::option::of((1..12_usize, activation())),
            output in activation(),
            numbers in prop::collection::vec(-1e3..1e3_f64, 1..40),
            far in prop::sample::select(vec![1e-300, 1e-3, 1.0, 1e3, 1e50]),
            size in (0..50_u16, 0..20_u16),
            place in 0..20_usize,
        ) {
            let words = net(inputs, hidden, output, &numbers, far).session(vec![say()]);
            draw_all(&words, size);
            if far <= 1.0 {
                // If the numbers cannot overflow, in a walk too.
                let numbers: Vec<_> = numbers.iter().map(|number| number / 1e3).collect();
                let net = net(inputs, hidden, output, &numbers, far);
                let mut session = net.session(vec![walk(vec![0, 2])]);
                session.go_to(place);
                draw_all(&session, size);
            }
        }
    }
}
