//! Reads what `aws autoscaling describe-policies`, `aws application-autoscaling
//! describe-scaling-policies` and `aws cloudwatch describe-alarms` print, in one
//! JSON document.
//!
//! Fields that are not needed are passed over, whatever they hold; those that
//! are needed must be what AWS says they are. Both casings are read: the command
//! line's `PolicyName` and the SDKs' `policyName`.

use super::{
    Adjusting, AdjustmentType, Aggregation, Alarm, AlarmLink, Comparison, Document, Movement,
    Policy, Step,
};
use crate::limits;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny},
};
use serde_path_to_error::Track;
use std::collections::BTreeMap;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Too large.
    #[error("is larger than {} MiB", .bytes_max / (1024 * 1024))]
    TooLarge {
        /// Most bytes.
        bytes_max: usize,
    },
    /// Not JSON, or not of the shape that AWS prints.
    #[error("line {line} column {column}: {place}{reason}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1; 0 before the first character.
        column: usize,
        /// The field with a colon, such as `ScalingPolicies[0].PolicyName: `;
        /// empty for the document itself.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// None of the lists that are looked for.
    #[error(
        "holds neither `ScalingPolicies` nor `MetricAlarms`{}; give what `aws autoscaling \
         describe-policies` and `aws cloudwatch describe-alarms` print",
        instead(.others)
    )]
    NothingKnown {
        /// The fields that it has instead.
        others: Vec<String>,
    },
}

impl Document {
    /// Reads a document of at most [`limits::POLICY_DOCUMENT_BYTES_MAX`].
    ///
    /// # Errors
    /// [`DocumentError`] names the line, the column and the field.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > limits::POLICY_DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLarge {
                bytes_max: limits::POLICY_DOCUMENT_BYTES_MAX,
            });
        }
        // Some editors and shells put a byte order mark in front.
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let mut track = Track::new();
        let whole = RawDocument::deserialize(serde_path_to_error::Deserializer::new(
            &mut reader,
            &mut track,
        ))
        .map_err(|error| malformed(&error, &track.path().to_string()))?;
        reader.end().map_err(|error| {
            let mut told = malformed(&error, ".");
            if let DocumentError::Malformed { reason, .. } = &mut told
                && error.is_syntax()
            {
                reason.push_str("; give one document: `jq -s add FILE FILE` makes one of several");
            }
            told
        })?;
        let RawDocument { policies, alarms } = whole;
        if policies.is_none() && alarms.is_none() {
            return Err(DocumentError::NothingKnown {
                others: Self::other_fields(bytes),
            });
        }
        Ok(Self { policies, alarms })
    }
}

/// What is printed beside the lists that are looked at, and says nothing of them.
const BESIDE: [&str; 4] = [
    "CompositeAlarms",
    "compositeAlarms",
    "NextToken",
    "nextToken",
];

impl Document {
    /// The fields of a document that nothing is made of, in order: a name that was
    /// mistyped shows here.
    #[must_use]
    pub fn other_fields(bytes: &[u8]) -> Vec<String> {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let fields: BTreeMap<String, IgnoredAny> =
            serde_json::from_slice(bytes).unwrap_or_default();
        let known = |name: &String| {
            let lists = ["ScalingPolicies", "MetricAlarms"];
            let is = |list: &&str| list.eq_ignore_ascii_case(name);
            lists.iter().any(is) || BESIDE.contains(&name.as_str())
        };
        fields.into_keys().filter(|name| !known(name)).collect()
    }
}

fn instead(others: &[String]) -> String {
    let shown = others.iter().take(limits::FIELDS_NAMED_MAX);
    let shown: Vec<_> = shown
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    match shown.is_empty() {
        true => String::new(),
        false => format!(", but {}", shown.join(", ")),
    }
}

fn malformed(error: &serde_json::Error, path: &str) -> DocumentError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    DocumentError::Malformed {
        line,
        column,
        place: match path {
            "." | "?" => String::new(),
            path => format!("{path}: "),
        },
        reason: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
    }
}

