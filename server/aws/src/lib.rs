//! The estate on AWS: [`AwsCloud`] is `ports::Cloud` over the official SDKs.
//!
//! **Invariants:** no endpoint, region or credential is written here, they come
//! from the SDK's own chain (profiles, roles, `AWS_ENDPOINT_URL_*`); nothing is
//! decided here, only asked and translated; a reading is complete or an error;
//! every call has a time-out, a bound on attempts and a typed failure whose
//! text carries no secret; no call is made for an account whose credentials
//! belong to another account. That is looked at again every
//! [`limits::AWS_IDENTITY_MS`](domain::limits::AWS_IDENTITY_MS), because a profile
//! or a role may be pointed elsewhere while the console runs; should STS be away
//! just then, the last look counts for as long again.
//!
//! EC2, RDS, EKS, ELB, Lambda, SNS, CloudTrail, CloudWatch Logs and Systems Manager are asked through a small signed client (`signed.rs`): their SDK
//! crates are among the largest, and EC2's needs 8 GB of memory to compile.
//!
//! # Where each call is proved
//!
//! *ministack* and *moto* are independent programs that speak AWS's protocols
//! (`tests/it/ministack.rs`, `tests/it/moto.rs`). *Replay* gives the SDK
//! hand-written wire responses: evidence about our translation, none about AWS.
//! A dash means that the peer does not serve the call, or not truthfully.
//!
//! | Call | ministack | moto | replay |
//! |---|---|---|---|
//! | `sts:GetCallerIdentity` | yes | yes | another account's credentials |
//! | `sts:AssumeRole` | right and wrong external id | yes | parameters, denied, once for all regions |
//! | `cloudwatch:DescribeAlarms` metric, composite, paging | yes | – (no CBOR) | yes |
//! | `cloudwatch:DescribeAlarms` metric math, anomaly, PromQL | – | – | yes |
//! | `cloudwatch:DescribeAlarmHistory` | yes | – | lenient reading |
//! | `cloudwatch:GetMetricData` with percentiles | yes | – | paging, partial, forbidden |
//! | `autoscaling:DescribeAutoScalingGroups` | yes | yes | yes |
//! | … with a mixed instances policy, suspended processes | – | yes | yes |
//! | `autoscaling:DescribePolicies` | yes | yes | predictive |
//! | `autoscaling:DescribeScheduledActions` | yes | yes | computed next run |
//! | `autoscaling:DescribeScalingActivities` | empty list | empty list | yes |
//! | `autoscaling:PutScheduledUpdateGroupAction` | yes | yes | parameters, past start |
//! | `autoscaling:DeleteScheduledAction` | yes | yes | parameters, absent |
//! | `autoscaling:BatchPutScheduledUpdateGroupAction` | – (not served) | yes | parameters, some refused |
//! | `autoscaling:BatchDeleteScheduledAction` | – (not served) | yes, one of them gone | parameters, some refused |
//! | `autoscaling:UpdateAutoScalingGroup` | yes | yes | parameters, contention |
//! | `autoscaling:SuspendProcesses`, `autoscaling:ResumeProcesses` | – | yes | parameters |
//! | `cloudwatch:EnableAlarmActions`, `cloudwatch:DisableAlarmActions` | yes | – (no CBOR) | the alarm's name |
//! | `cloudwatch:PutMetricAlarm`, `cloudwatch:DeleteAlarms` | yes | – (no CBOR) | parameters |
//! | `application-autoscaling:DescribeScalableTargets` | – | yes | suspended |
//! | `application-autoscaling:DescribeScalingPolicies` | – | yes | yes |
//! | `application-autoscaling:DescribeScheduledActions` | – | yes | yes |
//! | `application-autoscaling:DescribeScalingActivities` | – | – | yes |
//! | `application-autoscaling:RegisterScalableTarget` | – | yes, suspended state too | parameters |
//! | `application-autoscaling:PutScheduledAction` | – | yes | parameters |
//! | `application-autoscaling:DeleteScheduledAction` | – | yes | parameters, absent |
//! | `ecs:DescribeServices` | – (no scalable targets) | yes | failures, Fargate Spot |
//! | `ecs:ListTasks`, `ecs:DescribeTasks` | – | yes | yes |
//! | `ecs:UpdateService` | – | yes | parameters |
//! | `ec2:DescribeInstances` | yes | yes, by tag too | paging, denied, malformed |
//! | `ec2:DescribeSpotPriceHistory` | – (not served) | yes | paging, zones, parameters |
//! | `elasticloadbalancing:DescribeLoadBalancers`, `DescribeTargetGroups` | – | yes | paging, kinds, denied |
//! | `lambda:ListFunctions` | – | empty list | paging |
//! | `logs:DescribeMetricFilters` | yes | yes | dimensions |
//! | `logs:FilterLogEvents` | yes | yes | paging, empty pages, parameters, absent, denied |
//! | `logs:PutMetricFilter`, `logs:DeleteMetricFilter` | yes | yes | parameters, absent |
//! | `logs:StartQuery`, `logs:GetQueryResults` | yes, without what was scanned | yes, without what was scanned | parameters, every end, bytes, denied, absent |
//! | `logs:StopQuery` | – | – | a query that does not end |
//! | `cloudwatch:ListMetrics` of the agent | – | – (no CBOR) | names, those lately reported |
//! | `ec2:StartInstances`, `ec2:StopInstances` | – | yes | parameters |
//! | `cloudtrail:LookupEvents` | – | – (not served) | paging, parameters, whose and about what |
//! | `sqs:GetQueueUrl`, `ReceiveMessage`, `DeleteMessage` | yes | yes | partial failure |
//! | `sns:ConfirmSubscription` | yes, the whole handshake | – (confirms by itself) | parameters, no subscription, refused |
//! | `sns:Publish` to a telephone | yes | yes | parameters, once, unreadable, refused |
//! | `ssm:GetDocument` of a Change Calendar | – (not served) | – (no documents of text) | parameters, absent, denied |
//! | `rds:DescribeDBInstances`, `DescribeDBClusters` | – | yes | replicas, members, other engines |
//! | `rds:StartDBInstance`, `StopDBInstance`, and those of clusters | – | yes | parameters, in between |
//! | `eks:ListClusters`, `ListNodegroups`, `DescribeNodegroup` | – | yes | paging, gone |
//! | `eks:UpdateNodegroupConfig` | – | yes | parameters, in use |
//! | `scheduler:ListSchedules`, `GetSchedule` | – | yes | read again when modified |
//! | `scheduler:CreateSchedule`, `UpdateSchedule` | – | yes | parameters, conflict, not there |
//! | `scheduler:DeleteSchedule` | – | yes | parameters, absent |
//! | `autoscaling:UpdateAutoScalingGroup` with a mix alone | – | – (answers 500) | parameters |
//! | denied by IAM, wrong signature, unknown key | yes | – | yes |
//! | the files in `policies/`: granted and no more | yes, see below | – | – |
//! | throttling, 5xx, time-out, expired credentials, unreadable answers | – | – | yes |
//!
//! Ministack is asked with IAM switched on (`AUTH=true`). It checks no policy for
//! CloudWatch in CBOR and takes the cluster for the resource of `UpdateService`.
//! Neither peer runs a scheduled action, refuses a desired capacity outside its
//! bounds or an invalid recurrence, and no real account was asked: what AWS
//! itself answers there is known from its documentation only.

mod activities;
mod agent;
mod alarms;
mod balancers;
mod calendars;
mod cloud;
mod config;
mod connect;
mod convert;
mod databases;
mod ec2;
mod error;
mod functions;
mod group_actions;
mod groups;
mod log_filters;
mod log_lines;
mod log_queries;
mod machines;
mod metrics;
mod node_groups;
mod pages;
mod permissions;
mod policy_text;
mod probe;
mod profile;
mod queues;
mod refreshes;
mod services;
mod signed;
mod sms;
mod spot;
mod timers;
mod topics;
mod traffic;
mod trail;
mod write;

pub use calendars::{ChangeCalendar, DocumentName};
pub use cloud::AwsCloud;
pub use config::{
    AccountConfig, AssumedRole, AwsEstate, ENVIRONMENT_TAG, RoleArn, Timeouts, Watch,
};
pub use permissions::{Access, Action, policy, policy_line};
pub use sms::Sms;
