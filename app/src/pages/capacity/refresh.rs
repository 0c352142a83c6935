//! Replacing the instances of a group: a question with its fields, and a proposal.

use crate::{
    pages::changes::{ProposeDialog, ProposeWords, Wrong},
    shared::Sending,
    texts::refreshes as t,
    viewer::use_viewing,
};
use api::capacity::TargetDetail;
use domain::{
    changes::Change,
    i18n::{Lang, refreshes::refused},
    limits,
    refreshes::{Pace, PaceField},
};
use kit::{Button, ButtonVariant, Checkbox, Field, Input, NumberInput};
use leptos::prelude::*;

const SECONDS_A_MINUTE: u32 = 60;

/// The fields as text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PaceText {
    min_healthy: String,
    max_healthy: String,
    warm_up: String,
    checkpoints: String,
    pause: String,
    skip_matching: bool,
}

impl Default for PaceText {
    fn default() -> Self {
        Self {
            min_healthy: Pace::default().min_healthy_percent.to_string(),
            max_healthy: String::new(),
            warm_up: String::new(),
            checkpoints: String::new(),
            pause: String::new(),
            skip_matching: false,
        }
    }
}

impl PaceText {
    fn read(&self, lang: Lang) -> Result<Pace, Wrong> {
        let mut wrong = Vec::new();
        let mut number = |field, text: &str| {
            let read = text.trim().parse::<u32>();
            if read.is_err() {
                wrong.push((field, t::whole_number(lang).to_owned()));
            }
            read.ok()
        };
        let mut filled = |field, text: &str| match text.trim().is_empty() {
            true => None,
            false => number(field, text),
        };
        let max_healthy_percent = filled("max_healthy", &self.max_healthy);
        let warm_up_s = filled("warm_up", &self.warm_up);
        let pause = filled("pause", &self.pause);
        let min_healthy_percent = number("min_healthy", &self.min_healthy).unwrap_or_default();
        let parts = self.checkpoints.split(',').map(str::trim);
        let parts = parts.filter(|part| !part.is_empty());
        let checkpoints: Result<Vec<u32>, _> = parts.map(str::parse).collect();
        if checkpoints.is_err() {
            wrong.push(("checkpoints", t::percents(lang).to_owned()));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let pace = Pace {
            min_healthy_percent,
            max_healthy_percent,
            warm_up_s,
            skip_matching: self.skip_matching,
            checkpoints: checkpoints.unwrap_or_default(),
            checkpoint_pause_s: pause.map(|pause| pause.saturating_mul(SECONDS_A_MINUTE)),
        };
        match pace.refused_field() {
            None => Ok(pace),
            Some(field) => Err(vec![(name_of(field), refused(lang, field).to_owned())]),
        }
    }
}

const fn name_of(field: PaceField) -> &'static str {
    match field {
        PaceField::MinHealthy => "min_healthy",
        PaceField::MaxHealthy => "max_healthy",
        PaceField::WarmUp => "warm_up",
        PaceField::Checkpoints => "checkpoints",
        PaceField::CheckpointPause => "pause",
    }
}

/// The button, and the question behind it.
#[component]
pub(super) fn RefreshButton(value: RwSignal<TargetDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let asked = RwSignal::new(0_u32);
    let refused = Signal::derive(move || value.with(|detail| detail.propose_refused.clone()));
    let ask = move |_| asked.update(|times| *times += 1);
    view! {
        <Button disabled_reason=refused on:click=ask>{t::refresh(lang)}</Button>
        // Made for each question: it begins with what AWS does when nobody says otherwise.
        {move || (asked.get() > 0).then(|| view! { <Ask value/> })}
    }
}

