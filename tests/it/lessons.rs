//! Good lessons are loaded as they are written; bad ones are refused, and each mistake is located.

use std::fs;
use std::path::Path;

use crate::common::bad;
use ndarray::arr2;
use nn_tutor::algebra::{Operation, Phase, Quantity};
use nn_tutor::engine::{
    Activation, DataSet, Init, InitScheme, Layer, Loss, Optimizer, Penalty, TrainingConfig,
};
use nn_tutor::lesson::{
    Action, Answer, Ask, Bound, Goal, LESSON_FORMAT, Lesson, LessonError, Library, Panel,
    Selection, Settings, Source, Span, Start, TextPiece, ValueName,
};
use proptest::prelude::*;

/// The expected message of every file in `tests/lessons/bad` is in a file beside it.
#[test]
fn every_bad_lesson_is_refused_with_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(bad::FOLDER);
    let files = bad::files();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut accepted = Vec::new();
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Err(error) = Lesson::load(file) else {
            accepted.push(name.to_owned());
            continue;
        };
        let parent = file.parent().unwrap().to_str().unwrap();
        let report = error.to_string().replace(&format!("{parent}/"), "");
        settings.bind(|| insta::assert_snapshot!(name, report));
    }
    assert!(accepted.is_empty(), "were read: {accepted:?}");
}

fn parse(text: &str) -> Result<Lesson, LessonError> {
    Lesson::parse(Source {
        name: "lesson.yaml".to_owned(),
        text: text.to_owned(),
    })
}

fn refused(text: &str) -> LessonError {
    match parse(text) {
        Ok(_) => panic!("was read: {}", text.chars().take(200).collect::<String>()),
        Err(error) => error,
    }
}

/// Checks that a report is short and safe for a terminal, whatever is in the file.
fn assert_presentable(error: &LessonError) {
    let report = error.to_string();
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(!report.contains(obeyed), "{report:?}");
    let mistakes: Vec<LessonError> = error.each().collect();
    assert!((1..=20).contains(&mistakes.len()), "{}", mistakes.len());
    for mistake in mistakes {
        // The schema leaves nothing for serde to refuse.
        assert!(!mistake.message().contains("cannot be read"), "{mistake}");
        let report = mistake.to_string();
        assert!(report.len() < 2_000, "{} bytes", report.len());
    }
}

/// A lesson with every key and every kind of scene.
const GOOD: &str = include_str!("../lessons/everything.yaml");

#[test]
fn everything_a_lesson_may_say_is_read_as_written() {
    let lesson = parse(GOOD).unwrap();
    assert_eq!(lesson.title, "Good");
    assert_eq!(lesson.order, Some(3));
    assert_eq!(lesson.topics, ["S5", "S14"]);
    assert_eq!(lesson.part.as_deref(), Some("Odds and ends"));
    assert_eq!(lesson.needs, ["neuron", "xor"]);
    let [neuron, hand, deep, rule] = &lesson.networks[..] else {
        panic!("four networks")
    };
    assert_eq!(
        (neuron.name.as_str(), hand.name.as_str()),
        ("neuron", "hand")
    );
    assert_eq!(neuron.training.loss, Loss::NegLogLoss);
    assert_eq!(neuron.training.rho.to_bits(), 0.5_f64.to_bits());
    assert_eq!(neuron.training.batch_size, 2);
    assert_eq!(*neuron.data, DataSet::named("xor").unwrap());
    assert_eq!(
        neuron.start,
        Start::Init(Init {
            scheme: InitScheme::Uniform {
                low: -0.5,
                high: 0.5
            },
            seed: 7
        })
    );
    assert_eq!(hand.training.loss, Loss::MeanSquared);
    assert_eq!(hand.training.batch_size, 3);
    assert_eq!(hand.connections(), 9);
    assert_eq!(
        hand.start,
        Start::Weights(vec![
            arr2(&[[-0.5, -1.5], [1.0, 1.0], [1.0, 1.0]]),
            arr2(&[[-0.5], [1.0], [-2.0]]),
        ])
    );
    assert_eq!(
        neuron.training,
        TrainingConfig {
            penalty: Penalty {
                l2: 0.01,
                l1: 0.002
            },
            shuffle: Some(11),
            dropout_seed: 5,
            ..TrainingConfig::new(Loss::NegLogLoss, 0.5, 2)
        }
    );
    assert_eq!(neuron.panels, [Panel::Network, Panel::Loss]);
    assert_eq!(
        deep.layers,
        [
            Layer {
                batch_norm: true,
                skip: true,
                ..Layer::new(2, Activation::Relu)
            },
            Layer {
                dropout: 0.25,
                ..Layer::new(3, Activation::Tanh)
            },
            Layer::new(1, Activation::Logistic),
        ]
    );
    assert_eq!(deep.training.penalty, Penalty::NONE);
    assert_eq!(
        (deep.training.shuffle, deep.training.dropout_seed),
        (Some(12), 6)
    );
    assert_eq!(
        deep.panels,
        [Panel::Layers, Panel::Histogram, Panel::Saturation]
    );
    assert_eq!(rule.layers, [Layer::new(1, Activation::Step)]);
    assert_eq!(rule.training.shuffle, Some(11));
    let at = |span: Span| &GOOD[span.start..span.start + span.len];
    assert_eq!(at(hand.span), "hand");
}

