//! One line that says what a change request asks for.

use super::{Lang, changes::buys};
use crate::{changes::Change, scale_events::Hold, schedules::Power};

crate::messages! {
    hold_at_least(target: &str, count: u32) => "{target}: at least {count}", "{target}: {count} 이상";
    hold_exactly(target: &str, count: u32) => "{target}: exactly {count}", "{target}: 정확히 {count}";
    end_event(target: &str) => "{target}: end the scale event", "{target}: 스케일 이벤트 종료";
    apply_schedule(name: &str) => "Schedule {name}", "일정 {name}";
    remove_schedule(name: &str) => "Schedule {name}: remove", "일정 {name}: 제거";
    override_schedule(name: &str) => "Schedule {name}: override", "일정 {name}: 재정의";
    end_override(name: &str) => "Schedule {name}: end the override", "일정 {name}: 재정의 종료";
    extend_schedule(name: &str) => "Schedule {name}: the next days", "일정 {name}: 다음 날들";
    suspend(processes: &str, target: &str) => "{target}: suspend {processes}", "{target}: {processes} 일시 중지";
    resume(processes: &str, target: &str) => "{target}: resume {processes}", "{target}: {processes} 재개";
    start(target: &str) => "{target}: start now", "{target}: 지금 시작";
    stop(target: &str) => "{target}: stop now", "{target}: 지금 중지";
    refresh(target: &str) => "{target}: instance refresh", "{target}: 인스턴스 새로 고침";
    cancel_refresh(target: &str) => "{target}: cancel the instance refresh", "{target}: 인스턴스 새로 고침 취소";
    new_alarm(alarm: &str) => "{alarm}: new alarm", "{alarm}: 새 경보";
    change_alarm(alarm: &str) => "{alarm}: change the alarm", "{alarm}: 경보 변경";
    put_alarm_back(alarm: &str) => "{alarm}: put the alarm back", "{alarm}: 경보 되돌리기";
    mute(alarm: &str) => "{alarm}: actions off", "{alarm}: 경보 작업 끄기";
    unmute(alarm: &str) => "{alarm}: actions on", "{alarm}: 경보 작업 켜기";
}

/// What is asked for, of the target, schedule or alarm of that name.
#[must_use]
pub fn title(lang: Lang, change: &Change, name: &str) -> String {
    match change {
        Change::ScaleEvent(event) => match event.hold {
            Hold::AtLeast => hold_at_least(lang, name, event.count),
            Hold::Exactly => hold_exactly(lang, name, event.count),
        },
        Change::EndScaleEvent { .. } => end_event(lang, name),
        Change::ApplySchedule { .. } => apply_schedule(lang, name),
        Change::RemoveSchedule { .. } => remove_schedule(lang, name),
        Change::Override { .. } => override_schedule(lang, name),
        Change::EndOverride { .. } => end_override(lang, name),
        Change::ExtendSchedule { .. } => extend_schedule(lang, name),
        Change::SetProcesses {
            processes,
            suspended,
            ..
        } => {
            let names: Vec<_> = processes.iter().map(ToString::to_string).collect();
            match suspended {
                true => suspend(lang, &names.join(", "), name),
                false => resume(lang, &names.join(", "), name),
            }
        }
        Change::SetPower { power, .. } => match power {
            Power::Running => start(lang, name),
            Power::Stopped => stop(lang, name),
        },
        Change::SetMix { mix, .. } => format!("{name}: {}", buys(lang, mix.share)),
        Change::RefreshInstances { .. } => refresh(lang, name),
        Change::CancelRefresh { .. } => cancel_refresh(lang, name),
        Change::SetAlarmActions { enabled: true, .. } => unmute(lang, name),
        Change::SetAlarmActions { enabled: false, .. } => mute(lang, name),
        Change::PutAlarm { replaces: None, .. } => new_alarm(lang, name),
        Change::PutAlarm { .. } => change_alarm(lang, name),
        Change::PutAlarmBack { .. } => put_alarm_back(lang, name),
    }
}
