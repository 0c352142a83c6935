//! Words of the background workers.

domain::messages! {
    poll(scope: &str) => "Read {scope}", "{scope} 읽기";
    notify(channel: &str) => "Notify {channel}", "{channel} 알림 전송";
    feed => "Tell open pages", "열린 화면에 소식 전달";
    apply => "Apply changes", "변경 적용";
    watch => "Watch scale events", "스케일 이벤트 감시";
    schedules => "Look after schedules", "일정 관리";
    queue(queue: &str) => "Take events from {queue}", "{queue}에서 이벤트 가져오기";
    calendars => "Follow calendars", "캘린더 확인";
    ends => "Judge why instances ended", "인스턴스 종료 원인 판단";
    held => "Tell of held alarms", "보류한 경보 알림";
    digests => "Tell digests", "요약 알림";
    digested(messages: u32) => "told digests: {messages}", "요약 {messages}건을 알렸습니다";
    drills => "End drills, settle their receipts", "훈련 종료와 수신 결과 정리";
    escalate => "Escalate alarms that nobody takes on", "담당자 없는 경보 에스컬레이션";
    heartbeats => "Listen for heartbeats", "하트비트 확인";
    log_queries => "Run log queries", "로그 쿼리 실행";
    topics => "Confirm subscriptions", "구독 확인";
    expire => "Expire proposals", "제안 만료 처리";
    scopes => "Follow the configuration", "설정 반영";
    retain => "Delete old records", "오래된 기록 삭제";

    elsewhere => "done by another server", "다른 서버가 처리 중";
    not_configured => "no longer configured", "더 이상 설정되어 있지 않음";
    follows_from_here => "follows from here on", "지금부터 따라감";
    missed_too_much => "missed too much; open pages load again", "놓친 소식이 많아 열린 화면을 새로 불러옴";
    read(alarms: usize, targets: usize) => "alarms: {alarms}, targets: {targets}", "경보 {alarms}개, 대상 {targets}개";
    sent(messages: u32) => "messages sent: {messages}", "메시지 {messages}건 전송";
    sent_more(messages: u32) => "messages sent: {messages}; more wait for the channel's rate", "메시지 {messages}건 전송, 나머지는 채널 속도 제한으로 대기";
    sent_then_failed(messages: u32, error: &str) => "messages sent: {messages}; then one failed: {error}", "메시지 {messages}건 전송 후 실패: {error}";
    told(news: usize, followers: u32) => "news: {news}, open pages: {followers}", "소식 {news}건, 열린 화면 {followers}개";
    carried(changes: usize) => "changes carried on: {changes}", "변경 {changes}건 진행";
    watched(standing: usize, drifted: u32, returns: usize, reread: usize) => "standing: {standing}, newly drifted: {drifted}, returns looked for: {returns}, read back late: {reread}",
        "진행 중 {standing}건, 새 이탈 {drifted}건, 복귀 확인 {returns}건, 뒤늦은 확인 {reread}건";
    looked_after(standing: usize, drifted: u32, extended: u32) => "standing: {standing}, newly drifted: {drifted}, extended: {extended}",
        "적용 중 {standing}개, 새 이탈 {drifted}개, 연장 {extended}개";
    took(kept: u32, set_aside: u32, left: u32) => "events taken: {kept}, set aside: {set_aside}, left in the queue: {left}",
        "가져온 이벤트 {kept}개, 격리 {set_aside}개, 대기열에 남음 {left}개";
    followed(read: u32, failed: u32) => "calendars read: {read}, failed: {failed}", "캘린더 {read}개 읽음, 실패 {failed}개";
    judged(ends: usize, over: usize) => "ends judged: {ends}, their alarms over: {over}", "종료 {ends}건 판단, 경보 {over}개 해제";
    drilled(started: u32, ended: u32, concluded: u32) => "drills begun: {started}, ended: {ended}, receipts settled: {concluded}", "시작한 훈련 {started}건, 종료한 훈련 {ended}건, 결과가 정리된 훈련 {concluded}건";
    escalated(alarms: usize, released: usize) => "alarms escalated: {alarms}, given back by age: {released}", "에스컬레이션한 경보 {alarms}건, 시간이 지나 담당 해제 {released}건";
    released(alarms: usize) => "held alarms let go: {alarms}", "보류 해제한 경보 {alarms}건";
    listened(watched: u32, late: u32) => "sources that must call: {watched}, newly late: {late}", "하트비트 원본 {watched}개, 새로 늦음 {late}개";
    queried(asked: u32, unanswered: u32) => "queries run: {asked}, without an answer: {unanswered}", "로그 쿼리 {asked}개 실행, 응답 없음 {unanswered}개";
    confirmed(confirmed: u32, failed: u32) => "confirmed: {confirmed}, not taken: {failed}", "확인 {confirmed}건, 실패 {failed}건";
    expired(changes: u32) => "expired: {changes}", "만료 {changes}건";
    let_go(scopes: u32, messages: u64) => "scopes let go: {scopes}, messages given up: {messages}", "제외한 계정·리전 {scopes}개, 포기한 메시지 {messages}건";
    deleted(rows: u64) => "rows deleted: {rows}", "{rows}행 삭제";
}
