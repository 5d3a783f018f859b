//! Goes through the update in the order of the computation, with the program's own numbers.

use std::collections::HashMap;
use std::ops::Range;

use ndarray::{Array2, Axis, Slice};

use super::convention::{Convention, Placed, order};
use super::corners::{corner, is_corner};
use super::differences::gradient_checks;
use super::misfits::{Misfit, Misfits};
use super::names::Meaning;
use super::places::{Part, Place, Reading, cells};
use super::read::NamedArray;
use super::report::{Difference, Report, Row};
use super::scale::{self, Factor, Kind, is_same};
use super::tolerance::{HALVES, Tolerance, differing, drift, largest};
use super::typed::{self, Typed};
use super::{report, slips};
use crate::algebra::Quantity;
use crate::engine::Optimizer;
use crate::trace::Trace;
use crate::tutor::slip::{Found, along, along_reach};
use crate::tutor::{Accepted, Slip};

/// Returns a value of a place in the scale of a factor: of new parameters, those after so many times the step.
fn scaled(place: &Place, value: &Array2<f64>, factor: &Factor) -> Array2<f64> {
    match Kind::of(place.symbol, place.is_new) {
        Kind::Update => place.stepped(value, factor.by),
        _ => value * factor.by,
    }
}

/// An array that is compared at its place.
struct Item {
    array: usize,
    place: usize,
    /// `None` if its shape does not fit.
    reading: Option<Reading>,
    /// The part that it has, or is to have.
    part: Part,
}

/// What is known on the way.
struct Follower<'a> {
    trace: &'a Trace,
    arrays: &'a [NamedArray],
    places: &'a [Place],
    items: Vec<Item>,
    /// The factors that are possible, of each kind.
    possible: HashMap<Kind, Vec<Factor>>,
    /// Those that are found.
    found: HashMap<Kind, Factor>,
    accepted: Vec<Accepted>,
    rows: Vec<Row>,
    difference: Option<Difference>,
    /// The values worked so far, from the program's own numbers.
    worked: HashMap<Quantity, Array2<f64>>,
    /// By how much more an array may be off because others before it are rounded, by its index.
    off: HashMap<usize, f64>,
    /// Whether new weights have too few digits to show any step.
    are_steps_lost: bool,
    /// Where between the slopes of both sides the program takes that at a corner; `None` for the lesson's.
    corner: Option<f64>,
}

/// Goes through the walk, and returns what is found.
#[allow(
    clippy::too_many_lines,
    reason = "one report, in the order of its parts"
)]
pub(super) fn follow(
    trace: &Trace,
    walk: &Range<usize>,
    (arrays, meanings): (&[NamedArray], &[Option<Meaning>]),
    places: &[Place],
    (placed, misfits): (Vec<Placed>, Vec<Misfit>),
    (convention, corner): (Option<Convention>, Option<f64>),
) -> Report {
    let mut items: Vec<Item> = placed
        .iter()
        .filter_map(|placed| {
            let reading = placed.reading?;
            Some(Item {
                array: placed.array,
                place: reading.place,
                reading: Some(reading),
                part: reading.part,
            })
        })
        .collect();
    let Misfits {
        labelled,
        whole,
        others,
    } = Misfits::of(trace, places, arrays, misfits);
    items.extend(others.iter().map(|misfit| Item {
        array: misfit.array,
        place: misfit.place,
        reading: None,
        part: misfit.part,
    }));
    // The bias comes after the matrix that it belongs to.
    let is_bias = |item: &Item| item.part == Part::Bias;
    items.sort_by_key(|item| (order(&places[item.place]), is_bias(item), item.array));
    let mut follower = Follower {
        corner,
        ..Follower::new(trace, arrays, places, items)
    };
    follower.find_factors(walk);
    // Cannot be `None`: these are the steps of a walk.
    let _ = along(trace, walk, &mut |index, symbol, value| {
        follower.see(index, symbol, value)
    });
    let placed_at = |array: usize| follower.items.iter().any(|item| item.array == array);
    let seen = |array: usize| {
        follower.rows.iter().any(|row| row.array == array)
            || follower
                .difference
                .as_ref()
                .is_some_and(|d| d.array == array)
    };
    let name = |array: usize| arrays[array].name.clone();
    let later = (0..arrays.len()).filter(|&array| placed_at(array) && !seen(array));
    let is_setting = |array: usize| {
        arrays[array].values.len() == 1 && super::names::is_setting(&arrays[array].name)
            || arrays[array].step.is_some()
    };
    let is_whole = |array: usize| {
        let labelled = labelled.iter().map(|(misfit, _)| misfit);
        whole
            .iter()
            .chain(labelled)
            .any(|misfit| misfit.array == array)
    };
    let unknown = (0..arrays.len())
        .filter(|&array| !placed_at(array) && !is_setting(array) && !is_whole(array));
    let readings: Vec<(usize, Reading)> = follower
        .items
        .iter()
        .filter_map(|item| Some((item.array, item.reading?)))
        .collect();
    let scale_of = |kind: Kind| follower.found.get(&kind);
    let mut checks = gradient_checks(
        trace,
        walk,
        arrays,
        places,
        &readings,
        scale_of(Kind::Gradient).or(scale_of(Kind::Loss)),
        &follower.off,
    );
    for check in &mut checks {
        check.times = follower.times_own_slope();
    }
    let mut notes: Vec<String> = whole
        .iter()
        .map(|misfit| report::whole_set(trace, walk, &arrays[misfit.array].name))
        .collect();
    notes.extend(follower.notes());
    let mut conventions = convention.map_or_else(Vec::new, |convention| {
        report::conventions(
            trace,
            walk,
            convention,
            arrays,
            places,
            &readings,
            &follower.found,
        )
    });
    conventions.extend(
        labelled
            .iter()
            .map(|(misfit, numbers)| numbers.told(&arrays[misfit.array].name)),
    );
    Report {
        title: trace.lesson().title.clone(),
        steps: None,
        place: report::place(trace, walk),
        conventions,
        missing: follower.missing(convention.is_none()),
        notes,
        later: later.map(name).collect(),
        unknown: unknown
            .map(|array| {
                let is_known = meanings.get(array).is_some_and(Option::is_some);
                (name(array), is_known)
            })
            .collect(),
        aside: Vec::new(),
        typed: follower.typed(),
        rows: follower.rows,
        difference: follower.difference,
        checks,
    }
}

