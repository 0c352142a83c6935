//! Application Load Balancers and their target groups, over the Query protocol (Elastic Load
//! Balancing API Reference, version 2015-12-01).

use crate::{
    pages::Bound,
    permissions::Action,
    signed::{Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::{
    coverage::Balancer,
    limits::{BALANCERS_PER_SCOPE_MAX, TARGET_GROUPS_PER_SCOPE_MAX},
};
use ports::CloudError;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::HashMap;

const API_VERSION: &str = "2015-12-01";
const ELB: Service = Service {
    id: "Elastic Load Balancing v2",
    name: "elasticloadbalancing",
    fips: "elasticloadbalancing-fips",
};
/// Rows of a page (DescribeLoadBalancers, PageSize: at most 400).
const PAGE_ROWS: u32 = 400;
const BALANCERS: Bound = Bound {
    what: "load balancers",
    most: BALANCERS_PER_SCOPE_MAX,
};
const TARGET_GROUPS: Bound = Bound {
    what: "target groups",
    most: TARGET_GROUPS_PER_SCOPE_MAX,
};

/// A client for one account and region.
#[derive(Debug)]
pub struct Balancers {
    signed: Signed,
}

impl Balancers {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &ELB)?;
        Ok(Self { signed })
    }

    /// Every Application Load Balancer, as CloudWatch names them.
    ///
    /// # Errors
    /// As every call.
    pub async fn all(&self) -> Result<Vec<Balancer>, CloudError> {
        let balancers: Vec<BalancerXml> =
            self.list(Action::DescribeLoadBalancers, BALANCERS).await?;
        let groups: Vec<GroupXml> = self
            .list(Action::DescribeTargetGroups, TARGET_GROUPS)
            .await?;
        let mut of_balancer: HashMap<&str, Vec<String>> = HashMap::new();
        for group in &groups {
            // arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID
            let Some((_, name)) = group.arn.rsplit_once(':') else {
                continue;
            };
            for balancer in &group.balancers.rows {
                let known = of_balancer.entry(balancer).or_default();
                known.push(name.to_owned());
            }
        }
        let application = balancers.iter().filter(|one| one.kind == "application");
        let balancer = |one: &BalancerXml| {
            // arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID
            let (_, name) = one.arn.split_once(":loadbalancer/")?;
            Some(Balancer {
                name: name.to_owned(),
                target_groups: of_balancer.remove(one.arn.as_str()).unwrap_or_default(),
            })
        };
        Ok(application.filter_map(balancer).collect())
    }

    /// Asks for one row, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self, action: Action) -> Result<(), CloudError> {
        let least = [("PageSize".to_owned(), "1".to_owned())];
        let request = Request::query(API_VERSION, action, &least);
        self.signed.send(action, request).await.map(|_| ())
    }

    /// Every row of a list, page by page.
    async fn list<T: DeserializeOwned>(
        &self,
        action: Action,
        bound: Bound,
    ) -> Result<Vec<T>, CloudError> {
        let mut rows = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut parameters = vec![("PageSize".to_owned(), PAGE_ROWS.to_string())];
            parameters.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
            let request = Request::query(API_VERSION, action, &parameters);
            let Answer { page } = self.signed.xml(action, request).await?;
            rows.extend(page.list.rows);
            bound.check(action, rows.len())?;
            marker = page.marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                return Ok(rows);
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Answer<T> {
    #[serde(
        alias = "DescribeLoadBalancersResult",
        alias = "DescribeTargetGroupsResult"
    )]
    page: PageXml<T>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct PageXml<T> {
    #[serde(alias = "LoadBalancers", alias = "TargetGroups")]
    list: ListXml<T>,
    #[serde(rename = "NextMarker")]
    marker: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct ListXml<T> {
    #[serde(rename = "member", default = "Vec::new")]
    rows: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct BalancerXml {
    #[serde(rename = "LoadBalancerArn")]
    arn: String,
    #[serde(rename = "Type", default)]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct GroupXml {
    #[serde(rename = "TargetGroupArn")]
    arn: String,
    #[serde(rename = "LoadBalancerArns", default)]
    balancers: ArnsXml,
}

#[derive(Debug, Default, Deserialize)]
struct ArnsXml {
    #[serde(rename = "member", default)]
    rows: Vec<String>,
}
