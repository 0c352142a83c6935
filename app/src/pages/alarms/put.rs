//! Putting an alarm: a new one from the list, another definition from an alarm's own page. It
//! is proposed, as everything that changes AWS.

use crate::{
    pages::{
        changes::{ProposeDialog, ProposeWords, Wrong},
        overview::show_overview,
    },
    shared::Sending,
    texts::{alarm_puts as t, common},
    viewer::use_viewing,
};
use api::alarms::AlarmDetail;
use domain::{
    alarms::{
        AlarmRef, MetricRef,
        definition::{AlarmDefinition, AlarmField, MissingData, UNITS},
    },
    changes::Change,
    decimals::Decimal,
    estate::Scope,
    i18n::{
        Lang,
        alarms::{self as words, refused},
    },
    ids::AlarmId,
    log_filters::{CountedLines, NAMESPACE},
    policy::Action,
    sources::SourceKind,
    step_policies::Comparison,
};
use kit::{Button, ButtonVariant, Checkbox, Choice, Field, Input, Select, TextArea};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeMap;

/// The fields as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AlarmText {
    fields: BTreeMap<AlarmField, String>,
    muted: bool,
    /// Its metric counts lines of a log, by a filter that is put with it.
    counts: bool,
}

impl AlarmText {
    /// What most alarms are like.
    fn new() -> Self {
        let usual = [
            (AlarmField::Statistic, "Average"),
            (AlarmField::Period, "60"),
            (AlarmField::Comparison, Comparison::Greater.as_str()),
            (AlarmField::EvaluationPeriods, "3"),
            (AlarmField::DatapointsToAlarm, "3"),
            (AlarmField::MissingData, MissingData::Missing.as_str()),
        ];
        let fields = usual.map(|(field, text)| (field, text.to_owned()));
        Self {
            fields: fields.into(),
            ..Self::default()
        }
    }

    /// One error in five minutes is enough; where no lines come all is well.
    fn of_lines() -> Self {
        let mut text = Self::new();
        let usual = [
            (AlarmField::Statistic, "Sum"),
            (AlarmField::Period, "300"),
            (AlarmField::Threshold, "0"),
            (AlarmField::EvaluationPeriods, "1"),
            (AlarmField::DatapointsToAlarm, "1"),
            (AlarmField::MissingData, MissingData::NotBreaching.as_str()),
            (AlarmField::Namespace, NAMESPACE),
            (AlarmField::Pattern, "ERROR"),
        ];
        let usual = usual.map(|(field, text)| (field, text.to_owned()));
        text.fields.extend(usual);
        text.counts = true;
        text
    }

    /// The same with the lines that its metric counts.
    fn counting(mut self, lines: CountedLines) -> Self {
        self.fields.extend([
            (AlarmField::LogGroup, lines.group),
            (AlarmField::Filter, lines.filter),
            (AlarmField::Pattern, lines.pattern),
        ]);
        self.counts = true;
        self
    }

    /// What is typed, or else what is typed into another field.
    fn get_or(&self, field: AlarmField, other: AlarmField) -> String {
        match self.get(field) {
            "" => self.get(other).to_owned(),
            text => text.to_owned(),
        }
    }

    fn of(name: &str, definition: &AlarmDefinition) -> Self {
        let metric = &definition.metric;
        let dimensions = metric.dimensions.iter();
        let dimensions: Vec<_> = dimensions.map(|(n, v)| format!("{n}={v}")).collect();
        let fields = [
            (AlarmField::Name, name.to_owned()),
            (AlarmField::Description, definition.description.clone()),
            (AlarmField::Namespace, metric.namespace.clone()),
            (AlarmField::Metric, metric.name.clone()),
            (AlarmField::Dimensions, dimensions.join("\n")),
            (AlarmField::Statistic, metric.statistic.clone()),
            (AlarmField::Period, metric.period_s.to_string()),
            (AlarmField::Unit, metric.unit.clone()),
            (
                AlarmField::Comparison,
                definition.comparison.as_str().to_owned(),
            ),
            (AlarmField::Threshold, definition.threshold.to_string()),
            (
                AlarmField::EvaluationPeriods,
                definition.evaluation_periods.to_string(),
            ),
            (
                AlarmField::DatapointsToAlarm,
                definition.datapoints_to_alarm.to_string(),
            ),
            (
                AlarmField::MissingData,
                definition.missing_data.as_str().to_owned(),
            ),
            (
                AlarmField::AlarmActions,
                definition.alarm_actions.join("\n"),
            ),
            (AlarmField::OkActions, definition.ok_actions.join("\n")),
            (
                AlarmField::InsufficientDataActions,
                definition.insufficient_data_actions.join("\n"),
            ),
        ];
        Self {
            fields: fields.into(),
            muted: !definition.actions_enabled,
            counts: false,
        }
    }

