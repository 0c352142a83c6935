//! What the services say of lines of logs.

use domain::messages;

messages! {
    unnamed => "Nothing names a log group for what this alarm watches.", "이 경보가 보는 지표의 로그 그룹을 알 수 없습니다.";
    no_filter(metric: &str) => "No metric filter in this account and region makes {metric}: programs may report it themselves.",
        "이 계정과 리전에 {metric} 지표를 만드는 지표 필터가 없습니다. 프로그램이 직접 보고하는 지표일 수 있습니다.";
    absent(group: &str) => "The log group {group} does not exist: nothing has written to it yet, or its logs go elsewhere.",
        "로그 그룹 {group}이(가) 없습니다. 아직 기록된 로그가 없거나 로그를 다른 곳으로 보내고 있습니다.";
    denied(group: &str) => "The role may not read the log group {group}.", "이 역할은 로그 그룹 {group}을(를) 읽을 수 없습니다.";
    filters_denied => "The role may not list metric filters, so the log group is not known.", "이 역할은 지표 필터를 조회할 수 없어 로그 그룹을 알 수 없습니다.";
    none(group: &str) => "The log group {group} has no line of this time.", "로그 그룹 {group}에 이 시간대의 로그가 없습니다.";
    none_fits(group: &str) => "No line of this time in the log group {group} fits the filter's pattern.", "로그 그룹 {group}에 이 시간대에 필터 패턴과 맞는 로그가 없습니다.";
}