impl<'a> Follower<'a> {
    fn new(
        trace: &'a Trace,
        arrays: &'a [NamedArray],
        places: &'a [Place],
        items: Vec<Item>,
    ) -> Self {
        Self {
            trace,
            arrays,
            places,
            items,
            possible: HashMap::new(),
            found: HashMap::new(),
            accepted: Vec::new(),
            rows: Vec::new(),
            difference: None,
            worked: HashMap::new(),
            off: HashMap::new(),
            are_steps_lost: false,
            corner: None,
        }
    }

    /// Finds the factors that the program may have, from the values of the lesson.
    fn find_factors(&mut self, walk: &Range<usize>) {
        let step = self.trace.step(walk.end - 1);
        let context = step.context();
        let all = scale::factors(&context);
        let losses = self.first_factors(Kind::Loss, &all);
        let is_plain = context.training.optimizer == Optimizer::Descent;
        let mut steps = all.clone();
        if !is_plain {
            steps.truncate(1);
        }
        // Steps of few digits fit several.
        let updates = self.first_factors(Kind::Update, &steps);
        let is_one = |factor: &Factor| is_same(factor.by, 1.0);
        let is_of_loss = |factor: &Factor| {
            losses.is_empty() || losses.iter().any(|loss| is_same(loss.by, factor.by))
        };
        // A step is right if it is that of the lesson's loss, or of the program's own. One that is lost in rounding tells nothing:
        // weights that stay what they are, or go the other way, would look the same.
        let still = [0.0, -1.0].map(|by| Factor {
            by,
            words: String::new(),
        });
        let is_lost = |item: &Item| {
            let place = &self.places[item.place];
            let is_rounded = Tolerance::new(&self.arrays[item.array]).half > 0.0;
            // Where there is no step none is lost.
            let is_step = place.largest_worked(&place.value) > 0.0;
            is_rounded && is_step && !self.fitting(item, &[&place.value], &still, 0.0).is_empty()
        };
        let mut steps_told = self
            .items
            .iter()
            .filter(|item| self.kind(item) == Kind::Update);
        let is_all_lost = self.has(Kind::Update) && steps_told.all(is_lost);
        let is_update_right = updates
            .iter()
            .any(|factor| is_one(factor) || is_of_loss(factor))
            && !is_all_lost;
        let turned = |factors: &[Factor]| -> Vec<Factor> {
            let turned = factors.iter().map(|factor| Factor {
                by: -factor.by,
                words: match &*factor.words {
                    "" => "with the other sign, which the update turns back".to_owned(),
                    words => format!("{words}, with the other sign, which the update turns back"),
                },
            });
            factors.iter().cloned().chain(turned).collect()
        };
        let fitting: Vec<Factor> = all
            .iter()
            .filter(|factor| is_one(factor) || is_of_loss(factor))
            .cloned()
            .collect();
        let adds = self.adds().unwrap_or(is_update_right);
        let gradients = match updates.first() {
            // The step shows that nothing is divided later.
            Some(_) if !is_update_right && !is_all_lost => fitting,
            _ if adds => turned(&all),
            _ => all.clone(),
        };
        self.are_steps_lost = is_all_lost;
        let gradients = self.by_most(gradients, &losses);
        let gradient = self.first_factor(Kind::Gradient, &gradients);
        // Gradients of few digits may be of either sign.
        let other_sign = gradient.iter().map(|factor| Factor {
            by: -factor.by,
            words: String::new(),
        });
        let is_either =
            !(self.first_factors(Kind::Gradient, &other_sign.collect::<Vec<_>>())).is_empty();
        let is_turned_back = adds || gradient.is_some_and(|factor| factor.by > 0.0) && !is_either;
        let errors = if is_turned_back {
            turned(&all)
        } else {
            all.clone()
        };
        self.possible = HashMap::from([
            (Kind::Loss, all.clone()),
            (Kind::Error, errors),
            (Kind::Gradient, gradients),
            (
                Kind::Update,
                if is_plain {
                    steps
                        .into_iter()
                        .filter(|factor| is_one(factor) || is_of_loss(factor))
                        .collect()
                } else {
                    steps
                },
            ),
        ]);
        let own = self.items.iter().filter_map(|item| {
            let kind = self.kind(item);
            Some((kind, scale::own_factors(kind, &context)?))
        });
        let mut own: Vec<(Kind, Vec<Factor>)> = own.collect();
        // Without new weights nothing shows that the update turns a sign back, and one that goes uphill does not.
        let uphill = std::slice::from_ref(&still[1]);
        let is_uphill = updates.is_empty() && !self.first_factors(Kind::Update, uphill).is_empty();
        let turns_back = self.shows_steps() && !is_uphill;
        for (kind, factors) in &mut own {
            let is_turned = |factor: &Factor| *kind == Kind::Velocity && is_same(factor.by, -1.0);
            factors.retain(|factor| turns_back || !is_turned(factor));
        }
        self.possible.extend(own);
    }

    /// Returns how many times the slope of the program's own loss its gradients are, if that is not once.
    fn times_own_slope(&self) -> Option<f64> {
        let loss = self.found.get(&Kind::Loss)?;
        let gradient = self.found.get(&Kind::Gradient)?;
        (!is_same(loss.by, gradient.by)).then(|| gradient.by / loss.by)
    }

    /// Returns the same if the gradients are not those of the lesson either, and no new weights show what the step makes of them.
    fn unsettled(&self) -> Option<f64> {
        let gradient = self.found.get(&Kind::Gradient)?;
        let losses = self.factors(Kind::Loss);
        let is_of_loss = |of: &Factor| losses.iter().any(|loss| is_same(loss.by, of.by));
        let is_settled = is_same(gradient.by, 1.0)
            || self.difference.is_some()
            || self.shows_steps()
            || self.factors(Kind::Gradient).iter().any(is_of_loss);
        self.times_own_slope().filter(|_| !is_settled)
    }

