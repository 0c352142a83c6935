//! Scaling policies in one line, in AWS's own terms, for both kinds of target.

/// `ASGAverageCPUUtilization = 50`.
pub fn tracking(metric: &str, value: Option<f64>) -> String {
    value.map_or_else(|| metric.to_owned(), |value| format!("{metric} = {value}"))
}

/// The name of a metric of one's own: `My/Namespace QueueLength`; metric math
/// has none.
pub fn custom_metric(namespace: Option<&str>, name: Option<&str>) -> String {
    match (namespace, name) {
        (Some(namespace), Some(name)) => format!("{namespace} {name}"),
        (None, Some(name)) => name.to_owned(),
        (_, None) => "metric math".to_owned(),
    }
}

/// One step; bounds are distances from the alarm's threshold.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Lower bound; none for minus infinity.
    pub lower: Option<f64>,
    /// Upper bound; none for infinity.
    pub upper: Option<f64>,
    /// By how much.
    pub adjustment: i32,
}

/// `ChangeInCapacity: 0 to 10 → +1, from 10 → +2`.
pub fn steps(adjustment_type: &str, steps: impl Iterator<Item = Step>) -> String {
    let steps: Vec<String> = steps
        .map(|step| {
            let range = match (step.lower, step.upper) {
                (Some(lower), Some(upper)) => format!("{lower} to {upper}"),
                (Some(lower), None) => format!("from {lower}"),
                (None, Some(upper)) => format!("to {upper}"),
                (None, None) => "always".to_owned(),
            };
            let adjustment = amount(adjustment_type, step.adjustment);
            format!("{range} → {adjustment}")
        })
        .collect();
    format!("{adjustment_type}: {}", steps.join(", "))
}

/// `ChangeInCapacity: +2`.
pub fn simple(adjustment_type: &str, adjustment: i32) -> String {
    format!("{adjustment_type}: {}", amount(adjustment_type, adjustment))
}

fn amount(adjustment_type: &str, adjustment: i32) -> String {
    if adjustment_type == "ExactCapacity" {
        adjustment.to_string()
    } else {
        format!("{adjustment:+}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_read_in_one_line() {
        assert_eq!(tracking("CPU", Some(50.0)), "CPU = 50");
        assert_eq!(custom_metric(Some("My/App"), Some("Queue")), "My/App Queue");
        let step = |lower, upper, adjustment| Step {
            lower,
            upper,
            adjustment,
        };
        let out = [step(Some(0.0), Some(10.5), 1), step(Some(10.5), None, 2)];
        assert_eq!(
            steps("ChangeInCapacity", out.into_iter()),
            "ChangeInCapacity: 0 to 10.5 → +1, from 10.5 → +2"
        );
        assert_eq!(
            steps("ExactCapacity", [step(None, Some(0.0), 2)].into_iter()),
            "ExactCapacity: to 0 → 2"
        );
        assert_eq!(
            simple("PercentChangeInCapacity", -10),
            "PercentChangeInCapacity: -10"
        );
    }
}