/// Asks how fast and why, and proposes.
#[component]
fn Ask(value: RwSignal<TargetDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let (id, name) =
        value.with_untracked(|detail| (detail.id, detail.target.reference.name.clone()));
    let form = RwSignal::new(PaceText::default());
    let sending = Sending::new();
    let words = ProposeWords {
        title: t::title(lang, &name),
        text: t::text(lang).into(),
        label: t::propose(lang),
        variant: ButtonVariant::Danger,
        reason_missing: t::reason_missing(lang),
        reason_name: "refresh-reason",
    };
    let make = move |reason| {
        let pace = form.get_untracked().read(lang)?;
        Ok(Change::RefreshInstances {
            target: id,
            pace,
            reason,
        })
    };
    let of = move |read: fn(&PaceText) -> String| Signal::derive(move || form.with(read));
    let error = move |field| sending.error_of(field);
    let open = RwSignal::new(true);
    view! {
        <ProposeDialog open words sending make checked=true>
            <Field name="min_healthy" label=t::min_healthy(lang) hint=t::min_healthy_hint(lang) error=error("min_healthy")>
                <NumberInput name="min_healthy" min=0 max=100 unit="%" value=of(|f| f.min_healthy.clone())
                    on_input=move |text| form.update(|f| f.min_healthy = text)/>
            </Field>
            <Field name="max_healthy" label=t::max_healthy(lang) hint=t::max_healthy_hint(lang) error=error("max_healthy")>
                <NumberInput name="max_healthy" min=100 max=200 unit="%" value=of(|f| f.max_healthy.clone())
                    on_input=move |text| form.update(|f| f.max_healthy = text)/>
            </Field>
            <Field name="warm_up" label=t::warm_up(lang) hint=t::warm_up_hint(lang) error=error("warm_up")>
                <NumberInput name="warm_up" min=0 max=i64::from(limits::WARM_UP_S_MAX) unit=t::seconds(lang)
                    value=of(|f| f.warm_up.clone()) on_input=move |text| form.update(|f| f.warm_up = text)/>
            </Field>
            <Field name="checkpoints" label=t::checkpoints(lang) hint=t::checkpoints_hint(lang) error=error("checkpoints")>
                <Input name="checkpoints" value=of(|f| f.checkpoints.clone()) autocomplete="off"
                    on_input=move |text| form.update(|f| f.checkpoints = text)/>
            </Field>
            <Field name="pause" label=t::pause(lang) hint=t::pause_hint(lang) error=error("pause")>
                <NumberInput name="pause" min=0 unit=t::minutes(lang) value=of(|f| f.pause.clone())
                    on_input=move |text| form.update(|f| f.pause = text)/>
            </Field>
            <Checkbox name="skip_matching" label=t::skip(lang) hint=t::skip_hint(lang)
                checked=Signal::derive(move || form.with(|f| f.skip_matching))
                on_change=move |skip| form.update(|f| f.skip_matching = skip)/>
        </ProposeDialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_as_the_group_has_it_and_what_is_wrong_is_at_its_field() {
        let read = PaceText::default().read(Lang::En);
        assert_eq!(read, Ok(Pace::default()));
        let full = PaceText {
            max_healthy: "110".into(),
            checkpoints: "20, 50,100".into(),
            pause: "5".into(),
            ..PaceText::default()
        };
        let pace = full.read(Lang::En).expect("a pace");
        assert_eq!(pace.checkpoints, [20, 50, 100]);
        assert_eq!(pace.checkpoint_pause_s, Some(300));
        for (wrong, field) in [
            (
                PaceText {
                    max_healthy: "99".into(),
                    ..full.clone()
                },
                "max_healthy",
            ),
            (
                PaceText {
                    checkpoints: "50, half".into(),
                    ..full.clone()
                },
                "checkpoints",
            ),
            (
                PaceText {
                    min_healthy: String::new(),
                    ..full
                },
                "min_healthy",
            ),
        ] {
            let errors = wrong.read(Lang::En).expect_err("refused");
            let fields: Vec<_> = errors.iter().map(|(field, _)| *field).collect();
            assert_eq!(fields, [field]);
        }
    }
}
