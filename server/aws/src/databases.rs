//! RDS instances and Aurora clusters as targets, over the Query protocol (Amazon RDS
//! API Reference). What AWS cannot stop by itself is no target: members of clusters,
//! read replicas and what has any, clusters of other engines and serverless ones
//! (Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily"; Amazon
//! Aurora User Guide, "Stopping and starting an Amazon Aurora DB cluster").

use crate::{
    connect::Clients,
    convert::environment,
    pages::Bound,
    permissions::Action,
    signed::{Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::{
    capacity::{Capacity, Instance, Purchase, Target, TargetKind, TargetRef},
    estate::Scope,
    limits::{AWS_PAGE_ROWS, TARGETS_PER_SCOPE_MAX},
    schedules::Power,
};
use ports::{CloudError, CloudErrorKind};
use serde::{Deserialize, de::DeserializeOwned};

const API_VERSION: &str = "2014-10-31";
const RDS: Service = Service {
    id: "RDS",
    name: "rds",
    fips: "rds-fips",
};
const DATABASES: Bound = Bound {
    what: "databases",
    most: TARGETS_PER_SCOPE_MAX,
};
/// RDS's words for what is not there yet, or soon not any more.
const ON_THE_WAY: [&str; 3] = ["creating", "starting", "rebooting"];
/// RDS's words for what does not serve although it is on.
const NOT_SERVING: [&str; 3] = ["deleting", "failed", "inaccessible-encryption-credentials"];

/// A client for one account and region.
#[derive(Debug)]
pub struct Databases {
    signed: Signed,
}

impl Databases {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &RDS)?;
        Ok(Self { signed })
    }

    /// Every row of a list, page by page.
    async fn list<T: DeserializeOwned>(&self, action: Action) -> Result<Vec<T>, CloudError> {
        let mut rows = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut parameters = vec![("MaxRecords".to_owned(), AWS_PAGE_ROWS.to_string())];
            parameters.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
            let request = Request::query(API_VERSION, action, &parameters);
            let Answer { page } = self.signed.xml(action, request).await?;
            rows.extend(page.list.rows);
            DATABASES.check(action, rows.len())?;
            marker = page.marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Asks for next to nothing, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self, action: Action) -> Result<(), CloudError> {
        let least = [("MaxRecords".to_owned(), "20".to_owned())];
        let request = Request::query(API_VERSION, action, &least);
        self.signed.send(action, request).await.map(|_| ())
    }

    /// Makes a call about one database.
    ///
    /// # Errors
    /// As every call.
    pub async fn call(&self, action: Action, identifier: &str) -> Result<(), CloudError> {
        let parameter = match action {
            Action::StartDatabase | Action::StopDatabase => "DBInstanceIdentifier",
            _ => "DBClusterIdentifier",
        };
        let named = [(parameter.to_owned(), identifier.to_owned())];
        let request = Request::query(API_VERSION, action, &named);
        self.signed.send(action, request).await.map(|_| ())
    }
}

/// Every database that can be stopped; none where they are not watched.
pub async fn read_all(
    clients: &Clients,
    scope: &Scope,
    tag: &str,
) -> Result<Vec<Target>, CloudError> {
    if !clients.watch.databases {
        return Ok(Vec::new());
    }
    let (instances, clusters) = tokio::try_join!(
        clients.databases.list(Action::DescribeDatabases),
        clients.databases.list(Action::DescribeDatabaseClusters),
    )?;
    let (instances, clusters): (Vec<InstanceXml>, Vec<ClusterXml>) = (instances, clusters);
    let alone = instances.iter().filter(|instance| instance.stands_alone());
    let alone = alone.map(|instance| instance.target(scope, tag));
    let clusters = clusters.iter().filter(|cluster| cluster.can_be_stopped());
    let clusters = clusters.map(|cluster| cluster.target(scope, tag, &instances));
    Ok(alone.chain(clusters).collect())
}

/// One database. RDS tells a cluster's members only in the list of all.
pub async fn read_one(
    clients: &Clients,
    wanted: &TargetRef,
    tag: &str,
) -> Result<Option<Target>, CloudError> {
    let all = read_all(clients, &wanted.scope, tag).await?;
    Ok(all.into_iter().find(|target| target.reference == *wanted))
}

/// Starts or stops a database. AWS refuses both while it is in between, and refuses what
/// is so already: then it is looked at again.
pub async fn set_power(
    clients: &Clients,
    target: &TargetRef,
    power: Power,
) -> Result<(), CloudError> {
    let action = match (target.kind, power) {
        (TargetKind::RdsCluster, Power::Running) => Action::StartDatabaseCluster,
        (TargetKind::RdsCluster, Power::Stopped) => Action::StopDatabaseCluster,
        (_, Power::Running) => Action::StartDatabase,
        (_, Power::Stopped) => Action::StopDatabase,
    };
    let Err(error) = clients.databases.call(action, &target.name).await else {
        return Ok(());
    };
    if error.kind != CloudErrorKind::Unavailable {
        return Err(error);
    }
    let live = read_one(clients, target, "").await?;
    match live.and_then(|live| live.power()) {
        Some(is) if is == power => Ok(()),
        _ => Err(error),
    }
}