// One lesson with everything, scene by scene.
#[allow(clippy::too_many_lines)]
#[test]
fn every_scene_is_read_as_written() {
    let lesson = parse(GOOD).unwrap();
    let at = |span: Span| &GOOD[span.start..span.start + span.len];
    assert_eq!(lesson.scenes.len(), 28);
    let networks: Vec<usize> = lesson.scenes.iter().map(|scene| scene.network).collect();
    assert_eq!(
        networks,
        [
            0, 0, 0, 1, 1, 1, 0, 0, 2, 2, 2, 3, 3, 3, 3, 1, 1, 2, 1, 1, 1, 1, 1, 3, 3, 3, 1, 0
        ]
    );
    let panels: Vec<&[Panel]> = lesson.scenes[7..13]
        .iter()
        .map(|scene| &scene.panels[..])
        .collect();
    assert_eq!(
        panels,
        [
            &[][..],
            &[Panel::Regions, Panel::Network],
            &[Panel::Activation, Panel::Batch],
            &[Panel::Outputs],
            &[Panel::Network],
            &[],
        ]
    );
    assert_eq!(at(lesson.scenes[2].span), "walk: {sample: 3, until: loss}");

    let Action::Say(text) = &lesson.scenes[0].action else {
        panic!("a say")
    };
    let [
        TextPiece::Words(one),
        TextPiece::Value {
            name: value,
            network: None,
            decimals: None,
            span,
        },
        TextPiece::Words(two),
    ] = &text.pieces[..]
    else {
        panic!("{text:?}")
    };
    assert_eq!(
        (one.as_str(), two.as_str()),
        ("One neuron has ", " and {braces}.")
    );
    assert_eq!(value.quantity, Quantity::Weights(0));
    assert_eq!(at(*span), "{W(0)}");
    let Action::Say(text) = &lesson.scenes[3].action else {
        panic!("a say")
    };
    let TextPiece::Value {
        name: value, span, ..
    } = &text.pieces[1]
    else {
        panic!("{text:?}")
    };
    assert_eq!((value.row, value.column), (Some(2), Some(1)));
    assert_eq!(at(*span), "{W(0)[2,1]}");
    let TextPiece::Words(words) = &text.pieces[2] else {
        panic!("{text:?}")
    };
    assert_eq!(words, " as a weight.\n\nAnother paragraph.");

    let walk = |index: usize| match &lesson.scenes[index].action {
        Action::Walk(walk) => walk,
        other => panic!("{other:?}"),
    };
    assert_eq!(walk(1).samples, Selection::Epoch);
    assert_eq!(walk(2).samples, Selection::Samples(vec![2]));
    assert_eq!(walk(2).until, Phase::Loss);
    assert_eq!(walk(4).samples, Selection::Samples(vec![2, 0]));
    assert!(walk(4).chain_rule);
    assert_eq!(walk(4).notes[0].operation, Operation::WeightedSum(1));
    assert_eq!(walk(4).notes[1].operation, Operation::PredictionLoss);
    assert_eq!(at(walk(4).notes[1].span), "prediction J");
    assert_eq!(walk(5).samples, Selection::Batch(0));
    assert_eq!(walk(25).samples, Selection::Batches(1..3));

    let set = |index: usize| match &lesson.scenes[index].action {
        Action::Set(assignments) => (assignments.as_slice(), lesson.scenes[index].settings),
        other => panic!("{other:?}"),
    };
    let (assignments, settings) = set(16);
    assert_eq!(assignments.len(), 1);
    assert_eq!(
        (settings.rho, settings.l2, settings.l1),
        (Some(0.25), Some(0.5), Some(0.0))
    );
    let (assignments, settings) = set(17);
    // Row 2 of S, whose rows have no bias, and its column γ.
    assert_eq!(
        (assignments[0].quantity, assignments[0].place),
        (Quantity::Scale(1), [1, 0])
    );
    assert_eq!(settings, Settings::default());
    assert_eq!(lesson.scenes[26].compared, [0, 1]);
    assert!(lesson.scenes[26].lecture.is_some());
    let known = walk(27);
    let folded = [Phase::Feedforward, Phase::Loss];
    assert_eq!(known.fold.as_deref(), Some(&folded[..]));
    assert_eq!(known.lecture[0].operation.phase(), Phase::Backpropagation);
    assert_eq!(walk(2).fold, None);
    assert_eq!(lesson.scenes[19].settings.batch_size, Some(2));
    assert_eq!(
        lesson.scenes[19].settings.optimizer,
        Some(Optimizer::Descent)
    );

    let Action::Train(train) = &lesson.scenes[6].action else {
        panic!("a train")
    };
    assert_eq!((train.epochs, train.every), (500, Some(10)));
    assert_eq!(train.until, Some(Goal::AllRight));
    let Action::Train(train) = &lesson.scenes[7].action else {
        panic!("a train")
    };
    assert_eq!(train.until, Some(Goal::LossBelow(0.05)));
    assert_eq!((train.every, train.patience), (None, None));
    for (scene, goal) in [(10, Goal::GradientBelow(1e-3)), (12, Goal::NoMistake)] {
        let Action::Train(train) = &lesson.scenes[scene].action else {
            panic!("a train")
        };
        assert_eq!(train.until, Some(goal));
        let patience = (scene == 10).then_some(3);
        assert_eq!(train.patience, patience);
    }

    let Action::Ask(ask) = &lesson.scenes[11].action else {
        panic!("an ask")
    };
    assert!(matches!(&ask.answer, Answer::Direction(name) if name.name() == "right"));
    assert!(ask.hint.is_some() && ask.because.is_some());
    let Action::Ask(ask) = &lesson.scenes[13].action else {
        panic!("an ask")
    };
    let Answer::Options(options) = &ask.answer else {
        panic!("options")
    };
    let right: Vec<bool> = options.iter().map(|option| option.right).collect();
    assert_eq!(right, [true, true, false]);
    let goal = |index: usize| match &lesson.scenes[index].action {
        Action::Ask(Ask {
            answer: Answer::Goal(goal),
            ..
        }) => goal,
        _ => panic!("a goal"),
    };
    let bounds = |index: usize| -> Vec<(String, Bound)> {
        let conditions = goal(index).conditions.iter();
        conditions
            .map(|condition| (condition.value.name(), condition.bound))
            .collect()
    };
    let named = |name: &str, bound| (name.to_owned(), bound);
    assert_eq!(
        bounds(22),
        [
            named("y_hat", Bound::Below(0.125)),
            named("data J", Bound::AtMost(2.0)),
            named("right", Bound::All),
            named("W(0)[1,2]", Bound::Between(-3.5, 1e3)),
        ]
    );
    assert_eq!(
        bounds(23),
        [
            named("right", Bound::AtLeast(3.0)),
            named("epoch", Bound::AtMost(100.0)),
            named("rho", Bound::Above(0.01)),
        ]
    );
    assert_eq!(
        [22, 23].map(|index| goal(index).after_training),
        [false, true]
    );
    let questions = &walk(15).questions;
    let asked: Vec<Operation> = questions
        .iter()
        .map(|question| question.operation)
        .collect();
    assert_eq!(
        asked,
        [
            Operation::WeightedSum(1),
            Operation::Activation(1),
            Operation::Error(1),
            Operation::Update(0),
            Operation::PredictionLoss,
            Operation::WeightedSum(2),
        ]
    );
    assert!(questions[0].ask.text.pieces.is_empty());
}

