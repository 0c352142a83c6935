//! What is said to those who try a mapping, or routes.

use domain::messages;

messages! {
    sample_too_long(most: usize) => "At most {most} KiB.", "최대 {most}KiB입니다.";
}
