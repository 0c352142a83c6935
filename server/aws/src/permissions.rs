//! Every AWS action that the product uses, in one table: errors name them,
//! `doctor` tries them, and the policy files in `policies/` are written from it.

use crate::config::Watch;
use serde_json::{Map, Value, json};

/// Which policy an action belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Needs no policy: AWS answers everybody about themselves.
    Everybody,
    /// Watching and planning.
    Read,
    /// Carrying out approved changes.
    Apply,
}

macro_rules! actions {
    ($($name:ident = $iam:literal, $access:ident, $used_for:literal;)*) => {
        /// An action of AWS, in the order in which `doctor` shows them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = concat!("`", $iam, "`: ", $used_for)] $name,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// In IAM's words: `cloudwatch:DescribeAlarms`.
            #[must_use]
            pub const fn iam(self) -> &'static str {
                match self { $(Self::$name => $iam,)* }
            }

            /// Which policy grants it.
            #[must_use]
            pub const fn access(self) -> Access {
                match self { $(Self::$name => Access::$access,)* }
            }

            /// What it is for, in English.
            #[must_use]
            pub const fn used_for(self) -> &'static str {
                match self { $(Self::$name => $used_for,)* }
            }
        }
    };
}

actions! {
    GetCallerIdentity = "sts:GetCallerIdentity", Everybody, "making sure that the credentials belong to the account";
    DescribeAlarms = "cloudwatch:DescribeAlarms", Read, "listing alarms and their states";
    DescribeAlarmHistory = "cloudwatch:DescribeAlarmHistory", Read, "showing when an alarm changed state";
    GetMetricData = "cloudwatch:GetMetricData", Read, "drawing metrics";
    ListMetrics = "cloudwatch:ListMetrics", Read, "finding the load balancers in front of a group or service, and what the CloudWatch agent reports";
    DescribeLoadBalancers = "elasticloadbalancing:DescribeLoadBalancers", Read, "telling which load balancers have no alarm";
    DescribeTargetGroups = "elasticloadbalancing:DescribeTargetGroups", Read, "telling which target groups have no alarm";
    ListFunctions = "lambda:ListFunctions", Read, "telling which functions have no alarm";
    DescribeMetricFilters = "logs:DescribeMetricFilters", Read, "finding the log groups behind an alarm";
    FilterLogEvents = "logs:FilterLogEvents", Read, "showing lines of logs around an alarm";
    StartQuery = "logs:StartQuery", Read, "running the queries of logs that the configuration names";
    GetQueryResults = "logs:GetQueryResults", Read, "counting the rows that they answer";
    StopQuery = "logs:StopQuery", Read, "ending those that take too long";
    DescribeAutoScalingGroups = "autoscaling:DescribeAutoScalingGroups", Read, "listing groups and their instances";
    DescribePolicies = "autoscaling:DescribePolicies", Read, "showing what else moves a group's capacity";
    DescribeGroupActions = "autoscaling:DescribeScheduledActions", Read, "finding collisions and reading changes back";
    DescribeGroupActivities = "autoscaling:DescribeScalingActivities", Read, "showing what a group did and why";
    DescribeRefreshes = "autoscaling:DescribeInstanceRefreshes", Read, "following an instance refresh to its end";
    DescribeInstances = "ec2:DescribeInstances", Read, "telling spot from on-demand instances";
    DescribeSpotPriceHistory = "ec2:DescribeSpotPriceHistory", Read, "showing what a group's instance types cost as spot";
    DescribeScalableTargets = "application-autoscaling:DescribeScalableTargets", Read, "listing services that scale";
    DescribeServicePolicies = "application-autoscaling:DescribeScalingPolicies", Read, "showing what else moves a service's capacity";
    DescribeServiceActions = "application-autoscaling:DescribeScheduledActions", Read, "finding collisions and reading changes back";
    DescribeServiceActivities = "application-autoscaling:DescribeScalingActivities", Read, "showing what a service did and why";
    DescribeServices = "ecs:DescribeServices", Read, "counting the tasks of services";
    ListTasks = "ecs:ListTasks", Read, "listing the tasks of a service";
    DescribeTasks = "ecs:DescribeTasks", Read, "showing where tasks run and how they are bought";
    ListTimers = "scheduler:ListSchedules", Read, "finding the schedules of ours in EventBridge Scheduler";
    GetTimer = "scheduler:GetSchedule", Read, "reading them back";
    ListClusters = "eks:ListClusters", Read, "finding node groups";
    ListNodeGroups = "eks:ListNodegroups", Read, "finding node groups";
    DescribeNodeGroup = "eks:DescribeNodegroup", Read, "showing the sizes of a node group";
    DescribeDatabases = "rds:DescribeDBInstances", Read, "showing whether databases run";
    DescribeDatabaseClusters = "rds:DescribeDBClusters", Read, "showing whether Aurora clusters run";
    GetDocument = "ssm:GetDocument", Read, "following a Change Calendar";
    LookupEvents = "cloudtrail:LookupEvents", Read, "telling who changed what a schedule had set";
    GetQueueUrl = "sqs:GetQueueUrl", Read, "finding the queue of events";
    ReceiveMessage = "sqs:ReceiveMessage", Read, "taking events from their queue";
    DeleteMessage = "sqs:DeleteMessage", Read, "letting go of events that are kept";
    ConfirmSubscription = "sns:ConfirmSubscription", Read, "confirming that a topic may tell us what it publishes";
    PublishText = "sns:Publish", Read, "texting telephones";
    PutGroupAction = "autoscaling:PutScheduledUpdateGroupAction", Apply, "scheduling an approved change of a group";
    DeleteGroupAction = "autoscaling:DeleteScheduledAction", Apply, "taking a scheduled change of a group back";
    PutGroupActions = "autoscaling:BatchPutScheduledUpdateGroupAction", Apply, "scheduling several of them at once";
    DeleteGroupActions = "autoscaling:BatchDeleteScheduledAction", Apply, "taking several of them back at once";
    UpdateGroup = "autoscaling:UpdateAutoScalingGroup", Apply, "setting a group's capacity now";
    PutServiceAction = "application-autoscaling:PutScheduledAction", Apply, "scheduling an approved change of a service";
    DeleteServiceAction = "application-autoscaling:DeleteScheduledAction", Apply, "taking a scheduled change of a service back";
    RegisterScalableTarget = "application-autoscaling:RegisterScalableTarget", Apply, "setting a service's bounds now";
    UpdateService = "ecs:UpdateService", Apply, "setting a service's task count now";
    CreateTimer = "scheduler:CreateSchedule", Apply, "letting AWS make at a time what no scheduled action can do";
    UpdateTimer = "scheduler:UpdateSchedule", Apply, "replacing such a schedule";
    DeleteTimer = "scheduler:DeleteSchedule", Apply, "taking such a schedule back";
    PassTimerRole = "iam:PassRole", Apply, "giving EventBridge Scheduler the role that it calls under";
    UpdateNodeGroup = "eks:UpdateNodegroupConfig", Apply, "setting the sizes of a node group now";
    StartInstances = "ec2:StartInstances", Apply, "starting the instances of a tag now";
    StopInstances = "ec2:StopInstances", Apply, "stopping the instances of a tag now";
    StartDatabase = "rds:StartDBInstance", Apply, "starting a database now";
    StopDatabase = "rds:StopDBInstance", Apply, "stopping a database now";
    StartDatabaseCluster = "rds:StartDBCluster", Apply, "starting an Aurora cluster now";
    StopDatabaseCluster = "rds:StopDBCluster", Apply, "stopping an Aurora cluster now";
    SuspendProcesses = "autoscaling:SuspendProcesses", Apply, "suspending processes of a group";
    ResumeProcesses = "autoscaling:ResumeProcesses", Apply, "resuming processes of a group";
    StartRefresh = "autoscaling:StartInstanceRefresh", Apply, "replacing the instances of a group";
    CancelRefresh = "autoscaling:CancelInstanceRefresh", Apply, "ending that early";
    EnableAlarmActions = "cloudwatch:EnableAlarmActions", Apply, "switching an alarm's actions on";
    DisableAlarmActions = "cloudwatch:DisableAlarmActions", Apply, "switching an alarm's actions off";
    PutAlarm = "cloudwatch:PutMetricAlarm", Apply, "making an alarm, or changing one";
    DeleteAlarms = "cloudwatch:DeleteAlarms", Apply, "taking a new alarm back";
    PutMetricFilter = "logs:PutMetricFilter", Apply, "counting lines of a log for an alarm";
    DeleteMetricFilter = "logs:DeleteMetricFilter", Apply, "taking such a count back";
}

