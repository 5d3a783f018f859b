use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::algebra::{Phase, Quantity};
use crate::engine::{DataSetOptions, Moment, OptimizerState, Parameters};
use crate::lesson::{Key, Library, Put, Sample, Source};
use crate::trace::{StepKind, Trace};

/// A network with everything that training can have.
const TECHNIQUES: &str = "format: 1
title: All
summary: All of it.
network:
  inputs: 2
  layers:
    - {units: 5, activation: tanh, batch_norm: true}
    - {units: 4, activation: relu, dropout: 0.3}
    - {units: 1, activation: logistic}
  init: {scheme: xavier, seed: 3}
learning_rate: 0.5
optimizer: {adam: {}}
loss: neg-log-loss
batch: 7
l2: 0.001
shuffle: 7
dataset: {name: moons, samples: 40, noise: 0.3, seed: 2}
held_out: {share: 0.25, seed: 1}
script:
  - train: {epochs: 6, every: 1}
  - walk: {sample: 3}
  - set: {'W(0)[1,2]': 0.75, rho: 0.25}
  - walk: {until: update}
  - train: {epochs: 5, batch: 4, every: 1}
";

fn parsed(text: &str) -> Lesson {
    let source = Source {
        name: "all".into(),
        text: text.into(),
    };
    Lesson::parse(source).unwrap()
}

fn run_of(lesson: &Lesson) -> Run {
    Run::of_lesson(lesson, lesson.trained_last()).unwrap()
}

fn placed(x: &[f64], y: &[f64]) -> Change {
    Change::of_data(DataChange::Place(Sample {
        x: x.to_vec(),
        y: y.to_vec(),
    }))
}

/// Trains afresh, one update after the other, with the changes of the marks.
fn afresh(lesson: &Lesson, marks: &[Mark], update: usize) -> TrainState {
    let mut spec = lesson.networks[lesson.trained_last()].clone();
    let mut state = TrainState::new(first_network(lesson, &spec).unwrap());
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    let mut base = spec.clone();
    // A batch that is all samples stays all of them.
    let mut batch = match base.training.batch_size {
        size if size == base.data.len() => usize::MAX,
        size => size,
    };
    let mut given = base.given();
    loop {
        let here = state.progress.updates;
        for mark in marks.iter().filter(|mark| mark.update == here) {
            let before = (spec.training.batch_size, spec.data.len());
            if let Some(remade) = &mark.change.remade {
                remade.take_up(&mut state);
                spec = NetworkSpec::clone(&remade.spec);
                base = spec.clone();
                given = base.given();
                batch = match base.training.batch_size {
                    size if size == base.data.len() => usize::MAX,
                    size => size,
                };
            }
            match mark.change.data.clone() {
                None => {}
                Some(DataChange::Place(sample)) => given.samples.push(sample),
                Some(DataChange::Put { sample, x, y }) => {
                    let sample = &mut given.samples[sample];
                    sample.x = x.unwrap_or(sample.x.clone());
                    sample.y = y.unwrap_or(sample.y.clone());
                }
                Some(DataChange::Delete(sample)) => drop(given.samples.remove(sample)),
                Some(DataChange::Draw(options)) => given.draw(options).unwrap(),
            }
            if mark.change.data.is_some() {
                let training = spec.training;
                spec = base.with_given(&given);
                spec.training = training;
            }
            mark.change.settings.apply(&mut spec.training);
            batch = mark.change.settings.batch_size.unwrap_or(batch);
            spec.training.batch_size = batch.min(spec.data.len());
            if (spec.training.batch_size, spec.data.len()) != before {
                state.progress.batches = 0;
            }
            for number in &mark.change.numbers {
                number.apply(&mut state.network);
            }
            trainer = Trainer::new(&state.network, &spec.data, &spec.training);
        }
        if here == update {
            return state;
        }
        trainer.step(&mut state, &spec.data);
    }
}

fn go(run: &mut Run, update: usize) {
    run.seek(update);
    while !run.is_there() {
        // In slices of any size.
        run.advance(20_000);
    }
    assert_eq!(run.here(), update);
}

/// Takes a run to a position that has been sent, as another program does.
fn follow(run: &mut Run, first: &Run, to: &RunPosition) {
    let to: RunPosition = serde_json::from_str(&serde_json::to_string(to).unwrap()).unwrap();
    while !run.follow(first, &to).unwrap() {
        while !run.is_there() {
            run.advance(20_000);
        }
    }
    assert_eq!(run.position(), to);
}

/// What somebody does in a run.
#[derive(Debug, Clone)]
enum Act {
    To(usize),
    On(usize),
    Back(usize),
    Rate(f64),
    Batch(usize),
    Number(f64),
    /// One of [`edits`].
    Edit(usize),
    Place(f64, f64, bool),
    Move(usize, f64, f64),
    Turn(usize, bool),
    Delete(usize),
    Draw(usize, f64, u64),
    TakeBack,
}

