//! What is said about people, passwords, sessions and tokens, English and
//! Korean side by side.

use domain::messages;

messages! {
    busy => "Too many sign-ins at once. Try again in a moment.",
        "로그인 요청이 너무 많습니다. 잠시 후 다시 시도하세요.";
    password_length(least: usize, most: usize) => "A password has {least} to {most} characters.",
        "비밀번호는 {least}자 이상 {most}자 이하여야 합니다.";
    password_easy => "This password is too easy to guess: do not repeat a few characters or use the sign-in name.",
        "추측하기 쉬운 비밀번호입니다. 같은 문자를 반복하거나 로그인 이름을 넣지 마세요.";
    password_wrong => "This is not your present password.", "현재 비밀번호가 아닙니다.";
    password_throttled => "Too many wrong passwords. Try again in a few minutes.",
        "비밀번호를 여러 번 틀렸습니다. 몇 분 뒤에 다시 시도하세요.";
    password_overtaken => "Your password was set anew meanwhile. Sign in again.",
        "그사이 비밀번호가 새로 설정되었습니다. 다시 로그인하세요.";
    password_none => "This account has no password.", "비밀번호가 없는 계정입니다.";
    password_own => "Change your own password under your profile.",
        "본인 비밀번호는 프로필에서 바꾸세요.";
    session_only => "An API token cannot do this. Sign in with a browser.",
        "API 토큰으로는 할 수 없습니다. 브라우저로 로그인하세요.";

    device(browser: &str, system: &str) => "{browser} on {system}", "{system}의 {browser}";
    device_unknown => "An unknown browser", "알 수 없는 브라우저";

    login_taken => "Somebody has this sign-in name already.", "이미 사용 중인 로그인 이름입니다.";
    login_of_sandbox => "Sign-in names at sandbox.invalid belong to the sandbox alone.",
        "sandbox.invalid 로그인 이름은 샌드박스 전용입니다.";
    login_form => "A sign-in name is an e-mail address.", "로그인 이름은 이메일 주소여야 합니다.";
    grants_empty => "Give at least one role.", "역할을 하나 이상 지정하세요.";
    grants_many(most: usize) => "At most {most} roles.", "역할은 {most}개까지 지정할 수 있습니다.";
    grant_nowhere => "Name at least one environment for this role, or all of them.",
        "이 역할이 적용될 환경을 하나 이상 고르거나 전체를 고르세요.";
    grant_environment(name: &str) => "“{name}” is not an environment: 1 to 32 of a-z, 0-9 and -.",
        "“{name}”: 환경 이름은 a-z, 0-9, - 문자 1~32자입니다.";
    last_admin => "This is the last admin. Make another admin first.",
        "마지막 관리자입니다. 다른 관리자를 먼저 지정하세요.";
    person_moved => "Somebody else has changed this person meanwhile. Load the page again.",
        "그사이 다른 사람이 이 사용자를 변경했습니다. 페이지를 새로 고치세요.";
    people_full => "There are too many people.", "사람이 너무 많습니다.";
    zone_unknown => "This is not an IANA time zone name such as Asia/Seoul.",
        "Asia/Seoul 같은 IANA 시간대 이름이 아닙니다.";

    token_days(most: i64) => "A token lasts 1 to {most} days.", "토큰의 유효 기간은 1~{most}일입니다.";
    token_role => "A token cannot have a higher role than you.",
        "토큰에 본인보다 높은 역할을 줄 수 없습니다.";
    tokens_full => "You have too many tokens. Revoke one.", "토큰이 너무 많습니다. 하나를 폐기하세요.";
}
