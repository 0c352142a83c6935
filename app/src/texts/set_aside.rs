//! Words of the pages of messages that were set aside.

domain::messages! {
    title => "Set aside", "격리된 메시지";
    subtitle => "Messages of event queues that could not be taken in. They are kept until somebody has them taken again or lets go of them.",
        "이벤트 대기열에서 받아들이지 못한 메시지입니다. 다시 받거나 버릴 때까지 보관합니다.";
    empty => "Nothing is set aside", "격리된 메시지가 없습니다";
    empty_text => "A message that is no event, or that was begun again and again without an end, is kept here instead of going round for ever.",
        "이벤트가 아니거나 처리를 여러 번 시작하고도 끝내지 못한 메시지는 계속 되돌아오지 않도록 여기에 보관합니다.";
    at => "Set aside", "격리 시각";
    queue => "Queue", "대기열";
    message => "Message", "메시지";
    why => "Why", "이유";
    sent => "Sent", "보낸 시각";
    as_it_came => "As it came", "수신한 그대로";
    unreadable(error: &str) => "Cannot be read: {error}", "읽을 수 없음: {error}";
    unfinished(times: u32) => "Begun {times} times and never finished; the log says why.", "{times}번 시작했지만 끝나지 않음. 이유는 로그에 있습니다.";
    take_again => "Take in again", "다시 받기";
    taken => "Taken in.", "받았습니다.";
    discard => "Let go of it", "버리기";
    discarded => "It is gone.", "버렸습니다.";
    discard_title => "Let go of this message?", "이 메시지를 버릴까요?";
    discard_text => "It is deleted for good. The activity log keeps how it begins.", "완전히 삭제됩니다. 활동 기록에는 앞부분만 남습니다.";
}
