//! Words of the sign-in and set-up pages.

domain::messages! {
    title => "Sign in", "로그인";
    login => "E-mail address", "이메일 주소";
    password => "Password", "비밀번호";
    submit => "Sign in", "로그인";
    wrong => "The address or the password is wrong.", "이메일 주소 또는 비밀번호가 맞지 않습니다.";
    throttled => "Too many failed attempts. Try again later.", "로그인 실패가 너무 많습니다. 잠시 후 다시 시도하세요.";
    throttled_for(minutes: u32) => "Too many failed attempts. Try again in {minutes} min.", "로그인 실패가 너무 많습니다. {minutes}분 후 다시 시도하세요.";
    expired => "Your session has ended. Sign in again to go on.", "세션이 끝났습니다. 계속하려면 다시 로그인하세요.";
    signed_out => "You are signed out.", "로그아웃했습니다.";
    failed => "That did not work. Try again.", "로그인하지 못했습니다. 다시 시도하세요.";
    sandbox_title => "Sandbox", "샌드박스";
    sandbox_text => "Come in with one click and see the console as one of these people does.", "한 번의 클릭으로 다음 역할의 사용자로 들어갑니다.";
    as_role(role: &str) => "As {role}", "{role}로 들어가기";
    viewer_does => "looks", "조회만 합니다";
    operator_does => "acknowledges alarms and proposes changes", "경보를 확인하고 변경을 제안합니다";
    approver_does => "decides on what others propose", "다른 사람의 제안을 승인하거나 반려합니다";
    admin_does => "runs the console", "콘솔을 관리합니다";
    or_password => "With a password", "비밀번호로 로그인";
    other_language => "한국어", "English";

    setup_title => "Set up Lamplighter", "Lamplighter 초기 설정";
    setup_text => "You are the first. This account becomes the admin; the link works once.", "첫 번째 사용자입니다. 이 계정이 관리자가 되며, 링크는 한 번만 사용할 수 있습니다.";
    setup_submit => "Create the admin", "관리자 계정 만들기";
    name => "Name", "이름";
    new_password => "New password", "새 비밀번호";
    password_hint(chars: usize) => "At least {chars} characters; a few words are easier to remember.", "{chars}자 이상. 단어 몇 개를 이어 쓰면 기억하기 쉽습니다.";
    bad_token => "This link is used or too old. Start the server again to get a new one.", "이미 사용했거나 만료된 링크입니다. 서버를 다시 시작하면 새 링크가 나옵니다.";
    bad_login => "Enter an e-mail address.", "이메일 주소를 입력하세요.";
    bad_name(chars: usize) => "Enter a name of at most {chars} characters.", "{chars}자 이내의 이름을 입력하세요.";
    bad_password(least: usize, most: usize) => "Use {least} to {most} characters.", "{least}자 이상 {most}자 이하로 입력하세요.";
    sign_in_instead => "Sign in with an account that is there", "이미 있는 계정으로 로그인";
    no_token => "This page needs the link that the server wrote to its log when it started.", "서버가 시작될 때 로그에 남긴 링크로 접속해야 합니다.";
}