/// The values are known without the program: those of a file, and of well-known sets.
#[test]
fn data_are_read_as_asked_for() {
    let lesson = Lesson::load(Path::new("tests/lessons/data.yaml")).unwrap();
    let spec = |name: &str| {
        let mut networks = lesson.networks.iter();
        networks.find(|spec| spec.name == name).unwrap()
    };
    let held_out = |name: &str| spec(name).held_out.as_deref().unwrap();

    // Labels of three classes become columns in alphabetical order, for the held-out file too, which lacks one.
    let labels = spec("labels");
    assert_eq!(labels.data.classes, ["blue", "green", "red"]);
    assert_eq!(labels.data.features, ["b", "a"]);
    assert_eq!(
        labels.data.y,
        arr2(&[
            [0., 0., 1.],
            [1., 0., 0.],
            [0., 0., 1.],
            [0., 1., 0.],
            [1., 0., 0.]
        ])
    );
    assert_eq!(
        held_out("labels").y,
        arr2(&[[0., 0., 1.], [1., 0., 0.], [0., 0., 1.]])
    );
    // b is 1, −2, ¼, 0, 3: mean 0.45. The held-out 2 is moved as far.
    let (b, mean) = ([1.0, -2.0, 0.25, 0.0, 3.0], 0.45);
    let deviation = (b.iter().map(|b: &f64| (b - mean).powi(2)).sum::<f64>() / 5.0).sqrt();
    for (row, b) in b.into_iter().enumerate() {
        assert!((labels.data.x[[row, 0]] - (b - mean) / deviation).abs() < 1e-14);
    }
    assert!((held_out("labels").x[[0, 0]] - (2.0 - mean) / deviation).abs() < 1e-14);

    // Chosen classes leave the green one out; a unit says which of two it is, in the order of the lesson.
    let chosen = spec("chosen");
    assert_eq!(chosen.data.classes, ["red", "blue"]);
    assert_eq!(chosen.data.y, arr2(&[[0.], [1.], [0.], [1.]]));

    // A quarter of five samples is one.
    let numbers = spec("numbers");
    assert_eq!((numbers.data.len(), held_out("numbers").len()), (4, 1));
    for column in numbers.data.x.columns() {
        let (low, high) = (
            column.iter().copied().fold(f64::MAX, f64::min),
            column.iter().copied().fold(f64::MIN, f64::max),
        );
        assert_eq!(
            [low, high].map(f64::to_bits),
            [0.0_f64, 1.0].map(f64::to_bits)
        );
    }

    let species = spec("two-species");
    assert_eq!(species.data.features, ["petal-width", "petal-length"]);
    assert_eq!(species.data.classes, ["versicolor", "setosa"]);
    assert_eq!(
        (species.data.len(), held_out("two-species").len()),
        (20, 100)
    );
    // The first setosa, whose petals are 0.2 by 1.4 cm, and the first versicolor, in both sets.
    for set in [&*species.data, held_out("two-species")] {
        assert_eq!(set.classes, ["versicolor", "setosa"]);
        assert_eq!(
            (set.x.row(0).to_vec(), set.y[[0, 0]]),
            (vec![0.2, 1.4], 1.0)
        );
        assert_eq!(
            (set.x.row(1).to_vec(), set.y[[1, 0]]),
            (vec![1.4, 4.7], 0.0)
        );
    }
    let digits = spec("digits");
    assert_eq!((digits.data.len(), held_out("digits").len()), (60, 20));
    assert_eq!(digits.data.classes, ["8", "3"]);
    let circles: Vec<f64> = spec("circles").data.y.iter().copied().collect();
    assert!(circles.contains(&1.0) && circles.contains(&-1.0) && !circles.contains(&0.0));
    assert_eq!(spec("gate").data.y.row(0).to_vec(), [1.0, 0.0]);

    // Loading it again gives the same sets.
    let again = Lesson::load(Path::new("tests/lessons/data.yaml")).unwrap();
    for (one, other) in lesson.networks.iter().zip(&again.networks) {
        assert_eq!((&one.data, &one.held_out), (&other.data, &other.held_out));
    }
}

/// Only a lesson in a folder may name files, and only files in that folder.
#[test]
fn a_csv_file_stands_in_the_folder_of_the_lesson() {
    let text = "format: 1\ntitle: Own\nsummary: Own data.\nloss: mean-squared\n\
                network: {inputs: 1, layers: [{units: 1, activation: linear}], init: {scheme: zeros}}\n\
                data: {csv: own.csv, x: [a], y: [b]}\n";
    let error = refused(text);
    assert!(error.message().contains("in no folder"), "{error}");
    assert_eq!((error.line(), error.column()), (Some(6), Some(13)));

    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("lessons");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("own.yaml"), text).unwrap();
    fs::write(outer.path().join("own.csv"), "a,b\n1,2\n").unwrap();
    let open = || Library::with_dir(&folder).unwrap().open("own");
    let error = open().unwrap_err();
    assert!(error.message().contains("there is no file"), "{error}");
    #[cfg(unix)]
    {
        // A link must not lead out of the folder either.
        std::os::unix::fs::symlink(outer.path().join("own.csv"), folder.join("own.csv")).unwrap();
        let error = open().unwrap_err();
        assert!(error.message().contains("not in the folder"), "{error}");
        fs::remove_file(folder.join("own.csv")).unwrap();
    }
    fs::write(folder.join("own.csv"), "\u{feff}a,b\r\n1,2\r\n3,4\r\n").unwrap();
    assert_eq!(open().unwrap().networks[0].data.y, arr2(&[[2.0], [4.0]]));
    // A mistake in it names the file and its line.
    fs::write(folder.join("own.csv"), "a,b\n1,2\n3,four\n").unwrap();
    let error = open().unwrap_err();
    assert!(error.file().unwrap().ends_with("own.csv"), "{error}");
    assert_eq!((error.line(), error.column()), (Some(3), Some(3)));
}

#[test]
fn large_csv_files_are_refused_or_read_in_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let head = "format: 1\ntitle: Own\nsummary: Own data.\nloss: mean-squared\n";
    let network = "{inputs: 1, layers: [{units: 1, activation: linear}], init: {scheme: zeros}}";
    let data = "data: {csv: own.csv, x: [a], y: [b]}";
    let lesson = format!("{head}network: {network}\n{data}\nscript: [{{say: Hello.}}]\n");
    let open = |csv: &str, lesson: &str| {
        fs::write(folder.path().join("own.csv"), csv).unwrap();
        let path = folder.path().join("own.yaml");
        fs::write(&path, lesson).unwrap();
        Lesson::load(&path)
    };
    let rows = |rows: usize| format!("a,b\n{}", "1,2\n".repeat(rows));
    assert_eq!(
        open(&rows(10_000), &lesson).unwrap().networks[0].data.len(),
        10_000
    );
    let error = open(&rows(10_001), &lesson).unwrap_err();
    assert!(error.message().contains("too many samples"), "{error}");
    assert_eq!(error.line(), Some(10_002));
    let error = open(&rows(600_000), &lesson).unwrap_err();
    assert!(error.message().contains("too large"), "{error}");
    let error = open(&format!("a,b{}\n", ",c".repeat(2_000)), &lesson).unwrap_err();
    assert!(error.message().contains("too many columns"), "{error}");
    assert_presentable(&error);
    // A large table is kept once, and not for every network of a lesson anew without end.
    let names: Vec<String> = (0..200).map(|i| format!("c{i}")).collect();
    let wide = format!(
        "{}\n{}",
        names.join(","),
        format!("{}1\n", "1,".repeat(199)).repeat(5_000)
    );
    let networks = (0..8).fold(String::new(), |networks, i| {
        networks + &format!("  n{i}: {}\n", network.replace("inputs: 1", "inputs: 199"))
    });
    let lesson = format!(
        "{head}networks:\n{networks}data: {{csv: own.csv, x: [{}], y: [c199]}}\nscript: [{{say: Hello.}}]\n",
        names[..199].join(", ")
    );
    let error = open(&wide, &lesson).unwrap_err();
    assert!(
        error.message().contains("data sets of this lesson"),
        "{error}"
    );
    let four = lesson.lines().filter(|line| {
        !["n2", "n3", "n4", "n5", "n6", "n7"]
            .iter()
            .any(|n| line.trim().starts_with(n))
    });
    assert_eq!(
        open(&wide, &four.collect::<Vec<_>>().join("\n"))
            .unwrap()
            .networks
            .len(),
        2
    );
}

