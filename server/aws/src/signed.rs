//! Signed calls to services whose SDK crate costs more to build than the few calls that
//! we make: EC2's needs 8 GB of memory. Signed by aws-sigv4, sent through the SDK's own
//! HTTP client, time-outs, retries and credentials cache.

use crate::{
    connect::service_endpoint,
    error::{cloud_error, kind_of, own_error, unreadable},
    permissions::Action,
};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{
            AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, AuthSchemeOptionResolverParams,
            SharedAuthScheme, SharedAuthSchemeOptionResolver, Sign,
            static_resolver::StaticAuthSchemeOptionResolver,
        },
        identity::{Identity, SharedIdentityResolver},
        interceptors::context::InterceptorContext,
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        retries::classifiers::{ClassifyRetry, RetryAction},
        runtime_components::{GetIdentityResolver, RuntimeComponents, RuntimeComponentsBuilder},
        runtime_plugin::StaticRuntimePlugin,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, Layer},
    error::metadata::{ErrorMetadata, ProvideErrorMetadata},
};
use aws_types::SdkConfig;
use ports::{CloudError, CloudErrorKind};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::Write;

const SIGV4: AuthSchemeId = AuthSchemeId::new("sigv4");
/// Where services of AWS JSON and REST tell the code of an error.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// A service, as its endpoints and its variables name it.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// In `AWS_ENDPOINT_URL_…`.
    pub id: &'static str,
    /// In signatures and host names.
    pub name: &'static str,
    /// The host's first part where FIPS is asked for.
    pub fips: &'static str,
}

/// A service of AWS JSON: the name of its model, and which version it speaks.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Stands before the call's name.
    pub name: &'static str,
    /// `application/x-amz-json-1.0` or `-1.1`: services take one of them only.
    pub content_type: &'static str,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    uri: String,
    content_type: &'static str,
    /// Names the call, in services of AWS JSON.
    target: Option<String>,
    body: String,
}

impl Request {
    /// A call of the Query protocol.
    pub fn query(version: &str, action: Action, parameters: &[(String, String)]) -> Self {
        let (_, name) = action.iam().split_once(':').unwrap_or_default();
        let mut body = format!("Action={name}&Version={version}");
        for (name, value) in parameters {
            let _ = write!(body, "&{name}={}", encoded(value));
        }
        Self {
            method: "POST",
            uri: "/".to_owned(),
            content_type: "application/x-www-form-urlencoded; charset=utf-8",
            target: None,
            body,
        }
    }

    /// A call that reads, of a service whose things are paths.
    pub fn get(uri: String) -> Self {
        Self {
            method: "GET",
            uri,
            content_type: "application/json",
            target: None,
            body: String::new(),
        }
    }

    /// A call that writes JSON to a path.
    pub fn post(uri: String, body: &Value) -> Self {
        Self {
            method: "POST",
            uri,
            content_type: "application/json",
            target: None,
            body: body.to_string(),
        }
    }

    /// A call of AWS JSON.
    pub fn target(model: Model, action: Action, body: &Value) -> Self {
        let (_, name) = action.iam().split_once(':').unwrap_or_default();
        Self::named(model, name, body)
    }