    fn get(&self, field: AlarmField) -> &str {
        self.fields.get(&field).map_or("", |text| text.trim())
    }

    fn read(&self, lang: Lang) -> Result<AlarmDefinition, Wrong> {
        let mut wrong = Vec::new();
        let mut number = |field| {
            let read = self.get(field).parse::<u32>();
            if read.is_err() {
                wrong.push((field, t::whole_number(lang)));
            }
            read.unwrap_or_default()
        };
        let period_s = number(AlarmField::Period);
        let evaluation_periods = number(AlarmField::EvaluationPeriods);
        let datapoints_to_alarm = number(AlarmField::DatapointsToAlarm);
        let lines = |field| {
            self.get(field)
                .lines()
                .map(str::trim)
                .filter(|l| !l.is_empty())
        };
        let list = |field| lines(field).map(str::to_owned).collect::<Vec<_>>();
        let pair = |line: &str| {
            let (name, value) = line.split_once('=')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        };
        let dimensions: Option<Vec<_>> = lines(AlarmField::Dimensions).map(pair).collect();
        let threshold = Decimal::parse(self.get(AlarmField::Threshold)).ok();
        let comparison = Comparison::parse(self.get(AlarmField::Comparison));
        let missing_data = MissingData::parse(self.get(AlarmField::MissingData));
        for (field, is_there) in [
            (AlarmField::Dimensions, dimensions.is_some()),
            (AlarmField::Threshold, threshold.is_some()),
            (AlarmField::Comparison, comparison.is_some()),
            (AlarmField::MissingData, missing_data.is_some()),
        ] {
            if !is_there {
                wrong.push((field, refused(lang, field)));
            }
        }
        let parts = (dimensions, threshold, comparison, missing_data);
        if let (Some(dimensions), Some(threshold), Some(comparison), Some(missing_data)) = parts
            && wrong.is_empty()
        {
            let definition = AlarmDefinition {
                description: self.get(AlarmField::Description).to_owned(),
                metric: MetricRef {
                    namespace: self.get(AlarmField::Namespace).to_owned(),
                    name: match self.counts {
                        true => self.get_or(AlarmField::Metric, AlarmField::Name),
                        false => self.get(AlarmField::Metric).to_owned(),
                    },
                    dimensions,
                    statistic: self.get(AlarmField::Statistic).to_owned(),
                    period_s,
                    unit: self.get(AlarmField::Unit).to_owned(),
                },
                comparison,
                threshold,
                evaluation_periods,
                datapoints_to_alarm,
                missing_data,
                actions_enabled: !self.muted,
                alarm_actions: list(AlarmField::AlarmActions),
                ok_actions: list(AlarmField::OkActions),
                insufficient_data_actions: list(AlarmField::InsufficientDataActions),
                lines: self.counts.then(|| CountedLines {
                    group: self.get(AlarmField::LogGroup).to_owned(),
                    filter: self.get_or(AlarmField::Filter, AlarmField::Name),
                    pattern: self.get(AlarmField::Pattern).to_owned(),
                }),
            }
            .tidied();
            let fields = definition.refused_fields(self.get(AlarmField::Name));
            if fields.is_empty() {
                return Ok(definition);
            }
            wrong = fields.into_iter().map(|f| (f, refused(lang, f))).collect();
        }
        let told = wrong.into_iter();
        Err(told
            .map(|(field, text)| (field.as_str(), text.to_owned()))
            .collect())
    }
}

/// The button on an alarm's own page, and the question behind it.
#[component]
pub(super) fn ChangeAlarm(value: RwSignal<AlarmDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let asked = RwSignal::new(0_u32);
    let refused = Signal::derive(move || {
        value.with(|detail| {
            let by_role = viewing.refused_in(Action::ProposeChange, &detail.row.environment);
            let foreign = (detail.row.source != SourceKind::Cloudwatch)
                .then(|| t::only_cloudwatch(lang).to_owned());
            let lost = (detail.gone || !detail.configured).then(|| t::not_read(lang).to_owned());
            let other = detail.definition.is_none();
            let other = other.then(|| t::only_metrics(lang).to_owned());
            by_role.or(foreign).or(lost).or(other)
        })
    });
    let ask = move |_| asked.update(|times| *times += 1);
    // Made for each question: it begins with what is there.
    let question = move || {
        (asked.get() > 0).then(|| {
            value.with_untracked(|detail| {
                let (row, definition) = (&detail.row, detail.definition.as_deref()?);
                let text = AlarmText::of(&row.name, definition);
                let place = Some(row.scope.clone()?);
                Some(view! { <Ask text place replaces=Some(row.id) why=String::new()/> })
            })
        })
    };
    view! {
        <Button disabled_reason=refused on:click=ask>{t::change(lang)}</Button>
        {question}
    }
}

