//! What votes are cast on and measured against: the papers of a ballot, the
//! freezes over it, and the revision that voids it.

use super::{ballot_hash, edit::not_open, news};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::{Failure, Outcome},
    texts,
};
use api::{ApiError, ErrorCode};
use domain::{
    approvals::{Approval, Ballot, Outcome as Tally, Vote, VoteRefusal},
    audit::AuditEntry,
    changes::{Change, ChangeState, Move},
    checks::{Finding, frozen},
    emergencies::Emergency,
    estate::Environment,
    freezes::Freeze,
    ids::PersonId,
    people::{Role, role_in},
    plan::Plan,
    policy::{Action, Resource},
    time::Timestamp,
};
use store::{AuthorRow, ChangeRow, Read, Tx, VoteRow};

/// Whether a plan made now is not the one that votes are bound to.
pub(crate) fn is_another(row: &ChangeRow, fresh: &Plan, environment: &Environment) -> bool {
    // The environment decides who may approve: one that moved is another change.
    let hash = ballot_hash(row.revision, &row.change, row.planned_for, fresh);
    hash != row.hash || *environment != row.environment
}

/// Puts a plan made anew in the place of one that no longer fits: all votes are void.
///
/// # Errors
/// The database's; a defect when the state does not allow it.
pub(crate) async fn revise(
    s: &Services,
    tx: &mut Tx,
    mut row: ChangeRow,
    fresh: Plan,
    environment: &Environment,
    audit: AuditEntry,
    now: Timestamp,
) -> Outcome<ChangeRow> {
    row.state = row.state.after(Move::Revise).map_err(Failure::defect)?;
    row.revision += 1;
    row.hash = ballot_hash(row.revision, &row.change, row.planned_for, &fresh);
    row.plan = fresh;
    row.environment = environment.clone();
    row.approvals_needed = approvals_needed(s, &row);
    row.updated_at = now;
    row.version = tx.update_change(&row).await?;
    tx.audit(&audit.within(&row.environment)).await?;
    tx.feed(&[news(&row, row.version)], now).await?;
    Ok(row)
}

/// Approvals that it takes now: as many as when it was proposed, or more if the
/// configuration has come to ask for more; the end of an event needs nobody's.
pub(crate) fn approvals_needed(s: &Services, row: &ChangeRow) -> u32 {
    if row.change.is_by_policy() {
        return row.approvals_needed;
    }
    let configured = s.settings.approvals_needed(&row.environment);
    row.approvals_needed.max(configured)
}

/// The votes that count: of people who may still decide there, in the role that they have
/// now. Whoever was shut out or put lower since has no say; what they said is still shown.
pub(crate) async fn votes_that_count(mut read: Read<'_>, row: &ChangeRow) -> Outcome<Vec<VoteRow>> {
    let mut counting = Vec::new();
    for mut vote in read.votes_of(row.id).await? {
        let Some(id) = vote.person else {
            counting.push(vote);
            continue;
        };
        let person = read.person(id).await?.filter(|person| !person.disabled);
        vote.role = person.and_then(|person| role_in(&person.grants, &row.environment));
        if vote.role >= Some(Action::DecideChange.least_role()) {
            counting.push(vote);
        }
    }
    Ok(counting)
}

/// The papers of a ballot, owned.
pub(crate) struct Papers<'a> {
    row: &'a ChangeRow,
    needed: u32,
    authors: Vec<PersonId>,
    cast: Vec<Approval>,
    frozen: bool,
    emergency: Option<String>,
}

impl<'a> Papers<'a> {
    /// Gathers them. Votes by the policy are no votes by people.
    pub fn new(
        s: &Services,
        row: &'a ChangeRow,
        authors: &[AuthorRow],
        votes: &[VoteRow],
        frozen: bool,
    ) -> Self {
        Self {
            row,
            needed: approvals_needed(s, row),
            authors: authors.iter().map(|author| author.person).collect(),
            cast: votes.iter().filter_map(VoteRow::approval).collect(),
            frozen,
            emergency: None,
        }
    }

    /// With what somebody has let through without an approval.
    pub fn with_emergency(mut self, emergency: Option<Emergency>) -> Self {
        self.emergency = emergency.map(|emergency| emergency.hash);
        self
    }

    fn ballot(&self) -> Ballot<'_> {
        Ballot {
            authors: &self.authors,
            hash: &self.row.hash,
            needed: self.needed,
            frozen: self.frozen,
            cast: &self.cast,
            emergency: self.emergency.as_deref(),
        }
    }

    /// What the votes amount to.
    pub fn tally(&self) -> Tally {
        self.ballot().outcome()
    }

    /// Whether the caller may cast this vote now.
    ///
    /// # Errors
    /// `forbidden` or `conflict` with the reason.
    pub fn admit(
        &self,
        cx: &Cx,
        row: &ChangeRow,
        vote: Vote,
        seen_hash: &str,
    ) -> Result<(), ApiError> {
        let place = Resource::In(&row.environment);
        let author = cx.authorize(Action::View, place)?.person;
        if row.state == ChangeState::Proposed && self.ballot().authors.contains(&author) {
            // Told before the role: no other role would help.
            let why = texts::vote_refusal(cx.lang, VoteRefusal::Author);
            return Err(ApiError::new(ErrorCode::Forbidden, why));
        }
        let actor = cx.authorize(Action::DecideChange, place)?;
        if row.state != ChangeState::Proposed {
            return Err(not_open(cx, row));
        }
        let role = actor.role_in(&row.environment).unwrap_or(Role::Viewer);
        let admitted = self.ballot().admit(actor.person, role, vote, seen_hash);
        admitted.map_err(|refusal| {
            let code = match refusal {
                VoteRefusal::Author | VoteRefusal::Frozen => ErrorCode::Forbidden,
                VoteRefusal::Stale | VoteRefusal::Repeated => ErrorCode::Conflict,
            };
            ApiError::new(code, texts::vote_refusal(cx.lang, refusal))
        })
    }
}

/// Freezes that touch the life of a change request.
pub(crate) async fn freezes_over(
    s: &Services,
    row: &ChangeRow,
    now: Timestamp,
) -> Outcome<Vec<Freeze>> {
    let (from, until) = life(row, now);
    Ok(s.store.read().freezes_between(from, until).await?)
}

/// From when until when a change request touches its target.
fn life(row: &ChangeRow, now: Timestamp) -> (Timestamp, Timestamp) {
    if let Change::Override { from, until, .. } = &row.change {
        return (now.max(*from), *until);
    }
    let from = row.from.unwrap_or(now);
    (from, row.until.unwrap_or_else(|| from.plus_ms(1)))
}

/// The freezes that cover a change request now, as findings. Ending an event
/// early is no new change and is never frozen.
pub(crate) fn freeze_findings(row: &ChangeRow, freezes: &[Freeze], now: Timestamp) -> Vec<Finding> {
    if row.change.is_by_policy() {
        return Vec::new();
    }
    let (from, until) = life(row, now);
    let covering = freezes.iter();
    let covering = covering.filter(|freeze| freeze.overlaps(&row.environment, from, until));
    covering
        .map(|freeze| Finding::Frozen {
            freeze: freeze.name.clone(),
            until: freeze.until,
        })
        .collect()
}

/// Whether a freeze covers a change request now.
pub(crate) fn is_frozen(row: &ChangeRow, freezes: &[Freeze], now: Timestamp) -> bool {
    frozen(&freeze_findings(row, freezes, now))
}
