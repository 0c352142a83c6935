//! What an advice would have changed in a schedule.

use crate::schedules::{
    DayTime, LevelChange, NameError, Schedule, ScheduleDraft, ScheduleError, Weekdays, WindowDraft,
    WindowName,
};
use serde::{Deserialize, Serialize};

/// What a window is called that lowers what is not used.
const QUIET: &str = "quiet";

/// A change of a schedule that an advice is about. Written as JSON it travels in an
/// address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// A window starts at another time.
    Start {
        /// Which.
        window: WindowName,
        /// When.
        at: DayTime,
    },
    /// A window ends at another time.
    End {
        /// Which.
        window: WindowName,
        /// When.
        at: DayTime,
    },
    /// A new window, before all others, in which less is wanted.
    Quiet {
        /// Its days; every day when there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<Weekdays>,
        /// From.
        from: DayTime,
        /// To.
        to: DayTime,
        /// How much is enough.
        capacity: LevelChange,
    },
}

/// Why a schedule cannot be edited so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The window is gone.
    #[error("there is no window `{0}`")]
    NoWindow(WindowName),
    /// No name is left for the new window.
    #[error(transparent)]
    Name(#[from] NameError),
    /// What comes out is no schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
}

impl Edit {
    /// The schedule after it.
    ///
    /// # Errors
    /// [`EditError`].
    pub fn of(&self, schedule: &Schedule) -> Result<Schedule, EditError> {
        let mut draft = schedule.draft().clone();
        match self {
            Self::Start { window, at } => find(&mut draft, window)?.from = *at,
            Self::End { window, at } => find(&mut draft, window)?.to = *at,
            Self::Quiet {
                days,
                from,
                to,
                capacity,
            } => {
                let name = free_name(&draft)?;
                draft.windows.push(WindowDraft {
                    name,
                    days: days.clone(),
                    monthdays: None,
                    months: None,
                    dates: None,
                    from: *from,
                    to: *to,
                    timezone: None,
                    capacity: *capacity,
                });
            }
        }
        Ok(Schedule::try_from(draft)?)
    }
}

fn find<'a>(
    draft: &'a mut ScheduleDraft,
    name: &WindowName,
) -> Result<&'a mut WindowDraft, EditError> {
    let found = draft.windows.iter_mut().find(|window| window.name == *name);
    found.ok_or_else(|| EditError::NoWindow(name.clone()))
}

/// `quiet`, or the first of `quiet-2`, `quiet-3` … that no window has yet.
fn free_name(draft: &ScheduleDraft) -> Result<WindowName, NameError> {
    let mut name = QUIET.to_owned();
    let taken = |name: &str| {
        draft
            .windows
            .iter()
            .any(|window| window.name.as_str() == name)
    };
    for number in 2.. {
        if !taken(&name) {
            break;
        }
        name = format!("{QUIET}-{number}");
    }
    WindowName::new(&name)
}
