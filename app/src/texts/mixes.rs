//! Words of how a group buys its instances, and of setting it now.

domain::messages! {
    set => "Set the spot mix", "스팟 구성 설정";
    no_policy => "It has no mixed instances policy, so it buys everything on demand.", "혼합 인스턴스 정책이 없어 모두 온디맨드로 구매합니다.";
    title(target: &str) => "Set the spot mix of {target} now?", "{target}의 스팟 구성을 지금 설정할까요?";
    text => "Somebody else must approve it. It holds for what is launched from then on; what runs stays unless it is replaced.", "다른 사람이 승인해야 합니다. 그때부터 시작되는 인스턴스에 적용되며, 실행 중인 것은 교체하지 않는 한 그대로입니다.";
    propose => "Propose the mix", "구성 제안";
    reason_missing => "Say why it buys otherwise.", "구매 방식을 바꾸는 사유를 입력하세요.";
    base => "On demand first", "온디맨드 기본";
    base_hint => "So many are always bought on demand.", "항상 온디맨드로 구매하는 수입니다.";
    percent => "On demand above it", "초과분 온디맨드 비율";
    percent_hint => "The rest is spot: 0 means all of it.", "나머지는 스팟입니다. 0이면 모두 스팟입니다.";
    whole_number(most: u32) => "Enter a whole number from 0 to {most}.", "0 이상 {most} 이하의 정수를 입력하세요.";
    strategy => "Spot allocation strategy", "스팟 할당 전략";
    strategy_hint => "In which spot pools AWS buys.", "AWS가 어느 스팟 풀에서 구매할지 정합니다.";
    refresh => "Then replace the running instances, some at a time", "이어서 실행 중인 인스턴스를 조금씩 교체";
    refresh_hint => "By an instance refresh that keeps 90 % in service.", "90 %를 서비스에 남기는 인스턴스 새로 고침으로 교체합니다.";
    unchanged => "as it is", "그대로";
    short => "Below its desired capacity", "희망 용량 미달";
    short_text(missing: u32) => "Missing: {missing}. The group buys spot: where AWS has none it goes on asking and buys nothing on demand instead. Its activities say why.", "{missing}대 부족합니다. 스팟을 구매하는 그룹으로, 스팟 용량이 없으면 AWS는 계속 요청할 뿐 온디맨드로 대신 구매하지 않습니다. 원인은 활동에서 확인하세요.";
    short_since => "Since", "발생 시각";
    on_demand => "Buy on demand instead", "온디맨드로 대신 구매";
}
