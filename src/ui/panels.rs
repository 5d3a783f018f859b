//! The panels that can stand beside the page, in one table: a new panel is one file and one line here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::view::View;
use super::{
    activation, batch, curve, fit, histogram, layers, meters, network, outputs, picture, regions,
};
use crate::lesson::Panel;

/// How a panel is drawn, and the room it needs.
pub(super) struct Drawer {
    panel: Panel,
    /// Rows without which it gives way.
    pub least: fn(&View) -> u16,
    /// Its share of the rows that are left once every panel has its least.
    pub share: u16,
    /// Rows beyond which it shows no more.
    pub most: fn(&View) -> u16,
    /// Its heading.
    pub title: fn(&View) -> String,
    /// Draws it; any area will do, also an empty one.
    pub draw: fn(&View, Rect, &mut Buffer),
}

/// Every panel: the rows it needs, its share of the spare ones, the most it can use, what stands in it.
const TABLE: &[Drawer] = {
    type Rows = fn(&View) -> u16;
    type Title = fn(&View) -> String;
    type Draw = fn(&View, Rect, &mut Buffer);
    const fn row(
        panel: Panel,
        (least, share, most): (Rows, u16, Rows),
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
    use Panel as P;
    &[
        row(P::Network, (|_| 6, 14, any), network::title, network::draw),
        row(
            P::Saturation,
            (|_| 4, 10, meters::most),
            meters::title,
            meters::draw,
        ),
        row(P::Loss, (|_| 5, 11, any), curve::title, curve::draw),
        row(
            P::Outputs,
            (|_| 5, 10, outputs::most),
            outputs::title,
            outputs::draw,
        ),
        row(
            P::Picture,
            (picture::least, 14, any),
            picture::title,
            picture::draw,
        ),
        row(
            P::Batch,
            (batch::least, 14, batch::most),
            batch::title,
            batch::draw,
        ),
        row(P::Regions, (|_| 5, 14, any), regions::title, regions::draw),
        row(P::Fit, (|_| 5, 14, any), fit::title, fit::draw),
        row(
            P::Activation,
            (|_| 5, 12, any),
            activation::title,
            activation::draw,
        ),
        row(
            P::Layers,
            (|_| 4, 12, layers::most),
            layers::title,
            layers::draw,
        ),
        row(
            P::Histogram,
            (|_| 4, 12, any),
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
