//! Overrides of a schedule: those that stand, with the button that ends them, and the form
//! that asks for another capacity for a time.

use super::model::{Known, level_words};
use crate::{
    live::use_live,
    pages::changes::{ProposeDialog, ProposeWords as Words, Wrong},
    shared::Sending,
    texts::{events, overrides as t, schedules},
    viewer::use_viewing,
};
use api::schedules::ScheduleDetail;
use domain::{
    changes::Change,
    i18n::{Lang, changes::power, schedules::problem},
    limits,
    schedules::{Level, LevelChange, Override, OverrideDraft, Power, Schedule},
    time::{HOUR_MS, Timestamp},
};
use kit::{Button, ButtonVariant, Card, Choice, DateTimeInput, Field, NumberInput, Select};
use leptos::prelude::*;

/// How long an override is offered to last, and how soon to begin.
const OFFERED_MS: i64 = HOUR_MS;

/// From when until when.
type Span = (Timestamp, Timestamp);

/// The overrides that hold or are to come, and the question behind their ends.
#[component]
pub(super) fn Overrides(value: RwSignal<ScheduleDetail>, known: Signal<Known>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = use_live().now;
    let ahead = Memo::new(move |_| {
        let now = now.get();
        known.with(|known| {
            let overrides = known.schedule.overrides().iter();
            let ahead = overrides.filter(|one| one.until > now).cloned();
            ahead.collect::<Vec<_>>()
        })
    });
    let refused = MaybeProp::derive(move || value.with(|detail| detail.propose_refused.clone()));
    let (ending, open) = (RwSignal::new(None::<Span>), RwSignal::new(false));
    let span = move |(from, until)| format!("{} – {}", viewing.minute(from), viewing.minute(until));
    let item = move |one: Override| {
        let own = (one.from, one.until);
        let ask = move |_| {
            ending.set(Some(own));
            open.set(true);
        };
        view! {
            <li class="list-item">
                <span class="row">
                    <strong class="numeric">{span(own)}</strong>
                    <span class="numeric">{level_words(lang, one.level)}</span>
                    <Button disabled_reason=refused attr:aria-label=t::end_of(lang, &span(own)) on:click=ask>
                        {t::end(lang)}
                    </Button>
                </span>
                <span class="muted prose">{one.reason}</span>
            </li>
        }
    };
    let list = move || {
        let ahead = ahead.get();
        (!ahead.is_empty()).then(|| {
            let items = ahead.into_iter().map(item).collect_view();
            view! { <Card title=t::overrides(lang)><ul class="plain-list" aria-label=t::overrides(lang)>{items}</ul></Card> }
        })
    };
    let schedule = known.with_untracked(|known| known.schedule.name().clone());
    let words = Words {
        title: t::end_title(lang, schedule.as_str()),
        text: t::end_text(lang).into(),
        label: t::end(lang),
        variant: ButtonVariant::Danger,
        reason_missing: t::end_reason_missing(lang),
        reason_name: "end-override-reason",
    };
    let make = move |reason| {
        let (from, until) = ending.get_untracked().unwrap_or_default();
        Ok(Change::EndOverride {
            schedule: schedule.clone(),
            from,
            until,
            reason,
        })
    };
    view! {
        {list}
        <ProposeDialog open words sending=Sending::new() make checked=true at_once=true>
            <p class="numeric">{move || ending.get().map(span)}</p>
        </ProposeDialog>
    }
    .into_any()
}

/// The fields of an override as text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OverrideText {
    from: String,
    until: String,
    min: String,
    desired: String,
    max: String,
    state: String,
}

impl OverrideText {
    fn capacity(&self, lang: Lang, base: Level) -> Result<LevelChange, Wrong> {
        let mut wrong = Vec::new();
        let mut number = |field, text: &str| match text.trim().parse::<u32>() {
            Ok(number) => Some(number),
            Err(_) => {
                wrong.push((field, t::whole_number(lang).to_owned()));
                None
            }
        };
        let change = match base {
            Level::Group { .. } => LevelChange {
                min: number("min", &self.min),
                desired: number("desired", &self.desired),
                max: number("max", &self.max),
                ..LevelChange::default()
            },
            Level::Bounds { .. } => LevelChange {
                min: number("min", &self.min),
                max: number("max", &self.max),
                ..LevelChange::default()
            },
            Level::Power { .. } => LevelChange {
                state: Some(match self.state == Power::Running.as_str() {
                    true => Power::Running,
                    false => Power::Stopped,
                }),
                ..LevelChange::default()
            },
        };
        if wrong.is_empty() {
            Ok(change)
        } else {
            Err(wrong)
        }
    }
}

/// What is wrong with an override of a schedule.
fn refuse(
    lang: Lang,
    schedule: &Schedule,
    over: OverrideDraft,
    now: Timestamp,
) -> Result<(), Wrong> {
    let fits = schedule.with_override(over, now);
    fits.map(|_| ()).map_err(|error| {
        // A capacity that does not fit together is told at its first field.
        let field = match error.path.last().map(String::as_str) {
            Some("from") => "from",
            Some("until") => "until",
            Some("reason") => "reason",
            Some("desired") => "desired",
            Some("max") => "max",
            _ => "min",
        };
        vec![(field, problem(lang, &error.problem))]
    })
}

