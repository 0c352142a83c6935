//! Notes on schedules, in words.

use super::Lang;
use crate::{
    messages,
    schedules::{
        Edge, Instead, LevelError, Note, NoteKind, ScheduleProblem, TargetKind, Timetable,
    },
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
        "Exception {number} changes no capacity in these days.",
        "예외 {number}은(는) 이 기간에 어떤 용량도 바꾸지 않습니다.";
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

/// Why parts of a schedule do not fit each other, for people. In English it is what
/// the error itself says.
#[must_use]
pub fn problem(lang: Lang, problem: &ScheduleProblem) -> String {
    match lang {
        Lang::En => problem.to_string(),
        Lang::Ko => korean(problem),
    }
}

fn korean(problem: &ScheduleProblem) -> String {
    match problem {
        ScheduleProblem::NoTarget => "일정에는 대상이 하나 이상 필요합니다.".into(),
        ScheduleProblem::MixedTargets { first, found } => {
            format!("일정의 대상은 한 종류여야 합니다. 첫 대상은 {first}, 이 대상은 {found}입니다.")
        }
        ScheduleProblem::TargetTwice(target) => format!("대상 {target}이(가) 두 번 있습니다."),
        ScheduleProblem::WindowTwice(window) => {
            format!("구간 “{window}”이(가) 둘입니다. 하나의 이름을 바꾸세요.")
        }
        ScheduleProblem::DatesAndDays => {
            "dates는 days, monthdays, months를 대신합니다. 둘 중 하나만 쓰세요.".into()
        }
        ScheduleProblem::StartsAtEnd => {
            "구간은 24:00에 시작할 수 없습니다. 다음 날 00:00으로 쓰세요.".into()
        }
        ScheduleProblem::NoDates => "예외에는 dates나 calendar가 필요합니다.".into(),
        ScheduleProblem::NoSuchWindow { name, known } => {
            format!("구간 “{name}”이(가) 없습니다. base 또는 다음 중 하나를 쓰세요: {known}")
        }
        ScheduleProblem::EndsBeforeStart => "until은 from보다 뒤여야 합니다.".into(),
        ScheduleProblem::PartOfMinute => "AWS는 분 단위로 움직입니다. 초를 빼세요.".into(),
        ScheduleProblem::Reason(_) => {
            "이유가 비었거나, 너무 길거나, 제어 문자를 담고 있습니다.".into()
        }
        ScheduleProblem::Level(error) => korean_level(error),
        ScheduleProblem::TooMany(most) => format!("최대 {most}개입니다."),
    }
}

fn korean_level(error: &LevelError) -> String {
    match error {
        LevelError::Foreign { kind, field, .. } => {
            let fields = match kind {
                TargetKind::Asg | TargetKind::Eks => "min, desired, max",
                TargetKind::Ecs => "min, max",
                TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster => "state",
            };
            format!("{kind}의 용량에는 {field}이(가) 없습니다. 쓸 수 있는 것은 {fields}입니다.")
        }
        LevelError::Missing { field } => {
            format!("기본 용량에 {field}이(가) 없습니다. 구간이 물려받으므로 꼭 쓰세요.")
        }
        LevelError::NoSpotInBase => {
            "기본 용량에 spot이 없습니다. 되돌아갈 값이 있도록 거기에도 쓰세요.".into()
        }
        LevelError::Order { capacity } => format!(
            "min ≤ desired ≤ max가 성립하지 않습니다: {capacity} (쓰지 않은 값은 기본 용량에서 물려받습니다)"
        ),
        LevelError::BoundsOrder { min, max } => format!(
            "min ≤ max가 성립하지 않습니다: {min}–{max} (쓰지 않은 값은 기본 용량에서 물려받습니다)"
        ),
        LevelError::TooMuch { field, most } => format!("{field}의 최댓값은 {most}입니다."),
    }
}
