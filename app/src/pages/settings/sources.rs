//! The sources that call us, and a mapping on trial.

use super::{
    head, log_queries,
    rpc::{list_sources, try_mapping},
};
use crate::{
    live::keep_fresh,
    paths,
    shared::{Ago, Moment, Sending, alarm_state, loaded},
    texts::{alarms, common, sources as t},
    viewer::use_viewing,
};
use api::{
    sources::{HeartbeatView, Refusal, SourceView, Trial, Tried, TriedAlarm},
    stream::News,
};
use domain::{
    alarms::AlarmState,
    i18n::Lang,
    limits,
    mappings::{MappingText, StateWord},
    sources::SourceName,
};
use kit::{
    Button, ButtonType, ButtonVariant, Callout, Card, Cell, Choice, Column, EmptyState, Field,
    Form, Glyph, Input, Row, Select, StateChip, Table, TextArea, Tone,
};
use leptos::prelude::*;

/// The page at `/settings/sources`.
#[component]
pub(crate) fn SourcesPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sources = Resource::new(|| (), |()| list_sources());
    view! {
        {head(viewing, paths::sources(), t::title(lang))}
        <p class="muted">{t::text(lang)}</p>
        {loaded(sources, |sources| view! { <Content sources/> })}
    }
    .into_any()
}

#[component]
fn Content(sources: Vec<SourceView>) -> impl IntoView {
    let lang = use_viewing().lang;
    // Calls tell nobody: the server's tick is the occasion to look again.
    let concerns = |news: &News| matches!(news, News::Tick { .. });
    let fresh = keep_fresh(sources.clone(), concerns, list_sources).value;
    let list = match sources.is_empty() {
        true => {
            let (title, text) = (t::empty(lang), t::empty_text(lang));
            view! { <Card><EmptyState glyph=Glyph::Server title text/></Card> }.into_any()
        }
        false => list(lang, fresh).into_any(),
    };
    view! {
        <div class="stack">
            {list}
            <log_queries::LogQueries/>
            <Try sources/>
        </div>
    }
}

fn list(lang: Lang, sources: RwSignal<Vec<SourceView>>) -> impl IntoView {
    let columns = vec![
        Column::text(t::source(lang)),
        Column::text(t::kind(lang)),
        Column::text(t::address(lang)),
        Column::text(t::called(lang)),
        Column::text(t::refused(lang)),
        Column::text(t::alarms(lang)),
        Column::text(t::heartbeat(lang)),
    ];
    let rows = move || {
        let sources = sources.get().into_iter();
        sources.map(|source| row(lang, source)).collect_view()
    };
    view! {
        <Card title=t::title(lang) flush=true>
            <Table caption=t::title(lang) columns dense=true>{rows}</Table>
        </Card>
    }
}

fn row(lang: Lang, source: SourceView) -> impl IntoView {
    let called = match source.called_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => t::never(lang).into_any(),
    };
    let refused = source.refused.map(|Refusal { at, why }| {
        view! { <Ago at/> " " <span class="break muted">{why}</span> }
    });
    let held = source.alarms.zip(source.alarms_max);
    let held = held.map(|(now, most)| t::alarms_of(lang, now, most));
    let beats = source.heartbeat.map(|beats| heartbeat(lang, beats));
    view! {
        <Row>
            <Cell heading=true>{source.name.to_string()}</Cell>
            <Cell label=t::kind(lang)>{source.kind}</Cell>
            <Cell label=t::address(lang)><code class="break">{source.path}</code></Cell>
            <Cell label=t::called(lang)>{called}</Cell>
            <Cell label=t::refused(lang)>{refused}</Cell>
            <Cell label=t::alarms(lang)>{held}</Cell>
            <Cell label=t::heartbeat(lang)>{beats}</Cell>
        </Row>
    }
}

fn heartbeat(lang: Lang, beats: HeartbeatView) -> impl IntoView {
    let (tone, label) = match beats.state {
        AlarmState::Ok => (Tone::Ok, t::beats(lang)),
        AlarmState::Alarm => (Tone::Alarm, t::late(lang)),
        AlarmState::InsufficientData => (Tone::Unknown, t::waiting(lang)),
    };
    let due = beats.due_at.map(|at| {
        view! { <span class="muted">{t::due(lang)} " " <Moment at seconds=true/></span> }
    });
    view! {
        <StateChip tone label/> " " {t::every(lang, beats.minutes)} " " {due}
    }
}

