//! Failures: from what the SDKs and AWS say to the six kinds that callers
//! decide by. Every code that matters is named here and nowhere else.

use crate::permissions::Action;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::limits::CLOUD_MESSAGE_CHARS_MAX;
use ports::{CloudError, CloudErrorKind};
use std::error::Error;

/// A failure of our own making, before or after AWS was asked.
pub fn own_error(action: Action, kind: CloudErrorKind, message: &str) -> CloudError {
    CloudError {
        kind,
        action: action.iam(),
        message: clean(message),
        partly: false,
    }
}

/// Translates a failed call.
pub fn cloud_error<E>(action: Action, error: &SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(cause) = find::<CredentialsError>(error) {
        return own_error(
            action,
            CloudErrorKind::Credentials,
            &credentials_text(cause),
        );
    }
    let (kind, message) = match error {
        SdkError::ServiceError(failure) => {
            let status = failure.raw().status().as_u16();
            let code = failure.err().code().unwrap_or_default();
            let said = failure.err().message().unwrap_or_default();
            (
                kind_of(code, said, status),
                service_text(code, said, status),
            )
        }
        SdkError::ResponseError(failure) => {
            let status = failure.raw().status().as_u16();
            (kind_of("", "", status), unreadable(status))
        }
        SdkError::TimeoutError(_) => (CloudErrorKind::Unavailable, "no answer in time".to_owned()),
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            (CloudErrorKind::Invalid, deepest(error))
        }
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            (CloudErrorKind::Unavailable, "no answer in time".to_owned())
        }
        SdkError::DispatchFailure(_) => (
            CloudErrorKind::Unavailable,
            format!("no connection: {}", deepest(error)),
        ),
        // Never sent: a parameter that the SDK itself refuses.
        _ => (CloudErrorKind::Invalid, deepest(error)),
    };
    own_error(action, kind, &message)
}

/// What kind of failure an error code means. `status` decides where the code
/// says nothing.
pub fn kind_of(code: &str, message: &str, status: u16) -> CloudErrorKind {
    use CloudErrorKind::{Credentials, Denied, Invalid, NotFound, Throttled, Unavailable};
    let stem = ["Exception", "Fault", "Error"]
        .iter()
        .find_map(|tail| code.strip_suffix(tail))
        .unwrap_or(code);
    match stem {
        "RequestLimitExceeded"
        | "RequestThrottled"
        | "Throttled"
        | "EC2Throttled"
        | "TooManyRequests"
        | "BandwidthLimitExceeded"
        | "SlowDown" => Throttled,
        _ if stem.starts_with("Throttling") => Throttled,
        "AccessDenied"
        | "UnauthorizedOperation"
        | "NotAuthorized"
        | "OptInRequired"
        | "FailedResourceAccess"
        | "Blocked" => Denied,
        "ExpiredToken"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClient"
        | "SignatureDoesNotMatch"
        | "InvalidSignature"
        | "IncompleteSignature"
        | "AuthFailure"
        | "MissingAuthenticationToken"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "TokenRefreshRequired" => Credentials,
        "ServiceNotActive" | "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue" => {
            NotFound
        }
        _ if stem.ends_with("NotFound") => NotFound,
        // Busy now, free in a minute.
        "ScalingActivityInProgress"
        | "ResourceContention"
        | "ConcurrentUpdate"
        | "ResourceInUse"
        | "InvalidDBInstanceState"
        | "InvalidDBClusterState"
        | "IncorrectInstanceState"
        | "PriorRequestNotComplete"
        | "UpdateInProgress" => Unavailable,
        // A token grows old between two pages: the next reading begins anew.
        "InvalidNextToken" | "InvalidPaginationToken" => Unavailable,
        "ServiceUnavailable" | "Unavailable" | "InternalFailure" | "InternalServer"
        | "InternalService" | "Internal" | "Server" | "RequestTimeout" => Unavailable,
        // Auto Scaling has no code of its own for a group that is not there.
        "Validation" | "Client" if says_absent(message) => NotFound,
        "Validation" if message.contains("scaling activity in progress") => Unavailable,
        _ => match status {
            // A success that is none: not AWS's answer but a proxy's.
            200..=399 => Unavailable,
            401 | 403 => Denied,
            // 404 without a code of the service's is no answer of AWS's about the
            // thing: a wrong endpoint, or a proxy, does not make it go.
            429 => Throttled,
            500..=599 => Unavailable,
            _ => Invalid,
        },
    }
}

fn says_absent(message: &str) -> bool {
    let message = message.to_lowercase();
    [
        "not found",
        "does not exist",
        "doesn't exist",
        "no such",
        "no scalable target",
    ]
    .iter()
    .any(|words| message.contains(words))
}

fn service_text(code: &str, said: &str, status: u16) -> String {
    match (code, said) {
        // AWS answers a wrong signature with the text that was signed, session
        // token and all.
        ("SignatureDoesNotMatch" | "InvalidSignatureException", _) => {
            format!("{code}: the secret key is wrong, or this machine's clock is")
        }
        ("", "") => unreadable(status),
        ("", said) => said.to_owned(),
        (code, "") => code.to_owned(),
        (code, said) => format!("{code}: {said}"),
    }
}

/// Says that an answer is none.
pub fn unreadable(status: u16) -> String {
    format!("the answer cannot be read (HTTP {status})")
}