    /// Returns those of the factors of gradients that fit the most arrays, or those of the program's own loss, where no factor fits
    /// all that have one: an array that alone is not divided is not to decide how all are read.
    fn by_most(&self, factors: Vec<Factor>, losses: &[Factor]) -> Vec<Factor> {
        let items = self
            .items
            .iter()
            .filter(|item| self.kind(item) == Kind::Gradient);
        let votes: Vec<Vec<Factor>> = items
            .map(|item| {
                let place = &self.places[item.place];
                let fitting = self.fitting(item, &[&place.value], &factors, 0.0);
                if fitting.is_empty() {
                    let off = drift(&self.arrays[item.array], place);
                    return self.fitting(item, &[&place.value], &factors, off);
                }
                fitting
            })
            .filter(|votes| !votes.is_empty())
            .collect();
        let count = |factor: &Factor| {
            let has = |of: &&Vec<Factor>| of.iter().any(|of| is_same(of.by, factor.by));
            votes.iter().filter(has).count()
        };
        let most = factors.iter().map(count).max().unwrap_or(0);
        if most == votes.len() {
            return factors;
        }
        let is_of_loss = |factor: &Factor| losses.iter().any(|of| is_same(of.by, factor.by));
        let has_own = |factor: &&Factor| is_of_loss(factor) && count(factor) > 0;
        let own: Vec<Factor> = factors.iter().filter(has_own).cloned().collect();
        if !own.is_empty() && !self.shows_steps() {
            return own;
        }
        let is_most = |factor: &&Factor| count(factor) == most;
        factors.iter().filter(is_most).cloned().collect()
    }

    /// Returns whether the program's step goes along its own gradient rather than against it, be they right or wrong; `None` if
    /// it has not saved both.
    fn adds(&self) -> Option<bool> {
        let last = self.places.iter().filter_map(|place| match place.symbol {
            Quantity::Sum(l) => Some(l),
            _ => None,
        });
        let last = last.max()?;
        let place = |symbol: Quantity| {
            let mut old = self.places.iter().filter(|place| !place.is_new);
            old.find(|place| place.symbol == symbol)
        };
        let along = |l: usize| {
            let before = &place(Quantity::Weights(l))?.value;
            let step = self.own(Quantity::Weights(l), true, before)? - before;
            let zeros = Array2::zeros(before.dim());
            let gradient = self.own(Quantity::Gradient(l), false, &zeros).or_else(|| {
                let error = Array2::zeros(place(Quantity::Delta(l + 1))?.value.dim());
                let error = self.own(Quantity::Delta(l + 1), false, &error)?;
                let first = usize::from(l + 1 < last);
                let error = error.slice_axis(Axis(0), Slice::from(first..));
                Some(place(Quantity::Output(l))?.value.dot(&error.t()))
            })?;
            // What rounding may have done is no direction.
            let of_step = self.halves(Quantity::Weights(l), true, step.dim());
            let of_gradient = self.halves(Quantity::Gradient(l), false, step.dim());
            let noise =
                (of_step * gradient.mapv(f64::abs) + of_gradient * step.mapv(f64::abs)).sum();
            let along = (step * gradient).sum();
            (along.abs() > 1e-12 + noise).then_some(along > 0.0)
        };
        (0..last).rev().find_map(along)
    }

    /// Returns a value with the program's own numbers, as it has them; `None` if it has saved none of it.
    fn own(&self, symbol: Quantity, is_new: bool, rest: &Array2<f64>) -> Option<Array2<f64>> {
        self.fill(symbol, is_new, rest.clone(), |array, at| array.values[at])
    }

    /// Returns half a unit of the last digit of each number of a value, as the program has them; 0 for what it has not saved.
    fn halves(&self, symbol: Quantity, is_new: bool, dim: (usize, usize)) -> Array2<f64> {
        let half = |array: &NamedArray, at: usize| Tolerance::new(array).half_at(array.values[at]);
        let halves = self.fill(symbol, is_new, Array2::zeros(dim), half);
        halves.unwrap_or_else(|| Array2::zeros(dim))
    }

    /// Returns a value with something of the program's own arrays at their cells; `None` if it has saved none of it.
    fn fill(
        &self,
        symbol: Quantity,
        is_new: bool,
        mut value: Array2<f64>,
        of: impl Fn(&NamedArray, usize) -> f64,
    ) -> Option<Array2<f64>> {
        let mut is_saved = false;
        for item in &self.items {
            let place = &self.places[item.place];
            let Some(reading) = item.reading else {
                continue;
            };
            if place.symbol != symbol || place.is_new != is_new {
                continue;
            }
            is_saved = true;
            for (cell, at) in cells(reading.part, reading.turned.unwrap_or(false), value.dim()) {
                value[cell] = of(&self.arrays[item.array], at);
            }
        }
        is_saved.then_some(value)
    }

    /// Returns the weights that have fewer digits than those of the lesson.
    fn typed(&self) -> Vec<Typed> {
        /// What numbers of float32 differ by, and more.
        const NOISE: f64 = 1e-6;
        let of_place = |place: &Place| {
            let Quantity::Weights(layer) = place.symbol else {
                return None;
            };
            let own = self.own(place.symbol, place.is_new, &place.value)?;
            let mut names = Vec::new();
            for item in &self.items {
                let (of, array) = (&self.places[item.place], &self.arrays[item.array]);
                if of.symbol != place.symbol || of.is_new {
                    continue;
                }
                let reading = item.reading?;
                let turned = reading.turned.unwrap_or(false);
                let cells = cells(reading.part, turned, place.value.dim());
                let pairs = cells.map(|(cell, at)| (array.values[at], place.value[cell]));
                let furthest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                if furthest > typed::half(array) {
                    return None;
                }
                if furthest > NOISE {
                    names.push(array.name.clone());
                }
            }
            (!names.is_empty()).then_some(Typed { layer, own, names })
        };
        let old = self.places.iter().filter(|place| !place.is_new);
        old.filter_map(of_place).collect()
    }

    fn has(&self, kind: Kind) -> bool {
        self.items.iter().any(|item| self.kind(item) == kind)
    }

    /// Returns whether new weights show a step.
    fn shows_steps(&self) -> bool {
        self.has(Kind::Update) && !self.are_steps_lost
    }

    fn kind(&self, item: &Item) -> Kind {
        let place = &self.places[item.place];
        Kind::of(place.symbol, place.is_new)
    }

    /// Returns the first of [`first_factors`](Self::first_factors).
    fn first_factor(&self, kind: Kind, factors: &[Factor]) -> Option<Factor> {
        self.first_factors(kind, factors).into_iter().next()
    }

