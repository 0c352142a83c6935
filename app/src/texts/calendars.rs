//! Words of the calendars whose times are freezes, and of those that schedules name.

domain::messages! {
    followed => "Calendars that are followed", "따르는 캘린더";
    followed_text => "What they name in the coming months is frozen, and lifted where it was named. One that cannot be read leaves its freezes as they were.",
        "캘린더에 있는 앞으로의 일정이 동결이 되며, 해제도 그 캘린더에서 합니다. 캘린더를 읽지 못하면 기존 동결이 그대로 유지됩니다.";
    read => "read", "읽은 시각:";
    unread => "It could not be read last time", "마지막으로 읽지 못했습니다";
    import => "Import a calendar", "캘린더 가져오기";
    calendar => "Calendar", "캘린더";
    calendar_hint(days: i64) => "Paste the text of an .ics file. Each time in the coming {days} days becomes a freeze; days count by your clock.",
        ".ics 파일의 내용을 붙여 넣으세요. 앞으로 {days}일 안의 일정마다 동결이 하나씩 만들어지며, 날짜는 사용자의 시간대를 따릅니다.";
    calendar_missing => "Paste the calendar’s text.", "캘린더 내용을 붙여 넣으세요.";
    imported_toast(count: usize) => "Freezes declared: {count}.", "동결 {count}개를 선언했습니다.";
    for_schedules => "for schedules only", "일정 전용";
    calendars => "Calendars", "캘린더";
    not_followed => "It is followed no more: its days stay as they were approved.", "더 이상 따르지 않는 캘린더입니다. 승인된 날짜가 그대로 유지됩니다.";
    edit_waits => "A calendar of this schedule names other days", "이 일정의 캘린더 날짜가 바뀌었습니다";
    edit_waits_text => "The schedule stays as it was approved until somebody decides on the edit that Lamplighter proposes.", "Lamplighter가 제안한 수정을 누군가 결정할 때까지 일정은 승인된 그대로 유지됩니다.";
    open_edit => "Open the proposed edit", "제안된 수정 열기";
    without => "Days of a calendar without the window", "구간을 적용하지 않는 캘린더 날짜";
    without_hint => "A change of the calendar never changes the schedule by itself: it proposes an edit.", "캘린더가 바뀌어도 일정은 저절로 바뀌지 않으며, 수정이 제안됩니다.";
    none => "none", "없음";
    of_calendar(name: &str) => "The calendar {name} names it. Lift it there.", "{name} 캘린더에서 온 동결입니다. 그 캘린더에서 해제하세요.";
}
