//! The panels that can stand beside the page, in one table: a new panel is one file and one line here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::view::View;
use super::{activation, curve, fit, histogram, layers, meters, network, regions};
use crate::lesson::Panel;

/// How a panel is drawn, and the room it needs.
pub(super) struct Drawer {
    panel: Panel,
    /// Rows without which it gives way.
    pub least: u16,
    /// Its share of the rows that are left once every panel has its least.
    pub share: u16,
    /// Rows beyond which it shows no more.
    pub most: fn(&View) -> u16,
    /// Its heading.
    pub title: fn(&View) -> String,
    /// Draws it; any area will do, also an empty one.
    pub draw: fn(&View, Rect, &mut Buffer),
}

/// Every panel.
const TABLE: &[Drawer] = {
    type Title = fn(&View) -> String;
    type Draw = fn(&View, Rect, &mut Buffer);
    const fn row(
        panel: Panel,
        (least, share): (u16, u16),
        most: fn(&View) -> u16,
        title: Title,
        draw: Draw,
    ) -> Drawer {
        Drawer {
            panel,
            least,
            share,
            most,
            title,
            draw,
        }
    }
    &[
        row(Panel::Network, (6, 14), any, network::title, network::draw),
        row(
            Panel::Saturation,
            (4, 10),
            meters::most,
            meters::title,
            meters::draw,
        ),
        row(Panel::Loss, (5, 11), any, curve::title, curve::draw),
        row(Panel::Regions, (5, 14), any, regions::title, regions::draw),
        row(Panel::Fit, (5, 14), any, fit::title, fit::draw),
        row(
            Panel::Activation,
            (5, 12),
            any,
            activation::title,
            activation::draw,
        ),
        row(
            Panel::Layers,
            (4, 12),
            layers::most,
            layers::title,
            layers::draw,
        ),
        row(
            Panel::Histogram,
            (4, 12),
            any,
            histogram::title,
            histogram::draw,
        ),
    ]
};

/// As many rows as there are.
const fn any(_: &View) -> u16 {
    u16::MAX
}

/// The panels beside the step, the most important one first.
pub(super) fn beside(view: &View) -> Vec<&'static Drawer> {
    view.session
        .panels(view.step)
        .into_iter()
        .filter_map(|panel| TABLE.iter().find(|drawer| drawer.panel == panel))
        .collect()
}
