//! What is kept about how a change request ended, to be told in any language.

use super::sight::NoSubject;
use crate::{cx::Cx, health::KeptFault, texts};
use domain::{
    changes::planned_until,
    checks::Finding,
    estate::Environment,
    i18n::changes::{difference, explain},
    plan::Difference,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// One remark about the end of a change request. Steps are counted from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "remark", rename_all = "snake_case")]
pub(crate) enum Remark {
    /// AWS shows something else than predicted.
    Differs {
        /// What.
        difference: Difference,
    },
    /// AWS could not be read back.
    Unread {
        /// Why.
        fault: KeptFault,
        /// It was tried in vain from then on; none when it was tried once.
        #[serde(default)]
        since: Option<Timestamp>,
    },
    /// An instance refresh goes on.
    Refreshing {
        /// Percent that are replaced.
        percent: u32,
        /// How many are left.
        left: u32,
        /// When AWS told so.
        seen_at: Timestamp,
    },
    /// A check forbade it before anything was done.
    Blocked {
        /// What was found.
        finding: Finding,
    },
    /// The target was gone before anything was done.
    TargetGone,
    /// The event to be ended had ended.
    EventOver,
    /// The schedule stood no more.
    ScheduleGone,
    /// The time of the override was over before it had begun.
    OverridePast,
    /// The override to be ended was over, or had been ended.
    OverrideGone,
    /// The override did not fit the schedule any more.
    OverrideMisfit,
    /// The time for which it was planned was over.
    NotInTime {
        /// When it was to be carried out.
        planned_for: Timestamp,
        /// Enough people had approved it.
        approved: bool,
    },
    /// A step could not be done.
    StepFailed {
        /// Which.
        step: usize,
        /// Why.
        fault: KeptFault,
    },
    /// A step was undone.
    Undone {
        /// Which.
        step: usize,
    },
    /// A step could not be undone.
    UndoFailed {
        /// Which.
        step: usize,
        /// Why.
        fault: KeptFault,
    },
    /// A step has no way back and stays.
    NoUndo {
        /// Which.
        step: usize,
    },
}

impl Remark {
    /// As one text for the database.
    pub fn to_json(&self) -> String {
        // A tree of plain enums and texts always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Why nothing was there to be changed.
    pub const fn without_subject(why: &NoSubject) -> Self {
        match why {
            NoSubject::NotThere | NoSubject::NoSchedule | NoSubject::NoTarget => Self::ScheduleGone,
            NoSubject::OverridePast => Self::OverridePast,
            NoSubject::OverrideGone => Self::OverrideGone,
            NoSubject::OverrideMisfit(_) => Self::OverrideMisfit,
        }
    }

    /// A difference, as a remark.
    pub fn of(difference: &Difference) -> Self {
        Self::Differs {
            difference: difference.clone(),
        }
    }

    /// Whether a kept remark says that AWS could not be read back.
    pub fn is_unread(kept: &str) -> bool {
        matches!(serde_json::from_str(kept), Ok(Self::Unread { .. }))
    }

    /// When a refresh that goes on was last seen, if a kept remark says so.
    pub fn seen_at(kept: &str) -> Option<Timestamp> {
        match serde_json::from_str(kept) {
            Ok(Self::Refreshing { seen_at, .. }) => Some(seen_at),
            _ => None,
        }
    }

    /// For people.
    fn told(&self, cx: &Cx, environment: &Environment) -> String {
        let lang = cx.lang;
        let fault_told = |fault: &KeptFault| fault.told_within(cx, environment);
        match self {
            Self::Differs { difference: found } => difference(lang, found),
            Self::Unread { fault, since: None } => texts::unread(lang, &fault_told(fault)),
            Self::Unread {
                fault,
                since: Some(since),
            } => texts::unread_since(lang, &cx.zone.minute_text(*since), &fault_told(fault)),
            Self::Refreshing { percent, left, .. } => texts::refreshing(lang, *percent, *left),
            Self::Blocked { finding } => explain(lang, &cx.zone, finding).what,
            Self::TargetGone => texts::target_missing(lang).into(),
            Self::EventOver => texts::event_over(lang).into(),
            Self::ScheduleGone => texts::no_schedule(lang).into(),
            Self::OverridePast => texts::override_past(lang).into(),
            Self::OverrideGone => texts::override_gone(lang).into(),
            Self::OverrideMisfit => texts::override_misfit(lang).into(),
            Self::NotInTime {
                planned_for,
                approved,
            } => {
                let at = cx.zone.minute_text(*planned_for);
                let until = cx.zone.minute_text(planned_until(*planned_for));
                match approved {
                    true => texts::not_begun_in_time(lang, &at, &until),
                    false => texts::not_approved_in_time(lang, &at, &until),
                }
            }
            Self::StepFailed { step, fault } => texts::step_failed(lang, *step, &fault_told(fault)),
            Self::Undone { step } => texts::undone(lang, *step),
            Self::UndoFailed { step, fault } => texts::undo_failed(lang, *step, &fault_told(fault)),
            Self::NoUndo { step } => texts::no_undo(lang, *step),
        }
    }
}

/// Kept remarks for people; a text of an unknown form is shown as it is.
pub(crate) fn told(cx: &Cx, environment: &Environment, kept: &[String]) -> Vec<String> {
    let tell = |text: &String| {
        let remark = serde_json::from_str::<Remark>(text);
        remark.map_or_else(|_| text.clone(), |remark| remark.told(cx, environment))
    };
    kept.iter().map(tell).collect()
}
