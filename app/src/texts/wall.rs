//! Words of the wall board.

domain::messages! {
    title => "Wall board", "상황판";
    open => "Wall board", "상황판 열기";
    leave => "Back to the alarms", "경보 목록으로";
    counts => "Alarms going off, by priority", "우선순위별 발생 경보";
    going_off => "Alarms going off", "발생한 경보";
    nobody_has(count: u64) => "{count} without an owner", "담당자 없음 {count}";
    all_taken => "all looked after", "모두 담당자 있음";
    none_off => "none", "없음";
    no_data(count: u64) => "no data: {count}", "데이터 없음 {count}";
    calm => "Nothing is going off", "발생한 경보가 없습니다";
    calm_text(at: &str) => "As of {at}.", "{at} 기준입니다.";
    unknown(environments: &str) => "No such environment: {environments}", "없는 환경: {environments}";
    unknown_text => "Choose one above. Nothing that is known belongs to it.", "위에서 환경을 선택하세요. 여기에 속한 자원이 없습니다.";
    nobody => "nobody looks after it", "담당자 없음";
    looked_after(by: &str) => "{by} looks after it", "담당: {by}";
    more(count: u64) => "and {count} more", "외 {count}건";
    on_call => "On call now", "지금 당직";
    nobody_on_call => "nobody", "없음";
    until(at: &str) => "until {at}", "{at}까지";
    stale(at: &str) => "No news since {at}. What stands here may be over, and new alarms are not shown.",
        "{at} 이후 소식이 끊겼습니다. 이미 끝난 경보일 수 있고 새 경보는 표시되지 않습니다.";
}
