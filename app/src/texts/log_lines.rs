//! Words of lines of logs.

domain::messages! {
    title => "Log lines", "로그";
    between => "Around the last time it went off:", "마지막 발생 전후:";
    filter(name: &str) => "metric filter {name}", "지표 필터 {name}";
    pattern => "Pattern:", "패턴:";
    all => "Every line", "모든 로그";
    lines(group: &str) => "Lines of {group}", "{group}의 로그";
    at => "At", "시각";
    stream => "Stream", "스트림";
    text => "Line", "내용";
    cut => "(cut)", "(잘림)";
    more => "There are more lines than these, the oldest.", "가장 오래된 로그만 표시합니다. 더 있습니다.";
    left_out(count: u32) => "Metric filters whose log groups were not read: {count}.", "로그 그룹을 읽지 않은 지표 필터: {count}개";
    console => "Open in CloudWatch Logs", "CloudWatch Logs에서 열기";
    secret => "Lines may hold secrets and personal data. They are read from AWS for you and kept nowhere.", "로그에는 비밀 정보나 개인 정보가 있을 수 있습니다. AWS에서 바로 읽어 보여 주며 저장하지 않습니다.";
}
