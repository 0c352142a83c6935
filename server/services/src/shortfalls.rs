//! Since when groups that buy spot have been below what they want.

use crate::{Services, failure::Outcome};
use domain::{
    capacity::Target,
    ids::TargetId,
    shortfalls::{Shortfall, missing_spot},
    time::Timestamp,
};
use store::Read;

/// What a target is short of that was read at that time.
///
/// # Errors
/// The database's.
pub(crate) async fn of(
    s: &Services,
    read: &mut Read<'_>,
    id: TargetId,
    target: &Target,
    read_at: Timestamp,
) -> Outcome<Option<Shortfall>> {
    let Some(missing) = missing_spot(target) else {
        return Ok(None);
    };
    let since = read.below_desired_since(id).await?.unwrap_or(read_at);
    let minutes = s.settings.below_desired_minutes;
    Ok(Some(Shortfall::new(missing, since, minutes)))
}