/// A name, an ARN or a word of AWS, of a length that AWS could have given it.
#[derive(Debug)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > limits::POLICY_TEXT_BYTES_MAX {
            return Err(D::Error::custom(format_args!(
                "longer than {} bytes",
                limits::POLICY_TEXT_BYTES_MAX
            )));
        }
        Ok(Self(text))
    }
}

fn text(given: Option<Text>) -> Option<String> {
    given.map(|text| text.0)
}

fn texts(given: Option<Vec<Text>>) -> Vec<String> {
    given
        .unwrap_or_default()
        .into_iter()
        .map(|text| text.0)
        .collect()
}

#[derive(Deserialize)]
#[serde(expecting = "an object with `ScalingPolicies` or `MetricAlarms`")]
struct RawDocument {
    #[serde(rename = "ScalingPolicies", alias = "scalingPolicies")]
    policies: Option<Vec<Policy>>,
    #[serde(rename = "MetricAlarms", alias = "metricAlarms")]
    alarms: Option<Vec<Alarm>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an alarm's name and ARN")]
struct RawLink {
    #[serde(rename = "AlarmName", alias = "alarmName")]
    name: Text,
    #[serde(
        rename = "AlarmARN",
        alias = "alarmARN",
        alias = "AlarmArn",
        alias = "alarmArn"
    )]
    arn: Option<Text>,
}

#[derive(Deserialize)]
#[serde(expecting = "a step")]
struct RawStep {
    #[serde(
        rename = "MetricIntervalLowerBound",
        alias = "metricIntervalLowerBound"
    )]
    lower: Option<f64>,
    #[serde(
        rename = "MetricIntervalUpperBound",
        alias = "metricIntervalUpperBound"
    )]
    upper: Option<f64>,
    #[serde(rename = "ScalingAdjustment", alias = "scalingAdjustment")]
    adjustment: i32,
}

impl From<RawStep> for Step {
    fn from(raw: RawStep) -> Self {
        Self {
            lower: raw.lower,
            upper: raw.upper,
            adjustment: raw.adjustment,
        }
    }
}

/// What EC2 Auto Scaling writes beside a policy's name and Application Auto
/// Scaling inside `StepScalingPolicyConfiguration`.
#[derive(Deserialize)]
#[serde(expecting = "the configuration of a step policy")]
struct RawSteps {
    #[serde(rename = "AdjustmentType", alias = "adjustmentType")]
    kind: Option<AdjustmentType>,
    #[serde(rename = "StepAdjustments", alias = "stepAdjustments")]
    steps: Option<Vec<RawStep>>,
    #[serde(rename = "MinAdjustmentMagnitude", alias = "minAdjustmentMagnitude")]
    magnitude_min: Option<u32>,
    #[serde(rename = "MetricAggregationType", alias = "metricAggregationType")]
    aggregation: Option<Aggregation>,
}

#[derive(Deserialize)]
#[serde(expecting = "a policy")]
struct RawPolicy {
    #[serde(rename = "PolicyName", alias = "policyName")]
    name: Text,
    #[serde(
        rename = "PolicyARN",
        alias = "policyARN",
        alias = "PolicyArn",
        alias = "policyArn"
    )]
    arn: Option<Text>,
    #[serde(rename = "AutoScalingGroupName", alias = "autoScalingGroupName")]
    group: Option<Text>,
    #[serde(rename = "ResourceId", alias = "resourceId")]
    resource: Option<Text>,
    #[serde(rename = "PolicyType", alias = "policyType")]
    policy_type: Option<Text>,
    #[serde(rename = "AdjustmentType", alias = "adjustmentType")]
    kind: Option<AdjustmentType>,
    #[serde(rename = "StepAdjustments", alias = "stepAdjustments")]
    steps: Option<Vec<RawStep>>,
    #[serde(rename = "MinAdjustmentMagnitude", alias = "minAdjustmentMagnitude")]
    magnitude_min: Option<u32>,
    #[serde(rename = "MetricAggregationType", alias = "metricAggregationType")]
    aggregation: Option<Aggregation>,
    #[serde(rename = "ScalingAdjustment", alias = "scalingAdjustment")]
    adjustment: Option<i32>,
    #[serde(
        rename = "StepScalingPolicyConfiguration",
        alias = "stepScalingPolicyConfiguration"
    )]
    configuration: Option<RawSteps>,
    #[serde(rename = "Alarms", alias = "alarms")]
    alarms: Option<Vec<RawLink>>,
}

