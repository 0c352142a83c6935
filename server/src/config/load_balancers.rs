//! `[[load_balancers]]`: whose requests the overview counts.

use super::{ConfigError, Source, check_account, check_region};
use domain::estate::{Environment, Scope};
use serde::Deserialize;
use services::settings::LoadBalancer;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoadBalancerSection {
    account: Spanned<String>,
    region: Spanned<String>,
    environment: Spanned<String>,
    name: Spanned<String>,
}

pub(super) fn check(
    given: Vec<LoadBalancerSection>,
    source: &Source,
) -> Result<Vec<LoadBalancer>, ConfigError> {
    let mut checked = Vec::new();
    for balancer in given {
        let key = |name: &str| format!("load_balancers.{name}");
        let name = balancer.name.get_ref();
        if name.split('/').count() != 3 || !name.starts_with("app/") {
            let what =
                format!("is `{name}`; write the end of its ARN, as app/web/50dc6c495c0c9188");
            return Err(source.value(&balancer.name, &key("name"), what));
        }
        let environment = Environment::parse(balancer.environment.get_ref()).ok_or_else(|| {
            source.value(
                &balancer.environment,
                &key("environment"),
                "is not the name of an environment",
            )
        })?;
        checked.push(LoadBalancer {
            scope: Scope {
                account: check_account(&balancer.account, &key("account"), source)?,
                region: check_region(&balancer.region, &key("region"), source)?,
            },
            environment,
            load_balancer: name.clone(),
        });
    }
    Ok(checked)
}
