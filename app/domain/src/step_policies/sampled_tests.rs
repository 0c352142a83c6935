//! Random policies under random alarms, judged a second time by an evaluator
//! that knows nothing of intervals: it asks AWS's two sentences of each step, one
//! metric value at a time.

use super::*;

/// A small generator, so that a failure can be repeated (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: u64) -> u64 {
        self.roll() % count
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let count = u64::try_from(choices.len()).expect("a count");
        choices[usize::try_from(self.below(count)).expect("an index")]
    }

    /// Round and awkward numbers of every size.
    fn number(&mut self) -> f64 {
        let small = f64::from(u32::try_from(self.below(41)).expect("small")) - 20.0;
        match self.below(8) {
            0 => small / 10.0,
            1 => small * 1e17,
            2 => small * f64::EPSILON,
            3 => small * 8e306,
            _ => small,
        }
    }
}

const COMPARISONS: [(Comparison, &str); 4] = [
    (Comparison::GreaterOrEqual, "GreaterThanOrEqualToThreshold"),
    (Comparison::Greater, "GreaterThanThreshold"),
    (Comparison::Less, "LessThanThreshold"),
    (Comparison::LessOrEqual, "LessThanOrEqualToThreshold"),
];

/// Neighbouring steps most of the time, anything at all otherwise.
fn steps(dice: &mut Dice) -> Vec<Step> {
    let count = dice.below(5);
    if dice.below(3) == 0 {
        let bound = |dice: &mut Dice| (dice.below(4) > 0).then(|| dice.number());
        return (0..count)
            .map(|_| Step {
                lower: bound(dice),
                upper: bound(dice),
                adjustment: 1,
            })
            .collect();
    }
    let mut bounds: Vec<f64> = (0..=count).map(|_| dice.number()).collect();
    if dice.below(2) == 0 {
        bounds.push(0.0);
    }
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    let mut ends: Vec<Option<f64>> = bounds.into_iter().map(Some).collect();
    if dice.below(2) == 0 {
        ends.insert(0, None);
    }
    if dice.below(2) == 0 {
        ends.push(None);
    }
    ends.windows(2)
        .map(|ends| Step {
            lower: ends[0],
            upper: ends[1],
            adjustment: 1,
        })
        .filter(|step| step.lower.is_some() || step.upper.is_some())
        .collect()
}

fn breaches(word: &str, threshold: f64, metric: f64) -> bool {
    match word {
        "GreaterThanOrEqualToThreshold" => metric >= threshold,
        "GreaterThanThreshold" => metric > threshold,
        "LessThanThreshold" => metric < threshold,
        _ => metric <= threshold,
    }
}

/// How many steps AWS's sentences give a metric value to.
fn takers(steps: &[Step], word: &str, threshold: f64, metric: f64) -> usize {
    steps
        .iter()
        .filter(|step| {
            let lower = step.lower.map(|bound| threshold + bound);
            let upper = step.upper.map(|bound| threshold + bound);
            if word.starts_with("Greater") {
                lower.is_none_or(|lower| metric >= lower)
                    && upper.is_none_or(|upper| metric < upper)
            } else {
                lower.is_none_or(|lower| metric > lower)
                    && upper.is_none_or(|upper| metric <= upper)
            }
        })
        .count()
}

/// Values at which something may change, their neighbours, and some between.
fn metrics(dice: &mut Dice, steps: &[Step], threshold: f64) -> Vec<f64> {
    let bounds = steps.iter().flat_map(|step| [step.lower, step.upper]);
    let mut edges: Vec<f64> = bounds.flatten().map(|bound| threshold + bound).collect();
    edges.extend([threshold, 0.0, f64::MAX, f64::MIN]);
    edges.sort_by(f64::total_cmp);
    let between: Vec<f64> = edges
        .windows(2)
        .map(|ends| ends[0] / 2.0 + ends[1] / 2.0)
        .collect();
    let around = edges
        .iter()
        .flat_map(|at| [at.next_down(), *at, at.next_up()]);
    let mut metrics: Vec<f64> = around.chain(between).collect();
    metrics.extend((0..8).map(|_| dice.number()));
    metrics.retain(|metric| metric.is_finite());
    metrics
}