/// The button above the list, and the question behind it.
#[component]
pub(super) fn NewAlarm() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let asked = RwSignal::new(0_u32);
    let refused = viewing.refused_everywhere(Action::ProposeChange);
    let ask = move |_: leptos::ev::MouseEvent| asked.update(|times| *times += 1);
    let counts = RwSignal::new(false);
    let ask_lines = move |event| {
        counts.set(true);
        ask(event);
    };
    let ask_metric = move |event| {
        counts.set(false);
        ask(event);
    };
    let question = move || {
        (asked.get() > 0).then(|| {
            let text = match counts.get_untracked() {
                true => AlarmText::of_lines(),
                false => AlarmText::new(),
            };
            view! { <Ask text place=None replaces=None why=String::new()/> }
        })
    };
    view! {
        <Button disabled_reason=refused.clone() on:click=ask_metric>{t::new(lang)}</Button>
        <Button disabled_reason=refused on:click=ask_lines>{t::new_of_lines(lang)}</Button>
        {question}
    }
}

/// The question what a filter counts for an alarm from now on; none until one is named.
#[component]
pub(super) fn AskLines(
    value: RwSignal<AlarmDetail>,
    named: RwSignal<Option<CountedLines>>,
) -> impl IntoView {
    move || {
        let lines = named.get()?;
        value.with_untracked(|detail| {
            let (row, definition) = (&detail.row, detail.definition.as_deref()?);
            let text = AlarmText::of(&row.name, definition).counting(lines);
            let place = Some(row.scope.clone()?);
            Some(view! { <Ask text place replaces=Some(row.id) why=String::new()/> })
        })
    }
}

/// The question for an alarm that somebody or something has drafted.
#[component]
pub(super) fn AskDrafted(
    alarm: AlarmRef,
    replaces: Option<AlarmId>,
    definition: Box<AlarmDefinition>,
    /// Why it is as it is; may be empty.
    why: String,
) -> impl IntoView {
    let text = AlarmText::of(&alarm.name, &definition);
    view! { <Ask text place=Some(alarm.scope) replaces why/> }
}

/// Asks what it is to do and why, and proposes.
#[component]
fn Ask(
    text: AlarmText,
    /// Its account and region; none where they are to be chosen.
    place: Option<Scope>,
    replaces: Option<AlarmId>,
    why: String,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let (is_new, counts) = (replaces.is_none(), text.counts);
    let title = match is_new {
        true if counts => t::new_of_lines_title(lang).to_owned(),
        true => t::new_title(lang).to_owned(),
        false => t::change_title(lang, text.get(AlarmField::Name)),
    };
    let is_placed = place.is_some();
    let scopes = RwSignal::new(place.into_iter().collect::<Vec<Scope>>());
    let chosen = RwSignal::new(String::new());
    if !is_placed {
        Effect::new(move |_| read_scopes(scopes));
    }
    let form = RwSignal::new(text);
    let sending = Sending::new();
    let words = ProposeWords {
        title,
        text: {
            let text = match is_new {
                true => t::text_new(lang),
                false => t::text(lang),
            };
            match why.as_str() {
                "" => text.into(),
                why => format!("{why} {text}"),
            }
        },
        label: t::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::reason_missing(lang),
        reason_name: "alarm-reason",
    };
    let make = move |reason| {
        let form = form.get_untracked();
        let definition = form.read(lang)?;
        let scope = scopes.with_untracked(|scopes| {
            let chosen = chosen.get_untracked();
            let found = scopes.iter().find(|scope| scope.to_string() == chosen);
            found.or(scopes.first()).cloned()
        });
        let scope = scope.ok_or_else(|| vec![("scope", t::no_scope(lang).to_owned())])?;
        Ok(Change::PutAlarm {
            alarm: AlarmRef {
                scope,
                name: form.get(AlarmField::Name).to_owned(),
            },
            replaces,
            definition: Box::new(definition),
            reason,
        })
    };
    let open = RwSignal::new(true);
    view! {
        <ProposeDialog open words sending make checked=true>
            {is_new.then(|| view! { <Place scopes chosen sending/> <Line form sending field=AlarmField::Name/> })}
            <Line form sending field=AlarmField::Description/>
            {counts.then(|| view! {
                <Line form sending field=AlarmField::LogGroup/>
                <Line form sending field=AlarmField::Pattern/>
                <Line form sending field=AlarmField::Filter/>
            })}
            <Line form sending field=AlarmField::Namespace/>
            <Line form sending field=AlarmField::Metric/>
            {(!counts).then(|| view! { <Lines form sending field=AlarmField::Dimensions/> })}
            <Line form sending field=AlarmField::Statistic/>
            <Line form sending field=AlarmField::Period/>
            <Line form sending field=AlarmField::EvaluationPeriods/>
            <Line form sending field=AlarmField::DatapointsToAlarm/>
            <OneOf form sending field=AlarmField::Comparison/>
            <Line form sending field=AlarmField::Threshold/>
            <OneOf form sending field=AlarmField::MissingData/>
            <OneOf form sending field=AlarmField::Unit/>
            <Checkbox name=AlarmField::ActionsEnabled.as_str() label=words::actions_enabled(lang)
                checked=Signal::derive(move || form.with(|form| !form.muted))
                on_change=move |enabled: bool| form.update(|form| form.muted = !enabled)/>
            <Lines form sending field=AlarmField::AlarmActions/>
            <Lines form sending field=AlarmField::OkActions/>
            <Lines form sending field=AlarmField::InsufficientDataActions/>
        </ProposeDialog>
    }
    .into_any()
}

