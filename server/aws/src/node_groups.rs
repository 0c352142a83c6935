//! Managed node groups of EKS as targets (Amazon EKS API Reference). Their sizes are those
//! of the Auto Scaling group that EKS keeps for each, which is never touched itself. What
//! moves the desired size between the bounds runs inside the cluster, unseen.

use crate::{
    connect::Clients,
    convert::{count, environment},
    ec2::Ec2Instance,
    pages::Bound,
    permissions::Action,
    signed::{Request, Service, Signed, encoded},
};
use aws_types::SdkConfig;
use domain::{
    capacity::{Capacity, CapacityChange, Instance, Target, TargetKind, TargetRef},
    estate::Scope,
    limits::{AWS_CALLS_AT_ONCE_MAX, AWS_PAGE_ROWS, TARGETS_PER_SCOPE_MAX},
};
use futures::{StreamExt, TryStreamExt, stream};
use ports::{CloudError, CloudErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

const EKS: Service = Service {
    id: "EKS",
    name: "eks",
    fips: "fips.eks",
};
/// EKS gives these tags to the Auto Scaling group of a node group and to its instances.
const CLUSTER_TAG: &str = "eks:cluster-name";
/// The tag of the node group's own name.
pub const NODE_GROUP_TAG: &str = "eks:nodegroup-name";
const NODE_GROUPS: Bound = Bound {
    what: "clusters or node groups",
    most: TARGETS_PER_SCOPE_MAX,
};

/// A client for one account and region.
#[derive(Debug)]
pub struct NodeGroups {
    signed: Signed,
}

impl NodeGroups {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &EKS)?;
        Ok(Self { signed })
    }

    /// Every name of a list, page by page.
    async fn names(&self, action: Action, path: &str) -> Result<Vec<String>, CloudError> {
        let mut names = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut uri = format!("{path}?maxResults={AWS_PAGE_ROWS}");
            if let Some(token) = token {
                uri.push_str(&format!("&nextToken={}", encoded(&token)));
            }
            let page: NamesJson = self.signed.json(action, Request::get(uri)).await?;
            names.extend(page.names);
            NODE_GROUPS.check(action, names.len())?;
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(names);
            }
        }
    }

    /// The names of the clusters.
    ///
    /// # Errors
    /// As every call.
    pub async fn clusters(&self) -> Result<Vec<String>, CloudError> {
        self.names(Action::ListClusters, "/clusters").await
    }

    /// The names of a cluster's node groups.
    ///
    /// # Errors
    /// As every call.
    pub async fn of_cluster(&self, cluster: &str) -> Result<Vec<String>, CloudError> {
        let path = format!("/clusters/{}/node-groups", encoded(cluster));
        self.names(Action::ListNodeGroups, &path).await
    }

    /// Every node group of every cluster.
    async fn all(&self) -> Result<Vec<NodeGroupJson>, CloudError> {
        let clusters = self.clusters().await?.into_iter();
        let of_clusters = clusters.map(|cluster| async move {
            let names = self.of_cluster(&cluster).await?.into_iter();
            let pairs: Vec<_> = names.map(|name| (cluster.clone(), name)).collect();
            Ok::<_, CloudError>(pairs)
        });
        let names: Vec<Vec<(String, String)>> = stream::iter(of_clusters)
            .buffered(AWS_CALLS_AT_ONCE_MAX)
            .try_collect()
            .await?;
        let described = names
            .into_iter()
            .flatten()
            .map(|(cluster, name)| async move { absent_is_none(self.get(&cluster, &name).await) });
        let found: Vec<Option<NodeGroupJson>> = stream::iter(described)
            .buffered(AWS_CALLS_AT_ONCE_MAX)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// One in AWS's terms.
    async fn get(&self, cluster: &str, name: &str) -> Result<NodeGroupJson, CloudError> {
        let request = Request::get(path(cluster, name));
        let answer: AnswerJson = self.signed.json(Action::DescribeNodeGroup, request).await?;
        Ok(answer.nodegroup)
    }

    /// Asks for one that may not be there.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self, cluster: &str, name: &str) -> Result<(), CloudError> {
        self.get(cluster, name).await.map(|_| ())
    }

    /// Sets the sizes of one.
    ///
    /// # Errors
    /// As every call.
    pub async fn set_sizes(
        &self,
        target: &str,
        CapacityChange { min, desired, max }: CapacityChange,
    ) -> Result<(), CloudError> {
        let (cluster, name) = target.split_once('/').unwrap_or_default();
        let sizes = [("minSize", min), ("maxSize", max), ("desiredSize", desired)];
        let sizes = sizes
            .into_iter()
            .filter_map(|(name, size)| Some((name.to_owned(), size?.into())));
        let sizes: Map<String, Value> = sizes.collect();
        let uri = format!("{}/update-config", path(cluster, name));
        let request = Request::post(uri, &json!({ "scalingConfig": sizes }));
        let sent = self.signed.send(Action::UpdateNodeGroup, request).await;
        sent.map(|_| ())
    }
}

