//! The EC2 calls, over the Query protocol (Amazon EC2 API Reference, "Query requests").

use crate::{
    pages::Bound,
    permissions::Action,
    signed::{Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::{
    capacity::{Instance, Purchase},
    limits::{
        EC2_FILTER_VALUES_MAX, EC2_PAGE_ROWS_MAX, EC2_PAGES_MAX, SPOT_PRICE_PAGES_MAX,
        SPOT_PRICE_ROWS_MAX,
    },
    prices::micro_usd,
    schedules::Power,
    spot::SpotPrice,
    time::Timestamp,
};
use ports::CloudError;
use serde::Deserialize;
use std::collections::HashMap;

const API_VERSION: &str = "2016-11-15";
const EC2: Service = Service {
    id: "EC2",
    name: "ec2",
    fips: "ec2-fips",
};
const PAGES: Bound = Bound {
    what: "pages of instances",
    most: EC2_PAGES_MAX,
};
const PRICE_PAGES: Bound = Bound {
    what: "pages of spot prices",
    most: SPOT_PRICE_PAGES_MAX,
};

/// What EC2 knows of an instance and Auto Scaling does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ec2Instance {
    /// `i-…`.
    pub id: String,
    /// Such as `m7g.large`.
    pub instance_type: String,
    /// Spot or on demand.
    pub purchase: Purchase,
    /// EC2's word: `running`, `stopped` …
    pub state: String,
    /// Availability zone.
    pub zone: String,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
}

/// A client for one account and region.
#[derive(Debug)]
pub struct Ec2 {
    signed: Signed,
}

impl Ec2 {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &EC2)?;
        Ok(Self { signed })
    }

    /// What EC2 knows of these instances, by id; one that is gone is left out.
    ///
    /// Filtered by id instead of named: one id that EC2 has forgotten would fail
    /// the whole call.
    ///
    /// # Errors
    /// As every call; `Invalid` when EC2 never comes to an end.
    pub async fn instances(
        &self,
        ids: &[&str],
    ) -> Result<HashMap<String, Ec2Instance>, CloudError> {
        let mut found = HashMap::new();
        for some in ids.chunks(EC2_FILTER_VALUES_MAX) {
            let some = self.filtered("instance-id", some).await?;
            found.extend(some.into_iter().map(|one| (one.id.clone(), one)));
        }
        Ok(found)
    }

    /// Every instance that a filter lets through.
    ///
    /// # Errors
    /// As [`Ec2::instances`].
    pub async fn filtered(
        &self,
        filter: &str,
        values: &[&str],
    ) -> Result<Vec<Ec2Instance>, CloudError> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        for number in 1.. {
            PAGES.check(Action::DescribeInstances, number)?;
            let mut parameters = vec![
                ("MaxResults".to_owned(), EC2_PAGE_ROWS_MAX.to_string()),
                ("Filter.1.Name".to_owned(), filter.to_owned()),
            ];
            for (number, value) in (1..).zip(values) {
                parameters.push((format!("Filter.1.Value.{number}"), (*value).to_owned()));
            }
            parameters.extend(token.map(|token| ("NextToken".to_owned(), token)));
            let page: InstancesPage = self.page(&parameters).await?;
            for reservation in page.reservations.items {
                found.extend(reservation.instances.items.into_iter().map(Into::into));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// What instance types have cost as spot, with Linux, since `from`, with what held then.
    ///
    /// # Errors
    /// As every call; `Invalid` when EC2 never comes to an end.
    pub async fn spot_prices(
        &self,
        types: &[String],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<SpotPrice>, CloudError> {
        let mut asked = vec![
            ("ProductDescription.1".to_owned(), "Linux/UNIX".to_owned()),
            ("StartTime".to_owned(), from.to_string()),
            ("EndTime".to_owned(), until.to_string()),
            ("MaxResults".to_owned(), SPOT_PRICE_ROWS_MAX.to_string()),
        ];
        for (number, name) in (1..).zip(types) {
            asked.push((format!("InstanceType.{number}"), name.clone()));
        }
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        for number in 1.. {
            PRICE_PAGES.check(Action::DescribeSpotPriceHistory, number)?;
            let mut parameters = asked.clone();
            parameters.extend(token.map(|token| ("NextToken".to_owned(), token)));
            let page = self.price_page(&parameters).await?;
            found.extend(page.prices.items.into_iter().filter_map(PriceXml::read));
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Asks for next to no prices, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe_prices(&self) -> Result<(), CloudError> {
        self.price_page(&[("MaxResults".to_owned(), "1".to_owned())])
            .await
            .map(|_| ())
    }

    /// Asks for next to nothing, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self) -> Result<(), CloudError> {
        self.page(&[("MaxResults".to_owned(), "5".to_owned())])
            .await
            .map(|_| ())
    }

    /// Starts or stops instances. What is so already stays so.
    ///
    /// # Errors
    /// As every call.
    pub async fn set_power(
        &self,
        power: Power,
        ids: &[String],
        dry_run: bool,
    ) -> Result<(), CloudError> {
        let action = match power {
            Power::Running => Action::StartInstances,
            Power::Stopped => Action::StopInstances,
        };
        let named = (1..).zip(ids);
        let named = named.map(|(number, id)| (format!("InstanceId.{number}"), id.clone()));
        let mut parameters: Vec<_> = named.collect();
        if dry_run {
            parameters.push(("DryRun".to_owned(), "true".to_owned()));
        }
        let request = Request::query(API_VERSION, action, &parameters);
        self.signed.send(action, request).await.map(|_| ())
    }

    async fn price_page(&self, parameters: &[(String, String)]) -> Result<PricesPage, CloudError> {
        let action = Action::DescribeSpotPriceHistory;
        let request = Request::query(API_VERSION, action, parameters);
        self.signed.xml(action, request).await
    }

    async fn page(&self, parameters: &[(String, String)]) -> Result<InstancesPage, CloudError> {
        let action = Action::DescribeInstances;
        let request = Request::query(API_VERSION, action, parameters);
        self.signed.xml(action, request).await
    }
}

/// A page of DescribeSpotPriceHistory, as far as it is looked at.
#[derive(Debug, Deserialize)]
#[serde(rename = "DescribeSpotPriceHistoryResponse")]
struct PricesPage {
    #[serde(rename = "spotPriceHistorySet")]
    prices: Items<PriceXml>,
    #[serde(rename = "nextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PriceXml {
    #[serde(rename = "instanceType")]
    instance_type: String,
    #[serde(rename = "availabilityZone", default)]
    zone: String,
    #[serde(rename = "spotPrice")]
    price: String,
    timestamp: String,
}

impl PriceXml {
    /// None for what is no price: it must not draw a line.
    fn read(self) -> Option<SpotPrice> {
        Some(SpotPrice {
            instance_type: self.instance_type,
            zone: self.zone,
            at: self.timestamp.parse().ok()?,
            micro_usd: micro_usd(&self.price)?,
        })
    }
}

/// A page of DescribeInstances, as far as it is looked at.
#[derive(Debug, Deserialize)]
#[serde(rename = "DescribeInstancesResponse")]
struct InstancesPage {
    #[serde(rename = "reservationSet")]
    reservations: Items<Reservation>,
    #[serde(rename = "nextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Items<T> {
    #[serde(rename = "item", default = "Vec::new")]
    items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

#[derive(Debug, Deserialize)]
struct Reservation {
    #[serde(rename = "instancesSet")]
    instances: Items<InstanceXml>,
}

#[derive(Debug, Deserialize)]
struct InstanceXml {
    #[serde(rename = "instanceId")]
    id: String,
    #[serde(rename = "instanceType", default)]
    instance_type: String,
    /// Absent for on demand; else `spot`, `scheduled` or `capacity-block`.
    #[serde(rename = "instanceLifecycle", default)]
    lifecycle: String,
    #[serde(rename = "instanceState", default)]
    state: StateXml,
    #[serde(rename = "placement", default)]
    placement: PlacementXml,
    #[serde(rename = "tagSet", default)]
    tags: Items<TagXml>,
}

#[derive(Debug, Deserialize, Default)]
struct StateXml {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize, Default)]
struct PlacementXml {
    #[serde(rename = "availabilityZone", default)]
    zone: String,
}

#[derive(Debug, Deserialize)]
struct TagXml {
    key: String,
    #[serde(default)]
    value: String,
}

impl Ec2Instance {
    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&str> {
        let mut tags = self.tags.iter();
        let (_, value) = tags.find(|(name, _)| name == key)?;
        Some(value)
    }
}

impl From<Ec2Instance> for Instance {
    fn from(found: Ec2Instance) -> Self {
        Self {
            id: found.id,
            zone: found.zone,
            instance_type: found.instance_type,
            lifecycle_state: found.state,
            // Status checks are another call, and no reason to stop or start anything.
            healthy: true,
            purchase: found.purchase,
            protected: false,
        }
    }
}

impl From<InstanceXml> for Ec2Instance {
    fn from(instance: InstanceXml) -> Self {
        let tags = instance.tags.items.into_iter();
        Self {
            id: instance.id,
            instance_type: instance.instance_type,
            purchase: if instance.lifecycle == "spot" {
                Purchase::Spot
            } else {
                Purchase::OnDemand
            },
            state: instance.state.name,
            zone: instance.placement.zone,
            tags: tags.map(|tag| (tag.key, tag.value)).collect(),
        }
    }
}