    /// Returns the factors between the arrays of a kind and the lesson's values, as far as they have some in common: one, if
    /// the numbers have digits enough to tell; none if the first of them has none.
    fn first_factors(&self, kind: Kind, factors: &[Factor]) -> Vec<Factor> {
        if !self.has(kind) {
            return Vec::new();
        }
        // Numbers that come near by chance may leave none for the next array.
        let (left, is_of_all) = self.in_common(kind, factors, false);
        if is_of_all {
            return left;
        }
        let (by_drift, is_of_all) = self.in_common(kind, factors, true);
        if is_of_all || left.is_empty() {
            return by_drift;
        }
        // Those of the first arrays, if no others are those of more.
        let count = |factor: &Factor| {
            let items = self.items.iter().filter(|item| self.kind(item) == kind);
            let fits = |item: &&Item| {
                let place = &self.places[item.place];
                let off = drift(&self.arrays[item.array], place);
                !(self.fitting(item, &[&place.value], std::slice::from_ref(factor), off)).is_empty()
            };
            items.filter(fits).count()
        };
        let most = factors.iter().map(count).max();
        if left.iter().any(|factor| Some(count(factor)) == most) {
            return left;
        }
        let is_of_most = |factor: &&Factor| Some(count(factor)) == most;
        factors.iter().filter(is_of_most).cloned().collect()
    }

    /// Returns the factors that the arrays of a kind have in common, up to the first that has none of them, and whether there is
    /// no such array. What rounding may lead to is looked at where nothing fits without it, or for all of them.
    fn in_common(&self, kind: Kind, factors: &[Factor], is_led: bool) -> (Vec<Factor>, bool) {
        let mut left = factors.to_vec();
        let items = self.items.iter().filter(|item| self.kind(item) == kind);
        for (at, item) in items.enumerate() {
            let place = &self.places[item.place];
            let off = drift(&self.arrays[item.array], place);
            let fitting = |off: f64| self.fitting(item, &[&place.value], &left, off);
            let mut found = fitting(if is_led { off } else { 0.0 });
            if found.is_empty() && off > 0.0 {
                found = fitting(off);
            }
            if found.is_empty() {
                return (if at == 0 { found } else { left }, false);
            }
            left = found;
        }
        (left, true)
    }

    /// Returns those of the factors by which an array has the numbers of one of some values.
    fn fitting(
        &self,
        item: &Item,
        values: &[&Array2<f64>],
        factors: &[Factor],
        off: f64,
    ) -> Vec<Factor> {
        let Some(reading) = item.reading else {
            return Vec::new();
        };
        let (place, array) = (&self.places[item.place], &self.arrays[item.array]);
        let lay = (reading.part, reading.turned.unwrap_or(false));
        let fits = |factor: &&Factor| {
            values.iter().any(|value| match self.kind(item) {
                Kind::Update => {
                    let value = place.stepped(value, factor.by);
                    // A longer step takes what is off further.
                    let off = off * factor.by.abs().max(1.0);
                    differing(array, place, &value, lay, 1.0, off)
                        .next()
                        .is_none()
                }
                _ => differing(array, place, value, lay, factor.by, off * factor.by.abs())
                    .next()
                    .is_none(),
            })
        };
        factors.iter().filter(fits).cloned().collect()
    }

    /// Returns how far an array is from the nearest of some values times a factor, at the number that is furthest.
    fn furthest(&self, item: &Item, values: &[&Array2<f64>], factor: &Factor) -> f64 {
        let (place, array) = (&self.places[item.place], &self.arrays[item.array]);
        let of = |value: &&Array2<f64>| {
            let value = scaled(place, value, factor);
            let reading = item.reading?;
            let turned = reading.turned.unwrap_or(false);
            let cells = cells(reading.part, turned, value.dim());
            let off = cells
                .filter(|(cell, _)| !place.is_ignored(*cell))
                .map(|(cell, at)| (array.values[at] - value[cell]).abs());
            Some(off.fold(0.0, f64::max))
        };
        values.iter().filter_map(of).fold(f64::INFINITY, f64::min)
    }

    /// Looks at what a step has computed, and at what is known with it.
    fn see(&mut self, index: usize, symbol: Quantity, value: &Array2<f64>) -> Found {
        let at_corners = self.at_corners(index, symbol);
        let mut value = value.clone();
        for (cell, number) in &at_corners {
            value[*cell] = *number;
        }
        let value = &value;
        self.worked.insert(symbol, value.clone());
        let (mut own, mut rounded) = (Vec::new(), Vec::new());
        for at in 0..self.items.len() {
            let place = &self.places[self.items[at].place];
            if place.with != index {
                continue;
            }
            let is_step = place.step.is_some();
            let worked = if is_step { value } else { &place.value };
            let given = match place.symbol {
                Quantity::Weights(_)
                | Quantity::Scale(_)
                | Quantity::Moment(..)
                | Quantity::Target => Some(place.symbol),
                _ => None,
            };
            match (self.look(at, worked), given) {
                (Some(numbers), _) if is_step => own.extend(numbers),
                (Some(numbers), Some(symbol)) if self.is_written(at) => {
                    rounded.push((symbol, numbers));
                }
                (Some(_), _) => {}
                (None, _) => return Found::Stop,
            }
        }
        let is_own = |cell: &(usize, usize)| own.iter().any(|(other, _)| other == cell);
        let at_corners: Vec<((usize, usize), f64)> =
            (at_corners.into_iter().filter(|(cell, _)| !is_own(cell))).collect();
        own.extend(at_corners);
        if !own.is_empty() {
            if let Some(worked) = self.worked.get_mut(&symbol) {
                for (cell, number) in &own {
                    worked[*cell] = *number;
                }
            }
            self.accepted.push(Accepted {
                step: index,
                symbol,
                cells: own.clone(),
            });
        }
        Found::Given(own, rounded)
    }

    /// Returns the numbers of an error whose sums are at a corner of φ, with the slope that the program takes there.
    fn at_corners(&self, index: usize, symbol: Quantity) -> Vec<((usize, usize), f64)> {
        let (Some(between), Quantity::Delta(l)) = (self.corner, symbol) else {
            return Vec::new();
        };
        let step = self.trace.step(index);
        let context = step.context();
        let (Some([below, above]), Some(z), Some(arrived)) = (
            corner(&context, l),
            self.worked.get(&context.sums(l)),
            self.worked.get(&context.arrived(l)),
        ) else {
            return Vec::new();
        };
        let slope = below + between * (above - below);
        let corners = z.indexed_iter().filter(|(_, z)| is_corner(**z));
        let cells = corners.map(|((row, column), _)| (row + 1, column));
        let numbers = cells.filter_map(|cell| Some((cell, slope * arrived.get(cell)?)));
        numbers.collect()
    }