/// A word is an input, so words are bounded as inputs are: in all columns together, whatever that would come to.
#[test]
fn words_are_as_many_as_inputs_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let open = |words: usize, columns: usize| {
        let names: Vec<String> = (0..columns).map(|i| format!("c{i}")).collect();
        let row = |row: usize| format!("{}1\n", format!("w{row},").repeat(columns));
        let rows: String = (0..words).map(row).collect();
        let csv = format!("{},y\n{rows}", names.join(","));
        fs::write(folder.path().join("words.csv"), csv).unwrap();
        let (inputs, names) = (words * columns, names.join(", "));
        let path = folder.path().join("words.yaml");
        let lesson = format!(
            "format: 1\ntitle: W\nsummary: W.\nloss: mean-squared\nscript: [{{say: Hello.}}]\n\
             network: {{inputs: {}, layers: [{{units: 1, activation: linear}}], init: {{scheme: zeros}}}}\n\
             data: {{csv: words.csv, x: [{names}], y: [y], one_hot: [{names}]}}\n",
            inputs.min(1024)
        );
        fs::write(&path, lesson).unwrap();
        Lesson::load(&path)
    };
    assert_eq!(open(1_024, 1).unwrap().networks[0].inputs, 1_024);
    assert_eq!(open(256, 4).unwrap().networks[0].inputs, 1_024);
    for (words, columns, line) in [(1_025, 1, 1_026), (342, 3, 343), (400, 300, 5)] {
        let error = open(words, columns).unwrap_err();
        assert_eq!(error.message(), "there are too many different words");
        assert_eq!(error.line(), Some(line), "{error}");
        assert_eq!(error.each().count(), 1);
        assert_presentable(&error);
    }
}

/// Targets are scaled like inputs: by the samples that are learnt from, also those held out.
#[test]
fn targets_are_scaled_by_the_samples_that_are_learnt_from() {
    let lesson = |rest: &str, output: &str| {
        parse(&format!(
            "format: 1\ntitle: T\nsummary: T.\nnetwork: {{inputs: 1, layers: [{{units: 1, activation: {output}}}], \
             init: {{scheme: zeros}}}}\nloss: mean-squared\ndata: [{{x: [1], y: [10]}}, {{x: [2], y: [30]}}]\n\
             held_out: {{data: [{{x: [3], y: [40]}}]}}\n{rest}\n"
        ))
        .unwrap()
    };
    let scaled = lesson("scale_targets: standard", "linear");
    let spec = &scaled.networks[0];
    assert_eq!(spec.data.y, arr2(&[[-1.0], [1.0]]));
    assert_eq!(spec.held_out.as_ref().unwrap().y, arr2(&[[2.0]]));
    assert_eq!(spec.data.x, arr2(&[[1.0], [2.0]]));
    let columns = spec.scaled.targets.as_ref().unwrap();
    assert_eq!(columns.raw, arr2(&[[10.0], [30.0]]));
    assert!(spec.scaled.inputs.is_none() && scaled.notes.is_none());
    // An output that reaches from 0 to 1 reaches targets of that size, and is told where it does not.
    assert!(lesson("scale_targets: unit", "logistic").notes.is_none());
    let notes = |rest| lesson(rest, "logistic").notes.unwrap().to_string();
    let note = notes("scale_targets: standard");
    assert!(
        note.contains("a target scaled to -1 with a logistic output"),
        "{note}"
    );
    assert!(notes("scale_targets: none").contains("`scale_targets: unit`"));
}

#[test]
fn a_lesson_without_a_script_walks_one_epoch() {
    let text = GOOD.split("networks:").next().unwrap().to_owned()
        + "network:\n  inputs: 2\n  layers: [{units: 1, activation: logistic}]\n  init: {scheme: zeros}\n";
    let lesson = parse(&text).unwrap();
    assert_eq!(lesson.networks[0].name, "");
    let [scene] = &lesson.scenes[..] else {
        panic!("one scene")
    };
    let Action::Walk(walk) = &scene.action else {
        panic!("a walk")
    };
    assert_eq!(walk.samples, Selection::Epoch);
    assert_eq!(walk.until, Phase::Update);
}

#[test]
fn what_is_left_out_is_as_in_the_lecture() {
    let text = GOOD.replace("learning_rate: 0.5\nbatch: 2\n", "");
    let lesson = parse(&text).unwrap();
    assert_eq!(lesson.networks[0].training.rho.to_bits(), 1.0_f64.to_bits());
    assert_eq!(lesson.networks[0].training.batch_size, 1);
}

/// The line ends of other systems and a byte order mark are accepted.
#[test]
fn a_file_from_another_editor_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson.yaml");
    fs::write(&path, format!("\u{feff}{}", GOOD.replace('\n', "\r\n"))).unwrap();
    let lesson = Lesson::load(&path).unwrap();
    let Action::Say(text) = &lesson.scenes[3].action else {
        panic!("a say")
    };
    let TextPiece::Words(words) = &text.pieces[2] else {
        panic!("{text:?}")
    };
    assert_eq!(words, " as a weight.\n\nAnother paragraph.");
    fs::write(
        &path,
        GOOD.replace('\n', "\r\n")
            .replace("title: Good", "title: [Good]"),
    )
    .unwrap();
    let error = Lesson::load(&path).unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(2), Some(8)));
    assert_presentable(&error);
}

#[test]
fn every_value_name_is_written_as_it_is_read() {
    for name in [
        "x(0)",
        "z(1)",
        "delta(2)[1,3]",
        "before W(0)[1,2]",
        "grad(11)[0]",
        "J",
        "before J",
        "y",
        "y_hat[1,1]",
        "rho",
        "epoch",
        "updates",
        "right",
        "samples",
        "data J",
        "before data J",
        "alpha",
        "held-out J",
        "before held-out J",
        "held-out right",
        "held-out samples",
    ] {
        assert_eq!(ValueName::parse(name).unwrap().name(), name);
    }
    assert_eq!(
        ValueName::parse(" before   W(0) [ 1 , 2 ] ")
            .unwrap()
            .name(),
        "before W(0)[1,2]"
    );
    for name in [
        "",
        "before",
        "W",
        "W()",
        "W(a)",
        "W(-1)",
        "W(+1)",
        "x(1)[",
        "x(1)[1,2,3]",
        "x(1)[-1]",
        "dataJ",
        "J(1)",
        "held-out",
        "held-outJ",
    ] {
        assert!(ValueName::parse(name).is_err(), "{name}");
    }
}

#[test]
fn an_error_found_later_is_shown_at_its_place() {
    let lesson = parse(GOOD).unwrap();
    let Action::Say(text) = &lesson.scenes[0].action else {
        panic!("a say")
    };
    let TextPiece::Value { span, .. } = &text.pieces[1] else {
        panic!("{text:?}")
    };
    let error = lesson.error_at(*span, "not computed yet", Some("walk first"));
    assert_eq!((error.line(), error.column()), (Some(60), Some(25)));
    assert_eq!(error.message(), "not computed yet");
    assert_eq!(error.help(), Some("walk first"));
    assert!(error.render(true).contains("\u{1b}["));
    assert_presentable(&error);
}

