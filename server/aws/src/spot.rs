//! What a group's instance types have cost as spot.

use crate::{connect::Clients, groups};
use domain::{
    capacity::{TargetKind, TargetRef},
    spot::SpotPrice,
    time::Timestamp,
};
use ports::CloudError;

/// The prices of the types that a group may launch, in its zones; nothing for what is no
/// group.
pub async fn prices(
    clients: &Clients,
    target: &TargetRef,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<SpotPrice>, CloudError> {
    if target.kind != TargetKind::Asg {
        return Ok(Vec::new());
    }
    let choices = groups::choices(&clients.autoscaling, &target.name).await?;
    // Asked for no types, EC2 would tell the prices of all of them.
    if choices.types.is_empty() {
        return Ok(Vec::new());
    }
    let mut prices = clients.ec2.spot_prices(&choices.types, from, until).await?;
    prices.retain(|price| choices.zones.is_empty() || choices.zones.contains(&price.zone));
    Ok(prices)
}