/// Returns changes of the lesson: other layers, another loss, other data, other first weights.
fn edits() -> Vec<Edit> {
    let layer = |l: usize, key: &str| -> [Key; 3] { ["layers".into(), l.into(), key.into()] };
    let puts = vec![
        vec![Put::new(layer(0, "activation"), "relu")],
        vec![Put::new(layer(1, "units"), 3)],
        vec![Put::new(layer(1, "units"), 6)],
        vec![Put::new(layer(1, "dropout"), 0.1)],
        vec![Put::new(layer(0, "batch_norm"), false)],
        vec![Put::new(
            ["dataset".into()],
            serde_json::json!({"name": "moons", "samples": 40, "noise": 0.1, "seed": 2}),
        )],
        vec![Put::new(
            ["dataset".into()],
            serde_json::json!({"name": "moons", "samples": 25, "noise": 0.3, "seed": 2}),
        )],
        vec![Put::new(["dataset".into()], "spiral")],
        vec![Put::new(["loss".into()], "mean-squared")],
        vec![Put::new(["init".into(), "seed".into()], 9)],
        vec![Put::new(["shuffle".into()], 8)],
        vec![Put::new(["scale".into()], "standard")],
        vec![Put::new(
            ["optimizer".into()],
            serde_json::json!({"momentum": 0.9}),
        )],
        vec![Put::new(["batch".into()], 5)],
    ];
    let edit = |puts| Edit::Network { network: 0, puts };
    puts.into_iter().map(edit).collect()
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..300_usize).prop_map(Act::To),
        (0..60_usize).prop_map(Act::On),
        (0..60_usize).prop_map(Act::Back),
        (1..8_u32).prop_map(|n| Act::Rate(f64::from(n) / 8.0)),
        (1..31_usize).prop_map(Act::Batch),
        (-2.0..2.0_f64).prop_map(Act::Number),
        (0..edits().len()).prop_map(Act::Edit),
        (-3.0..3.0_f64, -3.0..3.0_f64, any::<bool>()).prop_map(|(x, y, up)| Act::Place(x, y, up)),
        (0..32_usize, -3.0..3.0_f64, -3.0..3.0_f64).prop_map(|(i, x, y)| Act::Move(i, x, y)),
        (0..32_usize, any::<bool>()).prop_map(|(i, up)| Act::Turn(i, up)),
        (0..32_usize).prop_map(Act::Delete),
        (4..60_usize, 0.0..0.5_f64, 0..9_u64)
            .prop_map(|(n, noise, seed)| Act::Draw(n, noise, seed)),
        Just(Act::TakeBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_way_to_an_update_gives_the_bits_of_the_straight_one(
        acts in prop::collection::vec(act(), 1..24),
        rest in prop::sample::select(vec!["batch: 7\n", "batch: all\n", "batch: 7\nscale: standard\n"]),
    ) {
        let lesson = parsed(&TECHNIQUES.replacen("batch: 7\n", rest, 1));
        let mut run = run_of(&lesson);
        // Kept at few updates, so that much is trained again, and thinned out on the way.
        run.kept = Kept::tiny();
        let first = run_of(&lesson);
        let mut follower = first.clone();
        for act in acts {
            let here = run.here();
            match act {
                Act::To(update) => go(&mut run, update),
                Act::On(count) => go(&mut run, here + count),
                Act::Back(count) => go(&mut run, here.saturating_sub(count)),
                Act::Rate(rho) => run.amend(Change::rate(rho)).unwrap(),
                Act::Batch(size) => {
                    let settings = Settings { batch_size: Some(size), ..Settings::default() };
                    let fits = size <= run.now().data.len();
                    let made = run.change(Change { settings, ..Change::default() });
                    prop_assert_eq!(made.is_ok(), fits);
                }
                Act::Place(x, y, up) => {
                    let sample = Sample { x: vec![x, y], y: vec![f64::from(u8::from(up))] };
                    run.change(Change::of_data(DataChange::Place(sample))).unwrap();
                }
                Act::Move(sample, x, y) => {
                    let there = sample < run.now().data.len();
                    let change = DataChange::Put { sample, x: Some(vec![x, y]), y: None };
                    prop_assert_eq!(run.amend(Change::of_data(change)).is_ok(), there);
                }
                Act::Turn(sample, up) => {
                    let there = sample < run.now().data.len();
                    let y = Some(vec![f64::from(u8::from(up))]);
                    let change = DataChange::Put { sample, x: None, y };
                    prop_assert_eq!(run.change(Change::of_data(change)).is_ok(), there);
                }
                Act::Delete(sample) => {
                    let count = run.now().data.len();
                    let made = run.change(Change::of_data(DataChange::Delete(sample)));
                    prop_assert_eq!(made.is_ok(), sample < count && count > 1);
                }
                Act::Draw(samples, noise, seed) => {
                    let options = DataSetOptions { samples, noise, seed };
                    run.change(Change::of_data(DataChange::Draw(options))).unwrap();
                }
                Act::Number(value) => {
                    let number = Assignment { quantity: Quantity::Weights(1), place: [2, 1], value };
                    let change = Change { numbers: vec![number], ..Change::default() };
                    run.change(change).unwrap();
                }
                Act::Edit(which) => {
                    let change = run.change_of(&edits()[which], ("", "")).unwrap();
                    if change != Change::default() {
                        // A batch may be larger than the samples that have been drawn since.
                        let why = run.change(change).err().unwrap_or_default();
                        prop_assert!(why.is_empty() || why.starts_with("A batch has"), "{}", why);
                    }
                }
                Act::TakeBack => {
                    let before = run.marks.len();
                    let taken = run.take_back();
                    prop_assert_eq!(taken.is_some(), before > 0);
                    while !run.is_there() {
                        run.advance(20_000);
                    }
                }
            }
            prop_assert!(run.settle());
            let right = afresh(&lesson, &run.marks, run.here());
            prop_assert!(run.state == right, "at {}", run.here());
            // The curve is that of a run that went straight there.
            let points = run.points().copied().collect::<Vec<_>>();
            let mut straight = run_of(&lesson);
            for mark in &run.marks {
                go(&mut straight, mark.update);
                straight.change(mark.change.clone()).unwrap();
            }
            go(&mut straight, run.here());
            prop_assert!(points.iter().eq(straight.points()));
            let [reached, there] = [&run, &straight].map(|run| run.reached().cloned().collect::<Vec<_>>());
            prop_assert_eq!(reached, there);
            // So is that of somebody who follows.
            follow(&mut follower, &first, &run.position());
            prop_assert!(follower.state == run.state);
            prop_assert!(follower.points().eq(run.points()));
            // The number of an epoch leads to its end.
            let (epochs, batches) = run.epoch();
            let is_plain = run.marks.iter().all(|mark| {
                let Change { settings, data, remade, .. } = &mark.change;
                settings.batch_size.is_none() && data.is_none() && remade.is_none()
            });
            if is_plain {
                prop_assert_eq!(run.update_at_epoch(epochs), run.here() - batches);
            }
        }
    }
}