/// Only a library knows which lessons exist, and a lesson may only need one that comes before it.
#[test]
fn what_a_lesson_needs_comes_before_it() {
    let library = Library::embedded();
    let names = library.names();
    let menu = library.menu();
    for (place, entry) in menu.iter().enumerate() {
        let head = entry.lesson.as_ref().unwrap();
        let lesson = library.open(&entry.name).unwrap();
        assert_eq!(lesson.needs, head.needs);
        if let Err(error) = lesson.check_needs(&names) {
            panic!("{error}");
        }
        for need in &lesson.needs {
            assert!(
                menu[..place].iter().any(|before| before.name == *need),
                "{} needs {need}, which comes later",
                entry.name
            );
        }
    }
    let lesson = parse(&GOOD.replace("needs: [neuron, xor]", "needs: [neuron, xro]")).unwrap();
    let error = lesson.check_needs(&names).unwrap_err();
    assert_eq!(error.message(), "there is no lesson `xro`");
    assert_eq!(error.help(), Some("did you mean `xor`?"));
    assert_eq!((error.line(), error.column()), (Some(6), Some(17)));
    assert_presentable(&error);
}

/// The example in the documentation of the format is a valid lesson.
#[test]
fn the_documented_example_is_the_grounded_one() {
    let example = LESSON_FORMAT.split("```yaml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let lesson = parse(example).unwrap();
    let grounded = Library::embedded().open("grounded").unwrap();
    assert_eq!(lesson.networks[0].start, grounded.networks[0].start);
    assert_eq!(lesson.networks[0].data, grounded.networks[0].data);
}

#[test]
fn nesting_is_bounded_whatever_it_is_made_of() {
    let head = "format: 1\ntitle: ";
    for deep in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "[{a: ".repeat(50_000),
        "[ # ]\n  ".repeat(50_000),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("\n  {}x", "- ".repeat(100_000)),
        (0..700).fold(String::new(), |text, depth| {
            text + "\n" + &" ".repeat(depth + 1) + "a:"
        }),
    ] {
        let error = refused(&format!("{head}{deep}"));
        assert!(
            error.message().contains("nested more than 32 deep"),
            "{error}"
        );
        assert_presentable(&error);
    }
}

#[test]
fn aliases_are_refused_before_they_can_grow() {
    let deep = (0..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, index| {
        text + &format!("a{}: &a{} [*a{index}, *a{index}]\n", index + 1, index + 1)
    });
    let long = format!(
        "long: &long {}\nlist: [{}]\n",
        "word ".repeat(20_000),
        "*long, ".repeat(20_000)
    );
    for bomb in [deep, long] {
        let error = refused(&bomb);
        assert!(error.message().contains("anchors and aliases"), "{error}");
        assert_presentable(&error);
    }
}

#[test]
fn large_files_are_refused_or_read_in_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let head = GOOD.split("dataset:").next().unwrap();
    let network = "network: {inputs: 1, layers: [{units: 1, activation: logistic}], init: {scheme: zeros}}\ndata:\n";
    let lesson =
        |samples: usize| format!("{head}{network}{}", "- {x: [1], y: [1]}\n".repeat(samples));
    // A million samples are more bytes than a lesson may have.
    let path = folder.path().join("million.yaml");
    fs::write(&path, lesson(1_000_000)).unwrap();
    let error = Lesson::load(&path).unwrap_err();
    assert!(error.message().contains("larger than 512 KiB"), "{error}");
    // Just more samples than are allowed fit.
    let error = refused(&lesson(10_001));
    assert!(error.message().contains("10001 samples"), "{error}");
    assert_eq!(
        parse(&lesson(10_000)).unwrap().networks[0].data.len(),
        10_000
    );
    // One line of half a megabyte, with a mistake at its end.
    let wide = format!("{head}{network}").replace(
        "data:\n",
        &format!("data: [{}?]\n", "{x: [1], y: [1]}, ".repeat(9_000)),
    );
    let error = refused(&wide);
    assert!(error.column().unwrap() > 100_000);
    assert_presentable(&error);
    // As many nodes as half a megabyte can hold.
    let error = refused(&format!("format: 1\ntitle: [{}]", "1,".repeat(250_000)));
    let is_of_the_list = |mistake: &LessonError| mistake.message() == "`title` is a list";
    assert!(error.each().any(|mistake| is_of_the_list(&mistake)));
    assert_presentable(&error);
    let long = format!("{}: 1\n", "k".repeat(500_000));
    assert_presentable(&refused(&long));
    assert_presentable(&refused(&format!("? {long}")));
}

#[test]
fn long_walks_and_trainings_are_refused() {
    let head = GOOD.split("dataset:").next().unwrap();
    let network = "network: {inputs: 1, layers: [{units: 100, activation: tanh}, {units: 1, activation: logistic}], init: {scheme: zeros}}\ndata:\n";
    let lesson = format!("{head}{network}{}", "- {x: [1], y: [1]}\n".repeat(10_000));
    let error = refused(&lesson);
    assert!(
        error.message().contains("too long to be recorded"),
        "{error}"
    );
    parse(&format!(
        "{lesson}script:\n- walk: {{sample: 10000}}\n- train: {{epochs: 10}}\n"
    ))
    .unwrap();
    // Each scene is in bounds, together they are not.
    let error = refused(&format!(
        "{lesson}script:\n{}",
        "- train: {epochs: 100}\n".repeat(4)
    ));
    assert!(error.message().contains("trains for too long"), "{error}");
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let error = Lesson::load(folder.path()).unwrap_err();
    assert!(error.message().contains("directory"), "{error}");
    let fifo = folder.path().join("fifo.yaml");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    for path in [
        fifo.as_path(),
        Path::new("/dev/zero"),
        Path::new("/dev/null"),
    ] {
        let error = Lesson::load(path).unwrap_err();
        assert!(error.message().contains("not a regular file"), "{error}");
    }
    // A file of /proc says that it has no bytes, and has.
    assert!(Lesson::load(Path::new("/proc/self/status")).is_err());
    // The name of a file is text of a stranger too.
    let error = Lesson::load(&folder.path().join("a\u{1b}[31m\u{202e}.yaml")).unwrap_err();
    assert_presentable(&error);
    assert!(!error.to_string().contains('\u{202e}'), "{error}");
}

