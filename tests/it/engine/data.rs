//! The data sets that come with the program, against their definitions.

use std::f64::consts::{PI, TAU};

use nn_tutor::engine::{DataSet, DataSetOptions, Family, Named, Samples, SeededRng, Targets};

fn clean(named: Named, samples: usize) -> Samples {
    named.draw(&DataSetOptions {
        samples,
        noise: 0.0,
        seed: 0,
    })
}

fn labels(samples: &Samples) -> &[usize] {
    match &samples.targets {
        Targets::Classes { labels, .. } => labels,
        Targets::Numbers(_) => panic!("no classes"),
    }
}

#[test]
fn gates_are_their_truth_tables() {
    for named in Named::ALL {
        if named.family() != Family::Gate {
            continue;
        }
        let name = named.name();
        let gate = DataSet::named(name).unwrap();
        assert_eq!((gate.x.dim(), gate.y.dim()), ((4, 2), (4, 1)));
        let twice = clean(named, 8).to_data(1, [0.0, 1.0]);
        for (i, (a, b)) in [(false, false), (false, true), (true, false), (true, true)]
            .into_iter()
            .enumerate()
        {
            let expected = match name {
                "and" => a && b,
                "or" => a || b,
                "xor" => a != b,
                "nand" => !(a && b),
                "nor" => !(a || b),
                "xnor" => a == b,
                _ => panic!("{name}"),
            };
            for (set, row) in [(&gate, i), (&twice, i), (&twice, i + 4)] {
                assert_eq!(set.x[[row, 0]], f64::from(u8::from(a)), "{name}");
                assert_eq!(set.x[[row, 1]], f64::from(u8::from(b)), "{name}");
                assert_eq!(set.y[[row, 0]], f64::from(u8::from(expected)), "{name}");
            }
        }
    }
}

#[test]
fn curves_are_their_functions_at_evenly_spaced_places() {
    for (named, low, high, function) in [
        (
            Named::FreeFall,
            0.0,
            1.0,
            (|t| 4.905 * t * t) as fn(f64) -> f64,
        ),
        (Named::Square, -1.0, 1.0, |x| x * x),
        (Named::Sin, -PI, PI, f64::sin),
        (Named::Abs, -1.0, 1.0, f64::abs),
        (Named::Step, -1.0, 1.0, |x| if x < 0.0 { 0.0 } else { 1.0 }),
    ] {
        for n in [2, 3, 21, 50] {
            let set = clean(named, n).to_data(1, [0.0, 1.0]);
            assert_eq!((set.x.dim(), set.y.dim()), ((n, 1), (n, 1)));
            assert_eq!((set.x[[0, 0]], set.x[[n - 1, 0]]), (low, high));
            let gap = (high - low) / (n - 1) as f64;
            for i in 0..n {
                assert!((set.x[[i, 0]] - (low + gap * i as f64)).abs() < 1e-15 * 8.0);
                let right = function(set.x[[i, 0]]);
                assert!((set.y[[i, 0]] - right).abs() < 1e-14, "{named:?} {i}");
            }
        }
    }
    // A fall of one second.
    let fall = DataSet::named("free-fall").unwrap();
    assert_eq!((fall.len(), fall.y[[20, 0]]), (21, 4.905));
    assert_eq!(fall.features, ["t"]);
    // The middle of an odd number of places is 0 itself.
    assert_eq!(DataSet::named("sin").unwrap().x[[10, 0]], 0.0);
}

