//! What is said of who is on call.

use domain::messages;

messages! {
    no_rotation => "There is no such rotation.", "그런 당직 순번이 없습니다.";
    no_contact => "There is no such person.", "그런 사람이 없습니다.";
    cover_order => "The end must be after the start, and after now.", "종료 시각은 시작 시각과 현재보다 뒤여야 합니다.";
    cover_far(days: i64) => "A cover ends within {days} days.", "대체 당직은 {days}일 안에 끝나야 합니다.";
    covers_full => "There are too many covers. End those that are not needed.", "대체 당직이 너무 많습니다. 필요 없는 항목을 종료하세요.";
    cover_overlaps(contact: &str, from: &str, until: &str) => "{contact} covers from {from} until {until}. End that first, or choose another time.",
        "{from}부터 {until}까지는 이미 {contact} 님이 대체합니다. 먼저 그 항목을 종료하거나 다른 시간을 고르세요.";
    cover_over => "The cover is over already.", "이미 끝난 대체 당직입니다.";
    calendar_name(rotation: &str) => "On call: {rotation}", "당직: {rotation}";
    calendar_shift(contact: &str, rotation: &str) => "{contact} is on call in {rotation}", "{rotation} 당직: {contact}";
}
