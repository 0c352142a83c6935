//! Setting how a group buys its instances: a question with its fields, and a proposal.

use crate::{
    live::use_live,
    pages::changes::{ProposeDialog, ProposeWords, Wrong},
    paths,
    shared::{Moment, Sending, page_query},
    texts::mixes as t,
    viewer::use_viewing,
};
use api::capacity::TargetDetail;
use domain::{
    capacity::SpotMix,
    changes::Change,
    i18n::Lang,
    limits,
    mixes::{Mix, SpotStrategy},
    refreshes::Pace,
    schedules::SpotShare,
};
use kit::{Button, ButtonVariant, Callout, Checkbox, Choice, Field, NumberInput, Select, Tone};
use leptos::prelude::*;

/// The fields as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MixText {
    base: String,
    percent: String,
    /// Empty leaves it as it is.
    strategy: String,
    /// What runs is replaced afterwards.
    refresh: bool,
}

impl MixText {
    fn of(mix: SpotMix) -> Self {
        Self {
            base: mix.on_demand_base.to_string(),
            percent: mix.on_demand_percent.to_string(),
            strategy: String::new(),
            refresh: false,
        }
    }

    /// Nothing is bought as spot from then on.
    fn on_demand(mix: SpotMix) -> Self {
        Self {
            percent: "100".into(),
            ..Self::of(mix)
        }
    }

    fn read(&self, lang: Lang) -> Result<Mix, Wrong> {
        let mut wrong = Vec::new();
        let mut number = |field, text: &str, most| match text.trim().parse::<u32>() {
            Ok(number) if number <= most => number,
            _ => {
                wrong.push((field, t::whole_number(lang, most)));
                0
            }
        };
        let share = SpotShare {
            on_demand_base: number("base", &self.base, limits::CAPACITY_MAX),
            on_demand_percent: number("percent", &self.percent, 100),
        };
        let mix = Mix {
            share,
            strategy: SpotStrategy::parse(&self.strategy),
        };
        if wrong.is_empty() {
            Ok(mix)
        } else {
            Err(wrong)
        }
    }
}

/// The question, with the fields that it begins with.
#[derive(Clone, Copy)]
pub(super) struct Asked(RwSignal<Option<MixText>>);

impl Asked {
    /// None yet; or to buy on demand, where the address asks that.
    pub fn new(value: RwSignal<TargetDetail>) -> Self {
        let asked = Self(RwSignal::new(None));
        let buys_on_demand = page_query(paths::buys_on_demand);
        Effect::new(move |_| {
            let may = value.with_untracked(|detail| detail.propose_refused.is_none());
            if buys_on_demand.get() && may {
                asked.begin(value, MixText::on_demand);
            }
        });
        asked
    }

    fn begin(self, value: RwSignal<TargetDetail>, from: fn(SpotMix) -> MixText) {
        let mix = value.with_untracked(|detail| detail.target.mix);
        self.0.set(mix.map(from));
    }
}

/// The button, and the question behind it.
#[component]
pub(super) fn MixButton(value: RwSignal<TargetDetail>, asked: Asked) -> impl IntoView {
    let lang = use_viewing().lang;
    let refused = Signal::derive(move || {
        value.with(|detail| {
            let refused = detail.propose_refused.clone();
            refused.or_else(|| {
                detail
                    .target
                    .mix
                    .is_none()
                    .then(|| t::no_policy(lang).to_owned())
            })
        })
    });
    let ask = move |_| asked.begin(value, MixText::of);
    view! {
        <Button disabled_reason=refused on:click=ask>{t::set(lang)}</Button>
        // Made for each question: it begins with what is there.
        {move || asked.0.get().map(|first| view! { <Ask value first/> })}
    }
}

/// Spot capacity that people have waited for long enough, and the way out.
#[component]
pub(super) fn Short(value: RwSignal<TargetDetail>, asked: Asked) -> impl IntoView {
    let lang = use_viewing().lang;
    let now = use_live().now;
    let refused = MaybeProp::derive(move || value.with(|detail| detail.propose_refused.clone()));
    let short = Memo::new(move |_| {
        let short = value.with(|detail| detail.shortfall);
        short.filter(|short| short.is_told(now.get()))
    });
    move || {
        short.get().map(|short| view! {
            <Callout tone=Tone::Warning title=t::short(lang)>
                <p>{t::short_text(lang, short.missing)}</p>
                <p class="muted">{t::short_since(lang)} " " <Moment at=short.since/></p>
                <div class="actions">
                    <Button disabled_reason=refused on:click=move |_| asked.begin(value, MixText::on_demand)>
                        {t::on_demand(lang)}
                    </Button>
                </div>
            </Callout>
        })
    }
}

/// Asks how and why, and proposes.
#[component]
fn Ask(value: RwSignal<TargetDetail>, first: MixText) -> impl IntoView {
    let lang = use_viewing().lang;
    let (id, name) =
        value.with_untracked(|detail| (detail.id, detail.target.reference.name.clone()));
    let form = RwSignal::new(first);
    let sending = Sending::new();
    let words = ProposeWords {
        title: t::title(lang, &name),
        text: t::text(lang).into(),
        label: t::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::reason_missing(lang),
        reason_name: "mix-reason",
    };
    let make = move |reason| {
        let written = form.get_untracked();
        Ok(Change::SetMix {
            target: id,
            mix: written.read(lang)?,
            refresh: written.refresh.then(Pace::default),
            reason,
        })
    };
    let of = move |read: fn(&MixText) -> String| Signal::derive(move || form.with(read));
    let mut choices = vec![Choice::new("", t::unchanged(lang))];
    choices.extend(SpotStrategy::ALL.map(|one| Choice::new(one.as_str(), one.as_str())));
    let open = RwSignal::new(true);
    view! {
        <ProposeDialog open words sending make checked=true>
            <Field name="base" label=t::base(lang) hint=t::base_hint(lang) error=sending.error_of("base")>
                <NumberInput name="base" min=0 max=i64::from(limits::CAPACITY_MAX) value=of(|f| f.base.clone())
                    on_input=move |text| form.update(|f| f.base = text)/>
            </Field>
            <Field name="percent" label=t::percent(lang) hint=t::percent_hint(lang) error=sending.error_of("percent")>
                <NumberInput name="percent" min=0 max=100 unit="%" value=of(|f| f.percent.clone())
                    on_input=move |text| form.update(|f| f.percent = text)/>
            </Field>
            <Field name="strategy" label=t::strategy(lang) hint=t::strategy_hint(lang)>
                <Select name="strategy" choices value=of(|f| f.strategy.clone())
                    on_change=move |text| form.update(|f| f.strategy = text)/>
            </Field>
            <Checkbox name="refresh" label=t::refresh(lang) hint=t::refresh_hint(lang)
                checked=Signal::derive(move || form.with(|f| f.refresh))
                on_change=move |refresh| form.update(|f| f.refresh = refresh)/>
        </ProposeDialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let written = |base: &str, percent: &str| MixText {
            base: base.into(),
            percent: percent.into(),
            strategy: String::new(),
            refresh: false,
        };
        let read = written("1", "25").read(Lang::En).expect("a mix");
        let share = SpotShare {
            on_demand_base: 1,
            on_demand_percent: 25,
        };
        assert_eq!(read, Mix::from(share));
        let wrong = written("-1", "101").read(Lang::En).expect_err("two errors");
        let fields: Vec<_> = wrong.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["base", "percent"]);
    }
}