fn credentials_text(error: &CredentialsError) -> String {
    if let Some(refused) = find::<AssumeRoleError>(error) {
        let code = refused.code().unwrap_or_default();
        let said = refused.message().unwrap_or_default();
        return format!(
            "the role cannot be assumed: {}",
            service_text(code, said, 0)
        );
    }
    match error {
        CredentialsError::CredentialsNotLoaded(_) => format!(
            "no credentials were found ({}); name a profile, give the machine a role, \
             or set the AWS_* variables",
            deepest(error)
        ),
        CredentialsError::ProviderTimedOut(_) => {
            "the source of the credentials did not answer in time".to_owned()
        }
        _ => format!("no credentials: {}", deepest(error)),
    }
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// One line, bounded, without access keys or anything that looks like a token.
fn clean(message: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_');
    let mut text = String::with_capacity(message.len().min(4 * CLOUD_MESSAGE_CHARS_MAX));
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let length = match rest.find(|c| !is_word(c)) {
            Some(0) => {
                text.push(if first.is_control() { ' ' } else { first });
                rest = &rest[first.len_utf8()..];
                continue;
            }
            Some(length) => length,
            None => rest.len(),
        };
        let (word, after) = rest.split_at(length);
        text.push_str(if is_secret(word) { "[hidden]" } else { word });
        rest = after;
    }
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = text.char_indices().nth(CLOUD_MESSAGE_CHARS_MAX) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

fn is_secret(word: &str) -> bool {
    let is_key_id = word.len() >= 16 && (word.starts_with("AKIA") || word.starts_with("ASIA"));
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    let is_token = word.len() >= 40
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase);
    is_key_id || is_token
}

#[cfg(test)]
mod tests {
    use super::*;
    use CloudErrorKind::{Credentials, Denied, Invalid, NotFound, Throttled, Unavailable};

    #[test]
    fn codes_have_their_kinds() {
        for (code, message, status, kind) in [
            ("Throttling", "Rate exceeded", 400, Throttled),
            ("ThrottlingException", "Rate exceeded", 400, Throttled),
            ("RequestLimitExceeded", "", 503, Throttled),
            ("", "", 429, Throttled),
            ("AccessDenied", "", 403, Denied),
            ("AccessDeniedException", "", 400, Denied),
            ("UnauthorizedOperation", "", 403, Denied),
            ("ExpiredToken", "", 403, Credentials),
            ("ExpiredTokenException", "", 400, Credentials),
            ("InvalidClientTokenId", "", 403, Credentials),
            ("UnrecognizedClientException", "", 400, Credentials),
            ("SignatureDoesNotMatch", "", 403, Credentials),
            ("AuthFailure", "", 401, Credentials),
            (
                "ValidationError",
                "AutoScalingGroup name not found",
                400,
                NotFound,
            ),
            (
                "ValidationError",
                "Given start time is in the past",
                400,
                Invalid,
            ),
            (
                "ValidationException",
                "ECS service doesn't exist: service/a/b",
                400,
                NotFound,
            ),
            ("ObjectNotFoundException", "", 400, NotFound),
            ("InvalidInstanceID.NotFound", "", 400, NotFound),
            ("DBInstanceNotFound", "", 404, NotFound),
            ("DBClusterNotFoundFault", "", 404, NotFound),
            ("InvalidDBInstanceState", "", 400, Unavailable),
            ("InvalidDBClusterStateFault", "", 400, Unavailable),
            ("IncorrectInstanceState", "", 400, Unavailable),
            ("ScalingActivityInProgress", "", 400, Unavailable),
            ("ResourceContention", "", 500, Unavailable),
            ("ConcurrentUpdateException", "", 500, Unavailable),
            ("LimitExceeded", "", 400, Invalid),
            ("LimitExceededException", "", 400, Invalid),
            ("AlreadyExists", "", 400, Invalid),
            ("InternalFailure", "", 500, Unavailable),
            ("", "", 502, Unavailable),
            ("", "", 404, Invalid),
            ("", "Not Found", 404, Invalid),
            ("ResourceNotFound", "", 404, NotFound),
            ("ResourceNotFoundException", "", 404, NotFound),
            ("", "", 200, Unavailable),
            ("ClientException", "Service is malformed", 400, Invalid),
        ] {
            assert_eq!(
                kind_of(code, message, status),
                kind,
                "{code} {message} {status}"
            );
        }
    }

    #[test]
    fn messages_are_one_bounded_line_without_secrets() {
        assert_eq!(
            clean("User: arn:aws:iam::123456789012:user/ana\nis not\tauthorized"),
            "User: arn:aws:iam::123456789012:user/ana is not authorized"
        );
        assert_eq!(clean("key AKIAIOSFODNN7EXAMPLE!"), "key [hidden]!");
        let token = "IQoJb3JpZ2luX2VjEHoaCXVzLWVhc3QtMSJHMEUCIQDf/+a1";
        assert_eq!(clean(&format!("token={token}")), "[hidden]");
        assert_eq!(clean(&format!("token: {token}.")), "token: [hidden].");
        assert_eq!(
            clean(&"가".repeat(600)).chars().count(),
            CLOUD_MESSAGE_CHARS_MAX + 1
        );
        let text = service_text("SignatureDoesNotMatch", "x-amz-security-token:abc", 403);
        assert!(!text.contains("abc"));
    }
}