#[test]
fn a_run_has_the_bits_of_the_trainings_of_a_lesson() {
    let library = Library::embedded();
    let mut lessons: Vec<Arc<Lesson>> = ["xor", "optimizers", "early-stop", "batch-norm"]
        .map(|name| Arc::new(library.open(name).unwrap()))
        .into();
    lessons.push(Arc::new(parsed(TECHNIQUES)));
    for lesson in lessons {
        let trace = Trace::compile(Arc::clone(&lesson)).unwrap();
        let mut seen = 0;
        for index in 0..trace.len() {
            let step = trace.step(index);
            if !matches!(step.what, StepKind::Train { .. }) || seen > 40 {
                continue;
            }
            seen += 1;
            // From the step before, with the settings of this training.
            let mut spec = step.spec().clone();
            spec.training = step.spec().training;
            let before = (0..index).rev().map(|before| trace.step(before));
            let before = before
                .take_while(|before| before.scene() + 1 >= step.scene())
                .find(|before| before.network_index() == step.network_index());
            let mut run = match before {
                Some(before) => {
                    let state = before.train_state();
                    Run::new((&lesson, 0), spec, state, Vec::new()).unwrap()
                }
                None if step.segment.progress.updates == 0 => {
                    Run::of_lesson(&lesson, step.network_index()).unwrap()
                }
                None => continue,
            };
            let there = step.train_state();
            if there.progress.updates < run.here() || run.state().network == there.network {
                continue;
            }
            go(&mut run, there.progress.updates);
            let is_best = matches!(
                step.what,
                StepKind::Train {
                    ended: Some(super::super::Ended::Patience { .. }),
                    ..
                }
            );
            assert!(
                is_best || *run.state() == there,
                "{} at {index}",
                lesson.title
            );
        }
        assert!(seen > 0, "{}", lesson.title);
    }
}

#[test]
fn a_run_from_the_middle_of_an_epoch_goes_on_as_the_lesson_does() {
    let lesson = Arc::new(parsed(TECHNIQUES));
    let trace = Trace::compile(Arc::clone(&lesson)).unwrap();
    let walks = (0..trace.len()).filter(|&index| trace.step(index).batch_of_epoch().is_some());
    let walks: Vec<usize> = walks.collect();
    let last = *walks.last().unwrap();
    let end = trace.step(last).train_state();
    for index in walks.into_iter().step_by(7) {
        let step = trace.step(index);
        let mut run = Run::of_step(&step).unwrap();
        assert!(run.here() <= step.updates() && step.updates() - run.here() <= 1);
        go(&mut run, end.progress.updates);
        assert!(*run.state() == end, "from step {index}");
        // The curve begins with that of the lesson.
        assert_eq!(run.curve().first(), trace.curve(index).first());
    }
}

