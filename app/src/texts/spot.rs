//! Words of spot capacity.

domain::messages! {
    title => "Spot now", "현재 스팟";
    share(spot: u32, all: u32, percent: u32) => "{spot} of {all} in service are spot: {percent} %.", "서비스 중인 {all}대 가운데 {spot}대가 스팟입니다({percent}%).";
    share_unknown => "EC2 did not tell how all of them are bought. The role needs ec2:DescribeInstances.", "일부 인스턴스의 구매 방식을 EC2에서 알 수 없었습니다. 역할에 ec2:DescribeInstances 권한이 필요합니다.";
    share_nothing => "Nothing is in service now.", "현재 서비스 중인 인스턴스가 없습니다.";
    by_zone => "By zone", "가용 영역별";
    by_type => "By type", "유형별";
    spot => "Spot", "스팟";
    on_demand => "On demand", "온디맨드";
    unknown => "Unknown", "알 수 없음";
    percent => "Share of spot", "스팟 비율";
    notices => "Spot notices", "스팟 알림";
    counted(interruptions: usize, rebalances: usize) => "In the last 30 days: interruptions {interruptions}, rebalance recommendations {rebalances}.", "최근 30일: 중단 {interruptions}건, 재조정 권고 {rebalances}건.";
    counted_most(most: usize) => "Only the last {most} are told.", "최근 {most}건만 표시합니다.";
    from_events => "They come with AWS’s events; without a source of kind eventbridge nobody hears of any.", "AWS 이벤트로 전달됩니다. eventbridge 종류의 원본이 없으면 알 수 없습니다.";
    interruption => "Interrupted", "중단됨";
    rebalance => "Rebalance recommended", "재조정 권고";
    older(count: usize) => "{count} older", "이전 알림 {count}건";
    several => "Several groups share this schedule; each one’s page tells of its spot instances.", "여러 그룹이 함께 쓰는 일정입니다. 스팟 알림은 각 그룹의 페이지에 있습니다.";
    prices => "Spot prices", "스팟 가격";
    prices_chart(instance_type: &str) => "Spot price of {instance_type} over 14 days", "{instance_type}의 14일간 스팟 가격";
    prices_empty => "EC2 tells no spot prices for it: none of its instance types is known.", "알려진 인스턴스 유형이 없어 EC2의 스팟 가격이 없습니다.";
    prices_about => "Linux, an hour, over the last 14 days; read at most once an hour.", "Linux, 시간당, 최근 14일. 한 시간에 한 번까지만 조회합니다.";
    list_source(name: &str, state: &str) => "On demand: {name}, {state}.", "온디맨드 가격: {name}, {state}.";
    list_price(price: &str) => "on demand {price}", "온디맨드 {price}";
    list_unknown => "price on demand unknown", "온디맨드 가격 알 수 없음";
    price_now => "Now", "현재";
    price_mean => "Mean", "평균";
    of_list => "Of on demand", "온디맨드 대비";
    more_types(count: usize) => "{count} more types", "유형 {count}개 더 보기";
    zone => "Zone", "가용 영역";
}