#[test]
fn planes_have_two_classes_by_turns_on_their_figures() {
    for n in [4, 5, 100] {
        let figures = Named::ALL.into_iter();
        for named in figures.filter(|named| named.family() == Family::Plane) {
            let set = clean(named, n);
            assert_eq!(set.x.dim(), (n, 2));
            for (i, point) in set.x.rows().into_iter().enumerate() {
                assert_eq!(labels(&set)[i], i % 2);
                let (x, y) = (point[0], point[1]);
                let near = |a: f64, b: f64| (a - b).abs() < 1e-14;
                let radius = x.hypot(y);
                let parts = |curve: f64, y: f64, class: usize| {
                    (y > curve) == (class == 1) && (y - curve).abs() > 0.0999 && y.abs() <= 2.0
                };
                let fits = match (named, i % 2) {
                    (Named::Circles, 0) => near(radius, 1.0),
                    (Named::Circles, _) => near(radius, 0.5),
                    (Named::Moons, 0) => near(radius, 1.0) && y >= 0.0,
                    (Named::Moons, _) => near((x - 1.0).hypot(y - 0.5), 1.0) && y <= 0.5,
                    (Named::Blobs, 0) => (x, y) == (-1.0, -1.0),
                    (Named::Blobs, _) => (x, y) == (1.0, 1.0),
                    (Named::AboveSin, class) => parts(x.sin(), y, class),
                    (Named::AboveCubic, class) => parts(x.powi(3) - x, y, class),
                    (Named::AboveAbs, class) => parts(x.abs(), y, class),
                    // r = angle / 2π on both arms, the second half a turn further.
                    (_, class) => {
                        let sign = 1.0 - 2.0 * class as f64;
                        let angle = TAU * radius;
                        near(x, sign * radius * angle.cos()) && near(y, sign * radius * angle.sin())
                    }
                };
                assert!(fits, "{named:?} {i}: {x} {y}");
            }
        }
    }
    // Every point of a figure is another one.
    for named in [Named::Circles, Named::Moons, Named::Spiral] {
        let set = clean(named, 60);
        for i in 0..60 {
            for j in 0..i {
                assert!((&set.x.row(i) - &set.x.row(j)).mapv(f64::abs).sum() > 1e-3);
            }
        }
    }
}

/// Many draws have the mean and the deviation that are asked for, and about one in twenty is more than two deviations
/// off.
#[test]
fn noise_is_normal_and_seeded() {
    let mut rng = SeededRng::new(5);
    let n = 100_000_u32;
    let draws: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let mean = draws.iter().sum::<f64>() / f64::from(n);
    let moment = |power: i32| draws.iter().map(|draw| draw.powi(power)).sum::<f64>() / f64::from(n);
    assert!(mean.abs() < 0.015, "{mean}");
    assert!((moment(2) - 1.0).abs() < 0.02);
    assert!(moment(3).abs() < 0.05);
    assert!((moment(4) - 3.0).abs() < 0.15);
    let far = draws.iter().filter(|draw| draw.abs() > 1.96).count() as f64 / f64::from(n);
    assert!((far - 0.05).abs() < 0.003, "{far}");

    let drawn = |noise, seed| {
        Named::Sin.draw(&DataSetOptions {
            samples: 1_000,
            noise,
            seed,
        })
    };
    let of = |samples: &Samples| match &samples.targets {
        Targets::Numbers(y) => y.clone(),
        Targets::Classes { .. } => panic!("no numbers"),
    };
    let (still, noisy, other) = (drawn(0.0, 1), drawn(0.2, 1), drawn(0.2, 2));
    assert_eq!(noisy, drawn(0.2, 1));
    assert_ne!(noisy, other);
    assert_eq!(still.x, noisy.x, "noise is on the target alone");
    let off = of(&noisy) - of(&still);
    let deviation = (off.mapv(|off| off * off).sum() / 1_000.0).sqrt();
    assert!((deviation - 0.2).abs() < 0.02, "{deviation}");
    // In the plane it is on both inputs, and never on the class.
    let blobs = Named::Blobs.draw(&Named::Blobs.drawing());
    assert_eq!(labels(&blobs), labels(&clean(Named::Blobs, 100)));
    for column in 0..2 {
        let off = &blobs.x.column(column) - &clean(Named::Blobs, 100).x.column(column);
        let deviation = (off.mapv(|off| off * off).sum() / 100.0).sqrt();
        assert!((deviation - 0.5).abs() < 0.1, "{deviation}");
    }
}