#[test]
fn memory_is_bounded_and_a_step_back_stays_small() {
    let lesson = parsed(TECHNIQUES);
    let mut run = run_of(&lesson);
    let unit = work_of(run.now());
    run.kept = Kept::within(40_000, 20_000, 30 * unit);
    let mut most = 0;
    go(&mut run, 6_000);
    for to in (5_000..6_000)
        .rev()
        .chain(1_000..1_200)
        .chain((900..1_000).rev())
    {
        run.seek(to);
        let mut work = 0;
        while !run.is_there() {
            work += run.advance(u64::MAX);
        }
        most = most.max(work);
        assert!(run.kept.bytes() <= 60_000, "{}", run.kept.bytes());
    }
    // Never more than the states along the run are apart, and that only once for many steps.
    assert!(most <= 6_000 * unit, "{}", most / unit);
    let mut far = 0;
    for to in (2_000..2_400).rev() {
        run.seek(to);
        far += usize::from(run.advance(u64::MAX) > 64 * unit);
    }
    assert!(far < 40, "{far}");
}

#[test]
fn a_curve_has_a_bounded_number_of_points_and_its_ends() {
    let mut run = run_of(&Library::embedded().open("xor").unwrap());
    go(&mut run, 40_000);
    let points: Vec<_> = run.points().collect();
    assert!((500..=1024).contains(&points.len()), "{}", points.len());
    assert!(points.is_sorted_by_key(|point| point.update));
    assert_eq!((points[0].update, points[0].epoch), (0, 0));
    let reached: Vec<_> = run.reached().map(|reached| reached.sentence(4)).collect();
    assert!(
        reached[0].starts_with("All 4 samples are right after "),
        "{reached:?}"
    );
}

#[test]
fn where_numbers_grow_beyond_all_bounds_the_run_ends() {
    let text = "format: 1
title: Far
summary: Too far.
network: {inputs: 1, layers: [{units: 1, activation: linear}], weights: [[[0.1], [0.2]]]}
loss: mean-squared
learning_rate: 3
data: [{x: [1], y: [1]}, {x: [2], y: [3]}, {x: [3], y: [5]}]
";
    let lesson = parsed(text);
    let mut run = run_of(&lesson);
    run.seek(100_000);
    while !run.is_there() && run.advance(1_000) > 0 {}
    assert!(!run.settle());
    let last = run.here();
    assert_eq!(run.limit(), Some(last));
    assert!(run.measure().is_finite() && is_finite(run.state()));
    let mut beyond = afresh(&lesson, &[], last + 1);
    let spec = &lesson.networks[0];
    let mut trainer = Trainer::new(&beyond.network, &spec.data, &spec.training);
    let mut loss = |state: &TrainState| {
        trainer
            .evaluate(&state.network, &spec.data, spec.training.loss)
            .loss
    };
    assert!(!loss(&beyond).is_finite(), "{last}");
    beyond = afresh(&lesson, &[], last);
    assert!(loss(&beyond).is_finite() && *run.state() == beyond);
    let said = run.reached().last().unwrap().sentence(3);
    assert!(
        said.contains("beyond all bounds")
            && said.contains("a smaller learning rate ρ than 3, such as 0.3"),
        "{said}"
    );
    // It goes no further, but back, and with a smaller rate on.
    run.seek(usize::MAX);
    assert!(run.is_there() && run.here() == last);
    assert!(run.picture(Vec::new()).is_ok());
    // The next update is opened up to its gradient.
    let opened = run.open(Vec::new()).unwrap();
    assert_eq!(opened.step(opened.len() - 1).phase(), Some(Phase::Gradient));
    go(&mut run, 0);
    run.change(Change::rate(0.01)).unwrap();
    go(&mut run, 30_000);
    assert!(run.settle());
    assert!(
        run.reached()
            .any(|reached| reached.end == End::LossBelow(BOUND))
    );
    run.take_back();
    run.seek(1_000_000);
    run.advance(u64::MAX);
    assert!(!run.settle());
    assert_eq!(run.here(), last);
}

#[test]
fn a_change_that_cannot_be_is_refused() {
    let mut run = run_of(&parsed(TECHNIQUES));
    go(&mut run, 20);
    let before = run.state().clone();
    let settings = |batch_size| Settings {
        batch_size: Some(batch_size),
        ..Settings::default()
    };
    let of = |settings| Change {
        settings,
        ..Change::default()
    };
    for change in [
        Change::rate(0.0),
        Change::rate(f64::NAN),
        of(settings(0)),
        of(settings(31)),
        of(Settings {
            l2: Some(-1.0),
            ..Settings::default()
        }),
    ] {
        assert!(run.change(change).is_err());
    }
    let number = Assignment {
        quantity: Quantity::Weights(2),
        place: [1, 0],
        value: f64::INFINITY,
    };
    let infinite = Change {
        numbers: vec![number],
        ..Change::default()
    };
    assert!(run.change(infinite).is_err());
    assert!(run.marks().is_empty() && *run.state() == before);
    assert_eq!(Change::rate(0.5).words(&[]), "ρ 0.5");
}

