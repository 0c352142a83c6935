//! Notes on schedules, in words.

use super::Lang;
use crate::{
    messages,
    schedules::{Edge, Instead, Note, NoteKind, Timetable},
};
use jiff::civil::DateTime;

messages! {
    gap_from(window: &str, local: &str, at: &str) =>
        "Window “{window}”: {local} does not exist, the clock skips it. It starts at {at}.",
        "구간 “{window}”: 시계가 건너뛰어 {local}은(는) 없는 시각입니다. {at}에 시작합니다.";
    gap_to(window: &str, local: &str, at: &str) =>
        "Window “{window}”: {local} does not exist, the clock skips it. It ends at {at}.",
        "구간 “{window}”: 시계가 건너뛰어 {local}은(는) 없는 시각입니다. {at}에 끝납니다.";
    fold_from(window: &str, local: &str, at: &str) =>
        "Window “{window}”: {local} happens twice. It starts the first time, at {at}.",
        "구간 “{window}”: {local}이(가) 두 번 옵니다. 첫 번째인 {at}에 시작합니다.";
    fold_to(window: &str, local: &str, at: &str) =>
        "Window “{window}”: {local} happens twice. It ends the first time, at {at}.",
        "구간 “{window}”: {local}이(가) 두 번 옵니다. 첫 번째인 {at}에 끝납니다.";
    window_empty(window: &str) =>
        "Window “{window}” is empty this day: the clock skips all of it.",
        "구간 “{window}”은(는) 이 날 비어 있습니다. 시계가 전부 건너뜁니다.";
    overlap(winner: &str, loser: &str, times: u32) =>
        "Windows “{loser}” and “{winner}” are on at once, {times} × from here; “{winner}” wins, since it is later in the list.",
        "구간 “{loser}”과(와) “{winner}”이(가) 이때부터 {times}번 겹칩니다. 목록에서 뒤에 있는 “{winner}”이(가) 이깁니다.";
    exception_base(number: usize, replaced: usize) =>
        "Exception {number} keeps the base and replaces the start of a window {replaced} ×.",
        "예외 {number}이(가) 기본 용량을 지키고 구간의 시작 {replaced}번을 대신합니다.";
    exception_window(number: usize, window: &str, replaced: usize) =>
        "Exception {number} keeps the capacity of window “{window}” all day and replaces the start of a window {replaced} ×.",
        "예외 {number}이(가) 하루 종일 구간 “{window}”의 용량을 지키고 구간의 시작 {replaced}번을 대신합니다.";
    exception_idle(number: usize) =>
        "Exception {number} replaces no window in these days.",
        "예외 {number}은(는) 이 기간에 어떤 구간도 대신하지 않습니다.";
    window_idle(window: &str) =>
        "Window “{window}” never starts in these days.",
        "구간 “{window}”은(는) 이 기간에 한 번도 시작하지 않습니다.";
    window_hidden(window: &str) =>
        "Window “{window}” starts in these days, but something else always goes before it.",
        "구간 “{window}”은(는) 이 기간에 시작하지만 항상 다른 규칙에 가려집니다.";
    override_past(number: usize, until: &str) =>
        "Override {number} was over at {until}; it can be deleted.",
        "재정의 {number}은(는) {until}에 끝났습니다. 지워도 됩니다.";
    override_overlap(winner: usize, loser: usize) =>
        "Overrides {loser} and {winner} are on at once; {winner} wins, since it is later in the list.",
        "재정의 {loser}과(와) {winner}이(가) 겹칩니다. 목록에서 뒤에 있는 {winner}이(가) 이깁니다.";
}

/// A note for people.
#[must_use]
pub fn note(lang: Lang, timetable: &Timetable<'_>, note: &Note) -> String {
    let schedule = timetable.schedule();
    let name = |window: usize| {
        let window = schedule.windows().get(window);
        window.map_or("", |window| window.name.as_str())
    };
    // Times of a window are told by its own clock.
    let clock = |window: usize| timetable.zone_of(window).minute_text(note.at);
    let local = |local: &DateTime| local.strftime("%Y-%m-%d %H:%M").to_string();
    match &note.kind {
        NoteKind::DstGap {
            window,
            edge,
            local: at,
        } => {
            let tell = match edge {
                Edge::From => gap_from,
                Edge::To => gap_to,
            };
            tell(lang, name(*window), &local(at), &clock(*window))
        }
        NoteKind::DstFold {
            window,
            edge,
            local: at,
        } => {
            let tell = match edge {
                Edge::From => fold_from,
                Edge::To => fold_to,
            };
            let offset = timetable.zone_of(*window).offset_text(note.at);
            let first = format!("{} ({offset})", clock(*window));
            tell(lang, name(*window), &local(at), &first)
        }
        NoteKind::WindowEmpty { window } => window_empty(lang, name(*window)),
        NoteKind::Overlap {
            winner,
            loser,
            times,
        } => overlap(lang, name(*winner), name(*loser), *times),
        NoteKind::Exception {
            exception,
            replaced,
        } => {
            let instead = schedule.exceptions().get(*exception).map(|e| &e.instead);
            match instead {
                Some(Instead::Window(window)) => {
                    exception_window(lang, *exception, window.as_str(), *replaced)
                }
                _ => exception_base(lang, *exception, *replaced),
            }
        }
        NoteKind::ExceptionIdle { exception } => exception_idle(lang, *exception),
        NoteKind::WindowIdle { window } => window_idle(lang, name(*window)),
        NoteKind::WindowHidden { window } => window_hidden(lang, name(*window)),
        NoteKind::OverridePast { over } => {
            let until = schedule.overrides().get(*over).map(|over| over.until);
            let until = until.map_or_else(String::new, |at| timetable.zone().minute_text(at));
            override_past(lang, *over, &until)
        }
        NoteKind::OverrideOverlap { winner, loser } => override_overlap(lang, *winner, *loser),
    }
}