/// A statement of a policy: the narrowest resources and conditions that the
/// actions support (Service Authorization Reference).
struct Statement {
    sid: &'static str,
    resource: &'static str,
    /// All but that resource: what has no ARN can be named in no other way.
    is_all_but: bool,
    condition: Option<fn() -> Value>,
}

const DESCRIBE: Statement = Statement {
    sid: "LamplighterRead",
    resource: "*",
    is_all_but: false,
    condition: None,
};
const LOGS: Statement = Statement {
    sid: "LamplighterLogs",
    resource: "arn:aws:logs:*:*:log-group:*",
    is_all_but: false,
    condition: None,
};
const DOCUMENTS: Statement = Statement {
    sid: "LamplighterCalendars",
    resource: "arn:aws:ssm:*:*:document/*",
    is_all_but: false,
    condition: None,
};
const GROUPS: Statement = Statement {
    sid: "LamplighterGroups",
    resource: "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*",
    is_all_but: false,
    condition: None,
};
const SCALABLE_TARGETS: Statement = Statement {
    sid: "LamplighterServiceBounds",
    resource: "arn:aws:application-autoscaling:*:*:scalable-target/*",
    is_all_but: false,
    condition: Some(|| {
        json!({ "StringEquals": {
            "application-autoscaling:service-namespace": "ecs",
            "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
        }})
    }),
};
const SERVICES: Statement = Statement {
    sid: "LamplighterServices",
    resource: "arn:aws:ecs:*:*:service/*",
    is_all_but: false,
    condition: None,
};
const NODE_GROUPS: Statement = Statement {
    sid: "LamplighterNodeGroups",
    resource: "arn:aws:eks:*:*:nodegroup/*/*/*",
    is_all_but: false,
    condition: None,
};
const INSTANCES: Statement = Statement {
    sid: "LamplighterInstances",
    resource: "arn:aws:ec2:*:*:instance/*",
    is_all_but: false,
    condition: None,
};
const DATABASES: Statement = Statement {
    sid: "LamplighterDatabases",
    resource: "arn:aws:rds:*:*:db:*",
    is_all_but: false,
    condition: None,
};
const DATABASE_CLUSTERS: Statement = Statement {
    sid: "LamplighterDatabaseClusters",
    resource: "arn:aws:rds:*:*:cluster:*",
    is_all_but: false,
    condition: None,
};
const TIMERS: Statement = Statement {
    sid: "LamplighterTimers",
    resource: "arn:aws:scheduler:*:*:schedule/default/lamplighter*",
    is_all_but: false,
    condition: None,
};
const TIMER_ROLE: Statement = Statement {
    sid: "LamplighterTimerRole",
    resource: "arn:aws:iam::*:role/lamplighter-scheduler",
    is_all_but: false,
    condition: Some(
        || json!({ "StringEquals": { "iam:PassedToService": "scheduler.amazonaws.com" } }),
    ),
};
const QUEUES: Statement = Statement {
    sid: "LamplighterQueues",
    resource: "arn:aws:sqs:*:*:lamplighter*",
    is_all_but: false,
    condition: None,
};
const TOPICS: Statement = Statement {
    sid: "LamplighterTopics",
    resource: "arn:aws:sns:*:*:*",
    is_all_but: false,
    condition: None,
};
const TEXTS: Statement = Statement {
    sid: "LamplighterTexts",
    // Telephones, and no topic.
    resource: "arn:aws:sns:*:*:*",
    is_all_but: true,
    condition: None,
};
const ALARMS: Statement = Statement {
    sid: "LamplighterAlarms",
    resource: "arn:aws:cloudwatch:*:*:alarm:*",
    is_all_but: false,
    condition: None,
};