#[test]
fn classes_become_the_targets_a_network_has_outputs_for() {
    let xor = clean(Named::Xor, 4);
    assert_eq!(xor.outputs(), 1);
    assert!(xor.suits(1) && xor.suits(2) && !xor.suits(3));
    let column = |set: &DataSet, column: usize| set.y.column(column).to_vec();
    let one = xor.to_data(1, [-1.0, 1.0]);
    assert_eq!(column(&one, 0), [-1.0, 1.0, 1.0, -1.0]);
    let two = xor.to_data(2, [0.0, 1.0]);
    assert_eq!(column(&two, 0), [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(column(&two, 1), [0.0, 1.0, 1.0, 0.0]);
    let curve = clean(Named::Abs, 4);
    assert!(curve.suits(1) && !curve.suits(2));
}

#[test]
fn samples_features_and_classes_are_chosen_by_number() {
    let samples = Samples {
        x: ndarray::array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]],
        targets: Targets::Classes {
            labels: vec![0, 1, 2, 1],
            count: 3,
        },
        features: ["a", "b"].map(str::to_owned).to_vec(),
        classes: ["p", "q", "r"].map(str::to_owned).to_vec(),
    };
    let chosen = samples.select(&[3, 0]);
    assert_eq!(chosen.x, ndarray::array![[7.0, 8.0], [1.0, 2.0]]);
    assert_eq!(labels(&chosen), [1, 0]);
    let chosen = samples.clone().with_features(&[1]);
    assert_eq!(chosen.x.column(0).to_vec(), [2.0, 4.0, 6.0, 8.0]);
    assert_eq!(chosen.features, ["b"]);
    let chosen = samples.with_classes(&[2, 1]);
    assert_eq!(chosen.x.column(0).to_vec(), [3.0, 5.0, 7.0]);
    assert_eq!(labels(&chosen), [1, 0, 1]);
    assert_eq!(chosen.classes, ["r", "q"]);
    assert_eq!(
        chosen.to_data(1, [0.0, 1.0]).y.column(0).to_vec(),
        [1.0, 0.0, 1.0]
    );
}

#[test]
fn iris_is_fishers() {
    let iris = DataSet::named("iris").unwrap();
    assert_eq!((iris.x.dim(), iris.y.dim()), ((150, 4), (150, 3)));
    assert_eq!(iris.features, Named::Iris.features());
    assert_eq!(iris.classes, ["setosa", "versicolor", "virginica"]);
    // The file names its columns as the program does.
    let header = include_str!("../../../src/engine/data/iris.csv")
        .lines()
        .next()
        .unwrap();
    assert_eq!(header, Named::Iris.features().join(",") + ",species");
    // The first flower of each species, and the two samples in which a copy that goes around is wrong.
    assert_eq!(iris.x.row(0).to_vec(), [5.1, 3.5, 1.4, 0.2]);
    assert_eq!(iris.x.row(1).to_vec(), [7.0, 3.2, 4.7, 1.4]);
    assert_eq!(iris.x.row(2).to_vec(), [6.3, 3.3, 6.0, 2.5]);
    assert_eq!(iris.x.row(34 * 3).to_vec(), [4.9, 3.1, 1.5, 0.2]);
    assert_eq!(iris.x.row(37 * 3).to_vec(), [4.9, 3.6, 1.4, 0.1]);
    // Species by turns, and the means that are told of each.
    let means = [
        [5.006, 3.428, 1.462, 0.246],
        [5.936, 2.770, 4.260, 1.326],
        [6.588, 2.974, 5.552, 2.026],
    ];
    for (class, means) in means.into_iter().enumerate() {
        for (column, right) in means.into_iter().enumerate() {
            let values = (0..50).map(|flower| iris.x[[flower * 3 + class, column]]);
            assert!((values.sum::<f64>() / 50.0 - right).abs() < 1e-12);
        }
    }
    for (i, targets) in iris.y.rows().into_iter().enumerate() {
        let right: Vec<f64> = (0..3)
            .map(|class| f64::from(u8::from(class == i % 3)))
            .collect();
        assert_eq!(targets.to_vec(), right);
    }
}