#[test]
fn an_update_that_is_opened_makes_the_next_state() {
    for text in [
        TECHNIQUES.to_owned(),
        Library::embedded().open("xor").unwrap().source.text.clone(),
    ] {
        let lesson = parsed(&text);
        let mut run = run_of(&lesson);
        for update in [0, 1, 6, 50, 51] {
            go(&mut run, update);
            let picture = run.picture(Vec::new()).unwrap();
            let step = picture.step(picture.len() - 1);
            assert_eq!(*step.network(), run.state().network);
            assert_eq!(step.measure().loss.to_bits(), run.measure().loss.to_bits());
            assert_eq!(step.updates(), update);
            let open = run.open(Vec::new()).unwrap();
            let last = open.step(open.len() - 1);
            go(&mut run, update + 1);
            assert_eq!(*last.network(), run.state().network, "{update}");
            assert_eq!(last.updates(), update + 1);
            // The optimizer too.
            assert_eq!(
                last.train_state().optimizer,
                run.state().optimizer,
                "{update}"
            );
        }
    }
}

#[test]
fn a_change_of_the_lesson_at_the_start_is_the_lesson_with_that_change() {
    let lesson = parsed(TECHNIQUES);
    for edit in edits() {
        let mut changed = run_of(&lesson);
        let change = changed.change_of(&edit, ("", "")).unwrap();
        changed.change(change).unwrap();
        let edits = std::slice::from_ref(&edit);
        let edited = lesson.edited(edits, &mut BTreeSet::new()).unwrap();
        let mut written = run_of(&edited.lesson);
        for update in [0, 1, 30, 75, 12] {
            go(&mut changed, update);
            go(&mut written, update);
            assert_eq!(changed.state().network, written.state().network, "{edit:?}");
            assert_eq!(changed.epoch(), written.epoch(), "{edit:?}");
            let points = |run: &Run| run.points().last().copied();
            assert_eq!(points(&changed), points(&written), "{edit:?}");
        }
        // What is begun again is trained in the new way from the start.
        let mut again = changed.anew().unwrap();
        go(&mut again, 30);
        go(&mut written, 30);
        assert_eq!(again.state().network, written.state().network, "{edit:?}");
        assert_eq!(again.edits(), [edit]);
    }
}

#[test]
fn a_network_of_another_shape_is_drawn_with_the_seed_that_was_chosen() {
    let run = run_of(&parsed(TECHNIQUES));
    let mut run = run.with_seed(7).unwrap().unwrap();
    let change = run.change_of(&edits()[1], ("", "")).unwrap();
    run.change(change).unwrap();
    assert_eq!(run.seed(), Some(7));
}

#[test]
fn what_a_change_does_not_touch_stays_as_it_is() {
    let lesson = parsed(TECHNIQUES);
    let mut run = run_of(&lesson);
    go(&mut run, 40);
    run.change(Change::rate(0.125)).unwrap();
    let weights = run.state().network.weights(0).to_owned();
    // Another activation keeps the weights and the learning rate; another number of units draws all weights.
    let [relu, units] = [&edits()[0], &edits()[1]];
    let change = run
        .change_of(relu, ("layer 1: activation", "relu"))
        .unwrap();
    assert_eq!(change.words(&[]), "layer 1: activation relu");
    run.change(change).unwrap();
    assert_eq!(run.state().network.weights(0), weights);
    assert_eq!(run.now().training.rho.to_bits(), 0.125_f64.to_bits());
    go(&mut run, 50);
    let change = run.change_of(units, ("layer 2: units", "3")).unwrap();
    assert!(change.remade.as_ref().unwrap().is_drawn());
    run.change(change).unwrap();
    assert_eq!(run.state().network.shape(1), (6, 3));
    assert_eq!(run.here(), 50);
    assert_eq!(run.edits().len(), 2);
    // Both are taken back, the last one first.
    run.take_back();
    run.arrive_at_last();
    assert_eq!(run.state().network.shape(1), (6, 4));
    assert_eq!(run.edits().len(), 1);
    go(&mut run, 39);
    assert!(run.edits().is_empty());
    assert_eq!(run.now().layers, lesson.networks[0].layers);
    // What does not fit is refused as a lesson file would be.
    let puts = vec![Put::new(["loss".into()], "cross-entropy")];
    let bad = run.change_of(&Edit::Network { network: 0, puts }, ("", ""));
    assert!(bad.unwrap_err().message().contains("cross-entropy"));
}

