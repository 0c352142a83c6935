//! Words of starting and stopping what is only on or off.

domain::messages! {
    start => "Start now", "지금 시작";
    stop => "Stop now", "지금 중지";
    all_on => "All of it runs already.", "이미 모두 실행 중입니다.";
    all_off => "All of it is stopped already.", "이미 모두 중지되어 있습니다.";
    start_title(target: &str) => "Start {target} now?", "{target}을(를) 지금 시작할까요?";
    stop_title(target: &str) => "Stop {target} now?", "{target}을(를) 지금 중지할까요?";
    start_text => "Somebody else must approve it. If AWS refuses a part of it, what was started is stopped again.", "다른 사람이 승인해야 합니다. AWS가 일부를 거부하면 시작된 것을 다시 중지합니다.";
    stop_text => "Somebody else must approve it. If AWS refuses a part of it, what was stopped is started again.", "다른 사람이 승인해야 합니다. AWS가 일부를 거부하면 중지된 것을 다시 시작합니다.";
    propose_start => "Propose to start", "시작 제안";
    propose_stop => "Propose to stop", "중지 제안";
    start_reason_missing => "Say why it is started.", "시작하는 사유를 입력하세요.";
    stop_reason_missing => "Say why it is stopped.", "중지하는 사유를 입력하세요.";
}
