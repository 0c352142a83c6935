//! What SNS is told of the messages of its topics, and whoever reads along.

use domain::messages;

messages! {
    topics_unknown => "There is no such source.", "그런 원본이 없습니다.";
    topics_raw => "This comes by raw message delivery, which bears no signature. Disable it for the subscription.",
        "원시 메시지 전송으로 온 메시지에는 서명이 없습니다. 구독에서 원시 메시지 전송을 끄세요.";
    topics_unlisted(topic: &str) => "The topic {topic} is none of this source's.", "주제 {topic}은(는) 이 원본에 등록되어 있지 않습니다.";
    topics_version(least: u32) => "This source takes messages signed by version {least} only. Set the topic's attribute SignatureVersion to {least}.",
        "이 원본은 서명 버전 {least}만 받습니다. 주제의 SignatureVersion 속성을 {least}(으)로 설정하세요.";
    topics_old => "This was not written within the last hour.", "최근 한 시간 안에 작성된 메시지가 아닙니다.";
    topics_unproved => "The signature does not prove that SNS sent this.", "SNS가 보냈다는 것을 서명으로 확인할 수 없습니다.";
    topics_later => "The certificate of the signature could not be fetched. Send it again.", "서명 인증서를 가져오지 못했습니다. 다시 보내세요.";
    topics_rest(most: u32) => "This source takes {most} messages a minute. Send it again.", "이 원본은 1분에 메시지 {most}개까지 받습니다. 다시 보내세요.";
    topics_expired => "SNS was asked to confirm until the token was too old. Have it send another confirmation.",
        "토큰이 만료될 때까지 구독을 확인하지 못했습니다. SNS에서 확인 요청을 다시 보내세요.";
}
