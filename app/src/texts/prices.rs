//! Words of what a plan costs.

domain::messages! {
    money => "Money", "비용";
    title => "The 30 days to come", "향후 30일";
    what => "What", "항목";
    before => "Before", "변경 전";
    after => "After", "변경 후";
    difference => "Difference", "차이";
    hours => "Instance hours", "인스턴스 시간";
    hours_on_demand => "on demand", "온디맨드";
    hours_spot => "spot", "스팟";
    cost => "Cost", "비용";
    unknown => "unknown", "알 수 없음";
    hours_said(before: &str, after: &str) => "from {before} to {after} instance hours", "인스턴스 {before}시간에서 {after}시간으로";
    said(difference: &str, hours: &str) => "{difference} in 30 days, {hours}.", "30일간 {difference}, {hours}.";
    said_unknown(hours: &str) => "The cost is unknown; {hours}.", "비용을 알 수 없습니다. {hours}.";
    source(state: &str, name: &str) => "List prices: {name}, {state}.", "정가 기준: {name}, {state}.";
    spot_assumed(percent: u64) => "Spot is taken as {percent} % of on demand: an assumption, spot prices are not read.", "스팟은 온디맨드의 {percent} %로 가정합니다. 실제 스팟 가격은 조회하지 않습니다.";
    between => "From what is sure to what is possible: a scaling policy decides.", "조정 정책에 따라 달라지므로 최소값과 최대값을 함께 표시합니다.";
    no_price(names: &str) => "No price is known for {names}: nothing of a listed type runs there now.", "{names}의 가격을 알 수 없습니다. 현재 가격표에 있는 유형으로 실행 중인 항목이 없습니다.";
    not_read => "What this costs could not be worked out", "비용을 계산하지 못했습니다";
    no_sizes => "Unknown: what is switched on and off as a whole has no prices in the book.", "알 수 없음: 통째로 켜고 끄는 대상의 가격은 가격표에 없습니다.";
    nothing => "None of its targets is known here.", "이 일정의 대상을 찾을 수 없습니다.";
}
