//! The order of samples, and the random numbers that it is drawn from.

use std::collections::BTreeSet;

use nn_tutor::engine::{Loss, Penalty, SeededRng, TrainingConfig};
use proptest::prelude::*;

fn shuffled(seed: u64) -> TrainingConfig {
    TrainingConfig {
        shuffle: Some(seed),
        ..TrainingConfig::new(Loss::MeanSquared, 0.1, 3)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_order_is_a_permutation_and_depends_on_its_numbers_alone(
        seed in any::<u64>(),
        epoch in 0_usize..100_000,
        samples in 0_usize..200,
    ) {
        let order = shuffled(seed).order(epoch, samples);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..samples).collect::<Vec<_>>());
        let other = TrainingConfig { rho: 7.0, batch_size: 9, dropout_seed: 4, penalty: Penalty { l2: 0.1, l1: 0.0 }, ..shuffled(seed) };
        prop_assert_eq!(other.order(epoch, samples), order);
    }
}

#[test]
fn without_a_seed_the_order_is_that_of_the_set() {
    let plain = TrainingConfig::new(Loss::MeanSquared, 0.1, 3);
    for epoch in 0..3 {
        assert_eq!(plain.order(epoch, 5), [0, 1, 2, 3, 4]);
    }
}

#[test]
fn epochs_and_seeds_have_orders_of_their_own() {
    let orders: BTreeSet<_> = (0..10)
        .flat_map(|seed| (0..100).map(move |epoch| shuffled(seed).order(epoch, 20)))
        .collect();
    assert_eq!(orders.len(), 1000);
}

/// Every sample comes to every place, each about equally often.
#[test]
fn orders_are_even() {
    let mut counts = [[0_u32; 5]; 5];
    for epoch in 0..10_000 {
        for (place, sample) in shuffled(3).order(epoch, 5).into_iter().enumerate() {
            counts[place][sample] += 1;
        }
    }
    // 2000 of 10,000 with a standard deviation of 40.
    assert!(
        counts
            .as_flattened()
            .iter()
            .all(|count| (1800..2200).contains(count)),
        "{counts:?}"
    );
}

/// The reference is a `ChaCha8` written for the golden values (see `tests/golden/make_golden.py`).
#[test]
fn streams_and_orders_are_the_same_in_every_release() {
    #[derive(serde::Deserialize)]
    struct Drawn {
        seed: u64,
        number: u64,
        unit: Vec<f64>,
        order: Vec<usize>,
    }
    let golden: Vec<Drawn> =
        serde_json::from_str(include_str!("../../golden/streams.json")).unwrap();
    assert_eq!(golden.len(), 4);
    for drawn in golden {
        let mut rng = SeededRng::numbered(drawn.seed, drawn.number);
        let found: Vec<_> = drawn.unit.iter().map(|_| rng.unit()).collect();
        assert_eq!(found, drawn.unit);
        let mut order: Vec<_> = (0..drawn.order.len()).collect();
        SeededRng::numbered(drawn.seed, drawn.number).shuffle(&mut order);
        assert_eq!(order, drawn.order);
        if let Ok(epoch) = usize::try_from(drawn.number) {
            assert_eq!(shuffled(drawn.seed).order(epoch, order.len()), order);
        }
    }
}

#[test]
fn numbers_below_a_limit_reach_all_of_them() {
    let mut rng = SeededRng::new(1);
    let found: BTreeSet<_> = (0..1000).map(|_| rng.below(7)).collect();
    assert_eq!(found, (0..7).collect());
    assert!((0..100).all(|_| rng.below(1) == 0));
}