/// What a policy is, when it says so or not: EC2 Auto Scaling's oldest policies
/// carry no type.
enum Form {
    Steps,
    Simple,
    ByItself,
}

impl RawPolicy {
    fn form(&self) -> Form {
        match self.policy_type.as_ref().map(|word| word.0.as_str()) {
            Some("StepScaling") => Form::Steps,
            Some("SimpleScaling") => Form::Simple,
            Some(_) => Form::ByItself,
            None if self.configuration.is_some() => Form::Steps,
            None if self.steps.as_ref().is_some_and(|steps| !steps.is_empty()) => Form::Steps,
            None if self.adjustment.is_some() => Form::Simple,
            None => Form::ByItself,
        }
    }

    fn adjusting(self) -> Result<Option<Adjusting>, &'static str> {
        let form = self.form();
        let given = self.configuration.unwrap_or(RawSteps {
            kind: self.kind,
            steps: self.steps,
            magnitude_min: self.magnitude_min,
            aggregation: self.aggregation,
        });
        let movement = match form {
            Form::ByItself => return Ok(None),
            Form::Simple => Movement::Simple {
                adjustment: self.adjustment.ok_or("missing `ScalingAdjustment`")?,
            },
            Form::Steps => {
                let steps = given.steps.unwrap_or_default();
                if steps.len() > limits::POLICY_STEPS_MAX {
                    return Err("more steps than any policy can have");
                }
                Movement::Steps {
                    steps: steps.into_iter().map(Step::from).collect(),
                    aggregation: given.aggregation.unwrap_or_default(),
                }
            }
        };
        Ok(Some(Adjusting {
            kind: given.kind.ok_or("missing `AdjustmentType`")?,
            magnitude_min: given.magnitude_min,
            movement,
        }))
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut raw = RawPolicy::deserialize(deserializer)?;
        let links = raw.alarms.take().unwrap_or_default();
        if links.len() > limits::POLICY_ALARMS_MAX {
            return Err(D::Error::custom("more alarms than any policy can have"));
        }
        Ok(Self {
            name: std::mem::take(&mut raw.name.0),
            target: text(raw.group.take()).or_else(|| text(raw.resource.take())),
            arn: text(raw.arn.take()),
            alarms: links
                .into_iter()
                .map(|link| AlarmLink {
                    name: link.name.0,
                    arn: text(link.arn),
                })
                .collect(),
            adjusting: raw.adjusting().map_err(D::Error::custom)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(expecting = "an alarm")]
struct RawAlarm {
    #[serde(rename = "AlarmName", alias = "alarmName")]
    name: Text,
    #[serde(
        rename = "AlarmArn",
        alias = "alarmArn",
        alias = "AlarmARN",
        alias = "alarmARN"
    )]
    arn: Option<Text>,
    #[serde(rename = "ComparisonOperator", alias = "comparisonOperator")]
    comparison: Option<Text>,
    #[serde(rename = "Threshold", alias = "threshold")]
    threshold: Option<f64>,
    #[serde(rename = "MetricName", alias = "metricName")]
    metric: Option<Text>,
    #[serde(rename = "Statistic", alias = "statistic")]
    statistic: Option<Text>,
    #[serde(rename = "EvaluationPeriods", alias = "evaluationPeriods")]
    evaluation_periods: Option<u32>,
    #[serde(rename = "TreatMissingData", alias = "treatMissingData")]
    missing_data: Option<Text>,
    #[serde(rename = "ActionsEnabled", alias = "actionsEnabled")]
    actions_enabled: Option<bool>,
    #[serde(rename = "AlarmActions", alias = "alarmActions")]
    alarm_actions: Option<Vec<Text>>,
    #[serde(rename = "OKActions", alias = "okActions", alias = "oKActions")]
    ok_actions: Option<Vec<Text>>,
    #[serde(rename = "InsufficientDataActions", alias = "insufficientDataActions")]
    insufficient_data_actions: Option<Vec<Text>>,
}

