//! The table in which trainings are compared.

use crate::algebra::{RichText, Table, TableCell};
use crate::lesson::{NetworkSpec, Start};
use crate::trace::curve::sign_of_row;
use crate::trace::step::Step;

/// What is told of a network, and how each is told.
type Column<'s> = (&'static str, Box<dyn Fn(&Step) -> TableCell + 's>);

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
        (
            "epochs",
            Box::new(|step: &Step| TableCell::Words(step.epoch().to_string())),
        ),
        (
            "right",
            Box::new(|step: &Step| of_all(step.measure().right, step.spec().data.len())),
        ),
        (
            "J",
            Box::new(|step: &Step| TableCell::Number(step.measure().loss)),
        ),
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
                let held_out = step.held_out();
                held_out.map_or(TableCell::Words(String::new()), |held| {
                    TableCell::Number(held.loss)
                })
            }),
        ),
    ];
    let cells = |(_, tell): &Column| -> Vec<TableCell> { networks.iter().map(tell).collect() };
    let names = networks.iter().enumerate();
    let names = names.map(|(place, step)| format!("{} {}", sign_of_row(place), step.spec().name));
    let mut columns = vec![("", names.map(TableCell::Words).collect::<Vec<_>>())];
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
    let head = columns.iter().map(|(name, _)| (*name).to_owned());
    let row = |at: usize| columns.iter().map(|(_, cells)| cells[at].clone()).collect();
    let rows = (0..networks.len()).map(row);
    let head = head.map(TableCell::Words).collect();
    Table::new([head].into_iter().chain(rows).collect()).lines()
}

fn of_spec<'s>(tell: impl Fn(&NetworkSpec) -> String + 's) -> Box<dyn Fn(&Step) -> TableCell + 's> {
    Box::new(move |step| TableCell::Words(tell(step.spec())))
}

fn of_all(count: Option<usize>, of: usize) -> TableCell {
    TableCell::Words(count.map_or_else(String::new, |count| format!("{count}/{of}")))
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
