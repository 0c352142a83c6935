//! Things in order: what happened (timeline), what happens (stepper).

use crate::{Tone, ToneMark};
use leptos::prelude::*;

/// What happened, newest or oldest first. Its children are [`TimelineItem`]s.
#[component]
pub fn Timeline(
    /// What it tells.
    #[prop(into)]
    label: String,
    /// The items.
    children: Children,
) -> impl IntoView {
    view! { <ol class="timeline" aria-label=label>{children()}</ol> }
}

/// One thing that happened.
#[component]
pub fn TimelineItem(
    /// How good it was.
    #[prop(optional)]
    tone: Tone,
    /// What happened.
    #[prop(into)]
    title: String,
    /// When, usually a `Time`.
    #[prop(optional, into)]
    when: Option<ViewFnOnce>,
    /// Who did it.
    #[prop(optional, into)]
    who: Option<String>,
    /// More about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class="timeline-item" data-tone=tone.as_str()>
            <span class="timeline-mark"><ToneMark tone/></span>
            <div class="timeline-body">
                <p class="timeline-head">
                    <span class="timeline-title">{title}</span>
                    {who.map(|who| view! { <span class="timeline-who">{who}</span> })}
                    {when.map(|when| view! { <span class="timeline-when">{when.run()}</span> })}
                </p>
                {children.map(|children| view! { <div class="timeline-text">{children()}</div> })}
            </div>
        </li>
    }
}

/// Where a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    /// Not begun.
    #[default]
    Waiting,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Went wrong.
    Failed,
    /// Left out.
    Skipped,
}

impl StepState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Waiting => Tone::Neutral,
            Self::Running => Tone::Info,
            Self::Done => Tone::Ok,
            Self::Failed => Tone::Alarm,
            Self::Skipped => Tone::Unknown,
        }
    }
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub label: String,
    /// Where it is.
    pub state: StepState,
    /// The state in words.
    pub state_label: String,
    /// When, who, or why.
    pub note: Option<String>,
}

/// Steps of one piece of work, with the state of each.
#[component]
pub fn Stepper(
    /// What work.
    #[prop(into)]
    label: String,
    /// The steps in order.
    #[prop(into)]
    steps: Signal<Vec<Step>>,
    /// Side by side instead of below each other, where there is room.
    #[prop(optional)]
    horizontal: bool,
) -> impl IntoView {
    view! {
        <ol class="stepper" aria-label=label data-horizontal=horizontal.then_some("true")>
            {move || steps.get().into_iter().map(|step| {
                let current = (step.state == StepState::Running).then_some("step");
                view! {
                    <li class="step" data-state=step.state.as_str() aria-current=current>
                        <span class="step-mark"><ToneMark tone=step.state.tone()/></span>
                        <span class="step-body">
                            <span class="step-label">{step.label}</span>
                            <span class="step-state">{step.state_label}</span>
                            {step.note.map(|note| view! { <span class="step-note">{note}</span> })}
                        </span>
                    </li>
                }
            }).collect_view()}
        </ol>
    }
}