impl<'de> Deserialize<'de> for Alarm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawAlarm::deserialize(deserializer)?;
        Ok(Self {
            name: raw.name.0,
            arn: text(raw.arn),
            comparison: raw.comparison.and_then(|word| Comparison::parse(&word.0)),
            threshold: raw.threshold,
            metric: text(raw.metric),
            statistic: text(raw.statistic),
            evaluation_periods: raw.evaluation_periods,
            missing_data: text(raw.missing_data),
            muted: raw.actions_enabled == Some(false),
            alarm_actions: texts(raw.alarm_actions),
            ok_actions: texts(raw.ok_actions),
            insufficient_data_actions: texts(raw.insufficient_data_actions),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Document, DocumentError> {
        Document::read(text.as_bytes())
    }

    #[test]
    fn an_error_names_the_line_the_column_and_the_field() {
        for (text, expected) in [
            (
                "{\"ScalingPolicies\": [\n {\"PolicyName\": 3}]}",
                "line 2 column 17: ScalingPolicies[0].PolicyName: invalid type: integer `3`, expected a string",
            ),
            (
                "{\"ScalingPolicies\":[{\"PolicyName\":\"a\",\"StepScalingPolicyConfiguration\":\n\
                 {\"StepAdjustments\":[{\"MetricIntervalLowerBound\":\"0\"}]}}]}",
                "line 2 column 51: ScalingPolicies[0].StepScalingPolicyConfiguration.\
                 StepAdjustments[0].MetricIntervalLowerBound: invalid type: string \"0\", expected f64",
            ),
            (
                "{\"MetricAlarms\":[{\"AlarmName\":\"a\",\"Threshold\":1e999}]}",
                "line 1 column 51: MetricAlarms[0].Threshold: number out of range",
            ),
            (
                "{\"MetricAlarms\":[{\"AlarmName\":\"a\",\"Threshold\":NaN}]}",
                "line 1 column 47: MetricAlarms[0].Threshold: expected value",
            ),
            (
                "{\"MetricAlarms\":[{\"Threshold\":1}]}",
                "line 1 column 32: MetricAlarms[0]: missing field `AlarmName`",
            ),
            (
                "{\"ScalingPolicies\":[{\"PolicyName\":\"a\",\"AdjustmentType\":\"Percent\"}]}",
                "line 1 column 64: ScalingPolicies[0].AdjustmentType: unknown variant `Percent`, expected \
                 one of `ChangeInCapacity`, `PercentChangeInCapacity`, `ExactCapacity`",
            ),
            (
                "{\"ScalingPolicies\":[{\"PolicyName\":\"a\",\"PolicyType\":\"SimpleScaling\"}]}",
                "line 1 column 68: ScalingPolicies[0]: missing `ScalingAdjustment`",
            ),
            (
                "{\"ScalingPolicies\":[],\n\"ScalingPolicies\":[]}",
                "line 2 column 17: duplicate field `ScalingPolicies`",
            ),
            ("", "line 1 column 0: EOF while parsing a value"),
            (
                "[]",
                "line 1 column 2: invalid length 0, expected an object with `ScalingPolicies` or \
                 `MetricAlarms`",
            ),
            (
                "{}",
                "holds neither `ScalingPolicies` nor `MetricAlarms`; give what `aws autoscaling \
                 describe-policies` and `aws cloudwatch describe-alarms` print",
            ),
            (
                "{\"MetricAlarms\":[]}{}",
                "line 1 column 20: trailing characters; give one document: `jq -s add FILE FILE` \
                 makes one of several",
            ),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert_eq!(error, expected, "{text}");
        }
    }

    #[test]
    fn both_casings_and_unknown_fields_are_read_alike() {
        let pascal = r#"{"ScalingPolicies":[{"PolicyName":"out","PolicyARN":"arn:p","AutoScalingGroupName":"web",
            "PolicyType":"StepScaling","AdjustmentType":"ChangeInCapacity","Enabled":true,
            "StepAdjustments":[{"MetricIntervalLowerBound":0,"ScalingAdjustment":1}],
            "Alarms":[{"AlarmName":"high","AlarmARN":"arn:a"}],"Later":{"deep":[null,{}]}}],
            "MetricAlarms":[{"AlarmName":"high","AlarmArn":"arn:a","Threshold":5,"OKActions":["arn:x"],
            "ComparisonOperator":"GreaterThanThreshold","ActionsEnabled":false}],"NextToken":null}"#;
        let mut camel = pascal.replace("OKActions", "okActions");
        for word in [
            "ScalingPolicies",
            "PolicyName",
            "PolicyARN",
            "AutoScalingGroupName",
            "PolicyType",
            "AdjustmentType",
            "StepAdjustments",
            "MetricIntervalLowerBound",
            "ScalingAdjustment",
            "Alarms",
            "AlarmName",
            "AlarmARN",
            "MetricAlarms",
            "AlarmArn",
            "Threshold",
            "ComparisonOperator",
            "ActionsEnabled",
        ] {
            let lower = format!("\"{}{}\":", word[..1].to_lowercase(), &word[1..]);
            camel = camel.replace(&format!("\"{word}\":"), &lower);
        }
        assert_ne!(camel, pascal);
        let document = read(pascal).expect("the command line's");
        assert_eq!(read(&camel).expect("an SDK's"), document);
        let marked = [b"\xef\xbb\xbf", pascal.as_bytes()].concat();
        assert_eq!(Document::read(&marked).expect("an editor's"), document);
        let alarm = &document.alarms.expect("alarms")[0];
        assert_eq!(alarm.comparison, Some(Comparison::Greater));
        assert!(alarm.muted && alarm.threshold == Some(5.0));
        let policy = &document.policies.expect("policies")[0];
        assert_eq!(policy.target.as_deref(), Some("web"));
        assert!(policy.adjusting.is_some());
    }

    #[test]
    fn what_no_account_can_hold_is_refused() {
        let long = "n".repeat(limits::POLICY_TEXT_BYTES_MAX + 1);
        let error = read(&format!(r#"{{"MetricAlarms":[{{"AlarmName":"{long}"}}]}}"#));
        let told = error.expect_err("a long name").to_string();
        assert!(
            told.contains("MetricAlarms[0].AlarmName: longer than"),
            "{told}"
        );
        let step = r#"{"ScalingAdjustment":1}"#;
        let steps = vec![step; limits::POLICY_STEPS_MAX + 1].join(",");
        let error = read(&format!(
            r#"{{"ScalingPolicies":[{{"PolicyName":"a","PolicyType":"StepScaling","StepAdjustments":[{steps}]}}]}}"#
        ));
        let told = error.expect_err("many steps").to_string();
        assert!(
            told.contains("more steps than any policy can have"),
            "{told}"
        );
        let links = vec![r#"{"AlarmName":"a"}"#; limits::POLICY_ALARMS_MAX + 1].join(",");
        let error = read(&format!(
            r#"{{"ScalingPolicies":[{{"PolicyName":"a","Alarms":[{links}]}}]}}"#
        ));
        let told = error.expect_err("many alarms").to_string();
        assert!(
            told.contains("more alarms than any policy can have"),
            "{told}"
        );
        let deep = "[".repeat(100_000);
        let told = read(&format!("{{\"a\":{deep}"))
            .expect_err("deep")
            .to_string();
        assert!(told.contains("EOF while parsing"), "{told}");
        let large = vec![b' '; limits::POLICY_DOCUMENT_BYTES_MAX + 1];
        let told = Document::read(&large).expect_err("large").to_string();
        assert_eq!(told, "is larger than 16 MiB");
    }
}