impl Action {
    /// Whether it is needed: of EventBridge Scheduler only where a role is configured for
    /// it, of other things only where they are watched.
    #[must_use]
    pub const fn is_used(self, has_timers: bool, watch: &Watch) -> bool {
        match self {
            Self::ListTimers
            | Self::GetTimer
            | Self::CreateTimer
            | Self::UpdateTimer
            | Self::DeleteTimer
            | Self::PassTimerRole => has_timers,
            Self::ListClusters
            | Self::ListNodeGroups
            | Self::DescribeNodeGroup
            | Self::UpdateNodeGroup => watch.node_groups,
            Self::StartInstances | Self::StopInstances => !watch.instance_tags.is_empty(),
            Self::DescribeDatabases
            | Self::DescribeDatabaseClusters
            | Self::StartDatabase
            | Self::StopDatabase
            | Self::StartDatabaseCluster
            | Self::StopDatabaseCluster => watch.databases,
            Self::GetQueueUrl | Self::ReceiveMessage | Self::DeleteMessage => {
                !watch.queues.is_empty()
            }
            Self::ConfirmSubscription => !watch.topics.is_empty(),
            Self::StartQuery | Self::GetQueryResults | Self::StopQuery => watch.log_queries,
            Self::PublishText => watch.texts,
            Self::GetDocument => watch.calendars,
            _ => true,
        }
    }

