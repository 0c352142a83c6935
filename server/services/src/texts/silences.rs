//! What is said of silences and matchers.

use domain::{i18n::Lang, labels::MatchersError, limits, messages};

messages! {
    matchers_name(at: &str) => "`{at}` does not begin with the name of a label.", "`{at}`은(는) 레이블 이름으로 시작하지 않습니다.";
    matchers_sign(label: &str) => "After `{label}` comes one of =, !=, =~ and !~.", "`{label}` 뒤에는 =, !=, =~, !~ 중 하나가 와야 합니다.";
    matchers_value(label: &str) => "`{label}` has no value, or one whose quotes do not end.", "`{label}`에 값이 없거나 따옴표가 닫히지 않았습니다.";
    matchers_pattern(value: &str) => "`{value}` is not a regular expression, or too large a one.", "`{value}`은(는) 정규식이 아니거나 너무 큽니다.";
    matchers_comma(at: &str) => "`{at}` stands where a comma was expected.", "`{at}` 자리에는 쉼표가 와야 합니다.";
    matchers_long(count: usize, chars: usize) => "There are more than {count} matchers or {chars} characters.", "매처 {count}개 또는 {chars}자를 넘었습니다.";
    silence_order => "The end must be after the start, and after now.", "종료 시각은 시작 시각과 현재보다 뒤여야 합니다.";
    silence_long(days: i64) => "A silence lasts {days} days at most.", "음소거는 최대 {days}일까지 설정할 수 있습니다.";
    silence_far(days: i64) => "A silence begins within {days} days.", "음소거는 {days}일 이내에 시작해야 합니다.";
    silence_boundless => "This would silence everything everywhere. Choose an environment, or name a label that an alarm must have.",
        "모든 환경의 모든 경보가 음소거됩니다. 환경을 고르거나, 경보가 가져야 할 레이블을 적으세요.";
    silence_elsewhere => "It is about environments beyond your reach, too.", "권한이 없는 환경도 함께 음소거한 항목입니다.";
    silences_full => "There are too many silences. End those that are not needed.", "음소거가 너무 많습니다. 필요 없는 음소거를 종료하세요.";
    silence_over => "The silence is over already.", "이미 끝난 음소거입니다.";
}

/// What is wrong with matchers.
#[must_use]
pub fn matchers_error(lang: Lang, error: &MatchersError) -> String {
    match error {
        MatchersError::Name(at) => matchers_name(lang, at),
        MatchersError::Sign(label) => matchers_sign(lang, label),
        MatchersError::Value(label) => matchers_value(lang, label),
        MatchersError::Pattern(value) => matchers_pattern(lang, value),
        MatchersError::Comma(at) => matchers_comma(lang, at),
        MatchersError::TooLong => {
            matchers_long(lang, limits::MATCHERS_MAX, limits::MATCHERS_CHARS_MAX)
        }
    }
}
