//! Words of how a schedule fits the traffic of its target.

domain::messages! {
    title => "Fit to traffic", "트래픽과의 비교";
    chart => "Planned and needed in the coming week", "다음 주의 계획과 필요량";
    planned => "planned", "계획";
    needed => "needed", "필요";
    explained(days: u32, carried: &str) => "From {days} days of requests through its load balancers. One of it has carried {carried} requests in a quarter hour; needed are as many as the same quarter hour of the week ever took.",
        "로드 밸런서를 거친 {days}일간의 요청 기준입니다. 한 대가 15분에 {carried}건까지 처리했으며, 필요량은 같은 요일 같은 시각에 가장 많았던 요청을 기준으로 계산합니다.";
    fits => "The schedule fits: there is nothing to advise.", "일정이 트래픽에 맞습니다. 조언할 것이 없습니다.";
    few_days(days: u32, least: u32) => "{days} days of its traffic are known; advice takes {least}.", "알려진 트래픽은 {days}일치입니다. 조언하려면 {least}일치가 필요합니다.";
    carried_unknown => "It is not known yet what one of it carries: a day of requests for each is missing.", "한 대가 처리하는 양을 아직 알 수 없습니다. 대당 요청 수가 하루치 이상 필요합니다.";
    no_balancer => "No load balancer sends requests to it, so there is nothing to compare with.", "이 대상에 요청을 보내는 로드 밸런서가 없어 비교할 수 없습니다.";
    several => "Several targets share this schedule; it is compared with one target’s traffic only where it is for one.", "여러 대상이 함께 쓰는 일정입니다. 대상이 하나인 일정만 트래픽과 비교합니다.";
    advice => "Advice", "조언";
    start(window: &str, minutes: u32, at: &str) => "Start “{window}” {minutes} minutes earlier, at {at}.", "“{window}” 구간을 {minutes}분 일찍, {at}에 시작하세요.";
    end(window: &str, minutes: u32, at: &str) => "End “{window}” {minutes} minutes later, at {at}.", "“{window}” 구간을 {minutes}분 늦게, {at}에 끝내세요.";
    short(planned: u32, needed: u32, requests: &str) => "Planned there are {planned}, and up to {needed} were needed: {requests} requests in a quarter hour.", "그때 계획은 {planned}대인데 {needed}대까지 필요했습니다(15분에 {requests}건).";
    quiet(planned: u32, from: &str, to: &str, days: &str) => "Min {planned} is unused {from}–{to} {days}.", "{days} {from}–{to}에는 최소 {planned}대가 다 쓰이지 않습니다.";
    unused(needed: u32, requests: &str) => "At most {needed} were needed: {requests} requests in a quarter hour.", "많아야 {needed}대가 필요했습니다(15분에 {requests}건).";
    every_day => "every day", "매일";
    weekdays => "on weekdays", "평일";
    weekends => "at weekends", "주말";
    draft => "Draft this change", "이 변경의 초안 작성";
    drafted => "The advice is in the text already. Look at what it does, then check and propose it.", "조언이 이미 반영되어 있습니다. 결과를 살펴본 뒤 검사하고 제안하세요.";
    not_drafted => "The schedule has changed since the advice was given; it is shown as it stands.", "조언 이후 일정이 바뀌었습니다. 현재 일정을 그대로 보여 줍니다.";
}
