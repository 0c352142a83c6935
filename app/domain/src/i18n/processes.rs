//! Processes of AWS in words.

use super::Lang;
use crate::processes::Process;

crate::messages! {
    launch => "no instance is started, whatever wants more", "무엇이 요청하더라도 인스턴스가 시작되지 않습니다";
    terminate => "no instance is ended, whatever wants fewer", "무엇이 요청하더라도 인스턴스가 종료되지 않습니다";
    add_to_load_balancer => "new instances get no requests from the load balancer", "새 인스턴스가 로드 밸런서의 요청을 받지 못합니다";
    alarm_notification => "alarms run no scaling policy", "경보가 조정 정책을 실행하지 않습니다";
    az_rebalance => "instances are not spread over the zones anew", "인스턴스가 가용 영역에 다시 분산되지 않습니다";
    health_check => "nothing becomes unhealthy by a health check", "상태 확인으로 비정상이 되는 인스턴스가 없습니다";
    instance_refresh => "no instance refresh makes progress", "인스턴스 새로 고침이 진행되지 않습니다";
    replace_unhealthy => "unhealthy instances stay", "비정상 인스턴스가 교체되지 않고 남습니다";
    scheduled => "no scheduled action runs", "예약 작업이 실행되지 않습니다";
    scaling_in => "policies remove no task", "정책이 태스크를 줄이지 않습니다";
    scaling_out => "policies add no task", "정책이 태스크를 늘리지 않습니다";
}

/// What does not happen while a process is suspended, to follow “while it is suspended,”.
#[must_use]
pub fn stops(lang: Lang, process: Process) -> &'static str {
    match process {
        Process::Launch => launch(lang),
        Process::Terminate => terminate(lang),
        Process::AddToLoadBalancer => add_to_load_balancer(lang),
        Process::AlarmNotification => alarm_notification(lang),
        Process::AzRebalance => az_rebalance(lang),
        Process::HealthCheck => health_check(lang),
        Process::InstanceRefresh => instance_refresh(lang),
        Process::ReplaceUnhealthy => replace_unhealthy(lang),
        Process::ScheduledActions | Process::ScheduledScaling => scheduled(lang),
        Process::DynamicScalingIn => scaling_in(lang),
        Process::DynamicScalingOut => scaling_out(lang),
    }
}