/// Mistakes in [`GOOD`], each independent of the others.
const MISTAKES: [(&str, &str); 21] = [
    ("title: Good", "title: 42"),
    ("order: 3", "order: third"),
    ("needs: [neuron, xor]", "needs: [neuron, neuron]"),
    ("topics: [S5, S14]", "topics: [S5, S99]"),
    ("learning_rate: 0.5", "learning_rate: -1"),
    ("panels: [network, loss]", "panels: [network, losss]"),
    ("low: -0.5, high: 0.5", "low: 0.5, high: 0.5"),
    (
        "{units: 2, activation: step}",
        "{units: 2, activation: stepp}",
    ),
    ("[[-0.5], [1], [-2e0]]", "[[-0.5], [1]]"),
    ("loss: mean-squared", "loss: mean-sqared"),
    ("{x: [1, 1], y: [0]}", "{x: [1, 1], y: [a]}"),
    ("shuffle: 12", "shufle: 12"),
    ("share: 0.25", "share: 25"),
    ("has {W(0)} and", "has {W(9)} and"),
    ("sample: 3, until: loss", "sample: 9, until: loss"),
    ("every: 10", "every: 1000"),
    ("patience: 3", "patience: soon"),
    ("until: no-mistake", "until: no-mistakes"),
    ("wrong: '1 + 1'", "rong: '1 + 1'"),
    ("number: 'z(1)[2]'", "number: 'z(7)[2]'"),
    ("sign: 'W(1)[0]'", "sing: 'W(1)[0]'"),
];

/// Returns the place and message of each mistake.
fn places(error: &LessonError) -> Vec<(Option<usize>, Option<usize>, String)> {
    let mistakes = error.each();
    let places = mistakes.map(|mistake| {
        let message = mistake.message().to_owned();
        (mistake.line(), mistake.column(), message)
    });
    places.collect()
}

/// Checks that each of the mistakes is reported alone, that any two of them are both reported, and that all of them
/// are.
fn assert_independent(good: &str, mistakes: &[(&str, &str)]) {
    parse(good).unwrap_or_else(|error| panic!("{error}"));
    let with = |mistakes: &[(&str, &str)]| {
        let text = mistakes.iter().fold(good.to_owned(), |text, (from, to)| {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from} is not in the lesson");
            changed
        });
        places(&refused(&text))
    };
    let alone: Vec<_> = mistakes
        .iter()
        .map(|mistake| {
            let places = with(&[*mistake]);
            assert_eq!(places.len(), 1, "{mistake:?}: {places:?}");
            places
        })
        .collect();
    for one in 0..mistakes.len() {
        for other in one + 1..mistakes.len() {
            let mut both = [&alone[one][..], &alone[other]].concat();
            both.sort();
            let pair = [mistakes[one], mistakes[other]];
            assert_eq!(with(&pair), both, "{pair:?}");
        }
    }
    let mut all = alone.concat();
    all.sort();
    all.truncate(20);
    assert_eq!(with(mistakes), all);
}

#[test]
fn independent_mistakes_are_all_reported() {
    assert_independent(GOOD, &MISTAKES);
}

/// After a mistake in a sample, a layer or a text, the other samples, layers and braces are still checked.
#[test]
fn a_mistake_hides_only_what_follows_from_it() {
    let good = "\
format: 1
title: Plain
summary: Plain.
loss: mean-squared
batch: 2
network:
  inputs: 2
  layers: [{units: 2, activation: tanh}, {units: 1, activation: linear}]
  weights: [[[1, 2], [3, 4], [5, 6]], [[7], [8], [9]]]
data:
- {x: [0, 1], y: [1]}
- {x: [1, 1], y: [0]}
- {x: [1, 0], y: [2]}
script:
- say: The {J}.
- say: Of {x(2)}.
- walk: {sample: 3, notes: {z(1): 'Sum {z(1)[2]}.'}}
- train: {epochs: 5, say: 'Now {J}.', until: all-right}
- {ask: Which?, options: [{right: A, because: 'It is {rho}.'}, {wrong: B}]}
";
    assert_independent(
        good,
        &[
            ("title: Plain", "title: 4"),
            ("batch: 2\n", "batch: 9\n"),
            ("inputs: 2", "inputs: two"),
            ("units: 2, activation: tanh", "units: two, activation: tanh"),
            ("[[7], [8]", "[[7, 7], [8]"),
            ("y: [1]}", "y: [a]}"),
            ("{x: [1, 1], y: [0]}", "{x: [1], y: [0]}"),
            ("y: [2]", "y: [2, 2]"),
            ("The {J}", "The {befor J}"),
            ("Of {x(2)}", "Of {x(9)}"),
            ("sample: 3", "sample: 9"),
            ("'Sum {z(1)[2]}.'", "'Sum {sum}.'"),
            ("until: all-right", "until: no-mistake"),
            ("'Now {J}.'", "'Now {Q}.'"),
            ("right: A", "wrong: A"),
            ("'It is {rho}.'", "'It is {rhoo}.'"),
        ],
    );
    // Which layers there are is another matter: without them no index is wrong, and a name may be.
    let lost = good.replace("layers: [{units: 2", "layers: none # [{units: 2");
    let lost = lost
        .replace("Of {x(2)}", "Of {x(9)}")
        .replace("'Now {J}", "'Now {jay}");
    let found = places(&refused(&lost));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1].2, "no value is called `jay`");
    let named = good
        .replace("{befor J}", "{J}")
        .replace("The {J}", "The {Before  data j}");
    let help = refused(&named).help().map(str::to_owned);
    assert_eq!(help.as_deref(), Some("did you mean `{before data J}`?"));
}

/// The same in a table, in the settings of a generated or built-in set, and in characters.
#[test]
fn a_mistake_in_data_hides_only_what_follows_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let head = "format: 1\ntitle: Own\nsummary: Own data.\nneeds: [xro]\nloss: mean-squared\n\
                network: {inputs: 1, layers: [{units: 1, activation: linear}], init: {scheme: uniform}}\n";
    let open = |csv: &str, rest: &str| {
        fs::write(folder.path().join("own.csv"), csv).unwrap();
        let path = folder.path().join("own.yaml");
        fs::write(&path, format!("{head}{rest}")).unwrap();
        let error = Library::embedded().check(&path).unwrap_err();
        assert_presentable(&error);
        let messages = error.each().map(|mistake| mistake.message().to_owned());
        messages.collect::<Vec<_>>()
    };
    let always = [
        "there is no lesson `xro`",
        "`init` has no `low`",
        "`init` has no `high`",
    ];
    let data = "data: {csv: own.csv, x: [a], y: [b]}\nscript: [{walk: {sample: 9}}]\n";
    let csv = "a,b\n1,2\n1,two\n3\n4,\n5,6\n";
    let found = open(csv, data);
    let in_table = [
        "a cell is the text `two`",
        "a line has 1 cell",
        "a cell is empty",
    ];
    assert_eq!(
        found,
        [&always[..], &in_table, &["`sample` is `9`"]].concat()
    );
    let found = open("c,b\n1,2\n", "data: {csv: own.csv, x: [a], y: [d]}\n");
    let columns = ["the file has no column `a`", "the file has no column `d`"];
    assert_eq!(found, [&always[..], &columns].concat());
    let found = open("a,b\n1\t,2\n\u{1b},2\n", data);
    let characters = [
        "a tab (U+0009) in a CSV file",
        "an escape character (U+001B) in a CSV file",
    ];
    assert_eq!(found, [&always[..], &characters].concat());
    let found = open(
        "",
        "dataset: {name: iris, noise: 1, seed: 1, classes: [setosa, rose], features: [size]}\n",
    );
    let settings = [
        "the set `iris` has no `noise`",
        "the set `iris` has no `seed`",
        "a class is `rose`",
        "a feature is `size`",
    ];
    assert_eq!(found, [&always[..], &settings].concat());
    // The value exists, whatever is held out.
    let found = open(
        "",
        "dataset: square\nheld_out: {dataset: xro}\nscript: [{say: 'Of {held-out J}.'}]\n",
    );
    assert_eq!(found.len(), 4, "{found:?}");
    let hidden = "format: 1\ntitle: A\u{200b}\n# \u{202e}\n";
    assert_eq!(places(&refused(hidden)).len(), 2);
}