fn inside(interval: &intervals::Interval, metric: f64) -> bool {
    let above = match interval.from {
        None => true,
        Some(from) => metric > from || (interval.from_inclusive && metric == from),
    };
    let below = match interval.to {
        None => true,
        Some(to) => metric < to || (interval.to_inclusive && metric == to),
    };
    above && below
}

fn document(steps: Vec<Step>, comparison: Comparison, threshold: f64) -> Document {
    let high = comparison.sides() == [intervals::Side::Above];
    let steps: Vec<Step> = steps
        .into_iter()
        .map(|step| Step {
            adjustment: if high { 1 } else { -1 },
            ..step
        })
        .collect();
    Document {
        policies: Some(vec![Policy {
            name: "p".into(),
            target: None,
            arn: None,
            adjusting: Some(Adjusting {
                kind: AdjustmentType::ChangeInCapacity,
                magnitude_min: None,
                movement: Movement::Steps {
                    steps,
                    aggregation: Aggregation::Average,
                },
            }),
            alarms: vec![AlarmLink {
                name: "a".into(),
                arn: None,
            }],
        }]),
        alarms: Some(vec![Alarm {
            name: "a".into(),
            comparison: Some(comparison),
            threshold: Some(threshold),
            ..Alarm::default()
        }]),
    }
}

#[test]
fn a_gap_is_told_exactly_where_no_step_is_found() {
    let mut dice = Dice(7);
    let (mut gaps, mut clean, mut refused) = (0, 0, 0);
    for round in 0..20_000 {
        let (comparison, word) = dice.one_of(&COMPARISONS);
        let threshold = dice.number();
        let steps = steps(&mut dice);
        let metrics = metrics(&mut dice, &steps, threshold);
        let told = format!("round {round}: {word} {threshold} {steps:?}");
        let findings = lint(&document(steps.clone(), comparison, threshold));
        let is = |rule: &str| findings.iter().any(|found| found.problem.rule() == rule);
        let broken = steps.iter().any(|step| {
            let ordered = step.lower.zip(step.upper);
            (step.lower.is_none() && step.upper.is_none())
                || ordered.is_some_and(|(lower, upper)| lower >= upper)
        });
        if broken {
            assert!(is("step-bounds") && !is("step-gap"), "{told}: {findings:?}");
            refused += 1;
            continue;
        }
        let gap = findings.iter().find_map(|found| match &found.problem {
            Problem::StepGap(gap) if found.alarm.is_some() => Some(gap),
            _ => None,
        });
        for metric in metrics {
            if !breaches(word, threshold, metric) {
                continue;
            }
            let takers = takers(&steps, word, threshold, metric);
            let in_gap = gap.is_some_and(|gap| gap.uncovered.iter().any(|i| inside(i, metric)));
            assert_eq!(takers == 0, in_gap, "{told}: at {metric}: {gap:?}");
            let taken = intervals::step_for(&steps, comparison, threshold, metric);
            assert_eq!(taken.is_some(), takers > 0, "{told}: at {metric}");
            if !is("step-overlap") {
                assert!(takers <= 1, "{told}: at {metric}");
            }
        }
        match gap {
            Some(gap) => {
                let example = gap.example_metric.expect("a value that fails");
                assert!(breaches(word, threshold, example), "{told}: {example}");
                assert_eq!(
                    takers(&steps, word, threshold, example),
                    0,
                    "{told}: {example}"
                );
                gaps += 1;
            }
            None => clean += 1,
        }
    }
    assert!(
        gaps > 2_000 && clean > 2_000 && refused > 500,
        "too one-sided to show anything: {gaps} gaps, {clean} clean, {refused} refused"
    );
}