    /// Returns whether an array has numbers with few digits.
    fn is_written(&self, at: usize) -> bool {
        let array = &self.arrays[self.items[at].array];
        array.precision.written().is_some()
    }

    /// Returns by how much an array of numbers with few digits may be off because numbers before it are rounded too: those
    /// that the program has saved, which it may go on with or not, and those that it has not.
    fn off_by_rounding(&self, item: &Item, worked: &Array2<f64>) -> f64 {
        /// A program that goes on with some of its rounded numbers only is between those that do with all and with none.
        const MOST: f64 = 0.1;
        /// What curves of logarithms add to their slopes.
        const TOGETHER: f64 = 1.5;
        let (array, place) = (&self.arrays[item.array], &self.places[item.place]);
        let half = Tolerance::new(array).carried();
        let Some(step) = place.step.filter(|_| half > 0.0) else {
            return 0.0;
        };
        // In a smaller scale than the lesson's the last digit counts for more.
        let half = half / self.smallest_scale();
        // With another slope at a corner the lesson's numbers are not those of a program that rounds nothing.
        let most = match self.corner {
            Some(_) => 0.0,
            None => MOST * largest(&place.value),
        };
        let between = largest(&(worked - &place.value)).min(most + HALVES * half);
        // What is given is exact where it is not saved.
        let is_worked = |index: &usize| {
            let operation = self.trace.step(*index).operation();
            operation.is_some_and(|operation| !operation.takes_in_samples())
        };
        // Of a gradient the row of the bias alone tells nothing of the rest.
        let is_whole = |own: &&Accepted| {
            let place = self
                .places
                .iter()
                .find(|place| place.step == Some(own.step) && place.symbol == own.symbol);
            !matches!(own.symbol, Quantity::Gradient(_))
                || place.is_none_or(|place| own.cells.len() >= place.value.len())
        };
        let whole: Vec<Accepted> = self.accepted.iter().filter(is_whole).cloned().collect();
        let unseen = slips::unseen(self.trace, &whole, step).filter(is_worked);
        let unseen: Vec<usize> = unseen.collect();
        let unseen = along_reach(self.trace, &unseen, place.symbol, &self.accepted, half);
        // Where it would be too much work nobody has worked by hand.
        let unseen = unseen.map_or(HALVES * half, |off| largest(&off));
        // What it starts from may be rounded as well.
        let old = self
            .places
            .iter()
            .find(|old| old.symbol == place.symbol && old.step.is_none());
        let own = old.filter(|_| place.is_new).and_then(|old| {
            let own = self.own(old.symbol, false, &old.value)?;
            Some(largest(&(own - &old.value)))
        });
        // The loss is worked from the sums, which tell more than predictions near 0 and 1; a program takes those.
        let slopes = |place: &&Place| place.symbol == Quantity::LossSlope;
        let slopes = self
            .places
            .iter()
            .find(slopes)
            .filter(|_| place.symbol == Quantity::Loss && !self.has_exact_predictions(step));
        let by_prediction = slopes.map_or(0.0, |slopes| {
            TOGETHER * half * slopes.value.iter().map(|slope| slope.abs()).sum::<f64>()
        });
        between + unseen + own.unwrap_or(0.0) + by_prediction
    }

    /// Returns the smallest of the scales found so far, 1 if none is smaller than the lesson's.
    fn smallest_scale(&self) -> f64 {
        let scales = self.found.values().map(|factor| factor.by.abs());
        scales.fold(1.0, f64::min)
    }

    /// Returns whether the predictions are there with all their digits.
    fn has_exact_predictions(&self, step: usize) -> bool {
        let predictions = Quantity::Output(self.trace.step(step).last());
        self.items.iter().any(|item| {
            self.places[item.place].symbol == predictions
                && Tolerance::new(&self.arrays[item.array]).half == 0.0
        })
    }

    /// Compares an array with a value; returns its numbers in the lesson's scale, or `None` if it differs.
    fn look(&mut self, at: usize, worked: &Array2<f64>) -> Option<Vec<((usize, usize), f64)>> {
        let item = &self.items[at];
        let (index, place) = (item.array, &self.places[item.place]);
        let array = &self.arrays[index];
        let kind = self.kind(item);
        let Some(reading) = item.reading else {
            self.difference = Some(self.misfit(index, place, item.part));
            return None;
        };
        let lay = (reading.part, reading.turned.unwrap_or(false));
        let factors = self.factors(kind);
        // What is not told by zeros stays open.
        let off = self.off_by_rounding(item, worked);
        self.off.insert(index, off);
        // The last digit counts for more in a scale that is smaller than those found so far.
        let off_in = |factor: &Factor| match kind {
            Kind::Update => off,
            _ => off * (self.smallest_scale() / factor.by.abs()).max(1.0),
        };
        let fits = |factor: &&Factor| {
            let (factor, off) = (*factor, off_in(factor));
            let one = std::slice::from_ref(factor);
            !self
                .fitting(item, &[worked, &place.value], one, off)
                .is_empty()
                && (off == 0.0 || self.has_slopes(item, worked, factor, off))
        };
        let left: Vec<Factor> = factors.iter().filter(fits).cloned().collect();
        let is_with_penalty =
            left.is_empty() && kind == Kind::Loss && self.with_penalty(array, worked, lay, off);
        // Where rounding may have done much, several fit: one that fits without it is likelier.
        let mut likely = Vec::new();
        if off > 0.0 {
            likely = self.fitting(item, &[worked, &place.value], &left, 0.0);
        }
        let off_by = |factor: &Factor| self.furthest(item, &[worked, &place.value], factor);
        let nearest = |a: &&Factor, b: &&Factor| off_by(a).total_cmp(&off_by(b));
        let likely = likely.into_iter().next().or_else(|| {
            let mut left = left.iter();
            let of = if off > 0.0 {
                left.min_by(nearest)
            } else {
                left.next()
            };
            of.cloned()
        });
        let factor = likely.or(is_with_penalty.then(|| Factor {
            by: 1.0,
            words: "with the penalty in it".to_owned(),
        }));
        let Some(factor) = factor else {
            let difference = self.differ(index, place, reading, worked, &factors);
            // What agreed before it, if the mistake was made before.
            if let Some(at) = self
                .rows
                .iter()
                .position(|row| row.array == difference.array)
            {
                self.rows.truncate(at);
            }
            self.difference = Some(difference);
            return None;
        };
        let off = off_in(&factor);
        self.off.insert(index, off);
        self.found.insert(kind, factor.clone());
        if !left.is_empty() {
            self.possible.insert(kind, left);
        }
        self.rows.push(Row {
            array: index,
            name: array.name.clone(),
            ours: report::ours(self.trace, place, reading.part),
            rounded: self.shown_decimals(item, worked, &factor),
        });
        let by = if kind == Kind::Update { 1.0 } else { factor.by };
        let numbers = cells(lay.0, lay.1, worked.dim())
            .filter(|(cell, _)| !place.is_ignored(*cell) && !is_with_penalty)
            .map(|(cell, at)| (cell, array.values[at] / by));
        Some(numbers.collect())
    }

