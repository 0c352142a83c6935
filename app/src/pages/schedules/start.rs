//! What the editor of a schedule starts from: an example, what stands, what is
//! proposed, or what others have scheduled.

use super::{
    rpc::{adopt_actions, read_schedule, show_schedule},
    simple::{EXAMPLE, example},
};
use crate::{
    pages::{
        capacity::list_targets,
        changes::{list_calendars, show_change},
    },
    rpc::UiError,
    texts::{events, fit, schedules as t},
};
use api::{
    ApiError, ErrorCode, PageQuery,
    capacity::{TargetQuery, TargetRow},
    schedules::ScheduleReading,
};
use domain::{
    capacity::Capacity,
    changes::Change,
    estate::{Environment, Scope},
    fit::Edit,
    i18n::Lang,
    ids::{ChangeId, TargetId},
    limits,
    schedules::TargetKind,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A target that a schedule can be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Offered {
    /// Its kind's word in the file.
    pub kind: String,
    pub name: String,
    pub environment: Environment,
    pub scope: Scope,
    /// What it has now.
    pub capacity: Capacity,
}

impl Offered {
    fn of(row: &TargetRow) -> Self {
        Self {
            kind: TargetKind::from(row.reference.kind).as_str().into(),
            name: row.reference.name.clone(),
            environment: row.environment.clone(),
            scope: row.reference.scope.clone(),
            capacity: row.capacity,
        }
    }
}

/// What the editor starts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Start {
    pub reading: ScheduleReading,
    pub targets: Vec<Offered>,
    /// Names of calendars that are followed.
    pub calendars: Vec<String>,
    /// Where the schedule is, if it is somewhere already.
    pub scope: Option<Scope>,
    /// The schedule that stands and is edited.
    pub stands: Option<String>,
    /// The proposal that is edited, and the content that the editor saw.
    pub proposal: Option<(ChangeId, String)>,
    /// Names of scheduled actions that it takes the place of.
    pub takes_over: Vec<String>,
    /// When the proposal is carried out, if it waits for a time.
    pub planned_for: Option<Timestamp>,
    /// Why it is asked for, as far as that was said.
    pub reason: String,
    /// What to know about where it comes from.
    pub remark: Option<String>,
    /// Why the viewer may not.
    pub refused: Option<String>,
}

async fn offered_calendars() -> Result<Vec<String>, UiError> {
    let rows = list_calendars().await?.into_iter();
    Ok(rows.map(|row| row.name).collect())
}

async fn offered_targets() -> Result<Vec<TargetRow>, UiError> {
    let page = PageQuery {
        offset: 0,
        limit: limits::PAGE_ROWS_MAX,
    };
    let query = TargetQuery {
        page,
        ..TargetQuery::default()
    };
    Ok(list_targets(query).await?.rows)
}

/// What the scheduled actions of a target do already, or an example for it, or for
/// the first of the estate.
pub(super) async fn start_new(
    target: Option<TargetId>,
    lang: Lang,
    zone: String,
    refused: Option<String>,
) -> Result<Start, UiError> {
    let (rows, calendars) = (offered_targets().await?, offered_calendars().await?);
    let row = rows.iter().find(|row| Some(row.id) == target);
    let mut remark = None;
    if let Some(row) = row.filter(|row| row.actions > 0 && refused.is_none()) {
        let adoption = adopt_actions(row.id).await?;
        if adoption.refused.is_none() {
            return Ok(Start {
                reading: adoption.reading,
                targets: rows.iter().map(Offered::of).collect(),
                calendars,
                scope: Some(adoption.scope),
                stands: None,
                proposal: None,
                takes_over: adoption.takes_over,
                planned_for: None,
                reason: String::new(),
                remark: Some(t::adopted(lang).into()),
                refused,
            });
        }
        remark = adoption.refused.map(|why| t::not_adopted(lang, &why));
    }
    let first = row.or(rows.first()).map(Offered::of);
    let text = match &first {
        Some(first) => example(&first.kind, &first.name, first.capacity, &zone),
        // Nothing is known of the estate yet: the text still teaches.
        None => example("asg", "web-dev", EXAMPLE, &zone),
    };
    Ok(Start {
        reading: read_schedule(text.to_string()).await?,
        targets: rows.iter().map(Offered::of).collect(),
        calendars,
        scope: first.map(|first| first.scope),
        stands: None,
        proposal: None,
        takes_over: Vec::new(),
        planned_for: None,
        reason: String::new(),
        remark,
        refused,
    })
}

/// A schedule that stands, edited as an advice has it if there is one.
pub(super) async fn start_edit(
    name: String,
    so: Option<Edit>,
    lang: Lang,
) -> Result<Start, UiError> {
    let detail = show_schedule(name).await?;
    let (rows, calendars) = (offered_targets().await?, offered_calendars().await?);
    let schedule = detail.reading.schedule.as_ref();
    let edited = so
        .as_ref()
        .zip(schedule)
        .map(|(edit, schedule)| edit.of(schedule));
    let (reading, remark) = match edited {
        // Its calendars may name other days by now.
        None => (read_schedule(detail.reading.text).await?, None),
        Some(Err(_)) => (detail.reading, Some(fit::not_drafted(lang))),
        Some(Ok(edited)) => {
            // A tree of plain texts and numbers always serialises.
            let text = serde_json::to_string(&edited).unwrap_or_default();
            (read_schedule(text).await?, Some(fit::drafted(lang)))
        }
    };
    Ok(Start {
        reading,
        targets: rows.iter().map(Offered::of).collect(),
        calendars,
        scope: Some(detail.row.scope),
        stands: Some(detail.row.name),
        proposal: None,
        takes_over: Vec::new(),
        planned_for: None,
        reason: String::new(),
        remark: remark.map(str::to_owned),
        refused: detail.propose_refused,
    })
}

pub(super) async fn start_proposal(id: ChangeId, lang: Lang) -> Result<Start, UiError> {
    let detail = show_change(id).await?;
    let Change::ApplySchedule {
        scope,
        schedule,
        takes_over,
        reason,
    } = detail.row.change
    else {
        return Err(ApiError::new(ErrorCode::NotFound, "").into());
    };
    let (rows, calendars) = (offered_targets().await?, offered_calendars().await?);
    // A tree of plain texts and numbers always serialises.
    let text = serde_json::to_string(&schedule).unwrap_or_default();
    Ok(Start {
        reading: read_schedule(text).await?,
        targets: rows.iter().map(Offered::of).collect(),
        calendars,
        scope: Some(scope),
        stands: None,
        proposal: Some((id, detail.hash)),
        takes_over,
        planned_for: detail.row.planned_for,
        reason,
        remark: Some(events::edit_warning(lang).into()),
        refused: detail.edit_refused,
    })
}
