//! The traffic that schedules are compared with.

use crate::{Services, asking::may_ask, cx::Cx, failure::Outcome, health::KeptFault, targets};
use api::fit::TargetTraffic;
use domain::{fit, ids::TargetId};

/// What load balancers sent to a target in the last weeks. A cloud that does not answer is
/// no error: the answer says so.
///
/// # Errors
/// `not_found`; `too_many` in a minute.
pub async fn traffic(s: &Services, cx: &Cx, id: TargetId) -> Outcome<TargetTraffic> {
    let row = targets::seen(s, cx, id).await?;
    may_ask(s, cx)?;
    let (from, until) = fit::span(cx.now);
    let read = s.cloud.traffic(&row.target.reference, from, until).await;
    Ok(match read {
        Ok(traffic) => TargetTraffic {
            traffic,
            note: None,
        },
        Err(error) => TargetTraffic {
            traffic: None,
            note: Some(KeptFault::from(&error).told(cx)),
        },
    })
}