    /// Returns whether an error has no numbers where ψ is 0, and at a corner of φ about those of the slope that is taken there:
    /// rounding what comes before it makes no others.
    fn has_slopes(&self, item: &Item, worked: &Array2<f64>, factor: &Factor, off: f64) -> bool {
        /// How far rounding may lead an error that is not 0, as a share of it.
        const SHARE: f64 = 0.1;
        let (array, place) = (&self.arrays[item.array], &self.places[item.place]);
        let (Quantity::Delta(l), Some(step), Some(reading)) =
            (place.symbol, place.step, item.reading)
        else {
            return true;
        };
        let corners = self.at_corners(step, place.symbol);
        let arrived = self.worked.get(&self.trace.step(step).context().arrived(l));
        let tolerance = Tolerance::new(array);
        let largest = largest(worked) * factor.by.abs();
        let turned = reading.turned.unwrap_or(false);
        let mut cells = cells(reading.part, turned, worked.dim());
        cells.all(|(cell, at)| {
            let right = worked[cell] * factor.by;
            // What adds up to 0 before ψ need not where it is made of rounded numbers.
            let adds_up = arrived.and_then(|of| of.get(cell)) == Some(&0.0);
            let is_zero = worked[cell] == 0.0 && place.value[cell] == 0.0 && !adds_up;
            let is_told = corners.iter().any(|(corner, _)| *corner == cell);
            let off = if is_zero {
                0.0
            } else {
                off.min(tolerance.half.max(SHARE * right.abs()))
            };
            let fits = || tolerance.fits(array.values[at], right, largest, off);
            place.is_ignored(cell) || !is_zero && !is_told || fits()
        })
    }

    /// Returns to how many decimals an array that agrees is rounded, if its numbers show that; one number alone does not.
    fn shown_decimals(&self, item: &Item, worked: &Array2<f64>, factor: &Factor) -> Option<usize> {
        let (array, place) = (&self.arrays[item.array], &self.places[item.place]);
        let reading = item.reading?;
        let own = array.precision.written().filter(|of| !of.is_of_others)?;
        let mut exact = array.clone();
        exact.be_exact();
        let lay = (reading.part, reading.turned.unwrap_or(false));
        let is_exact = [worked, &place.value].into_iter().any(|value| {
            let value = scaled(place, value, factor);
            let mut differing = differing(&exact, place, &value, lay, 1.0, 0.0);
            differing.next().is_none()
        });
        (array.values.len() > 1 && !is_exact).then_some(own.decimals)
    }

    /// Returns the factors that are still possible for a kind.
    fn factors(&self, kind: Kind) -> Vec<Factor> {
        let one = || Factor {
            by: 1.0,
            words: String::new(),
        };
        self.possible
            .get(&kind)
            .cloned()
            .unwrap_or_else(|| vec![one()])
    }

    /// Returns whether the samples are rows; `None` if no array tells that.
    fn are_rows(&self) -> Option<bool> {
        self.items.iter().find_map(|item| {
            let is_of_samples = self.places[item.place].symbol.has_sample_columns();
            item.reading?.turned.filter(|_| is_of_samples)
        })
    }

    /// Returns the name of the array that has a value as it is before the update, and whether it is turned.
    fn lies(&self, symbol: Quantity) -> Option<(String, bool)> {
        self.items.iter().find_map(|item| {
            let (place, reading) = (&self.places[item.place], item.reading?);
            let is_it = place.symbol == symbol && !place.is_new && reading.part != Part::Bias;
            let name = &self.arrays[item.array].name;
            is_it.then(|| (name.clone(), reading.turned.unwrap_or(false)))
        })
    }

    /// Returns whether the errors are those of each sample alone, beside a loss that is their mean.
    fn has_undivided_errors(&self, place: &Place) -> bool {
        let by = |kind| {
            self.found
                .get(&kind)
                .map_or(1.0, |factor: &Factor| factor.by)
        };
        let divisor = self.trace.step(place.with).context().divisor();
        divisor.is_some_and(|n| n > 1 && is_same(by(Kind::Error), by(Kind::Loss) * n as f64))
    }

    /// Returns whether a loss has the penalty in it, the lesson's or the program's own.
    fn with_penalty(
        &self,
        array: &NamedArray,
        worked: &Array2<f64>,
        lay: (Part, bool),
        off: f64,
    ) -> bool {
        let place = |symbol| self.places.iter().find(|place| place.symbol == symbol);
        let (Some(loss), Some(penalty)) = (place(Quantity::Loss), place(Quantity::Penalty)) else {
            return false;
        };
        let own = self.own(Quantity::Penalty, false, &penalty.value);
        let is_added = |penalty: &Array2<f64>| {
            let sum = worked + penalty;
            differing(array, loss, &sum, lay, 1.0, off).next().is_none()
        };
        is_added(&penalty.value) || own.is_some_and(|own| is_added(&own))
    }

    /// Returns the difference of an array whose shape does not fit.
    fn misfit(&self, array: usize, place: &Place, part: Part) -> Difference {
        let values = &self.arrays[array];
        let explained = if part == Part::Bias {
            slips::of_bias_shape(self.trace, place, values)
        } else {
            slips::of_shape(self.trace, place, values)
        };
        Difference {
            array,
            is_coarse: false,
            furthest: f64::INFINITY,
            name: values.name.clone(),
            ours: report::ours(self.trace, place, part),
            place: None,
            differing: None,
            explained: vec![explained],
            slip: None,
        }
    }