/// Asks for another capacity for a time.
#[component]
pub(super) fn OverrideDialog(
    open: RwSignal<bool>,
    known: Signal<Known>,
    /// The time that is offered; none for one that begins soon.
    span: Memo<Option<Span>>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (name, base) =
        known.with_untracked(|known| (known.schedule.name().clone(), known.schedule.base()));
    let now = use_live().now;
    let form = RwSignal::new(offered(base, String::new(), String::new()));
    Effect::new(move |_| {
        if open.get() {
            let soon = now.get_untracked().plus_ms(OFFERED_MS).ceil_minute();
            let offer = span.get_untracked();
            let (from, until) = offer.unwrap_or((soon, soon.plus_ms(OFFERED_MS)));
            form.set(offered(base, viewing.field(from), viewing.field(until)));
        }
    });
    let words = Words {
        title: t::add(lang).into(),
        text: t::add_text(lang, name.as_str()),
        label: schedules::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::add_reason_missing(lang),
        reason_name: "override-reason",
    };
    let make = move |reason: String| {
        let written = form.get_untracked();
        let mut wrong = Vec::new();
        let mut instant = |field, text: &str| match viewing.parse_field(text) {
            Ok(at) => at,
            Err(_) => {
                wrong.push((field, t::time_missing(lang).to_owned()));
                Timestamp::default()
            }
        };
        let (from, until) = (
            instant("from", &written.from),
            instant("until", &written.until),
        );
        let capacity = written
            .capacity(lang, base)
            .map_err(|more| wrong.extend(more));
        let now = now.get_untracked();
        if wrong.is_empty() && until <= now {
            wrong.push(("until", t::time_past(lang).to_owned()));
        }
        let (Ok(capacity), true) = (capacity, wrong.is_empty()) else {
            return Err(wrong);
        };
        // A reason that is still missing is told by whoever asked for it.
        let said = if reason.is_empty() {
            "–".into()
        } else {
            reason.clone()
        };
        let over = OverrideDraft {
            from,
            until,
            capacity,
            reason: said,
        };
        known.with_untracked(|known| refuse(lang, &known.schedule, over, now))?;
        Ok(Change::Override {
            schedule: name.clone(),
            from,
            until,
            capacity,
            reason,
        })
    };
    let sending = Sending::new();
    view! {
        <ProposeDialog open words sending make at_once=true>
            <OverrideFields form sending base/>
        </ProposeDialog>
    }
    .into_any()
}

fn offered(base: Level, from: String, until: String) -> OverrideText {
    let (min, desired, max) = match base {
        Level::Group { capacity, .. } => (capacity.min, capacity.desired, capacity.max),
        Level::Bounds { min, max } => (min, min, max),
        Level::Power { .. } => (0, 0, 0),
    };
    OverrideText {
        from,
        until,
        min: min.to_string(),
        desired: desired.to_string(),
        max: max.to_string(),
        state: Power::Running.as_str().into(),
    }
}

#[component]
fn OverrideFields(form: RwSignal<OverrideText>, sending: Sending, base: Level) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let of = move |read: fn(&OverrideText) -> String| Signal::derive(move || form.with(read));
    let zone = events::zone_hint(lang, &viewing.zone_text(use_live().now.get_untracked()));
    let number = move |name: &'static str,
                       label: &'static str,
                       read: fn(&OverrideText) -> String,
                       write: fn(&mut OverrideText, String)| {
        view! {
            <Field name id=format!("override-{name}") label required=true error=sending.error_of(name)>
                <NumberInput name value=of(read) min=0 max=i64::from(limits::CAPACITY_MAX) step="1"
                    on_input=move |text| form.update(|form| write(form, text))/>
            </Field>
        }
    };
    let min = move || {
        number(
            "min",
            schedules::min(lang),
            |f| f.min.clone(),
            |f, text| f.min = text,
        )
    };
    let max = move || {
        number(
            "max",
            schedules::max(lang),
            |f| f.max.clone(),
            |f, text| f.max = text,
        )
    };
    let capacity = match base {
        Level::Group { .. } => view! {
            <div class="form-row">
                {min()}
                {number("desired", schedules::desired(lang), |f| f.desired.clone(), |f, text| f.desired = text)}
                {max()}
            </div>
        }
        .into_any(),
        Level::Bounds { .. } => view! { <div class="form-row">{min()} {max()}</div> }.into_any(),
        Level::Power { .. } => {
            let choices = [Power::Running, Power::Stopped]
                .map(|state| Choice::new(state.as_str(), power(lang, state)))
                .to_vec();
            view! {
                <Field name="state" label=schedules::state(lang)>
                    <Select name="state" choices value=of(|f| f.state.clone())
                        on_change=move |text| form.update(|form| form.state = text)/>
                </Field>
            }
            .into_any()
        }
    };
    view! {
        <div class="form-row">
            <Field name="from" label=t::starts_at(lang) required=true hint=zone.clone() error=sending.error_of("from")>
                <DateTimeInput name="from" value=of(|f| f.from.clone()) on_input=move |text| form.update(|form| form.from = text)/>
            </Field>
            <Field name="until" label=t::until(lang) required=true hint=zone error=sending.error_of("until")>
                <DateTimeInput name="until" value=of(|f| f.until.clone()) on_input=move |text| form.update(|form| form.until = text)/>
            </Field>
        </div>
        {capacity}
    }
    .into_any()
}
