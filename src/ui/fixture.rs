//! Lessons and screens for the tests of the panels.

use std::fmt::Write as _;
use std::sync::Arc;

use ndarray::{Array2, array};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::algebra::{Operation, Phase};
use crate::engine::{Activation, DataSet, Init, InitScheme, Layer, Loss, Sides, TrainingConfig};
use crate::lesson::{
    Action, Lesson, NetworkSpec, Scene, Selection, Source, Span, Start, Text, Train, Walk,
};
use crate::session::{Session, StepView};
use crate::trace::Trace;
use crate::ui::style::{Color, Theme};
use crate::ui::view::View;

/// A theme with Unicode and without colour.
pub(super) const PLAIN: Theme = Theme {
    color: Color::None,
    ascii: false,
};

/// A theme with ASCII and without colour.
pub(super) const ASCII: Theme = Theme {
    color: Color::None,
    ascii: true,
};

/// A network to make test lessons from.
pub(super) struct Net {
    pub(super) inputs: usize,
    pub(super) layers: Vec<(usize, Activation)>,
    pub(super) start: Start,
    pub(super) loss: Loss,
    pub(super) rate: f64,
    pub(super) data: DataSet,
}

impl Net {
    /// Returns the lecture's grounded example.
    pub(super) fn grounded() -> Self {
        Self {
            inputs: 2,
            layers: vec![(2, Activation::Logistic), (1, Activation::Logistic)],
            start: Start::Weights(vec![
                array![[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]],
                array![[-0.3], [0.5], [0.1]],
            ]),
            loss: Loss::NegLogLoss,
            rate: 1.0,
            data: DataSet::new(array![[0.0, 1.0]], array![[1.0]]).unwrap(),
        }
    }

    /// Returns a network for XOR with random weights.
    pub(super) fn xor() -> Self {
        Self {
            start: Self::drawn(),
            data: DataSet::named("xor").unwrap(),
            ..Self::grounded()
        }
    }

    /// Returns a classifier with the size of one for digits.
    pub(super) fn large() -> Self {
        let x = Array2::from_shape_fn((5, 64), |(r, c)| ((r * 7 + c * 3) % 17) as f64 / 16.0);
        let y = Array2::from_shape_fn((5, 10), |(r, c)| f64::from(r == c));
        Self {
            inputs: 64,
            layers: vec![(32, Activation::Tanh), (10, Activation::Softmax)],
            start: Self::drawn(),
            loss: Loss::CrossEntropy,
            rate: 0.1,
            data: DataSet::new(x, y).unwrap(),
        }
    }

    /// Returns random weights from a fixed seed.
    pub(super) fn drawn() -> Start {
        Start::Init(Init {
            scheme: InitScheme::Xavier,
            seed: 1,
        })
    }

    /// Returns a session of a lesson about this network.
    pub(super) fn session(self, actions: Vec<Action>) -> Session {
        self.session_of(actions, |_| {})
    }

    /// Returns the same with held-out samples.
    pub(super) fn session_with(self, held_out: Option<DataSet>, actions: Vec<Action>) -> Session {
        self.session_of(actions, |spec| spec.held_out = held_out.map(Arc::new))
    }

    /// Returns the same, after a change to the lesson's specification of the network.
    pub(super) fn session_of(
        self,
        actions: Vec<Action>,
        change: impl FnOnce(&mut NetworkSpec),
    ) -> Session {
        let layers = self
            .layers
            .iter()
            .map(|&(units, activation)| Layer::new(units, activation));
        let mut spec = NetworkSpec {
            name: String::new(),
            inputs: self.inputs,
            layers: layers.collect(),
            start: self.start,
            trained: None,
            training: TrainingConfig::new(self.loss, self.rate, 1),
            data: Arc::new(self.data),
            left_out: 0,
            held_out: None,
            made: None,
            scaled: Sides::default(),
            words: Vec::new(),
            drawn: None,
            panels: Vec::new(),
            span: Span::default(),
        };
        change(&mut spec);
        let scenes = actions.into_iter().map(|action| Scene {
            network: 0,
            panels: Vec::new(),
            compared: Vec::new(),
            lecture: None,
            action,
            settings: crate::lesson::Settings::default(),
            span: Span::default(),
        });
        let lesson = Lesson {
            own_numbers: false,
            numpy: false,
            order: None,
            source: Arc::new(Source {
                name: "test".into(),
                text: String::new(),
            }),
            tables: None,
            table_names: Vec::new(),
            title: "Test".into(),
            summary: String::new(),
            part: None,
            needs: Vec::new(),
            topics: Vec::new(),
            networks: vec![spec],
            scenes: scenes.collect(),
            notes: None,
            changed: Vec::new(),
        };
        Session::new(Trace::compile(Arc::new(lesson)).unwrap())
    }