/// The whole run is that of a lesson with these samples from there on: also what is opened, begun anew, and said.
#[test]
fn samples_that_are_changed_count_from_there_on() {
    let mut run = run_of(&Library::embedded().open("xor").unwrap());
    assert_eq!(run.now().training.batch_size, 1);
    go(&mut run, 6);
    run.change(placed(&[0.5, 0.5], &[1.0])).unwrap();
    // The epoch begins anew, and now has five updates.
    assert_eq!((run.epoch(), run.now().data.len()), ((1, 0), 5));
    assert_eq!(run.update_at_epoch(2), 11);
    go(&mut run, 11);
    assert_eq!(run.epoch(), (2, 0));
    go(&mut run, 5);
    assert_eq!((run.epoch(), run.now().data.len()), ((1, 1), 4));
    go(&mut run, 8);
    assert_eq!(run.samples().len(), 5);
    let open = run.open(Vec::new()).unwrap();
    assert_eq!(open.step(0).spec().data.len(), 5);
    assert_eq!(
        run.picture(Vec::new()).unwrap().lesson().networks[0]
            .data
            .len(),
        5
    );
    let put = |sample, x: Option<&[f64]>, y: Option<&[f64]>| {
        let (x, y) = (x.map(<[f64]>::to_vec), y.map(<[f64]>::to_vec));
        Change::of_data(DataChange::Put { sample, x, y })
    };
    // Moved and turned, the epoch goes on.
    run.change(put(4, Some(&[0.25, -1.0]), None)).unwrap();
    run.change(put(4, None, Some(&[0.0]))).unwrap();
    assert_eq!(run.epoch(), (1, 2));
    run.change(Change::of_data(DataChange::Delete(0))).unwrap();
    let words: Vec<String> = run
        .marks()
        .iter()
        .map(|mark| mark.change.words(&[]))
        .collect();
    assert_eq!(
        words,
        [
            "a sample at (0.5, 0.5), y 1",
            "sample 5 moved to (0.25, −1)",
            "sample 5 y 0",
            "without sample 1"
        ]
    );
    let last = Sample {
        x: vec![0.25, -1.0],
        y: vec![0.0],
    };
    assert_eq!(run.samples()[3], last);
    // A new run has them from the start, a change that is taken back not.
    let anew = run.anew().unwrap();
    assert_eq!((anew.here(), anew.samples()[3].clone()), (0, last));
    run.take_back();
    go(&mut run, 8);
    assert_eq!(run.samples().len(), 5);
}

#[test]
fn all_samples_of_a_batch_stay_all_and_a_larger_batch_comes_back() {
    let text = TECHNIQUES.replace("batch: 7\n", "batch: all\n");
    let mut run = run_of(&parsed(&text));
    let sizes = |run: &Run| (run.now().data.len(), run.now().training.batch_size);
    assert_eq!(sizes(&run), (30, 30));
    run.change(placed(&[0.0, 0.0], &[1.0])).unwrap();
    assert_eq!(sizes(&run), (31, 31));
    let settings = Settings {
        batch_size: Some(31),
        ..Settings::default()
    };
    run.change(Change {
        settings,
        ..Change::default()
    })
    .unwrap();
    run.change(Change::of_data(DataChange::Delete(3))).unwrap();
    run.change(Change::of_data(DataChange::Delete(3))).unwrap();
    assert_eq!(sizes(&run), (29, 29));
    for _ in 0..3 {
        run.change(placed(&[0.0, 0.0], &[1.0])).unwrap();
    }
    assert_eq!(sizes(&run), (32, 31));
}

#[test]
fn samples_that_cannot_be_are_refused() {
    let mut run = run_of(&Library::embedded().open("xor").unwrap());
    let of = Change::of_data;
    for (change, why) in [
        (placed(&[0.5], &[1.0]), "A sample has 2 inputs here."),
        (placed(&[0.5, 0.0], &[]), "A sample has 1 target here."),
        (
            placed(&[f64::NAN, 0.0], &[1.0]),
            "Numbers of samples go to 1000000.",
        ),
        (
            placed(&[2e6, 0.0], &[1.0]),
            "Numbers of samples go to 1000000.",
        ),
        (
            placed(&[0.5, 0.0], &[1.5]),
            "neg-log-loss needs targets from 0 to 1.",
        ),
        (
            of(DataChange::Delete(4)),
            "There is no sample 5: there are 4.",
        ),
        (
            of(DataChange::Put {
                sample: 9,
                x: None,
                y: Some(vec![1.0]),
            }),
            "There is no sample 10: there are 4.",
        ),
        (
            of(DataChange::Draw(DataSetOptions {
                samples: 3,
                noise: 0.0,
                seed: 0,
            })),
            "The set \"xor\" has from 4 to 10000 samples.",
        ),
        (
            of(DataChange::Draw(DataSetOptions {
                samples: 4,
                noise: -1.0,
                seed: 0,
            })),
            "Noise is a number from 0 on: its standard deviation.",
        ),
    ] {
        assert_eq!(run.change(change).unwrap_err(), why);
        assert!(run.marks().is_empty());
    }
    for _ in 0..3 {
        run.change(of(DataChange::Delete(0))).unwrap();
    }
    let last = run.change(of(DataChange::Delete(0))).unwrap_err();
    assert_eq!(
        last,
        "The last sample stays: without one nothing is learnt."
    );
    assert_eq!(run.samples().len(), 1);
    let drawn = of(DataChange::Draw(DataSetOptions {
        samples: 10_000,
        noise: 0.0,
        seed: 0,
    }));
    run.change(drawn).unwrap();
    let more = run.change(placed(&[0.5, 0.5], &[1.0])).unwrap_err();
    assert_eq!(more, "More than 10000 samples are too many.");
}