/// Texts that YAML parsers take for numbers although they are none, and the other way round.
#[test]
fn numbers_are_what_they_look_like() {
    let network = |weight: &str, units: &str| {
        format!(
            "format: 1\ntitle: Numbers\nsummary: Numbers.\nloss: mean-squared\ndataset: and\n\
             network:\n  inputs: 2\n  layers: [{{units: {units}, activation: linear}}]\n  \
             weights: [[[{weight}], [2], [3]]]\n"
        )
    };
    // YAML allows what not every reader of it takes.
    let colon = parse(&GOOD.replacen("{ask: Up or down?", "{ask: :Up or down?", 1)).unwrap();
    assert_eq!(colon.scenes.len(), 28);
    for (weight, value) in [
        ("017", 17.0),
        ("1.50", 1.5),
        ("-0", -0.0),
        ("1e3", 1e3),
        ("+.5", 0.5),
    ] {
        let lesson = parse(&network(weight, "01")).unwrap_or_else(|error| panic!("{error}"));
        let Start::Weights(weights) = &lesson.networks[0].start else {
            panic!("weights")
        };
        assert_eq!(
            weights[0][[0, 0]].to_bits(),
            f64::to_bits(value),
            "{weight}"
        );
    }
    for (weight, message) in [
        ("0x10", "a weight is the text `0x10`"),
        ("0o17", "a weight is the text `0o17`"),
        ("0b1", "a weight is the text `0b1`"),
        ("1_000", "a weight is the text `1_000`"),
        ("1e400", "a weight is `1e400`"),
        ("~", "a weight is nothing"),
    ] {
        let error = refused(&network(weight, "1"));
        assert_eq!(error.message(), message);
        assert_eq!(
            (error.line(), error.column()),
            (Some(9), Some(15)),
            "{weight}"
        );
    }
    for units in ["0x1", "+1", "1.0", "'1'", "1e0"] {
        let error = refused(&network("1", units));
        assert!(
            error.message().starts_with("`units` is "),
            "{units}: {error}"
        );
    }
}

/// A name is the text that is written, even if it looks like a number.
#[test]
fn a_class_may_be_called_007() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("own.csv"),
        "1,2.50,true\n1,5,007\n2,6,1.50\n3,7,7\n",
    )
    .unwrap();
    let path = folder.path().join("own.yaml");
    fs::write(
        &path,
        "format: 1\ntitle: Own\nsummary: Own data.\nloss: cross-entropy\n\
         network: {inputs: 2, layers: [{units: 2, activation: softmax}], init: {scheme: zeros}}\n\
         data: {csv: own.csv, x: [1, 2.50], y: [true], classes: [007, 1.50]}\n",
    )
    .unwrap();
    let lesson = Lesson::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lesson.networks[0].data.classes, ["007", "1.50"]);
    assert_eq!(lesson.networks[0].data.features, ["1", "2.50"]);
}

/// The map of networks keeps its order and refuses a name that comes twice.
#[test]
fn networks_come_in_the_order_of_the_file() {
    let network = "{inputs: 2, layers: [{units: 1, activation: linear}], init: {scheme: zeros}}";
    let lesson = |names: &[&str]| {
        let networks = names.iter().map(|name| format!("  {name}: {network}\n"));
        let networks: String = networks.collect();
        format!(
            "format: 1\ntitle: Order\nsummary: Order.\nloss: mean-squared\ndataset: and\nnetworks:\n{networks}"
        )
    };
    let read = parse(&lesson(&["zebra", "ant", "mole", "bee"])).unwrap();
    let names: Vec<&str> = read
        .networks
        .iter()
        .map(|network| network.name.as_str())
        .collect();
    assert_eq!(names, ["zebra", "ant", "mole", "bee"]);
    let error = refused(&lesson(&["zebra", "ant", "zebra"]));
    assert_eq!(
        error.message(),
        "the key `zebra` is given twice in `networks`"
    );
    assert_eq!((error.line(), error.column()), (Some(9), Some(3)));
}

/// Only `walk` may have no value; another key without one does not count as left out.
#[test]
fn a_key_with_nothing_behind_it_is_not_left_out() {
    for (from, to, message) in [
        ("order: 3", "order:", "`order` is nothing"),
        (
            "panels: [network, loss]",
            "panels: ~",
            "`panels` is nothing",
        ),
        (
            "learning_rate: 0.5",
            "learning_rate: null",
            "`learning_rate` is nothing",
        ),
        (
            "    held_out: {share: 0.25, seed: 1}",
            "    held_out:",
            "`held_out` is nothing",
        ),
        ("until: all-right, ", "until: , ", "`until` is nothing"),
        ("hint: Count them.", "hint:", "`hint` is nothing"),
        ("dataset: xor", "dataset: ~", "`dataset` is nothing"),
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        assert_eq!(refused(&text).message(), message);
    }
}

/// What is pasted into advice is cut like any other word of the file.
#[test]
fn advice_on_a_long_value_is_short() {
    let long = "x".repeat(3_000);
    let commas: Vec<String> = (0..100).map(|i| format!("{i},5")).collect();
    let points = |y: &str| GOOD.replace("learning_rate: 0.5", &format!("learning_rate: {y}"));
    for text in [
        points(&format!("“{long}”")),
        points(&format!("\u{a0}{long}")),
        points(&format!("−{}", "1".repeat(3_000))),
        points(&format!("{},5", "1".repeat(3_000))),
        GOOD.replacen("summary: ", &format!("summary:{long}: "), 1),
        format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 100\n  layers: [{{units: 1, activation: tanh}}]\n  \
             init: scheme:{long}\nloss: mean-squared\ndata:\n  - {{x: [{}], y: [0]}}\n",
            commas.join(",")
        ),
    ] {
        assert_presentable(&refused(&text));
    }
}