/// The accounts and regions that are read.
fn read_scopes(scopes: RwSignal<Vec<Scope>>) {
    spawn_local(async move {
        // Without an answer the form says that there is none to choose from.
        let Ok(overview) = show_overview().await else {
            return;
        };
        let read = overview.scopes.iter();
        let read = read.filter_map(|health| Scope::parse(&health.scope));
        let _ = scopes.try_set(read.collect());
    });
}

/// In which account and region.
#[component]
fn Place(
    scopes: RwSignal<Vec<Scope>>,
    chosen: RwSignal<String>,
    sending: Sending,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let choices = Signal::derive(move || {
        scopes.with(|scopes| {
            let texts = scopes.iter().map(ToString::to_string);
            texts
                .map(|text| Choice::new(text.clone(), text))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <Field name="scope" label=common::account_region(lang) error=sending.error_of("scope")>
            <Select name="scope" choices value=chosen on_change=move |text| chosen.set(text)/>
        </Field>
    }
}

/// How a field is answered, where its name does not tell.
fn hint(lang: Lang, field: AlarmField, counts: bool) -> MaybeProp<String> {
    let hint = match field {
        AlarmField::LogGroup => t::log_group_hint(lang),
        AlarmField::Pattern => t::pattern_hint(lang),
        AlarmField::Filter => t::as_the_alarm(lang),
        AlarmField::Metric if counts => t::as_the_alarm(lang),
        AlarmField::Name => t::name_hint(lang),
        AlarmField::Dimensions => t::dimensions_hint(lang),
        AlarmField::Statistic => t::statistic_hint(lang),
        AlarmField::Period => t::period_hint(lang),
        AlarmField::Unit => t::unit_hint(lang),
        AlarmField::AlarmActions => t::actions_hint(lang),
        _ => return MaybeProp::default(),
    };
    hint.into()
}

/// What a field of the form shows, and how it is told what is typed.
fn wired(
    form: RwSignal<AlarmText>,
    field: AlarmField,
) -> (Signal<String>, impl Fn(String) + Copy + Send + Sync) {
    let value = Signal::derive(move || {
        form.with(|form| form.fields.get(&field).cloned().unwrap_or_default())
    });
    let write = move |text| {
        form.update(|form| {
            form.fields.insert(field, text);
        });
    };
    (value, write)
}

/// A field of one line.
#[component]
fn Line(form: RwSignal<AlarmText>, sending: Sending, field: AlarmField) -> impl IntoView {
    let lang = use_viewing().lang;
    let (value, write) = wired(form, field);
    let name = field.as_str();
    let hint = hint(lang, field, form.with_untracked(|form| form.counts));
    view! {
        <Field name label=words::field(lang, field) hint error=sending.error_of(name)>
            <Input name value autocomplete="off" on_input=write/>
        </Field>
    }
}

/// A field with an entry in each line.
#[component]
fn Lines(form: RwSignal<AlarmText>, sending: Sending, field: AlarmField) -> impl IntoView {
    let lang = use_viewing().lang;
    let (value, write) = wired(form, field);
    let name = field.as_str();
    let hint = hint(lang, field, form.with_untracked(|form| form.counts));
    view! {
        <Field name label=words::field(lang, field) hint error=sending.error_of(name)>
            <TextArea name value rows=2 on_input=write/>
        </Field>
    }
}

/// A field of which one of few is chosen.
#[component]
fn OneOf(form: RwSignal<AlarmText>, sending: Sending, field: AlarmField) -> impl IntoView {
    let lang = use_viewing().lang;
    let (value, write) = wired(form, field);
    let name = field.as_str();
    let hint = hint(lang, field, form.with_untracked(|form| form.counts));
    let choices: Vec<Choice> = match field {
        AlarmField::Comparison => Comparison::ALL
            .into_iter()
            .filter(|comparison| !comparison.is_band())
            .map(|one| Choice::new(one.as_str(), one.sign()))
            .collect(),
        AlarmField::MissingData => MissingData::ALL
            .map(|one| Choice::new(one.as_str(), words::treats(lang, one)))
            .into(),
        _ => {
            let units = UNITS.into_iter().map(|unit| Choice::new(unit, unit));
            let any = Choice::new("", t::any_unit(lang));
            std::iter::once(any).chain(units).collect()
        }
    };
    view! {
        <Field name label=words::field(lang, field) hint error=sending.error_of(name)>
            <Select name choices value on_change=write/>
        </Field>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(AlarmField, &str)]) -> AlarmText {
        let mut text = AlarmText::new();
        for (field, typed) in [
            (AlarmField::Name, "prod-web-busy"),
            (AlarmField::Namespace, "AWS/EC2"),
            (AlarmField::Metric, "CPUUtilization"),
            (AlarmField::Dimensions, "b=2\n a = 1 \n"),
            (AlarmField::Threshold, "72.50"),
        ]
        .iter()
        .chain(fields)
        {
            text.fields.insert(*field, (*typed).to_owned());
        }
        text
    }

    #[test]
    fn what_is_typed_is_what_is_put_and_comes_back_to_the_form() {
        let read = typed(&[]).read(Lang::En).expect("a definition");
        let dimensions = [("a", "1"), ("b", "2")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(read.metric.dimensions, dimensions);
        assert_eq!(read.threshold.to_string(), "72.5");
        let again = AlarmText::of("prod-web-busy", &read).read(Lang::En);
        assert_eq!(again, Ok(read));
    }

    #[test]
    fn what_counts_lines_is_named_as_the_alarm_where_nothing_else_is_typed() {
        let mut text = AlarmText::of_lines();
        for (field, typed) in [
            (AlarmField::Name, "prod-pay-errors"),
            (AlarmField::LogGroup, " /aws/lambda/prod-pay "),
        ] {
            text.fields.insert(field, typed.to_owned());
        }
        let read = text.read(Lang::En).expect("a definition");
        let lines = read.lines.clone().expect("lines");
        assert_eq!(read.metric.name, "prod-pay-errors");
        assert_eq!(lines.filter, "prod-pay-errors");
        assert_eq!(
            (lines.group.as_str(), lines.pattern.as_str()),
            ("/aws/lambda/prod-pay", "ERROR")
        );
        let again = AlarmText::of("prod-pay-errors", &read).counting(lines);
        assert_eq!(again.read(Lang::En), Ok(read));
        text.fields.insert(AlarmField::LogGroup, String::new());
        let errors = text.read(Lang::Ko).expect_err("refused");
        assert_eq!(errors.first().map(|(field, _)| *field), Some("log_group"));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        for (wrong, field) in [
            ((AlarmField::Threshold, "lots"), "threshold"),
            ((AlarmField::Period, "a minute"), "period"),
            ((AlarmField::Period, "45"), "period"),
            ((AlarmField::Dimensions, "no value"), "dimensions"),
            ((AlarmField::DatapointsToAlarm, "4"), "datapoints_to_alarm"),
            ((AlarmField::Name, ""), "name"),
            (
                (AlarmField::AlarmActions, "ops@example.com"),
                "alarm_actions",
            ),
        ] {
            let errors = typed(&[wrong]).read(Lang::Ko).expect_err("refused");
            let fields: Vec<_> = errors.iter().map(|(field, _)| *field).collect();
            assert_eq!(fields, [field]);
        }
    }
}