/// What the run has come to with other samples is not said of these.
#[test]
fn what_other_samples_came_to_does_not_count() {
    let mut run = run_of(&Library::embedded().open("xor").unwrap());
    run.seek(40_000);
    while !run.is_there() {
        run.advance(u64::MAX);
    }
    let right = |run: &Run| {
        let mut right = run.reached().filter(|reached| reached.end == End::AllRight);
        right.next().map(|reached| reached.update)
    };
    let before = right(&run).unwrap();
    run.change(placed(&[0.5, 0.5], &[1.0])).unwrap();
    assert_eq!(right(&run), None);
    run.play_to(80_000);
    run.advance(u64::MAX);
    assert!(right(&run).is_none_or(|update| update > 40_000));
    go(&mut run, 39_999);
    assert_eq!(right(&run), Some(before));
}

/// Samples changed at the start are those of a lesson file that lists them, to the bit: also scaled, and with those held
/// out.
#[test]
fn a_lesson_that_lists_the_samples_trains_the_same() {
    let listed = |samples: &[Sample]| {
        let samples = samples
            .iter()
            .map(|Sample { x, y }| format!("{{x: {x:?}, y: {y:?}}}"));
        format!("[{}]", samples.collect::<Vec<_>>().join(", "))
    };
    for rest in ["", "scale: standard\n", "scale: unit\nbatch: all\n"] {
        let given = "dataset: {name: moons, samples: 40, noise: 0.3, seed: 2}\nheld_out: {share: 0.25, seed: 1}\n";
        let text = TECHNIQUES.replace("script:", &format!("{rest}script:"));
        let text = if rest.contains("batch") {
            text.replacen("batch: 7\n", "", 1)
        } else {
            text
        };
        let mut run = run_of(&parsed(&text));
        for data in [
            DataChange::Delete(7),
            DataChange::Draw(DataSetOptions {
                samples: 24,
                noise: 0.1,
                seed: 5,
            }),
            DataChange::Place(Sample {
                x: vec![0.1, 3.0],
                y: vec![1.0],
            }),
            DataChange::Put {
                sample: 2,
                x: Some(vec![-0.3, 0.7]),
                y: Some(vec![0.0]),
            },
            DataChange::Delete(0),
        ] {
            run.change(Change::of_data(data)).unwrap();
        }
        let now = run.now().given();
        let held_out = now.held_out.clone().unwrap();
        let fresh = format!(
            "data: {}\nheld_out: {{data: {}}}\n",
            listed(&now.samples),
            listed(&held_out)
        );
        let fresh = text.replace(given, &fresh);
        assert_ne!(fresh, text);
        let mut fresh = run_of(&parsed(&fresh));
        go(&mut run, 60);
        go(&mut fresh, 60);
        assert!(run.state == fresh.state, "{rest}");
        let [one, other] = [&mut run, &mut fresh].map(Run::measure);
        assert_eq!(one.loss.to_bits(), other.loss.to_bits(), "{rest}");
        let (one, other) = (one.held_out.unwrap(), other.held_out.unwrap());
        assert!(
            (one.0 - other.0).abs() < 1e-12 && one.1 == other.1,
            "{rest}"
        );
    }
}

#[test]
fn what_jumps_to_and_fro_is_told_from_what_stays() {
    let of = |losses: [f64; 2]| Reached {
        update: 900,
        epoch: 900,
        loss: 0.7,
        end: End::Stuck(500, losses),
    };
    let jumps = of([0.5, 0.75]).sentence(4);
    assert_eq!(
        jumps,
        "No progress for 500 epochs: the loss jumps to and fro between 0.5 and 0.75."
    );
    let stays = of([0.7, 0.701]).sentence(4);
    assert_eq!(stays, "No progress for 500 epochs: the loss stays at 0.7.");
    // Steps of one length lead from one side of the right weight to the other.
    let lesson = parsed(
        "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 1\n  loss: absolute\n  \
         layers: [{units: 1, activation: linear, bias: none}]\n  weights: [[[0.0]]]\n  \
         learning_rate: 0.3\n  data: [{x: [1], y: [1]}]\n\
         script:\n  - train: {epochs: 1}\n",
    );
    let mut run = run_of(&lesson);
    go(&mut run, 3600);
    let jumps = run.reached().find(|reached| reached.end.is_jumping());
    assert!(jumps.is_some(), "{:?}", run.all_reached());
}

