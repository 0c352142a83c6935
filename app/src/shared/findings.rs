//! What lists of findings look like: their filters, their figures, and a finding.

use super::{
    breakable, environment_badge, environment_choices, filter_actions, first_word, go_on_submit,
    send_on_change,
};
use crate::{
    texts::{checks as t, common},
    viewer::use_viewing,
};
use api::{
    PageQuery,
    checks::{CheckCount, CheckQuery},
};
use domain::{
    checks::Severity,
    estate::{Environment, Scope},
    i18n::Lang,
    limits,
};
use kit::{Choice, FilterBar, Input, InputKind, Select, Stat, StateChip, Tone};
use leptos::prelude::*;

/// What one list of findings has of its own.
#[derive(Clone, Copy)]
pub(crate) struct FindingList {
    /// Its page.
    pub path: &'static str,
    /// Its page, filtered.
    pub href: fn(&CheckQuery) -> String,
    /// The rules that make its findings.
    pub rules: &'static [&'static str],
    /// How bad each severity is, in its words.
    pub severity: fn(Lang, Severity) -> &'static str,
    /// What is searched.
    pub placeholder: fn(Lang) -> &'static str,
}

impl FindingList {
    /// How many there are of each severity, with the way to them.
    pub(crate) fn figures(self, lang: Lang, counts: &[CheckCount], query: &CheckQuery) -> AnyView {
        let figures = Severity::ALL.map(|of| {
            let counts = counts.iter().filter(|count| count.severity == of);
            let here = counts.filter(|count| {
                query.environment.is_empty() || query.environment.contains(&count.environment)
            });
            let count: u32 = here.map(|count| count.count).sum();
            let label = (self.severity)(lang, of);
            let tone = if count > 0 { tone(of) } else { Tone::Neutral };
            let href = (self.href)(&CheckQuery {
                severity: vec![of],
                environment: query.environment.clone(),
                page: PageQuery::default(),
                ..CheckQuery::default()
            });
            view! { <Stat label value=Signal::stored(count.to_string()) tone=Signal::stored(tone) href/> }
        });
        view! { <div class="stats">{figures.collect_view()}</div> }.into_any()
    }

    /// What a finding is and where: its severity, rule, environment and scope.
    pub(crate) fn heading(
        self,
        lang: Lang,
        (severity, rule): (Severity, &str),
        environment: &Environment,
        scope: &Scope,
    ) -> AnyView {
        let (tone, label) = (tone(severity), (self.severity)(lang, severity));
        let rule = rule.to_owned();
        let environment = environment_badge(environment);
        view! {
            <span class="row">
                <StateChip tone label/> <code class="muted">{rule}</code>
                {environment} <span class="muted">{breakable(&scope.to_string())}</span>
            </span>
        }
        .into_any()
    }
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Alarm,
        Severity::Warning => Tone::Warning,
        Severity::Info => Tone::Info,
    }
}

/// What is the matter, what was seen of it, and what helps.
pub(crate) fn finding(lang: Lang, what: &str, evidence: &[String], fix: &str) -> AnyView {
    let evidence = evidence.iter().map(|line| {
        let line = line.clone();
        view! { <li><code class="break">{line}</code></li> }
    });
    let (what, fix) = (what.to_owned(), fix.to_owned());
    view! {
        <p>{what}</p>
        <ul class="plain-list evidence" aria-label=t::evidence(lang)>{evidence.collect_view()}</ul>
        <p class="muted">{t::to_do(lang)} " " {fix}</p>
    }
    .into_any()
}

/// Whether not all findings are asked for.
pub(crate) fn is_filtered(query: &CheckQuery) -> bool {
    let open = CheckQuery {
        page: query.page,
        ..CheckQuery::default()
    };
    *query != open
}

/// The filters of a list of findings.
#[component]
pub(crate) fn FindingFilters(of: FindingList, query: Memo<CheckQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = of.path;
    let mut severities = vec![Choice::new("", t::all_severities(lang))];
    severities.extend(Severity::ALL.map(|s| Choice::new(s.as_str(), (of.severity)(lang, s))));
    let mut rules = vec![Choice::new("", t::all_rules(lang))];
    rules.extend(of.rules.iter().map(|rule| Choice::new(*rule, *rule)));
    let placeholder = (of.placeholder)(lang);
    let of = move |read: fn(&CheckQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || filter_actions(path, move || query.with(is_filtered))>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="severity" aria_label=t::severity(lang) choices=severities
                value=of(|q| first_word(&q.severity, |s| s.as_str().into()))/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <Select name="rule" aria_label=t::rule(lang) choices=rules
                value=of(|q| first_word(&q.rule, Clone::clone))/>
        </FilterBar>
    }
}
