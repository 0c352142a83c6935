//! What is said to those who try a mapping, or routes.

use domain::messages;

messages! {
    mapping_busy => "Too many bodies are being read at once. Try again in a moment.",
        "동시에 읽는 본문이 너무 많습니다. 잠시 후 다시 시도하세요.";
    trial_busy => "Somebody else is trying routes. Try again in a moment.",
        "다른 사람이 경로를 시험하고 있습니다. 잠시 후 다시 시도하세요.";
    sample_too_long(most: usize) => "At most {most} KiB.", "최대 {most}KiB입니다.";
}