    /// The action that IAM calls so.
    #[must_use]
    pub fn parse(iam: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.iam() == iam)
    }

    const fn statement(self) -> &'static Statement {
        match self {
            Self::PutGroupAction
            | Self::DeleteGroupAction
            | Self::PutGroupActions
            | Self::DeleteGroupActions
            | Self::UpdateGroup
            | Self::SuspendProcesses
            | Self::ResumeProcesses
            | Self::StartRefresh
            | Self::CancelRefresh => &GROUPS,
            Self::EnableAlarmActions
            | Self::DisableAlarmActions
            | Self::PutAlarm
            | Self::DeleteAlarms => &ALARMS,
            Self::FilterLogEvents
            | Self::StartQuery
            | Self::PutMetricFilter
            | Self::DeleteMetricFilter => &LOGS,
            Self::GetDocument => &DOCUMENTS,
            Self::PutServiceAction | Self::DeleteServiceAction | Self::RegisterScalableTarget => {
                &SCALABLE_TARGETS
            }
            Self::UpdateService => &SERVICES,
            Self::UpdateNodeGroup => &NODE_GROUPS,
            Self::StartInstances | Self::StopInstances => &INSTANCES,
            Self::StartDatabase | Self::StopDatabase => &DATABASES,
            Self::StartDatabaseCluster | Self::StopDatabaseCluster => &DATABASE_CLUSTERS,
            Self::CreateTimer | Self::UpdateTimer | Self::DeleteTimer => &TIMERS,
            Self::PassTimerRole => &TIMER_ROLE,
            Self::GetQueueUrl | Self::ReceiveMessage | Self::DeleteMessage => &QUEUES,
            Self::ConfirmSubscription => &TOPICS,
            Self::PublishText => &TEXTS,
            _ => &DESCRIBE,
        }
    }
}

/// All, in the order of the files.
const STATEMENTS: [&Statement; 16] = [
    &DESCRIBE,
    &LOGS,
    &DOCUMENTS,
    &QUEUES,
    &TOPICS,
    &TEXTS,
    &GROUPS,
    &SCALABLE_TARGETS,
    &SERVICES,
    &NODE_GROUPS,
    &INSTANCES,
    &DATABASES,
    &DATABASE_CLUSTERS,
    &TIMERS,
    &TIMER_ROLE,
    &ALARMS,
];