#[test]
fn runs_that_are_begun_from_others_are_followed() {
    let lesson = parsed(TECHNIQUES);
    let first = run_of(&lesson);
    let (mut run, mut follower) = (first.clone(), first.clone());
    let mut before = Vec::new();
    let edit = |run: &mut Run, which: usize| {
        let change = run.change_of(&edits()[which], ("", "")).unwrap();
        run.change(change).unwrap();
    };
    for act in 0..10 {
        before.push(run.clone());
        match act {
            0 => go(&mut run, 40),
            1 => run = run.with_seed(5).unwrap().unwrap(),
            2 => run.change(Change::rate(0.25)).unwrap(),
            3 => go(&mut run, 33),
            4 => edit(&mut run, 2),
            5 => go(&mut run, 60),
            6 => run = run.anew().unwrap(),
            7 => run = run.with_seed(9).unwrap().unwrap(),
            8 => go(&mut run, 21),
            _ => run = run.anew().unwrap(),
        }
        follow(&mut follower, &first, &run.position());
        assert!(follower.state == run.state, "after act {act}");
        assert!(follower.points().eq(run.points()), "after act {act}");
        // Somebody who comes now is there too.
        let mut late = first.clone();
        follow(&mut late, &first, &run.position());
        assert!(late.state == run.state, "after act {act}");
    }
    // And back through all of them, as they are taken back.
    for run in before.iter().rev() {
        follow(&mut follower, &first, &run.position());
        assert!(follower.state == run.state);
    }
    // As many as are begun one from another without a change are one.
    for seed in 0..40 {
        run = run.with_seed(seed).unwrap().unwrap();
    }
    assert!(run.position().can_be_followed());
    for _ in 0..40 {
        run.change(Change::rate(0.5)).unwrap();
        run = run.anew().unwrap();
    }
    let to = run.position();
    assert!(!to.can_be_followed());
    assert!(follower.follow(&first, &to).is_err());
}

/// A run that is written as a lesson file goes on there with the same bits, wherever it stands: in the lab, in what the
/// lesson trains, and in an epoch of it that is opened.
#[test]
fn a_run_goes_on_in_its_file_with_the_same_bits() {
    let plain = TECHNIQUES.replace(", batch_norm: true", "");
    // Plain descent keeps nothing.
    let learned = |state: &TrainState| {
        let mut state = state.clone();
        if state
            .optimizer
            .numbers(Moment::First, Parameters::Weights(0))
            .is_none()
        {
            state.optimizer = OptimizerState::default();
        }
        state
    };
    for optimizer in [
        "{descent: {}}",
        "{momentum: 0.9}",
        "{momentum: 0.5, nesterov: true}",
        "{rmsprop: {decay: 0.8}}",
        "{adagrad: {}}",
        "{adam: {beta1: 0.7}}",
    ] {
        let lesson = parsed(&plain.replace("{adam: {}}", optimizer));
        // Five updates an epoch: before the first one, in the middle of the first, of a later one, and at an end.
        for update in [0, 3, 5, 18] {
            let mut run = run_of(&lesson);
            go(&mut run, update.min(7));
            if update > 7 {
                let settings = Settings {
                    rho: Some(0.125),
                    batch_size: Some(4),
                    ..Settings::default()
                };
                let change = Change {
                    settings,
                    ..Change::default()
                };
                run.change(change).unwrap();
                go(&mut run, update);
            }
            let name = format!("{optimizer} at {update}");
            // With a step for each epoch.
            let text = run
                .lesson_text()
                .unwrap()
                .replace("epochs: 100", "epochs: 3");
            let written = parsed(&text);
            let mut read = Run::of_lesson(&written, 0).unwrap();
            assert_eq!(read.epoch(), run.epoch(), "{name}");
            assert_eq!(read.here(), update, "{name}");
            let trace = Trace::compile(Arc::new(written)).unwrap();
            assert_eq!(trace.step(0).epoch(), run.epoch().0 + 1, "{name}");
            let first = trace.step(0).updates();
            for to in [update, update + 1, first, first + 20] {
                go(&mut read, to);
                go(&mut run, to);
                assert_eq!(learned(read.state()), learned(run.state()), "{name}, {to}");
            }
            go(&mut run, first);
            let trained = trace.step(0).train_state();
            assert_eq!(learned(&trained), learned(run.state()), "{name}");
            let (opened, at) = trace.open(0).unwrap();
            let mut steps = (at..opened.len()).map(|index| opened.step(index));
            let walked = steps.find(|step| step.updates() > update).unwrap();
            go(&mut run, update + 1);
            let walked = walked.train_state();
            assert_eq!(learned(&walked), learned(run.state()), "{name}");
        }
    }
    let refused = run_of(&parsed(TECHNIQUES)).lesson_text();
    assert!(refused.unwrap_err().contains("running means"));
}
