//! The table in which trainings are compared.

use unicode_width::UnicodeWidthStr;

use crate::algebra::{Decimals, RichText};
use crate::lesson::{NetworkSpec, Start};
use crate::trace::curve::sign_of_row;
use crate::trace::step::Step;

/// What is told of a network, and how each is told.
type Column<'s> = (&'static str, Box<dyn Fn(&Step) -> String + 's>);

/// Returns the lines of the table of the networks that a step compares: what differs between them, and how far they have
/// come. Empty if it compares none.
pub(super) fn table(step: &Step) -> Vec<RichText> {
    let networks: Vec<Step> = step
        .compared()
        .into_iter()
        .map(|index| step.trace().step(index))
        .collect();
    if networks.is_empty() {
        return Vec::new();
    }
    let number = |value: f64| Decimals::default().number(value);
    let settings: [Column; 8] = [
        ("ρ", of_spec(|spec| spec.training.rho.to_string())),
        (
            "optimizer",
            of_spec(|spec| spec.training.optimizer.name().to_owned()),
        ),
        (
            "batch",
            of_spec(|spec| spec.training.batch_size.to_string()),
        ),
        ("α", of_spec(|spec| spec.training.penalty.l2.to_string())),
        ("α₁", of_spec(|spec| spec.training.penalty.l1.to_string())),
        (
            "φ",
            of_spec(|spec| spec.layers[0].activation.name().to_owned()),
        ),
        ("units", of_spec(units)),
        ("seed", of_spec(seed)),
    ];
    let results: [Column; 5] = [
        ("epochs", Box::new(|step: &Step| step.epoch().to_string())),
        (
            "right",
            Box::new(|step: &Step| of_all(step.measure().right, step.spec().data.len())),
        ),
        ("J", Box::new(|step: &Step| number(step.measure().loss))),
        (
            "held out",
            Box::new(|step: &Step| {
                let samples = step.spec().held_out.as_ref().map_or(0, |held| held.len());
                of_all(step.held_out().and_then(|held| held.right), samples)
            }),
        ),
        (
            "its J",
            Box::new(|step: &Step| {
                step.held_out()
                    .map_or_else(String::new, |held| number(held.loss))
            }),
        ),
    ];
    let cells = |(_, tell): &Column| -> Vec<String> { networks.iter().map(tell).collect() };
    let mut columns: Vec<(&str, Vec<String>)> = vec![(
        "",
        networks
            .iter()
            .enumerate()
            .map(|(place, step)| format!("{} {}", sign_of_row(place), step.spec().name))
            .collect(),
    )];
    for column in &settings {
        let cells = cells(column);
        // What is the same for all is not told.
        if cells.iter().any(|cell| *cell != cells[0]) {
            columns.push((column.0, cells));
        }
    }
    for column in &results {
        let cells = cells(column);
        if cells.iter().any(|cell| !cell.is_empty()) {
            columns.push((column.0, cells));
        }
    }
    let widths: Vec<usize> = columns
        .iter()
        .map(|(head, cells)| {
            cells
                .iter()
                .map(|cell| cell.width())
                .chain([head.width()])
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells = widths.iter().enumerate().map(|(i, width)| {
            let cell = cell(i);
            let space = " ".repeat(width.saturating_sub(cell.width()));
            // Names begin at the left, numbers end at the right.
            if i == 0 { cell + &space } else { space + &cell }
        });
        RichText::from(cells.collect::<Vec<_>>().join("  "))
    };
    let head = line(&|i| columns[i].0.to_owned());
    let rows = (0..networks.len()).map(|row| line(&|i| columns[i].1[row].clone()));
    [head].into_iter().chain(rows).collect()
}

fn of_spec<'s>(tell: impl Fn(&NetworkSpec) -> String + 's) -> Box<dyn Fn(&Step) -> String + 's> {
    Box::new(move |step| tell(step.spec()))
}

fn of_all(count: Option<usize>, of: usize) -> String {
    count.map_or_else(String::new, |count| format!("{count}/{of}"))
}

/// Returns the units of the layers: `2-4-1`.
fn units(spec: &NetworkSpec) -> String {
    let layers = spec.layers.iter().map(|layer| layer.units);
    let all = std::iter::once(spec.inputs).chain(layers);
    all.map(|units| units.to_string())
        .collect::<Vec<_>>()
        .join("-")
}

/// Returns the seed of the start weights; nothing if they are given.
fn seed(spec: &NetworkSpec) -> String {
    match &spec.start {
        Start::Init(init) => init.seed.to_string(),
        Start::Weights(_) => String::new(),
    }
}