/// A page of a list, of instances or of clusters.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Answer<T> {
    #[serde(
        rename = "DescribeDBInstancesResult",
        alias = "DescribeDBClustersResult"
    )]
    page: ListXml<T>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct ListXml<T> {
    #[serde(rename = "DBInstances", alias = "DBClusters")]
    list: RowsXml<T>,
    #[serde(rename = "Marker")]
    marker: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct RowsXml<T> {
    #[serde(rename = "DBInstance", alias = "DBCluster", default = "Vec::new")]
    rows: Vec<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceXml {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: String,
    #[serde(rename = "DBInstanceStatus", default)]
    status: String,
    #[serde(rename = "DBInstanceClass", default)]
    class: String,
    #[serde(default)]
    availability_zone: String,
    #[serde(rename = "DBClusterIdentifier", default)]
    cluster: String,
    #[serde(rename = "ReadReplicaSourceDBInstanceIdentifier", default)]
    replica_of: String,
    #[serde(rename = "ReadReplicaDBInstanceIdentifiers", default)]
    replicas: ReplicasXml,
    #[serde(default)]
    tag_list: TagsXml,
}

#[derive(Debug, Deserialize, Default)]
struct ReplicasXml {
    #[serde(rename = "ReadReplicaDBInstanceIdentifier", default)]
    identifiers: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ClusterXml {
    #[serde(rename = "DBClusterIdentifier")]
    identifier: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    engine: String,
    #[serde(default)]
    engine_mode: String,
    #[serde(default)]
    tag_list: TagsXml,
}

#[derive(Debug, Deserialize, Default)]
struct TagsXml {
    #[serde(rename = "Tag", default)]
    tags: Vec<TagXml>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagXml {
    key: String,
    #[serde(default)]
    value: String,
}

impl InstanceXml {
    fn stands_alone(&self) -> bool {
        let is_tied = !self.cluster.is_empty() || !self.replica_of.is_empty();
        !is_tied && self.replicas.identifiers.is_empty()
    }

    fn target(&self, scope: &Scope, tag: &str) -> Target {
        let reference = reference(scope, TargetKind::Rds, &self.identifier);
        target(
            reference,
            tag,
            &self.tag_list,
            &self.status,
            vec![self.instance()],
        )
    }

    fn instance(&self) -> Instance {
        Instance {
            id: self.identifier.clone(),
            zone: self.availability_zone.clone(),
            instance_type: self.class.clone(),
            lifecycle_state: self.status.clone(),
            healthy: !NOT_SERVING.contains(&self.status.as_str()),
            purchase: Purchase::OnDemand,
            protected: false,
        }
    }
}

impl ClusterXml {
    fn can_be_stopped(&self) -> bool {
        self.engine.starts_with("aurora") && matches!(self.engine_mode.as_str(), "" | "provisioned")
    }

    fn target(&self, scope: &Scope, tag: &str, all: &[InstanceXml]) -> Target {
        let reference = reference(scope, TargetKind::RdsCluster, &self.identifier);
        let members = all.iter().filter(|one| one.cluster == self.identifier);
        let members = members.map(InstanceXml::instance).collect();
        target(reference, tag, &self.tag_list, &self.status, members)
    }
}

fn reference(scope: &Scope, kind: TargetKind, name: &str) -> TargetRef {
    TargetRef {
        scope: scope.clone(),
        kind,
        name: name.to_owned(),
    }
}

/// A database is one thing that is on or off, however many instances it is made of.
fn target(
    reference: TargetRef,
    tag: &str,
    tags: &TagsXml,
    status: &str,
    instances: Vec<Instance>,
) -> Target {
    let tags = tags.tags.iter();
    let tags = tags.map(|tag| (tag.key.as_str(), tag.value.as_str()));
    let is_on = !matches!(status, "stopping" | "stopped");
    let is_on_the_way = ON_THE_WAY.contains(&status);
    let serves = is_on && !is_on_the_way && !NOT_SERVING.contains(&status);
    Target {
        environment: environment(tag, tags, &reference.name),
        reference,
        capacity: Capacity::switched(u32::from(is_on), 1),
        in_service: u32::from(serves),
        pending: u32::from(is_on_the_way),
        instances,
        suspended: Vec::new(),
        mix: None,
        policies: Vec::new(),
        actions: Vec::new(),
        timers: Vec::new(),
    }
}
