//! Words of the settings.

domain::messages! {
    title => "Settings", "설정";
    views => "Settings", "설정 항목";
    profile => "Profile", "프로필";
    security => "Password and sessions", "비밀번호와 세션";
    tokens => "API tokens", "API 토큰";
    people => "People", "사용자";
    system => "System", "시스템";

    zone => "Time zone", "시간대";
    zone_hint => "Every time is shown in it; UTC appears on hover.", "모든 시각을 이 시간대로 표시하고, 마우스를 올리면 UTC가 나타납니다.";
    theme => "Theme", "테마";
    theme_system => "As the system", "시스템 설정";
    theme_light => "Light", "밝게";
    theme_dark => "Dark", "어둡게";
    saved => "Saved.", "저장했습니다.";
    roles => "Your roles", "내 역할";
    everywhere => "everywhere", "모든 환경";

    password => "Password", "비밀번호";
    current_missing => "Enter your current password.", "현재 비밀번호를 입력하세요.";
    current_password => "Current password", "현재 비밀번호";
    new_password => "New password", "새 비밀번호";
    password_hint(chars: usize) => "At least {chars} characters; your other sessions end.", "{chars}자 이상. 다른 세션은 종료됩니다.";
    change_password => "Change the password", "비밀번호 변경";
    password_changed => "The password is changed. Your other sessions have ended.", "비밀번호를 변경했습니다. 다른 세션은 종료되었습니다.";
    sessions => "Sessions", "세션";
    browser => "Browser", "브라우저";
    signed_in => "Signed in", "로그인";
    last_used => "Last used", "마지막 사용";
    this_one => "this one", "현재 세션";
    end_session => "End", "종료";
    end_session_title => "End this session?", "이 세션을 종료할까요?";
    end_session_text => "That browser must sign in again.", "해당 브라우저는 다시 로그인해야 합니다.";
    session_ended => "The session is ended.", "세션을 종료했습니다.";

    tokens_text => "A token lets a script use the REST interface as you, with at most the role you give it.", "토큰을 쓰면 스크립트가 지정한 역할 안에서 나 대신 REST 인터페이스를 사용할 수 있습니다.";
    openapi => "Description of the interface", "인터페이스 설명";
    make_token => "Make a token", "토큰 발급";
    token_name => "What it is for", "용도";
    token_role => "At most the role", "최대 역할";
    token_days => "Days until it ends", "유효 기간(일)";
    expires => "Ends", "만료";
    made => "Made", "발급";
    never => "never", "사용 안 함";
    role => "Role", "역할";
    token_made => "This is the only time the token is shown. Copy it now.", "토큰은 지금 한 번만 표시됩니다. 바로 복사하세요.";
    token_made_toast => "The token is made.", "토큰을 발급했습니다.";
    token_secret => "The new token", "새 토큰";
    token_done => "I have copied it", "복사했습니다";
    revoke => "Revoke", "폐기";
    revoke_title => "Revoke this token?", "이 토큰을 폐기할까요?";
    revoke_text => "Scripts that use it stop working at once.", "이 토큰을 쓰는 스크립트가 즉시 중단됩니다.";
    revoked => "The token is revoked.", "토큰을 폐기했습니다.";
    tokens_empty => "You have no tokens", "발급한 토큰이 없습니다";
    days_invalid(most: i64) => "Enter a whole number from 1 to {most}.", "1부터 {most}까지의 정수를 입력하세요.";
    name_missing => "Say what it is for.", "용도를 입력하세요.";

    add_person => "Add a person", "사용자 추가";
    login => "E-mail address", "이메일 주소";
    first_password => "First password", "첫 비밀번호";
    first_password_hint(chars: usize) => "At least {chars} characters; they change it themselves.", "{chars}자 이상. 본인이 나중에 바꿉니다.";
    reach => "Where", "적용 환경";
    reach_all => "All environments", "모든 환경";
    granted => "Granted", "부여된 역할";
    person_added => "The person is added.", "사용자를 추가했습니다.";
    edit_person => "Edit", "수정";
    edit_person_title(name: &str) => "Edit {name}", "{name} 수정";
    person_saved => "Saved.", "저장했습니다.";
    disabled => "May not sign in", "로그인 금지";
    disabled_hint => "Ends their sessions and tokens at once.", "세션과 토큰이 즉시 종료됩니다.";
    is_disabled => "disabled", "사용 중지";
    is_active => "active", "사용 중";
    reset_password => "Set a new password", "새 비밀번호 설정";
    reset_text => "Their sessions and API tokens end. Tell them the password in another way.", "해당 사용자의 세션과 API 토큰이 모두 종료됩니다. 비밀번호는 다른 방법으로 전달하세요.";
    password_reset => "The password is set.", "비밀번호를 설정했습니다.";
    last_sign_in => "Last signed in", "마지막 로그인";
    person_name => "Name", "이름";
    person_name_missing => "Enter a name.", "이름을 입력하세요.";

    version => "Version", "버전";
    database => "Database", "데이터베이스";
    started => "Started", "시작";
    followers => "Live browsers", "실시간 연결";
    workers => "Workers", "작업자";
    worker => "Worker", "작업자";
    period => "Runs every", "주기";
    last_run => "Last run", "마지막 실행";
    took => "Took", "소요";
    took_ms(ms: u64) => "{ms} ms", "{ms} ms";
    runs => "Runs", "실행";
    failures => "Failures", "실패";
    result => "Result", "결과";
    worker_ok => "working", "정상";
    worker_failing => "failing", "실패";
    worker_waiting => "not run yet", "아직 실행 전";
    scopes => "Accounts and regions", "계정과 리전";
    topics => "Topics of SNS", "SNS 주제";
    topic => "Topic", "주제";
    source => "Source", "원본";
    topic_since => "Since", "변경 시각";
    topic_heard => "Last message", "마지막 메시지";
    topic_messages => "Messages", "메시지";
    topic_unheard => "not heard of", "수신 없음";
    topic_waiting => "to be confirmed", "확인 대기";
    topic_confirmed => "subscribed", "구독 중";
    topic_refused => "not confirmed", "확인 실패";
    topic_unsubscribed => "subscription ended", "구독 해지됨";
    topic_remark_confirmed => "By the topic's word. Whether SNS sends to this address is known to SNS only.",
        "주제의 메시지로 판단한 상태입니다. 이 주소가 실제로 구독되어 있는지는 SNS에서 확인하세요.";
    topic_remark_unheard => "Subscribe the source's address to it.", "이 주제에 원본의 주소를 구독으로 추가하세요.";
    topic_remark_unsubscribed => "Somebody ended it. It is not renewed by itself: subscribe the address again if it should be.",
        "누군가 구독을 해지했으며 자동으로 다시 구독하지 않습니다. 필요하면 주소를 다시 구독하세요.";
    approvals => "Approvals needed", "필요한 승인 수";
}
