//! Words of the comments on change requests.

domain::messages! {
    title => "Comments", "댓글";
    comment => "Comment", "댓글";
    say => "Comment", "댓글 남기기";
    missing => "Write something first.", "내용을 입력하세요.";
    said_toast => "Said.", "댓글을 남겼습니다.";
    empty => "Nobody has said anything", "아직 댓글이 없습니다";
    empty_text => "Ask or answer here; votes are not touched by it.", "여기에서 묻고 답하세요. 투표에는 영향이 없습니다.";
}