/// The fields of a mapping, as they are typed.
#[derive(Clone, Copy)]
struct Typed {
    alerts: RwSignal<String>,
    labels: RwSignal<String>,
    state: RwSignal<String>,
    alarm_when: RwSignal<String>,
    ok_when: RwSignal<String>,
    at: RwSignal<String>,
    description: RwSignal<String>,
    reason: RwSignal<String>,
    link: RwSignal<String>,
}

impl Typed {
    fn of(mapping: &MappingText) -> Self {
        let optional = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
        Self {
            alerts: optional(&mapping.alerts),
            labels: RwSignal::new(mapping.labels.clone()),
            state: RwSignal::new(mapping.state.clone()),
            alarm_when: RwSignal::new(written(&mapping.alarm_when)),
            ok_when: RwSignal::new(written(&mapping.ok_when)),
            at: optional(&mapping.at),
            description: optional(&mapping.description),
            reason: optional(&mapping.reason),
            link: optional(&mapping.link),
        }
    }

    fn show(self, mapping: &MappingText) {
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        self.alerts.set(optional(&mapping.alerts));
        self.labels.set(mapping.labels.clone());
        self.state.set(mapping.state.clone());
        self.alarm_when.set(written(&mapping.alarm_when));
        self.ok_when.set(written(&mapping.ok_when));
        self.at.set(optional(&mapping.at));
        self.description.set(optional(&mapping.description));
        self.reason.set(optional(&mapping.reason));
        self.link.set(optional(&mapping.link));
    }

    fn mapping(self) -> MappingText {
        let optional = |text: RwSignal<String>| {
            let text = text.get_untracked();
            (!text.trim().is_empty()).then_some(text)
        };
        MappingText {
            alerts: optional(self.alerts),
            labels: self.labels.get_untracked(),
            state: self.state.get_untracked(),
            alarm_when: read(&self.alarm_when.get_untracked()),
            ok_when: read(&self.ok_when.get_untracked()),
            at: optional(self.at),
            description: optional(self.description),
            reason: optional(self.reason),
            link: optional(self.link),
        }
    }
}