    /// Returns a session in a walk through one batch, at the first step of an operation.
    pub(super) fn at(self, batch: Vec<usize>, operation: Operation) -> Session {
        let mut session = self.session(vec![walk(batch)]);
        go_to(&mut session, operation);
        session
    }
}

/// Returns a walk through one batch.
pub(super) fn walk(batch: Vec<usize>) -> Action {
    Action::Walk(Walk {
        samples: Selection::Samples(batch),
        until: Phase::Update,
        chain_rule: false,
        fold: None,
        notes: Vec::new(),
        lecture: Vec::new(),
        questions: Vec::new(),
    })
}

/// Returns a few epochs of training.
pub(super) fn train(epochs: usize) -> Action {
    Action::Train(Train {
        epochs,
        until: None,
        patience: None,
        every: None,
        say: None,
    })
}

/// Returns a scene in which the author speaks.
pub(super) fn say() -> Action {
    Action::Say(Text::default())
}

/// Goes to the first step of an operation.
pub(super) fn go_to(session: &mut Session, operation: Operation) {
    let trace = session.trace();
    let index = (0..trace.len())
        .find(|&i| trace.step(i).operation() == Some(operation))
        .unwrap();
    session.go_to(index);
}

/// Draws a panel alone.
pub(super) fn drawn(
    session: &Session,
    theme: Theme,
    (width, height): (u16, u16),
    draw: fn(&View, Rect, &mut Buffer),
) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    with_view(session, theme, |view| draw(view, area, &mut buf));
    buf
}

/// Calls a function with the view that a panel reads.
pub(super) fn with_view<T>(session: &Session, theme: Theme, read: impl FnOnce(&View) -> T) -> T {
    let step_view = StepView {
        example: None,
        ..session.view()
    };
    read(&View {
        step_view: &step_view,
        theme: &theme,
        hand: None,
    })
}

/// Returns the text of a buffer, without the blanks at the ends of lines.
pub(super) fn text(buf: &Buffer) -> String {
    let mut text = String::new();
    for row in buf.content.chunks(usize::from(buf.area.width).max(1)) {
        let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Draws a panel at every small size, and checks that it writes nothing outside of its area, and nothing but ASCII if
/// only that may be used.
pub(super) fn check_sizes(session: &Session, draw: fn(&View, Rect, &mut Buffer)) {
    let sizes = (0..=12)
        .flat_map(|height| (0..=30).map(move |width| (width, height)))
        .chain([(44, 14), (80, 30), (3, 40), (200, 1)]);
    for (width, height) in sizes {
        for theme in [PLAIN, ASCII] {
            let whole = Rect::new(0, 0, width + 4, height + 2);
            let area = Rect::new(2, 1, width, height);
            let mut buf = Buffer::filled(whole, ratatui::buffer::Cell::new("#"));
            for y in area.rows() {
                for x in y.columns() {
                    buf[(x.x, x.y)].reset();
                }
            }
            with_view(session, theme, |view| draw(view, area, &mut buf));
            for position in whole.positions() {
                let symbol = buf[position].symbol();
                if area.contains(position) {
                    assert!(
                        symbol.is_ascii() || !theme.ascii,
                        "{symbol} at {width}×{height}"
                    );
                } else {
                    assert_eq!(symbol, "#", "outside of {width}×{height}");
                }
            }
        }
    }
}