    /// Returns the difference between an array and a value, with what explains it.
    fn differ(
        &self,
        index: usize,
        place: &Place,
        reading: Reading,
        worked: &Array2<f64>,
        factors: &[Factor],
    ) -> Difference {
        let array = &self.arrays[index];
        let kind = Kind::of(place.symbol, place.is_new);
        let lay = (reading.part, reading.turned.unwrap_or(false));
        let scaled = |value: &Array2<f64>, factor: &Factor| scaled(place, value, factor);
        let mut off = self.off.get(&index).copied().unwrap_or(0.0);
        let expected = factors
            .iter()
            .map(|factor| scaled(worked, factor))
            .min_by_key(|value| differing(array, place, value, lay, 1.0, off).count());
        let expected = expected.unwrap_or_else(|| worked.clone());
        let mut cells_off: Vec<((usize, usize), usize)> =
            differing(array, place, &expected, lay, 1.0, off).collect();
        // What rounding may have done to each number alone it may not have done to all, and it explains no other numbers.
        if cells_off.is_empty() {
            off = 0.0;
            let mut exact = array.clone();
            exact.be_exact();
            cells_off.extend(differing(&exact, place, &expected, lay, 1.0, 0.0));
        }
        cells_off.sort_by_key(|(_, at)| *at);
        let places_off: Vec<(usize, usize)> = cells_off.iter().map(|(cell, _)| *cell).collect();
        if let Some((gradient, at_cell, at)) = self.unlearned(index, place, &places_off) {
            return self.differ_unlearned(gradient, at_cell, at);
        }
        let total = cells(lay.0, lay.1, expected.dim()).count();
        let cell = cells_off
            .first()
            .map(|&(cell, at)| report::cell(self.trace, place, array, cell, at, expected[cell]));
        let is_broken = cells_off
            .iter()
            .any(|(_, at)| !array.values[*at].is_finite());
        let (mut explained, slip) = if is_broken {
            (vec![slips::not_finite(place.symbol)], None)
        } else {
            self.explain(index, place, lay, &expected, factors, off)
        };
        let is_turned = |factor: &Factor| {
            differing(array, place, &(worked * -factor.by), lay, 1.0, off)
                .next()
                .is_none()
        };
        if matches!(kind, Kind::Error | Kind::Gradient)
            && self.adds().is_none()
            && factors.iter().any(is_turned)
        {
            let how = if self.has(Kind::Update) {
                "then save the new weights with more digits, as the step is lost in their rounding."
            } else {
                "then save the new weights too, under a name such as W0_new, or one that --map says is W0_new."
            };
            explained.push(format!("It is right if your update adds it: {how}"));
        }
        let by = |&(cell, at): &((usize, usize), usize)| (array.values[at] - expected[cell]).abs();
        let furthest = cells_off.iter().map(by).fold(0.0_f64, f64::max);
        let coarse = array.with_one_decimal();
        let is_coarse = coarse.is_some_and(|coarse| {
            let is_near = |value: &Array2<f64>| {
                differing(&coarse, place, value, lay, 1.0, off)
                    .next()
                    .is_none()
            };
            let of_lesson = factors.iter().map(|factor| scaled(&place.value, factor));
            std::iter::once(expected.clone())
                .chain(of_lesson)
                .any(|value| is_near(&value))
        });
        Difference {
            array: index,
            is_coarse,
            furthest,
            name: array.name.clone(),
            ours: report::ours(self.trace, place, reading.part),
            place: cell,
            differing: Some((cells_off.len(), total)),
            explained,
            slip,
        }
    }

    /// Returns what explains an array that differs from what is expected, and the slip.
    fn explain(
        &self,
        index: usize,
        place: &Place,
        lay: (Part, bool),
        expected: &Array2<f64>,
        factors: &[Factor],
        off: f64,
    ) -> (Vec<String>, Option<Slip>) {
        let array = &self.arrays[index];
        let mut exact = array.clone();
        exact.be_exact();
        let furthest = |value: &Array2<f64>| {
            cells(lay.0, lay.1, value.dim())
                .filter(|(cell, _)| !place.is_ignored(*cell))
                .map(|(cell, at)| (array.values[at] - value[cell]).abs())
                .fold(0.0_f64, f64::max)
        };
        let off_right = furthest(expected);
        let scale_of = |array: &NamedArray, off: f64, value: &Array2<f64>| {
            // What comes no nearer than the right numbers explains nothing.
            let is_it = |factor: &&Factor| {
                let value = scaled(place, value, factor);
                furthest(&value) < off_right
                    && differing(array, place, &value, lay, 1.0, off)
                        .next()
                        .is_none()
            };
            let mut factors = factors.iter().filter(|_| value.dim() == expected.dim());
            factors.find(is_it).map(|factor| factor.by)
        };
        // A slip may carry the rounding of what it is made of further than the right step does.
        let half = Tolerance::new(array).half;
        let wrong = slips::Wrong {
            trace: self.trace,
            place,
            array,
            lay,
            expected,
            worked: &self.worked,
            accepted: &self.accepted,
            scale_of: &|value| scale_of(array, off + half, value),
            places: self.places,
            is_undivided: self.has_undivided_errors(place),
            turned: [Kind::Velocity, Kind::Gradient, Kind::Error]
                .into_iter()
                .find(|kind| self.found.get(kind).is_some_and(|factor| factor.by < 0.0)),
            lies: &|symbol| self.lies(symbol),
            are_rows: self.are_rows(),
            own: &|place| self.own(place.symbol, place.is_new, &place.value),
        };
        // What gives numbers of few digits to the last one is likelier than what comes near them.
        let to_the_last = slips::Wrong {
            array: &exact,
            scale_of: &|value| scale_of(&exact, 0.0, value),
            ..wrong
        };
        let named = (half > 0.0).then(|| slips::named(&to_the_last)).flatten();
        let named = named.or_else(|| slips::named(&wrong));
        named.unwrap_or_else(|| (vec![slips::unnamed(&wrong)], None))
    }

