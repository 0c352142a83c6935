//! What can be asked for on the page of a schedule: another capacity for a time,
//! its removal, that AWS be made as it says. All of it is proposed, nothing is done.

use super::model::Known;
use crate::{
    live::use_live,
    pages::changes::{ProposeDialog, ProposeWords as Words, Wrong},
    shared::Sending,
    texts::{events, schedules as t},
    viewer::use_viewing,
};
use domain::{
    changes::Change,
    estate::Scope,
    i18n::{Lang, changes::power, schedules::problem},
    limits,
    schedules::{Level, LevelChange, OverrideDraft, Power, Schedule},
    time::{HOUR_MS, Timestamp},
};
use kit::{ButtonVariant, Choice, DateTimeInput, Field, NumberInput, Select};
use leptos::prelude::*;

/// How long an override is offered to last, and how soon to begin.
const OFFERED_MS: i64 = HOUR_MS;

/// Asks for the end of a schedule.
#[component]
pub(super) fn RemoveDialog(open: RwSignal<bool>, known: Signal<Known>) -> impl IntoView {
    let lang = use_viewing().lang;
    let schedule = known.with_untracked(|known| known.schedule.name().clone());
    let words = Words {
        title: t::remove_title(lang, schedule.as_str()),
        text: t::remove_text(lang).into(),
        label: t::remove(lang),
        variant: ButtonVariant::Danger,
        reason_missing: t::remove_reason_missing(lang),
        reason_name: "remove-reason",
    };
    let make = move |reason| {
        Ok(Change::RemoveSchedule {
            schedule: schedule.clone(),
            reason,
        })
    };
    view! { <ProposeDialog open words sending=Sending::new() make/> }
}

/// Asks that the same schedule be applied again.
#[component]
pub(super) fn PutBackDialog(
    open: RwSignal<bool>,
    known: Signal<Known>,
    scope: Scope,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let name = known.with_untracked(|known| known.schedule.name().to_string());
    let words = Words {
        title: t::put_back_title(lang, &name),
        text: t::put_back_text(lang).into(),
        label: t::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::put_back_reason_missing(lang),
        reason_name: "put-back-reason",
    };
    let make = move |reason| {
        Ok(Change::ApplySchedule {
            scope: scope.clone(),
            schedule: Box::new(known.with_untracked(|known| known.schedule.clone())),
            takes_over: Vec::new(),
            reason,
        })
    };
    view! { <ProposeDialog open words sending=Sending::new() make/> }
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

/// A schedule with an override more.
fn overridden(
    lang: Lang,
    schedule: &Schedule,
    from: Timestamp,
    until: Timestamp,
    capacity: LevelChange,
    reason: String,
) -> Result<Schedule, Wrong> {
    let mut draft = schedule.draft().clone();
    draft.overrides.push(OverrideDraft {
        from,
        until,
        capacity,
        reason,
    });
    Schedule::try_from(draft).map_err(|error| {
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
    scope: Scope,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (name, base) =
        known.with_untracked(|known| (known.schedule.name().to_string(), known.schedule.base()));
    let now = use_live().now;
    let form = RwSignal::new(offered(base, String::new(), String::new()));
    Effect::new(move |_| {
        if open.get() {
            let from = now.get_untracked().plus_ms(OFFERED_MS).ceil_minute();
            let (from, until) = (viewing.field(from), viewing.field(from.plus_ms(OFFERED_MS)));
            form.set(offered(base, from, until));
        }
    });
    let words = Words {
        title: t::add_override(lang).into(),
        text: t::override_text(lang, &name),
        label: t::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::override_reason_missing(lang),
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
        if wrong.is_empty() && until <= now.get_untracked() {
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
        let schedule = known.with_untracked(|known| {
            overridden(lang, &known.schedule, from, until, capacity, said)
        })?;
        Ok(Change::ApplySchedule {
            scope: scope.clone(),
            schedule: Box::new(schedule),
            takes_over: Vec::new(),
            reason,
        })
    };
    let sending = Sending::new();
    view! {
        <ProposeDialog open words sending make>
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
            t::min(lang),
            |f| f.min.clone(),
            |f, text| f.min = text,
        )
    };
    let max = move || {
        number(
            "max",
            t::max(lang),
            |f| f.max.clone(),
            |f, text| f.max = text,
        )
    };
    let capacity = match base {
        Level::Group { .. } => view! {
            <div class="form-row">
                {min()}
                {number("desired", t::desired(lang), |f| f.desired.clone(), |f, text| f.desired = text)}
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
                <Field name="state" label=t::state(lang)>
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
