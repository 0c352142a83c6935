//! What the services say of what could not be looked at for alarms.

use domain::messages;

messages! {
    blind_balancers => "load balancers and target groups", "로드 밸런서와 대상 그룹";
    blind_functions => "Lambda functions", "Lambda 함수";
    blind_agent => "memory and disks (CloudWatch agent)", "메모리와 디스크(CloudWatch 에이전트)";
}