    /// Returns the difference of a gradient that has numbers for weights that are not learned.
    fn differ_unlearned(&self, index: usize, cell: (usize, usize), at: usize) -> Difference {
        let array = &self.arrays[index];
        let item = self.items.iter().find(|item| item.array == index);
        let place = &self.places[item.map_or(0, |item| item.place)];
        let l = place.symbol.layer().unwrap_or(0);
        Difference {
            array: index,
            is_coarse: false,
            furthest: f64::INFINITY,
            name: array.name.clone(),
            ours: report::ours(self.trace, place, Part::All),
            place: Some(report::cell(self.trace, place, array, cell, at, 0.0)),
            differing: None,
            explained: vec![format!(
                "This weight is not learned, and your update moves it: its gradient is to be 0 there, as where learned{l} is 0 in a program of scaffold."
            )],
            slip: None,
        }
    }

    /// Returns what is still to be worked out: the gradients that are there neither themselves nor in new weights. Before
    /// anything is worked out, that is all. A trace lacks nothing.
    fn missing(&self, is_trace: bool) -> Vec<String> {
        let compared: Vec<(&Place, Reading)> = self
            .rows
            .iter()
            .filter_map(|row| self.items.iter().find(|item| item.array == row.array))
            .filter_map(|item| Some((&self.places[item.place], item.reading?)))
            .collect();
        let is_computed = |place: &Place| {
            let operation = place
                .step
                .and_then(|step| self.trace.step(step).operation());
            operation.is_some_and(|operation| !operation.takes_in_samples())
        };
        let new_of = |symbol: Quantity| match symbol {
            Quantity::Gradient(l) => Some(Quantity::Weights(l)),
            Quantity::ScaleGradient(l) => Some(Quantity::Scale(l)),
            _ => None,
        };
        // The bias, too, is learned: of a gradient a part may be there alone.
        let lacking = |place: &Place| {
            let (new, dim) = (new_of(place.symbol)?, place.value.dim());
            let learned = |part: Part| -> Vec<(usize, usize)> {
                let cells = cells(part, false, dim).map(|(cell, _)| cell);
                cells.filter(|cell| !place.is_ignored(*cell)).collect()
            };
            let of = compared.iter().filter(|(other, _)| {
                other.symbol == place.symbol || other.is_new && other.symbol == new
            });
            let shown: Vec<(usize, usize)> = of
                .flat_map(|(_, reading)| cells(reading.part, false, dim))
                .map(|(cell, _)| cell)
                .collect();
            let mut left = learned(Part::All);
            left.retain(|cell| !shown.contains(cell));
            let parts = match place.symbol {
                Quantity::Gradient(_) => [Part::Rest, Part::Bias],
                _ => [Part::Column(0), Part::Column(1)],
            };
            let is_it = |part: &Part| learned(*part) == left;
            let part = (!is_it(&Part::All)).then(|| parts.into_iter().find(is_it));
            (!left.is_empty()).then_some(part.flatten().unwrap_or(Part::All))
        };
        let has_any = compared.iter().any(|(place, _)| is_computed(place));
        let wanted = self
            .places
            .iter()
            .filter(|place| !is_trace && is_computed(place) && !place.is_new);
        let missing = wanted.filter_map(|place| {
            let part = if has_any { lacking(place)? } else { Part::All };
            let whole = report::ours(self.trace, place, Part::All);
            Some(match part {
                Part::Bias => format!("the row of the bias of {whole}"),
                part => report::ours(self.trace, place, part),
            })
        });
        // Where the weights have their bias in them, so have the new ones.
        let has = |symbol: Quantity, is_new: bool, parts: &[Part]| {
            let mut of = compared.iter();
            of.any(|(place, reading)| {
                (place.symbol, place.is_new) == (symbol, is_new) && parts.contains(&reading.part)
            })
        };
        let [whole, bias] = [
            &[Part::All, Part::BiasLast][..],
            &[Part::All, Part::BiasLast, Part::Bias],
        ];
        let is_cut = |symbol: Quantity| {
            has(symbol, true, &[Part::Rest])
                && !has(symbol, true, bias)
                && has(symbol, false, whole)
        };
        let new = self.places.iter().filter(|place| place.is_new);
        let cut = new.filter(|place| is_cut(place.symbol)).map(|place| {
            let whole = report::ours(self.trace, place, Part::All);
            format!("the row of the bias of {whole}")
        });
        let cut: Vec<String> = cut.collect();
        let unsettled = self.unsettled().map(|times| {
            let with = if self.are_steps_lost {
                " with more digits"
            } else {
                ""
            };
            let evens_out = report::evens_out(times);
            format!(
                "the weights after the update{with}, under a name such as W0_new: they show whether it {evens_out}"
            )
        });
        missing.chain(cut).chain(unsettled).collect()
    }

    /// Returns the gradient that has numbers for weights that are not learned, if new weights differ only there; their own
    /// difference, if no gradient is saved.
    fn unlearned(
        &self,
        index: usize,
        place: &Place,
        cells_off: &[(usize, usize)],
    ) -> Option<(usize, (usize, usize), usize)> {
        let Quantity::Weights(l) = place.symbol else {
            return None;
        };
        let gradient = |place: &&Place| place.symbol == Quantity::Gradient(l);
        let gradient = self.places.iter().find(gradient)?;
        if !place.is_new || !cells_off.iter().all(|cell| gradient.is_ignored(*cell)) {
            return None;
        }
        let of = |item: &Item| {
            let reading = item.reading?;
            let is_gradient = self.places[item.place].symbol == Quantity::Gradient(l);
            let array = &self.arrays[item.array];
            let turned = reading.turned.unwrap_or(false);
            let mut cells = cells(reading.part, turned, place.value.dim());
            let cell = cells.find(|(cell, at)| {
                is_gradient && cells_off.contains(cell) && array.values[*at] != 0.0
            });
            cell.map(|(cell, at)| (item.array, cell, at))
        };
        let is_seen = |item: &&Item| item.array != index;
        self.items.iter().filter(is_seen).find_map(of)
    }

    /// Returns what is worth a word although nothing differs.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(times) = self.times_own_slope()
            && self.unsettled().is_none()
            && !self.shows_steps()
        {
            let how = if self.are_steps_lost {
                "save the new weights with more digits."
            } else {
                "save the new weights too, under a name such as W0_new."
            };
            notes.push(format!(
                "Your gradients are {} times the slope of your own loss. That is right only if your update {}: {how}",
                report::number(times),
                report::evens_out(times)
            ));
        }
        notes
    }
}