    /// A call of AWS JSON whose permission has another name.
    pub fn named(model: Model, name: &str, body: &Value) -> Self {
        Self {
            method: "POST",
            uri: "/".to_owned(),
            content_type: model.content_type,
            target: Some(format!("{}.{name}", model.name)),
            body: body.to_string(),
        }
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A client of one service, for one account and region.
#[derive(Debug)]
pub struct Signed {
    operation: Operation<Request, String, Refused>,
}

impl Signed {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// [`CloudErrorKind::Invalid`] when the configuration lacks a region, a
    /// client or credentials.
    pub fn new(config: &SdkConfig, service: &'static Service) -> Result<Self, CloudError> {
        let made = operation(config, service).map(|operation| Self { operation });
        made.ok_or_else(|| {
            own_error(
                Action::GetCallerIdentity,
                CloudErrorKind::Invalid,
                &format!(
                    "the AWS configuration has no region, HTTP client or credentials for {}",
                    service.id
                ),
            )
        })
    }

    /// Sends a call whose answer is not looked at.
    ///
    /// # Errors
    /// As every call.
    pub async fn send(&self, action: Action, request: Request) -> Result<String, CloudError> {
        let answer = self.operation.invoke(request).await;
        answer.map_err(|error| cloud_error(action, &error))
    }

    /// Sends a call that answers in XML.
    ///
    /// # Errors
    /// As every call.
    pub async fn xml<T: DeserializeOwned>(
        &self,
        action: Action,
        request: Request,
    ) -> Result<T, CloudError> {
        let answer = self.send(action, request).await?;
        quick_xml::de::from_str(&answer).map_err(|_| no_answer(action))
    }

    /// Sends a call that answers in JSON.
    ///
    /// # Errors
    /// As every call.
    pub async fn json<T: DeserializeOwned>(
        &self,
        action: Action,
        request: Request,
    ) -> Result<T, CloudError> {
        let answer = self.send(action, request).await?;
        serde_json::from_str(&answer).map_err(|_| no_answer(action))
    }
}

/// A success that is none: not AWS's answer but a proxy's.
fn no_answer(action: Action) -> CloudError {
    own_error(action, CloudErrorKind::Unavailable, &unreadable(200))
}

fn operation(
    config: &SdkConfig,
    service: &'static Service,
) -> Option<Operation<Request, String, Refused>> {
    let region = config.region()?.as_ref().to_owned();
    let endpoint = endpoint(config, service, &region);
    let mut layer = Layer::new(service.name);
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    let mut components = RuntimeComponentsBuilder::new(service.name);
    components
        .set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SIGV4]),
        )))
        .push_auth_scheme(SharedAuthScheme::new(SigV4 {
            region,
            name: service.name,
        }))
        .set_identity_cache(config.identity_cache())
        .set_identity_resolver(
            SIGV4,
            SharedIdentityResolver::new(config.credentials_provider()?),
        );
    let operation = Operation::builder()
        .service_name(service.id)
        .operation_name("Signed")
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(config.http_client()?)
        .endpoint_url(&endpoint)
        .timeout_config(config.timeout_config()?.clone())
        .standard_retry(config.retry_config()?)
        .retry_classifier(HttpStatusCodeClassifier::default())
        .retry_classifier(TransientErrorClassifier::<Refused>::new())
        .retry_classifier(Throttling)
        .sleep_impl(config.sleep_impl()?)
        .time_source(config.time_source()?)
        .with_connection_poisoning()
        .runtime_plugin(
            StaticRuntimePlugin::new()
                .with_config(layer.freeze())
                .with_runtime_components(components),
        )
        .serializer(serialize)
        .deserializer(deserialize)
        .build();
    Some(operation)
}

/// Endpoint rules for the partitions that the console can watch; a configured endpoint
/// goes first, as with every SDK.
fn endpoint(config: &SdkConfig, service: &Service, region: &str) -> String {
    if let Some(url) = service_endpoint(config, service.id) {
        return url;
    }
    let host = match config.use_fips().unwrap_or(false) {
        true => service.fips,
        false => service.name,
    };
    let china = region.starts_with("cn-");
    let suffix = match (config.use_dual_stack().unwrap_or(false), china) {
        (false, false) => "amazonaws.com",
        (false, true) => "amazonaws.com.cn",
        (true, false) => "api.aws",
        (true, true) => "api.amazonwebservices.com.cn",
    };
    format!("https://{host}.{region}.{suffix}")
}

fn serialize(request: Request) -> Result<HttpRequest, BoxError> {
    let mut built = http::Request::builder();
    if let Some(target) = request.target {
        built = built.header("x-amz-target", target);
    }
    let request = built
        .method(request.method)
        .uri(request.uri)
        .header("content-type", request.content_type)
        .header(
            "user-agent",
            concat!("lamplighter/", env!("CARGO_PKG_VERSION")),
        )
        .body(SdkBody::from(request.body))?;
    Ok(request.try_into()?)
}

fn deserialize(response: &HttpResponse) -> Result<String, OrchestratorError<Refused>> {
    let bytes = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        let text = std::str::from_utf8(bytes).map_err(OrchestratorError::other)?;
        return Ok(text.to_owned());
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let told = response.headers().get(ERROR_TYPE);
    Err(OrchestratorError::operation(Refused::read(told, text)))
}

/// What a service refused with.
#[derive(Debug, thiserror::Error)]
#[error("AWS refused the request")]
struct Refused {
    meta: ErrorMetadata,
}

/// EC2 lists its errors, other services of the Query protocol have one.
#[derive(Debug, Deserialize, Default)]
struct ErrorXml {
    #[serde(rename = "Errors", default)]
    errors: ErrorsXml,
    #[serde(rename = "Error")]
    error: Option<ErrorItem>,
}

#[derive(Debug, Deserialize, Default)]
struct ErrorsXml {
    #[serde(rename = "Error", default)]
    error: Vec<ErrorItem>,
}

