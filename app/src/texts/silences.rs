//! Words of the silences.

domain::messages! {
    title => "Silences", "음소거";
    subtitle => "For a time nobody is told of what goes off; the alarms are seen as ever. What still stands at the end is told then.",
        "정해진 동안 새로 발생한 경보를 아무에게도 알리지 않습니다. 경보는 계속 보이며, 끝날 때까지 남은 경보는 그때 알립니다.";
    add => "Silence", "음소거";
    add_title => "Silence alarms", "경보 음소거";
    empty => "Nothing is silenced", "음소거가 없습니다";
    empty_text => "Silence what is known and being worked on, from an alarm's page or here.", "이미 알고 처리 중인 경보를 경보 화면이나 여기에서 음소거하세요.";
    what => "What", "대상";
    matchers => "Labels", "레이블";
    matchers_hint => "As in Alertmanager: alertname=~\"web.*\", region=\"ap-northeast-2\". Every alarm has alertname, environment, priority and source; others have account, region, namespace, metric, dimensions or the labels of their source. Empty fits all.",
        "Alertmanager와 같습니다: alertname=~\"web.*\", region=\"ap-northeast-2\". 모든 경보에 alertname, environment, priority, source가 있고, account, region, namespace, metric, 차원이나 원본의 레이블도 쓸 수 있습니다. 비우면 모두 해당합니다.";
    every_label => "whatever its labels", "레이블 무관";
    from => "From", "시작 시각";
    until => "Until", "종료 시각";
    from_hint => "Empty: now", "비우면 지금";
    lasts => "For", "기간";
    comment => "Why", "사유";
    comment_hint => "Whoever wonders why nobody was told reads this.", "왜 알림이 없었는지 궁금한 사람이 이 글을 봅니다.";
    comment_missing => "Write why.", "사유를 적으세요.";
    by => "By", "요청자";
    period => "When", "기간";
    pending => "Pending", "대기";
    active => "Active", "진행 중";
    expired => "Over", "끝남";
    ended_by(name: &str) => "ended by {name}", "{name} 님이 종료";
    end => "End", "종료";
    end_title => "End this silence?", "음소거를 종료할까요?";
    end_text => "What went off meanwhile and still stands is told now.", "그동안 발생해 아직 남은 경보를 지금 알립니다.";
    ended_toast => "The silence is over.", "음소거를 종료했습니다.";
    added_toast => "Silenced.", "음소거했습니다.";
    fits => "What it is about", "해당하는 경보";
    fits_none => "No alarm fits now. One that appears later may.", "지금 해당하는 경보가 없습니다. 나중에 생기는 경보가 해당할 수 있습니다.";
    fits_some(alarms: &str, firing: &str) => "Alarms: {alarms}, in ALARM now: {firing}", "경보 {alarms}개, 현재 경보 상태 {firing}개";
    fits_more(count: &str) => "and {count} more", "외 {count}개";
    fits_cut => "There are more alarms than are looked at here.", "경보가 많아 일부만 살펴보았습니다.";
    silenced => "Silenced", "음소거";
    silenced_until(at: &str) => "Nobody is told of it until {at}", "{at}까지 아무에게도 알리지 않습니다";
    who(name: &str) => "Silenced by {name}", "{name} 님의 음소거";
}