/// Values of a state as a person writes them.
fn written(words: &[StateWord]) -> String {
    let word = |word: &StateWord| match word {
        StateWord::Flag(flag) => flag.to_string(),
        StateWord::Number(number) => number.to_string(),
        StateWord::Text(text) => text.clone(),
    };
    words.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn read(text: &str) -> Vec<StateWord> {
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let word = |word: &str| match (word.parse(), word.parse()) {
        (Ok(flag), _) => StateWord::Flag(flag),
        (_, Ok(number)) => StateWord::Number(number),
        _ => StateWord::Text(word.to_owned()),
    };
    words.map(word).collect()
}

#[component]
fn Try(sources: Vec<SourceView>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let answer = RwSignal::new(None::<Tried>);
    let sample = RwSignal::new(String::new());
    let mapped: Vec<_> = sources
        .into_iter()
        .filter_map(|source| Some((source.name, source.mapping?)))
        .collect();
    let first = mapped.first().cloned();
    let chosen = RwSignal::new(
        first
            .as_ref()
            .map(|(name, _)| name.to_string())
            .unwrap_or_default(),
    );
    let typed = Typed::of(&first.map(|(_, mapping)| mapping).unwrap_or_default());
    let mut choices = vec![Choice::new("", t::none(lang))];
    choices.extend(
        mapped
            .iter()
            .map(|(name, _)| Choice::new(name.as_str(), name.as_str())),
    );
    let choose = move |name: String| {
        if let Some((_, mapping)) = mapped.iter().find(|(known, _)| known.as_str() == name) {
            typed.show(mapping);
        }
        chosen.set(name);
    };
    let submit = move |_: leptos::ev::SubmitEvent| {
        let trial = Trial {
            source: chosen.get_untracked().parse::<SourceName>().ok(),
            mapping: typed.mapping(),
            sample: sample.get_untracked(),
        };
        answer.set(None);
        sending.send(try_mapping(trial), move |tried| {
            answer.try_set(Some(tried));
        });
    };
    let most = limits::SAMPLE_BYTES_MAX / 1024;
    let line = move |name: &'static str,
                     label: &'static str,
                     hint: &'static str,
                     value: RwSignal<String>| {
        view! {
            <Field name label hint error=sending.error_of(name)>
                <Input name value on_input=move |text| value.set(text)
                    maxlength=limits::EXPRESSION_CHARS_MAX as u32/>
            </Field>
        }
    };
    let expression = t::expression_hint(lang);
    view! {
        <Card title=t::try_title(lang)>
            <p class="muted">{t::try_text(lang)}</p>
            <Form on:submit=submit>
                <div class="explain-fields">
                    <Field name="source" label=t::source(lang) error=sending.error_of("source")>
                        <Select name="source" choices value=chosen on_change=choose/>
                    </Field>
                    {line("alerts", t::alerts(lang), t::alerts_hint(lang), typed.alerts)}
                    {line("state", t::state(lang), expression, typed.state)}
                    {line("alarm_when", t::alarm_when(lang), t::words_hint(lang), typed.alarm_when)}
                    {line("ok_when", t::ok_when(lang), t::words_hint(lang), typed.ok_when)}
                    {line("at", t::at(lang), expression, typed.at)}
                    {line("description", t::description(lang), expression, typed.description)}
                    {line("reason", t::reason(lang), expression, typed.reason)}
                    {line("link", t::link(lang), expression, typed.link)}
                </div>
                <Field name="labels" label=t::labels(lang) hint=expression error=sending.error_of("labels")>
                    <TextArea name="labels" value=typed.labels rows=3 on_input=move |text| typed.labels.set(text)/>
                </Field>
                <Field name="sample" label=t::sample(lang) hint=t::sample_hint(lang, most) error=sending.error_of("sample")>
                    <TextArea name="sample" value=sample rows=12 on_input=move |text| sample.set(text)/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::try_it(lang)}</Button>
                </div>
            </Form>
            <div role="status">{move || answer.get().map(|tried| result(lang, tried))}</div>
        </Card>
    }
}

fn result(lang: Lang, tried: Tried) -> AnyView {
    if tried.alarms.is_empty() {
        return view! { <Callout tone=Tone::Info>{t::no_alarms(lang)}</Callout> }.into_any();
    }
    let columns = vec![
        Column::text(t::name(lang)),
        Column::text(common::state(lang)),
        Column::text(alarms::priority(lang)),
        Column::text(common::environment(lang)),
        Column::text(t::since(lang)),
        Column::text(t::reason(lang)),
    ];
    let rows = tried.alarms.into_iter();
    let rows = rows.map(|alarm| outcome(lang, alarm)).collect_view();
    view! { <Table caption=t::result(lang) columns dense=true>{rows}</Table> }.into_any()
}

fn outcome(lang: Lang, alarm: TriedAlarm) -> impl IntoView {
    let (tone, label) = alarm_state(lang, alarm.state);
    let rule = match alarm.priority_rule {
        0 => t::no_rule(lang).to_owned(),
        number => {
            let because = alarm.priority_because.unwrap_or_default();
            format!("{} · {because}", t::rule(lang, number))
        }
    };
    view! {
        <Row>
            <Cell heading=true><span class="break">{alarm.name}</span></Cell>
            <Cell label=common::state(lang)><StateChip tone label/></Cell>
            <Cell label=alarms::priority(lang)>{alarm.priority.as_str()} " " <span class="muted">{rule}</span></Cell>
            <Cell label=common::environment(lang)>{alarm.environment.to_string()}</Cell>
            <Cell label=t::since(lang)><Moment at=alarm.state_at seconds=true/></Cell>
            <Cell label=t::reason(lang)><span class="break">{alarm.reason}</span></Cell>
        </Row>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_state_are_read_as_they_are_written() {
        let words = [
            StateWord::Text("no data".into()),
            StateWord::Number(-1),
            StateWord::Flag(true),
        ];
        assert_eq!(written(&words), "no data, -1, true");
        assert_eq!(read(" no data,, -1 ,true"), words);
    }
}