/// A first line that counts its columns is read as a sample, which is noted unless the lesson says that it is one.
#[test]
fn a_first_line_that_counts_is_noted() {
    let notes = |csv: &str, columns: &str| {
        let source = Source {
            name: "lesson.yaml".to_owned(),
            text: format!(
                "format: 1\ntitle: Good\nsummary: Good.\nnetwork:\n  inputs: 2\n  \
                 layers: [{{units: 1, activation: linear}}]\n  init: {{scheme: zeros}}\nloss: mean-squared\n\
                 data: {{csv: own.csv, {columns}}}\n"
            ),
        };
        let tables = [("own.csv".to_owned(), csv.to_owned())].into();
        let lesson = Lesson::parse_with(source, tables);
        lesson.unwrap_or_else(|error| panic!("{error}")).notes
    };
    let columns = "x: [1, 2], y: [3]";
    for csv in ["0,1,2\n3,4,5\n", "1,2,3\n3,4,5\n"] {
        let note = notes(csv, columns).unwrap();
        assert_eq!((note.line(), note.column()), (Some(1), Some(1)));
        assert!(note.to_string().contains("`header: true`"), "{note}");
        assert!(notes(csv, &format!("{columns}, header: false")).is_none());
    }
    // With the numbers of the rows in front, as pandas writes them.
    assert!(notes(",0,1,2\n0,3,4,5\n", "x: [2, 3], y: [4]").is_some());
    for csv in ["0,1,3\n3,4,5\n", "2,3,4\n3,4,5\n", "0,1,2.0\n3,4,5\n"] {
        assert!(notes(csv, columns).is_none(), "{csv}");
    }
}

/// A target that the output function cannot reach is no mistake, and noted where it stands.
#[test]
fn a_target_beyond_the_reach_of_the_output_is_noted() {
    let lesson = |phi: &str, loss: &str, target: &str| {
        let text = format!(
            "format: 1\ntitle: Good\nsummary: Good.\nnetwork:\n  inputs: 1\n  layers: [{{units: 1, activation: {phi}}}]\n  \
             init: {{scheme: zeros}}\nloss: {loss}\ndata:\n  - {{x: [0], y: [0.5]}}\n  - {{x: [1], y: [{target}]}}\n"
        );
        parse(&text).unwrap().notes
    };
    let mut all = Vec::new();
    for (phi, target) in [
        ("logistic", "10"),
        ("tanh", "-1.5"),
        ("relu", "-1"),
        ("step", "3"),
    ] {
        for loss in ["mean-squared", "half-squared"] {
            let note = lesson(phi, loss, target).unwrap();
            assert_eq!((note.line(), note.column()), (Some(11), Some(18)));
            if loss == "mean-squared" {
                all.push(note.to_string());
            }
        }
    }
    insta::assert_snapshot!("targets_beyond_reach", all.join("\n\n"));
    for (phi, target) in [
        ("logistic", "1"),
        ("tanh", "-1"),
        ("relu", "7"),
        ("linear", "-300"),
    ] {
        assert_eq!(lesson(phi, "mean-squared", target), None, "{phi}");
    }
}

/// A change that an author, an editor or a bad connection may make.
#[derive(Debug, Clone)]
enum Change {
    Delete(usize, usize),
    Insert(usize, &'static str),
    Repeat(usize, usize),
    Swap(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0..GOOD.len();
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        ":",
        ": ",
        "- ",
        "#",
        " #",
        "\n",
        "\n\n",
        "  ",
        "\t",
        "&a ",
        "*a",
        "!!str ",
        "|\n",
        ">\n",
        "? ",
        "%",
        "---\n",
        "...\n",
        "\\",
        "\u{1b}",
        "\u{202e}",
        "\u{0}",
        "é",
        "日",
        "\u{a0}",
        "\u{2003}",
        "\u{2013} ",
        "\u{2212}",
        "\u{201c}",
        "\u{201d}",
        "0,5",
        "lr: 1\n",
        "    epochs: 3\n",
        "walk:\n",
        ".nan",
        "1e999",
        "-1",
        "~",
        "null",
        "0",
        "999999999999",
        "{x(1)}",
        "{before ",
        "<<: ",
        ",",
        "\r",
        "\r\n",
        "\u{feff}",
    ]);
    prop_oneof![
        (at.clone(), 0..40_usize).prop_map(|(at, len)| Change::Delete(at, len)),
        (at.clone(), token).prop_map(|(at, token)| Change::Insert(at, token)),
        (at.clone(), 0..60_usize).prop_map(|(at, len)| Change::Repeat(at, len)),
        (at.clone(), at).prop_map(|(one, other)| Change::Swap(one, other)),
    ]
}

fn apply(text: &str, changes: &[Change]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for change in changes {
        let last = letters.len().saturating_sub(1);
        let range =
            |at: usize, len: usize| at.min(last)..(at + len).min(letters.len()).max(at.min(last));
        match *change {
            Change::Delete(at, len) => drop(letters.drain(range(at, len))),
            Change::Insert(at, token) => {
                letters.splice(at.min(last)..at.min(last), token.chars());
            }
            Change::Repeat(at, len) => {
                let piece: Vec<char> = letters[range(at, len)].to_vec();
                letters.splice(at.min(last)..at.min(last), piece);
            }
            Change::Swap(one, other) if !letters.is_empty() => {
                letters.swap(one.min(last), other.min(last));
            }
            Change::Swap(..) => {}
        }
    }
    letters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A changed lesson is loaded, or refused at a place in it; the loader never panics.
    #[test]
    fn no_change_of_a_lesson_brings_the_loader_down(changes in prop::collection::vec(change(), 1..6)) {
        let text = apply(GOOD, &changes);
        match parse(&text) {
            Ok(lesson) => prop_assert!(!lesson.scenes.is_empty() && !lesson.networks.is_empty()),
            Err(error) => {
                assert_presentable(&error);
                let line = error.line().unwrap();
                let lines = text.split('\n').count();
                prop_assert!(line <= lines, "line {line} of {lines}");
                let width = text.split('\n').nth(line - 1).unwrap().chars().count();
                prop_assert!(error.column().unwrap() <= width + 1);
                prop_assert!(!error.message().is_empty());
            }
        }
    }

    /// The loader never panics, whatever the text.
    #[test]
    fn no_text_brings_the_loader_down(text in "(?s)[ -~\\n]{0,200}|.{0,60}") {
        if let Err(error) = parse(&text) {
            assert_presentable(&error);
        }
    }
}

#[test]
fn a_lesson_is_read_from_texts_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons");
    for name in ["homes.yaml", "data.yaml", "half-squared.yaml"] {
        let read = Lesson::load(&folder.join(name)).unwrap();
        let texts = read.table_texts().unwrap();
        let given = Lesson::parse_with((*read.source).clone(), texts.clone()).unwrap();
        assert_eq!(given.table_texts().unwrap(), texts);
        for (one, other) in read.networks.iter().zip(&given.networks) {
            assert_eq!(format!("{:?}", one.data), format!("{:?}", other.data));
            assert_eq!(
                format!("{:?}", one.held_out),
                format!("{:?}", other.held_out)
            );
        }
        // What is not given is not looked for, though it is there.
        if !texts.is_empty() {
            let source = (*read.source).clone();
            let error = Lesson::parse_with(source, std::collections::BTreeMap::new()).unwrap_err();
            assert!(error.to_string().contains("there is no file"), "{error}");
        }
    }
    let data = Lesson::load(&folder.join("data.yaml")).unwrap();
    assert_eq!(data.table_names, ["./more/points.csv", "points.csv"]);
}