fn path(cluster: &str, name: &str) -> String {
    let (cluster, name) = (encoded(cluster), encoded(name));
    format!("/clusters/{cluster}/node-groups/{name}")
}

/// Every managed node group; none where they are not watched.
pub async fn read_all(
    clients: &Clients,
    scope: &Scope,
    tag: &str,
) -> Result<Vec<Target>, CloudError> {
    if !clients.watch.node_groups {
        return Ok(Vec::new());
    }
    let found = clients.node_groups.all().await?;
    let mut nodes: HashMap<String, Vec<Instance>> = HashMap::new();
    for node in clients.ec2.filtered("tag-key", &[NODE_GROUP_TAG]).await? {
        nodes.entry(owner(&node)).or_default().push(node.into());
    }
    let with_nodes = |group: NodeGroupJson| {
        let name = format!("{}/{}", group.cluster_name, group.nodegroup_name);
        let nodes = nodes.remove(&name).unwrap_or_default();
        group.target(scope, tag, nodes)
    };
    Ok(found.into_iter().map(with_nodes).collect())
}

/// The node group that an instance belongs to: `cluster/name`.
fn owner(node: &Ec2Instance) -> String {
    let of = |key: &str| node.tag(key).unwrap_or_default();
    format!("{}/{}", of(CLUSTER_TAG), of(NODE_GROUP_TAG))
}

/// One node group.
pub async fn read_one(
    clients: &Clients,
    wanted: &TargetRef,
    tag: &str,
) -> Result<Option<Target>, CloudError> {
    if !clients.watch.node_groups {
        return Ok(None);
    }
    let (cluster, name) = wanted.name.split_once('/').unwrap_or_default();
    let Some(found) = absent_is_none(clients.node_groups.get(cluster, name).await)? else {
        return Ok(None);
    };
    let filter = format!("tag:{NODE_GROUP_TAG}");
    let mut nodes = clients.ec2.filtered(&filter, &[name]).await?;
    nodes.retain(|node| owner(node) == wanted.name);
    let nodes = nodes.into_iter().map(Instance::from).collect();
    Ok(Some(found.target(&wanted.scope, tag, nodes)))
}

fn absent_is_none<T>(outcome: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == CloudErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamesJson {
    #[serde(alias = "clusters", alias = "nodegroups")]
    names: Vec<String>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct AnswerJson {
    nodegroup: NodeGroupJson,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeGroupJson {
    nodegroup_name: String,
    cluster_name: String,
    scaling_config: SizesJson,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SizesJson {
    min_size: i32,
    max_size: i32,
    desired_size: i32,
}

impl NodeGroupJson {
    fn target(self, scope: &Scope, tag: &str, instances: Vec<Instance>) -> Target {
        let name = format!("{}/{}", self.cluster_name, self.nodegroup_name);
        let tags = self.tags.iter();
        let tags = tags.map(|(key, value)| (key.as_str(), value.as_str()));
        let in_state = |state: &str| {
            let fitting = instances.iter().filter(|one| one.lifecycle_state == state);
            u32::try_from(fitting.count()).unwrap_or(u32::MAX)
        };
        let SizesJson {
            min_size,
            max_size,
            desired_size,
        } = self.scaling_config;
        Target {
            environment: environment(tag, tags, &name),
            reference: TargetRef {
                scope: scope.clone(),
                kind: TargetKind::Eks,
                name,
            },
            capacity: Capacity {
                min: count(min_size),
                desired: count(desired_size),
                max: count(max_size),
            },
            in_service: in_state("running"),
            pending: in_state("pending"),
            instances,
            suspended: Vec::new(),
            mix: None,
            policies: Vec::new(),
            actions: Vec::new(),
            timers: Vec::new(),
        }
    }
}
