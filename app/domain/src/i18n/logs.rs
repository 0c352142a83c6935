//! The report of access logs, in words.

use crate::messages;

messages! {
    files_lines(files: u64, total: u64) =>
        "{total} lines in {files} files", "파일 {files}개, {total}줄";
    lines_each(parsed: u64, rejected: u64, ignored: u64) =>
        "{parsed} requests, {rejected} rejected, {ignored} ignored",
        "요청 {parsed}, 거부 {rejected}, 무시 {ignored}";
    requests_between(requests: u64, from: &str, to: &str) =>
        "{requests} requests from {from} to {to}", "{from}부터 {to}까지 요청 {requests}건";
    no_requests => "No request to tell of.", "보고할 요청이 없습니다.";
    bytes_each(received: u64, sent: u64) =>
        "{received} bytes received, {sent} sent", "받은 바이트 {received}, 보낸 바이트 {sent}";
    not_in_latency(sentinel: u64, websocket: u64) =>
        "not in the latencies: {sentinel} without times, {websocket} WebSockets",
        "지연에서 제외: 시간 없음 {sentinel}, WebSocket {websocket}";
    unknown_fields(count: u64, sample: &str) =>
        "{count} fields that are not known yet, such as {sample}",
        "아직 알려지지 않은 필드 {count}개(예: {sample})";
    not_exact =>
        "There was too much to remember: counts in lists may be too low.",
        "기억할 것이 너무 많아 목록의 수가 실제보다 적을 수 있습니다.";
    requests => "requests", "요청";
    errors => "errors", "오류";
    status => "status", "상태";
    made_by => "made by", "원인";
    elb => "load balancer", "로드 밸런서";
    target => "target", "대상";
    latency => "latency, ms", "지연(ms)";
    latency_target => "target", "대상";
    latency_total => "total", "전체";
    method => "method", "메서드";
    path => "path", "경로";
    client => "client", "클라이언트";
    host => "host", "호스트";
    user_agent => "user agent", "사용자 에이전트";
    device => "device", "기기";
    mobile_app => "mobile app", "모바일 앱";
    mobile_web => "mobile web", "모바일 웹";
    desktop => "desktop", "데스크톱";
    bot => "bot", "봇";
    unknown => "unknown", "알 수 없음";
    reason => "reason", "이유";
    rejected_line => "rejected line", "거부된 줄";
    none => "none", "없음";
}
