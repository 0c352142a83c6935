//! The fields of the most common schedule. Whatever is filled in here is written
//! into the text at once.

use super::{
    editor::Editor,
    model::weekday_word,
    simple::{LevelText, Simple},
    start::Offered,
};
use crate::{
    texts::{calendars as calendar, common, schedules as t},
    viewer::use_viewing,
};
use domain::{i18n::changes::power, limits, schedules::Power};
use kit::{Callout, Checkbox, CheckboxGroup, Choice, Field, Input, NumberInput, Select, Tone};
use leptos::prelude::*;

#[component]
pub(super) fn Fields(
    editor: Editor,
    targets: Vec<Offered>,
    /// Names of calendars that are followed.
    calendars: Vec<String>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let fits = Memo::new(move |_| editor.form.with(Option::is_some));
    move || {
        if fits.get() {
            let (targets, calendars) = (targets.clone(), calendars.clone());
            view! { <Filled editor targets calendars/> }.into_any()
        } else {
            view! { <Callout tone=Tone::Info>{t::form_not(lang)}</Callout> }.into_any()
        }
    }
}

/// A field of the form as a signal.
fn of(editor: Editor, read: fn(&Simple) -> String) -> Signal<String> {
    Signal::derive(move || {
        editor
            .form
            .with(|form| form.as_ref().map(read).unwrap_or_default())
    })
}

