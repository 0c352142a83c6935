//! Metrics that policies track in one line, in AWS's own terms, for both kinds of target.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracked_metrics_read_in_one_line() {
        assert_eq!(tracking("CPU", Some(50.0)), "CPU = 50");
        assert_eq!(custom_metric(Some("My/App"), Some("Queue")), "My/App Queue");
    }
}
