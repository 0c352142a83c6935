//! What is kept about how a change request ended, to be told in any language.

use crate::{cx::Cx, health::KeptFault, texts};
use domain::{
    checks::Finding,
    i18n::changes::{difference, explain},
    plan::Difference,
};
use serde::{Deserialize, Serialize};

/// One remark about the end of a change request. Steps are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

    /// For people.
    pub fn told(&self, cx: &Cx) -> String {
        let lang = cx.lang;
        match self {
            Self::Differs { difference: found } => difference(lang, found),
            Self::Unread { fault } => texts::unread(lang, &fault.told(cx)),
            Self::Blocked { finding } => explain(lang, &cx.zone, finding).what,
            Self::TargetGone => texts::target_missing(lang).into(),
            Self::EventOver => texts::event_over(lang).into(),
            Self::StepFailed { step, fault } => texts::step_failed(lang, *step, &fault.told(cx)),
            Self::Undone { step } => texts::undone(lang, *step),
            Self::UndoFailed { step, fault } => texts::undo_failed(lang, *step, &fault.told(cx)),
            Self::NoUndo { step } => texts::no_undo(lang, *step),
        }
    }
}

/// Kept remarks for people; a text of an unknown form is shown as it is.
pub(crate) fn told(cx: &Cx, kept: &[String]) -> Vec<String> {
    let tell = |text: &String| {
        let remark = serde_json::from_str::<Remark>(text);
        remark.map_or_else(|_| text.clone(), |remark| remark.told(cx))
    };
    kept.iter().map(tell).collect()
}