#[component]
fn Filled(editor: Editor, targets: Vec<Offered>, calendars: Vec<String>) -> impl IntoView {
    let lang = use_viewing().lang;
    let text = move |name: &'static str,
                     label: &'static str,
                     hint: Option<&'static str>,
                     read: fn(&Simple) -> String,
                     write: fn(&mut Simple, String)| {
        view! {
            <Field name id=format!("form-{name}") label hint=hint.map(ToOwned::to_owned)>
                <Input name value=of(editor, read) on_input=move |text| editor.fill(|form| write(form, text))/>
            </Field>
        }
    };
    // Services have no desired count of their own, and some things are only on or off.
    let kind = Memo::new(move |_| {
        editor.form.with(|form| {
            let first = form.as_ref().and_then(|form| form.targets.first());
            first.map(|(kind, _)| kind.clone()).unwrap_or_default()
        })
    });
    let is_service = Memo::new(move |_| kind.with(|kind| kind == "ecs"));
    let is_switched = Memo::new(move |_| {
        kind.with(|kind| matches!(kind.as_str(), "ec2_tag" | "rds" | "rds_cluster"))
    });
    let level = move |name: &'static str,
                      label: &'static str,
                      level: fn(&mut Simple) -> &mut LevelText| {
        let value = move |read: fn(&LevelText) -> String| {
            Signal::derive(move || {
                let form = editor.form.get();
                form.map(|mut form| read(level(&mut form)))
                    .unwrap_or_default()
            })
        };
        let number = move |part: &'static str,
                           part_label: &'static str,
                           read: fn(&LevelText) -> String,
                           write: fn(&mut LevelText, String)| {
            let id = format!("form-{name}-{part}");
            view! {
                <Field name=id label=part_label>
                    <NumberInput name=format!("{name}-{part}") value=value(read) min=0
                        max=i64::from(limits::CAPACITY_MAX) step="1"
                        on_input=move |text| editor.fill(|form| write(level(form), text))/>
                </Field>
            }
        };
        let state = move || {
            let id = format!("form-{name}-state");
            let choices = [Power::Running, Power::Stopped]
                .map(|state| Choice::new(state.as_str(), power(lang, state)));
            view! {
                <Field name=id label=t::state(lang)>
                    <Select name=format!("{name}-state") choices=choices.to_vec() value=value(|l| l.state.clone())
                        on_change=move |text| editor.fill(|form| level(form).state = text)/>
                </Field>
            }
        };
        let numbers = move || {
            view! {
                <div class="form-row schedule-level">
                    {number("min", t::min(lang), |l| l.min.clone(), |l, text| l.min = text)}
                    {move || (!is_service.get()).then(|| number(
                        "desired", t::desired(lang), |l| l.desired.clone(), |l, text| l.desired = text,
                    ))}
                    {number("max", t::max(lang), |l| l.max.clone(), |l, text| l.max = text)}
                </div>
            }
        };
        view! {
            <div role="group" aria-label=label class="stack-tight">
                <p class="field-label">{label}</p>
                {move || match is_switched.get() {
                    true => state().into_any(),
                    false => numbers().into_any(),
                }}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="form">
            <div class="form-row">
                {text("name", common::name(lang), Some(t::name_hint(lang)), |f| f.name.clone(), |f, text| f.name = text)}
                {text("timezone", t::timezone(lang), Some(t::timezone_hint(lang)), |f| f.timezone.clone(), |f, text| f.timezone = text)}
            </div>
            <Targets editor targets/>
            {level("base", t::base(lang), |form| &mut form.base)}
            <Weekdays editor/>
            <div class="form-row">
                {text("from", t::from(lang), Some(t::clock_hint(lang)), |f| f.from.clone(), |f, text| f.from = text)}
                {text("to", t::to(lang), Some(t::to_hint(lang)), |f| f.to.clone(), |f, text| f.to = text)}
            </div>
            {level("inside", t::inside(lang), |form| &mut form.inside)}
            {text("without", t::without(lang), Some(t::without_hint(lang)), |f| f.without.clone(), |f, text| f.without = text)}
            <Calendar editor calendars/>
            <div role="alert">
                {move || editor.form_error.get().map(|text| view! { <Callout tone=Tone::Alarm>{text}</Callout> })}
            </div>
        </div>
    }
    .into_any()
}

/// The calendar whose days are without the window; nothing where there is none.
#[component]
fn Calendar(editor: Editor, mut calendars: Vec<String>) -> impl IntoView {
    let lang = use_viewing().lang;
    let own = of(editor, |form| form.calendar.clone());
    let named = own.get_untracked();
    if !named.is_empty() && !calendars.contains(&named) {
        calendars.push(named);
    }
    if calendars.is_empty() {
        return ().into_any();
    }
    let mut choices = vec![Choice::new("", calendar::none(lang))];
    choices.extend(calendars.iter().map(|name| Choice::new(name, name)));
    view! {
        <Field name="calendar" id="form-calendar" label=calendar::without(lang) hint=calendar::without_hint(lang)>
            <Select name="calendar" choices value=own
                on_change=move |text| editor.fill(|form| form.calendar = text)/>
        </Field>
    }
    .into_any()
}

#[component]
fn Targets(editor: Editor, mut targets: Vec<Offered>) -> impl IntoView {
    let lang = use_viewing().lang;
    // Those that are chosen are seen without scrolling.
    let chosen = editor
        .form
        .with_untracked(|form| form.as_ref().map(|form| form.targets.clone()));
    let chosen = chosen.unwrap_or_default();
    targets.sort_by_key(|target| {
        let is_own = |(kind, name): &(String, String)| *kind == target.kind && *name == target.name;
        !chosen.iter().any(is_own)
    });
    let boxes = targets.into_iter().map(move |target| {
        let own = (target.kind.clone(), target.name.clone());
        let hint = target.environment.to_string();
        let checked = {
            let own = own.clone();
            Signal::derive(move || {
                let has = |form: &Simple| form.targets.contains(&own);
                editor.form.with(|form| form.as_ref().is_some_and(has))
            })
        };
        let change = move |on| {
            let own = own.clone();
            editor.fill(move |form| {
                form.targets.retain(|target| *target != own);
                if on {
                    form.targets.push(own);
                }
            });
        };
        view! { <Checkbox name="target" value=target.name.clone() label=target.name hint checked on_change=change/> }
    });
    view! { <CheckboxGroup label=t::targets(lang)>{boxes.collect_view()}</CheckboxGroup> }
        .into_any()
}

#[component]
fn Weekdays(editor: Editor) -> impl IntoView {
    let lang = use_viewing().lang;
    let boxes = (0..7_usize).zip(0_i8..).map(move |(place, weekday)| {
        let checked = Signal::derive(move || {
            let on = |form: &Simple| form.days.get(place).copied().unwrap_or_default();
            editor.form.with(|form| form.as_ref().is_some_and(on))
        });
        let change = move |on| {
            editor.fill(|form| {
                if let Some(day) = form.days.get_mut(place) {
                    *day = on;
                }
            });
        };
        let word = weekday_word(lang, weekday);
        view! { <Checkbox name="day" value=word label=word checked on_change=change/> }
    });
    view! { <CheckboxGroup label=t::days(lang) inline=true>{boxes.collect_view()}</CheckboxGroup> }
        .into_any()
}