#[derive(Debug, Deserialize)]
struct ErrorItem {
    #[serde(rename = "Code", alias = "__type", alias = "code", default)]
    code: String,
    #[serde(rename = "Message", alias = "message", default)]
    message: String,
}

impl Refused {
    /// A body that is no error document leaves the status to speak.
    fn read(told: Option<&str>, text: &str) -> Self {
        let item = match serde_json::from_str::<ErrorItem>(text) {
            Ok(item) => Some(item),
            Err(_) => {
                let parsed: ErrorXml = quick_xml::de::from_str(text).unwrap_or_default();
                parsed.error.or(parsed.errors.error.into_iter().next())
            }
        };
        let mut meta = ErrorMetadata::builder();
        if let Some(item) = item {
            meta = meta.code(short(&item.code)).message(item.message);
        }
        if let Some(told) = told {
            meta = meta.code(short(told));
        }
        Self { meta: meta.build() }
    }
}

/// `…#ResourceNotFoundException:http://…` without what stands around it.
fn short(code: &str) -> &str {
    let code = code.rsplit('#').next().unwrap_or_default();
    code.split(':').next().unwrap_or_default()
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

/// Services throttle with 503 and with 400; the code tells.
#[derive(Debug)]
struct Throttling;

impl ClassifyRetry for Throttling {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let code = context
            .output_or_error()
            .and_then(|result| result.err())
            .and_then(OrchestratorError::as_operation_error)
            .and_then(|error| error.downcast_ref::<Refused>())
            .and_then(ProvideErrorMetadata::code);
        match code {
            Some(code) if kind_of(code, "", 0) == CloudErrorKind::Throttled => {
                RetryAction::throttling_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "throttling of signed calls"
    }
}

/// Signs each attempt by itself, at its own time.
#[derive(Debug)]
struct SigV4 {
    region: String,
    name: &'static str,
}

impl AuthScheme for SigV4 {
    fn scheme_id(&self) -> AuthSchemeId {
        SIGV4
    }

    fn identity_resolver(
        &self,
        resolvers: &dyn GetIdentityResolver,
    ) -> Option<SharedIdentityResolver> {
        resolvers.identity_resolver(SIGV4)
    }

    fn signer(&self) -> &dyn Sign {
        self
    }
}

impl Sign for SigV4 {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        _endpoint: AuthSchemeEndpointConfig<'_>,
        components: &RuntimeComponents,
        _config: &ConfigBag,
    ) -> Result<(), BoxError> {
        let time = components.time_source().ok_or("no time source")?.now();
        let parameters = v4::SigningParams::builder()
            .identity(identity)
            .region(&self.region)
            .name(self.name)
            .time(time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable = SignableRequest::new(
            request.method(),
            request.uri(),
            request.headers().iter(),
            SignableBody::Bytes(request.body().bytes().unwrap_or_default()),
        )?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        let (headers, _) = instructions.into_parts();
        for header in headers {
            request
                .headers_mut()
                .try_insert(header.name(), header.value().to_owned())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_values_are_encoded() {
        assert_eq!(encoded("i-0abc_.~"), "i-0abc_.~");
        assert_eq!(encoded("a b&c=/+가"), "a%20b%26c%3D%2F%2B%EA%B0%80");
    }

    #[test]
    fn error_documents_are_read_and_others_left_to_the_status() {
        let check = |told: Option<&str>, text: &str| {
            let refused = Refused::read(told, text);
            let owned = |text: Option<&str>| text.map(str::to_owned);
            (owned(refused.code()), owned(refused.message()))
        };
        let read = |code: &str, message: &str| (Some(code.to_owned()), Some(message.to_owned()));
        assert_eq!(
            check(
                None,
                "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
                 <Message>no &amp; no</Message></Error></Errors><RequestID>1</RequestID></Response>",
            ),
            read("UnauthorizedOperation", "no & no")
        );
        assert_eq!(
            check(
                None,
                "<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code>\
                 <Message>no such</Message></Error><RequestId>1</RequestId></ErrorResponse>",
            ),
            read("DBInstanceNotFound", "no such")
        );
        assert_eq!(
            check(
                Some("ResourceInUseException:http://internal.amazon.com/"),
                r#"{"message":"busy","clusterName":"main"}"#,
            ),
            read("ResourceInUseException", "busy")
        );
        assert_eq!(check(None, "<html>503</html>"), (None, None));
        assert_eq!(check(None, "{"), (None, None));
    }
}
