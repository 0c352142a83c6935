//! Lines of logs around an alarm, for those who look after its environment.

use super::{put::AskLines, rpc::show_alarm_logs};
use crate::{
    live::use_live,
    rpc::UiError,
    shared::{Moment, breakable, failed_part, put_anew},
    texts::{alarm_puts, common, log_lines as t},
    viewer::use_viewing,
};
use api::{
    alarms::AlarmDetail,
    log_lines::{AlarmLogs, LogGroupLines},
    stream::News,
};
use domain::{
    alarms::AlarmState,
    i18n::Lang,
    log_filters::CountedLines,
    log_lines::{LogLine, LogSource},
    policy::Action,
    sources::SourceKind,
};
use kit::{Button, Callout, Card, Cell, Column, Glyph, LinkButton, Row, Skeleton, Table, Tone};
use leptos::{prelude::*, task::spawn_local};

/// Lines around the last time that it went off; nothing where nothing names a log group. As the
/// chart they are asked for by the browser only, for AWS may be slow.
#[component]
pub(super) fn Logs(detail: RwSignal<AlarmDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (id, environment, is_named) = detail.with_untracked(|detail| {
        let metric = detail.rule.metric.as_ref();
        let named = metric.and_then(LogSource::of).is_some();
        let is_aws = detail.row.source == SourceKind::Cloudwatch;
        (
            detail.row.id,
            detail.row.environment.clone(),
            is_aws && named,
        )
    });
    if !is_named {
        return ().into_any();
    }
    if let Some(refused) = viewing.refused_in(Action::ReadLogs, &environment) {
        return view! { <Card title=t::title(lang)><p class="muted">{refused}</p></Card> }
            .into_any();
    }
    let logs = RwSignal::new(None::<Result<AlarmLogs, UiError>>);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = show_alarm_logs(id).await;
            let _ = logs.try_set(Some(answer));
        });
    });
    Effect::new(move |_| read.run(()));
    // Another time is looked at when it goes off again.
    let state = Memo::new(move |_| detail.with(|d| (d.row.state, d.row.state_at)));
    use_live().listen(move |news| {
        let goes_off = |state: AlarmState| state == AlarmState::Alarm;
        let again = match news {
            News::Reload => true,
            News::Alarm { row } => {
                row.id == id
                    && goes_off(row.state)
                    && (row.state, row.state_at) != state.get_untracked()
            }
            _ => false,
        };
        if again {
            read.run(());
        }
    });
    // Outside of what is drawn anew whenever lines are read: what is typed stays.
    let named = RwSignal::new(None);
    let change = detail.with_untracked(|detail| {
        let metric = detail.rule.metric.as_ref();
        // A metric with dimensions is not one that counts.
        let counts = metric.is_some_and(|metric| metric.dimensions.is_empty());
        (counts && detail.definition.is_some()).then(|| Change {
            named,
            refused: viewing.refused_in(Action::ProposeChange, &environment),
        })
    });
    let change = StoredValue::new(change);
    let turn = StoredValue::new(false);
    let content = move || {
        logs.with(|logs| match logs {
            None => view! { <Skeleton label=common::loading(lang) lines=4/> }.into_any(),
            Some(Ok(logs)) => put_anew(turn, shown(lang, logs, change)),
            Some(Err(error)) => failed_part(error, Some(read)),
        })
    };
    view! {
        <Card title=t::title(lang)><div class="stack-tight">{content}</div></Card>
        <AskLines value=detail named/>
    }
    .into_any()
}

/// How somebody proposes that other lines count.
#[derive(Debug, Clone)]
struct Change {
    /// Of which filter it is asked.
    named: RwSignal<Option<CountedLines>>,
    /// Why they may not.
    refused: Option<String>,
}

fn shown(lang: Lang, logs: &AlarmLogs, change: StoredValue<Option<Change>>) -> AnyView {
    let note = note(lang, logs.note.as_ref(), logs.missing.as_ref());
    let groups: Vec<AnyView> = logs
        .groups
        .iter()
        .map(|one| group(lang, one, change.get_value()))
        .collect();
    let left_out = (logs.left_out > 0)
        .then(|| view! { <p class="muted">{t::left_out(lang, logs.left_out)}</p> });
    let time = (!groups.is_empty()).then(|| {
        view! {
            <p class="muted">
                {t::between(lang)} " " <Moment at=logs.from/> " – " <Moment at=logs.until/> ". "
                {t::secret(lang)}
            </p>
        }
    });
    view! { {time} {note} {groups} {left_out} }.into_any()
}

fn note(lang: Lang, note: Option<&String>, missing: Option<&String>) -> Option<AnyView> {
    let note = note?.clone();
    let missing = missing.map(|action| {
        view! { <p>{common::permission_missing(lang, action)}</p> }
    });
    let tone = match missing.is_some() {
        true => Tone::Warning,
        false => Tone::Info,
    };
    Some(view! { <Callout tone>{note} {missing}</Callout> }.into_any())
}

fn group(lang: Lang, one: &LogGroupLines, change: Option<Change>) -> AnyView {
    let filter = one
        .filter
        .as_deref()
        .map(|name| format!(" · {}", t::filter(lang, name)));
    let pattern = match one.pattern.as_str() {
        "" => view! { <span>{t::all(lang)}</span> }.into_any(),
        pattern => {
            let pattern = pattern.to_owned();
            view! { <span>{t::pattern(lang)} " " <code class="break">{pattern}</code></span> }
                .into_any()
        }
    };
    let note = note(lang, one.note.as_ref(), one.missing.as_ref());
    let columns = vec![
        Column::text(t::at(lang)),
        Column::text(t::stream(lang)),
        Column::text(t::text(lang)),
    ];
    let rows: Vec<AnyView> = one.lines.iter().map(|one| line(lang, one)).collect();
    let (caption, name) = (t::lines(lang, &one.group), breakable(&one.group));
    // A hundred lines must not hide what stands below them.
    let region = caption.clone();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <div class="log-lines" tabindex="0" role="region" aria-label=region>
                <Table caption columns>{rows}</Table>
            </div>
        }
    });
    let more = one
        .more
        .then(|| view! { <p class="muted">{t::more(lang)}</p> });
    let console = one.console_url.clone().map(|href| view! {
        <LinkButton href glyph=Glyph::External attr:target="_blank" attr:rel="noreferrer">{t::console(lang)}</LinkButton>
    });
    let lines = one.filter.as_ref().map(|filter| CountedLines {
        group: one.group.clone(),
        filter: filter.clone(),
        pattern: one.pattern.clone(),
    });
    let change = lines.zip(change).map(|(lines, change)| {
        let Change { named, refused } = change;
        view! {
            <Button disabled_reason=refused on:click=move |_| named.set(Some(lines.clone()))>
                {alarm_puts::change_lines(lang)}
            </Button>
        }
    });
    view! {
        <p><code>{name}</code> {filter} <br/> <span class="muted">{pattern}</span></p>
        {note} {table} {more} <div class="actions">{change} {console}</div>
    }
    .into_any()
}

fn line(lang: Lang, line: &LogLine) -> AnyView {
    let (at, text, stream) = (line.at, line.text.clone(), breakable(&line.stream));
    let cut = line
        .cut
        .then(|| view! { " " <span class="muted">{t::cut(lang)}</span> });
    view! {
        <Row>
            <Cell heading=true label=t::at(lang)><Moment at seconds=true/></Cell>
            <Cell label=t::stream(lang)><code>{stream}</code></Cell>
            <Cell label=t::text(lang)><code class="log-line">{text}</code> {cut}</Cell>
        </Row>
    }
    .into_any()
}
