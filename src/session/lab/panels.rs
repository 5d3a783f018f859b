//! The choice of panels in the lab: which stand beside each other, and which one fills the screen.

use super::Lab;
use crate::lesson::{NetworkSpec, Panel};

/// What the learner has chosen.
#[derive(Debug, Default)]
pub(super) struct PanelChoice {
    /// The second panel beside the network.
    second: Option<Panel>,
    /// The panel that filled the screen last, or does.
    large: Option<Panel>,
    is_large: bool,
    /// How often the units of a panel without room for all were turned over.
    page: i32,
}

impl Lab {
    /// Returns the panels to choose from as the second one beside the network, the chosen one first.
    pub fn second_panels(&self) -> Vec<Panel> {
        let mut panels = second_panels(self.run.now());
        let chosen = panels
            .iter()
            .position(|panel| Some(*panel) == self.panels.second);
        panels.rotate_left(chosen.unwrap_or(0));
        panels
    }

    /// Returns the second panel, if the learner has chosen it.
    pub fn chosen_panel(&self) -> Option<Panel> {
        let second = self.panels.second?;
        second.suits(self.run.now()).then_some(second)
    }

    /// Returns the main panel: the regions, the fit, or the outputs.
    pub fn main_panel(&self) -> Panel {
        main_panel(self.run.now())
    }

    /// Returns all panels of the lab, in the order in which they are gone through on the whole screen.
    pub fn panels(&self) -> Vec<Panel> {
        let spec = self.run.now();
        let mut panels = vec![main_panel(spec), Panel::Network, Panel::Loss];
        panels.extend(second_panels(spec));
        panels
    }

    /// Returns the panel that fills the screen; `None` while there are several.
    pub fn large_panel(&self) -> Option<Panel> {
        self.panels.is_large.then(|| self.next_large())
    }

    /// Returns the panel that fills the screen, or would: the one that filled it last, or else the main one.
    fn next_large(&self) -> Panel {
        let large = self.panels.large.filter(|it| self.panels().contains(it));
        large.unwrap_or_else(|| self.main_panel())
    }

    /// Lets one panel fill the screen, or shows several again.
    pub(super) fn enlarge(&mut self) {
        let is_large = !self.panels.is_large;
        if is_large {
            self.panels.large = Some(self.next_large());
        }
        self.panels.is_large = is_large;
    }

    /// Chooses a panel: on the whole screen among all of them, otherwise the second one beside the network.
    pub(super) fn choose_panel(&mut self, forward: bool, count: usize) {
        self.panels.page = 0;
        self.picture.turn_units_to(0);
        let (panels, now) = if let Some(large) = self.large_panel() {
            (self.panels(), large)
        } else {
            let second = second_panels(self.run.now());
            let shown = self.second_panels().first().copied();
            (second, shown.unwrap_or(Panel::Network))
        };
        let all = panels.len().max(1);
        let here = panels.iter().position(|panel| *panel == now).unwrap_or(0);
        let on = count % all;
        let next = (here + if forward { on } else { all - on }) % all;
        let Some(&panel) = panels.get(next) else {
            return;
        };
        self.panels.large = Some(panel);
        if second_panels(self.run.now()).contains(&panel) {
            self.panels.second = Some(panel);
        }
        if !self.panels.is_large {
            let (name, number) = (panel.name(), next + 1);
            self.say(format!(
                "Panel {number} of {all}: {name}. z makes it large."
            ));
        }
    }

    /// Turns to the next units in panels without room for all, or to those before.
    pub(super) fn turn_units(&mut self, forward: bool) {
        let by = if forward { 1 } else { -1 };
        self.panels.page = self.panels.page.saturating_add(by);
        self.picture.turn_units_to(self.panels.page);
    }

    /// Returns how often the units were turned over.
    pub(super) const fn unit_page(&self) -> i32 {
        self.panels.page
    }
}

fn main_panel(spec: &NetworkSpec) -> Panel {
    let large = [Panel::Regions, Panel::Fit];
    let fits = large.into_iter().find(|panel| panel.suits(spec));
    fits.unwrap_or(Panel::Outputs)
}

/// Returns the panels to choose from beside the network and the loss, the most telling first.
fn second_panels(spec: &NetworkSpec) -> Vec<Panel> {
    let order = [
        Panel::Units,
        Panel::Picture,
        Panel::Weights,
        Panel::Layers,
        Panel::Saturation,
        Panel::Histogram,
        Panel::Activation,
        Panel::Outputs,
        Panel::Batch,
    ];
    let main = main_panel(spec);
    let suits = |panel: &Panel| panel.suits(spec) && *panel != main;
    order.into_iter().filter(suits).collect()
}
