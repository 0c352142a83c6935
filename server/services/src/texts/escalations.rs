//! What is said of escalations.

use domain::messages;

messages! {
    at_most_minutes(most: u32) => "At most {most} minutes.", "최대 {most}분입니다.";
}