fn statement(statement: &Statement, actions: &[&str]) -> Value {
    let mut fields = Map::new();
    fields.insert("Sid".into(), statement.sid.into());
    fields.insert("Effect".into(), "Allow".into());
    fields.insert("Action".into(), json!(actions));
    let key = match statement.is_all_but {
        true => "NotResource",
        false => "Resource",
    };
    fields.insert(key.into(), statement.resource.into());
    if let Some(condition) = statement.condition {
        fields.insert("Condition".into(), condition());
    }
    Value::Object(fields)
}

/// The least-privilege policy of one kind of access, as IAM takes it. The files
/// in `policies/` hold this text.
#[must_use]
pub fn policy(access: Access) -> String {
    let mut statements = Vec::new();
    for shape in STATEMENTS {
        let actions: Vec<&str> = Action::ALL
            .iter()
            .filter(|action| action.access() == access && action.statement().sid == shape.sid)
            .map(|action| action.iam())
            .collect();
        if !actions.is_empty() {
            statements.push(statement(shape, &actions));
        }
    }
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    format!("{policy:#}\n")
}

/// The statement that grants one action, in one line, for people who miss it.
/// None for an action that needs no policy or that the product does not use.
#[must_use]
pub fn policy_line(iam: &str) -> Option<String> {
    let action = Action::parse(iam)?;
    (action.access() != Access::Everybody)
        .then(|| statement(action.statement(), &[action.iam()]).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_policy_files_hold_what_the_table_says() {
        for (file, access) in [
            ("policies/read.json", Access::Read),
            ("policies/apply.json", Access::Apply),
        ] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            if std::env::var_os("LAMPLIGHTER_WRITE_POLICIES").is_some() {
                std::fs::write(&path, policy(access)).expect("the policy file is written");
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let found: Value = serde_json::from_str(&text).unwrap_or_default();
            let told: Value = serde_json::from_str(&policy(access)).expect("json");
            assert_eq!(
                found, told,
                "{file} is not what the table says; \
                 run this test with LAMPLIGHTER_WRITE_POLICIES=1 and read the difference"
            );
        }
    }

    #[test]
    fn reading_grants_no_write_and_no_wildcard() {
        let mut seen = HashSet::new();
        for action in Action::ALL {
            let (_, verb) = action.iam().split_once(':').expect("service:Action");
            assert!(!verb.contains('*'));
            assert!(seen.insert(action.iam()), "{} stands twice", action.iam());
            let reads = ["Describe", "List", "Get", "Lookup", "Filter"]
                .iter()
                .any(|word| verb.starts_with(word));
            // The console's own queue is emptied by reading it, what a topic tells is heard by
            // confirming it, and people are told by texts: none changes what is watched.
            let own = [QUEUES.sid, TOPICS.sid, TEXTS.sid].contains(&action.statement().sid);
            // A query of logs is started, and only reads.
            let asks = ["StartQuery", "StopQuery"].contains(&verb);
            let reads = reads || own || asks;
            assert_eq!(reads, action.access() != Access::Apply, "{}", action.iam());
            let mut written = STATEMENTS.iter();
            assert!(written.any(|one| one.sid == action.statement().sid));
            assert_eq!(Action::parse(action.iam()), Some(*action));
        }
    }

    #[test]
    fn a_missing_permission_has_the_line_that_grants_it() {
        let line = policy_line("ecs:UpdateService").expect("a line");
        let value: Value = serde_json::from_str(&line).expect("json");
        assert_eq!(value["Resource"], "arn:aws:ecs:*:*:service/*");
        assert_eq!(value["Action"], json!(["ecs:UpdateService"]));
        assert_eq!(policy_line("sts:GetCallerIdentity"), None);
        assert_eq!(policy_line("s3:GetObject"), None);
    }
}
