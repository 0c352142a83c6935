//! Words of the processes that AWS runs by itself, and of switching them.

domain::messages! {
    title => "What AWS does by itself", "AWS가 스스로 하는 일";
    what => "What", "항목";
    process => "Process", "프로세스";
    state => "State", "상태";
    while_suspended => "While it is suspended", "일시 중지된 동안";
    act => "Change it", "변경";
    runs => "on", "켜짐";
    suspended => "suspended", "일시 중지";
    now => "Now", "현재";
    then => "Then", "적용 후";
    alarm_actions => "Alarm actions", "경보 작업";
    suspend => "Suspend", "일시 중지";
    resume => "Resume", "재개";
    suspend_one(process: &str) => "Suspend {process}", "{process} 일시 중지";
    resume_one(process: &str) => "Resume {process}", "{process} 재개";
    suspend_title(process: &str, target: &str) => "Suspend {process} of {target}?", "{target}의 {process} 프로세스를 일시 중지할까요?";
    resume_title(process: &str, target: &str) => "Resume {process} of {target}?", "{target}의 {process} 프로세스를 재개할까요?";
    suspend_text => "Somebody else must approve it. It stays suspended until another change request resumes it: AWS cannot do that at a time.", "다른 사람이 승인해야 합니다. AWS가 정해진 시각에 재개할 수 없으므로 다른 변경 요청으로 재개할 때까지 중지됩니다.";
    resume_text => "Somebody else must approve it.", "다른 사람이 승인해야 합니다.";
    propose_suspension => "Propose to suspend", "일시 중지 제안";
    propose_resumption => "Propose to resume", "재개 제안";
    suspend_reason_missing => "Say why it is suspended.", "일시 중지하는 사유를 입력하세요.";
    resume_reason_missing => "Say why it is resumed.", "재개하는 사유를 입력하세요.";
}