#[test]
fn digits_are_balanced_pictures() {
    let digits = DataSet::named("digits").unwrap();
    assert_eq!((digits.x.dim(), digits.y.dim()), ((400, 64), (400, 10)));
    assert_eq!(
        digits.classes,
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    );
    assert!(digits.features.is_empty());
    assert!(
        digits
            .x
            .iter()
            .all(|&pixel| (0.0..=1.0).contains(&pixel) && (pixel * 16.0).fract() == 0.0)
    );
    assert_eq!(digits.x.iter().copied().fold(0.0, f64::max), 1.0);
    for (i, targets) in digits.y.rows().into_iter().enumerate() {
        let right: Vec<f64> = (0..10)
            .map(|class| f64::from(u8::from(class == i % 10)))
            .collect();
        assert_eq!(targets.to_vec(), right);
    }
    // The first 0, as it is drawn.
    let row = |r: usize| -> Vec<f64> { (0..8).map(|c| digits.x[[0, r * 8 + c]] * 16.0).collect() };
    assert_eq!(row(0), [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
    assert_eq!(row(3), [0.0, 4.0, 12.0, 0.0, 0.0, 8.0, 8.0, 0.0]);
    // Every picture is another one.
    for i in 0..400 {
        for j in 0..i {
            assert_ne!(digits.x.row(i), digits.x.row(j), "{i} {j}");
        }
    }
    // A part of the set is balanced too.
    let some = clean(Named::Digits, 30);
    assert!(some.x.iter().eq(digits.x.iter().take(30 * 64)));
}

/// The bits were written down once; every compiler, processor and system must give the same.
#[test]
fn the_bits_of_every_set_are_the_same_on_every_machine() {
    let found: Vec<(&str, u64)> = Named::ALL
        .into_iter()
        .map(|named| {
            let set = DataSet::named(named.name()).unwrap();
            let noisy = named.draw(&DataSetOptions {
                samples: 31,
                noise: 0.25,
                seed: 7,
            });
            let noisy = noisy.to_data(noisy.outputs(), [-1.0, 1.0]);
            let values = [&set.x, &set.y, &noisy.x, &noisy.y];
            let hash = values.into_iter().flatten().fold(0_u64, |hash, value| {
                hash.rotate_left(5) ^ value.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15)
            });
            (named.name(), hash)
        })
        .collect();
    let expected = [
        ("and", 0x6a2b_7946_8e7d_a1a0),
        ("or", 0xf2ab_68ce_8c8e_05b1),
        ("xor", 0xf2ef_68ca_cc8e_bc91),
        ("nand", 0xf2ed_48ca_901e_beb3),
        ("nor", 0x6a6d_5942_92ed_1aa2),
        ("xnor", 0x6a29_5946_d2ed_a382),
        ("free-fall", 0xc27f_eebe_a11a_3013),
        ("square", 0x2ec8_a910_75b5_29a5),
        ("sin", 0x06d0_bcf7_eccc_8f06),
        ("abs", 0x762e_27f9_86eb_b75d),
        ("step", 0x951d_4806_2fe3_88aa),
        ("circles", 0x7ff7_ab3e_6e02_ea59),
        ("moons", 0x9b0c_e037_ef01_9be5),
        ("spiral", 0x8ac8_0d81_7efc_bc64),
        ("blobs", 0x0f89_4155_5863_983b),
        ("above-sin", 0x6208_65c0_7068_d903),
        ("above-cubic", 0x6f88_7ff0_e21e_3f6f),
        ("above-abs", 0x7f98_eb5d_5a69_ad97),
        ("iris", 0x4c71_08e1_44d1_4863),
        ("digits", 0x8fdb_c1f3_7da9_b075),
    ];
    assert_eq!(found, expected);
}
