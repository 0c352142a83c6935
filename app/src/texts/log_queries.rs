//! Words of the queries of logs that run on a schedule.

domain::messages! {
    title => "Log queries", "로그 쿼리";
    text => "CloudWatch Logs Insights queries that run on a schedule, as the configuration names them under [[log_queries]]. AWS charges what they scan, per GB and by region.", "설정의 [[log_queries]]에 등록해 주기적으로 실행하는 CloudWatch Logs Insights 쿼리입니다. 스캔한 양은 AWS가 리전별 GB 단가로 과금합니다.";
    name => "Query", "쿼리";
    groups => "Log groups", "로그 그룹";
    every => "Runs", "실행 주기";
    every_minutes(every: u32, window: u32) => "every {every} min, over {window} min", "{every}분마다, {window}분 구간";
    last => "Last run", "마지막 실행";
    never => "not yet", "아직 없음";
    rows => "Rows", "행 수";
    rows_of(rows: u32, above: u32) => "{rows} (alarm above {above})", "{rows}(경보 기준 {above} 초과)";
    no_rows => "no answer", "응답 없음";
    scanned => "Scanned today", "오늘 스캔한 양";
    scanned_of(today: &str, most: u32, last: &str) => "{today} of {most} GB (last run {last})", "{most}GB 중 {today}(마지막 실행 {last})";
    alarm => "Alarm", "경보";
}
