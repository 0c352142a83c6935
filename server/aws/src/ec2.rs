//! The one EC2 call, over the Query protocol (Amazon EC2 API Reference,
//! "Query requests"): signed by aws-sigv4, sent through the SDK's own HTTP
//! client, time-outs, retries and credentials cache. EC2's SDK crate is not
//! used because one build of it needs 8 GB of memory.

use crate::{
    connect::service_endpoint,
    error::{cloud_error, kind_of},
    pages::Bound,
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
use domain::{
    capacity::Purchase,
    limits::{EC2_FILTER_VALUES_MAX, EC2_PAGE_ROWS_MAX, EC2_PAGES_MAX},
};
use ports::{CloudError, CloudErrorKind};
use serde::Deserialize;
use std::{collections::HashMap, fmt::Write};

const API_VERSION: &str = "2016-11-15";
const PAGES: Bound = Bound {
    what: "pages of instances",
    most: EC2_PAGES_MAX,
};
const SIGV4: AuthSchemeId = AuthSchemeId::new("sigv4");

/// What EC2 knows of an instance and Auto Scaling does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ec2Instance {
    /// Such as `m7g.large`.
    pub instance_type: String,
    /// Spot or on demand.
    pub purchase: Purchase,
}

/// A client for one account and region.
#[derive(Debug)]
pub struct Ec2 {
    describe: Operation<String, InstancesPage, QueryError>,
}

impl Ec2 {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// [`CloudErrorKind::Invalid`] when the configuration lacks a region, a
    /// client or credentials.
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        operation(config)
            .map(|describe| Self { describe })
            .ok_or_else(|| {
                crate::error::own_error(
                    Action::DescribeInstances,
                    CloudErrorKind::Invalid,
                    "the AWS configuration has no region, HTTP client or credentials",
                )
            })
    }

    /// What EC2 knows of these instances; one that is gone is left out.
    ///
    /// # Errors
    /// As every call; [`CloudErrorKind::Invalid`] when EC2 never comes to an end.
    pub async fn instances(
        &self,
        ids: &[&str],
    ) -> Result<HashMap<String, Ec2Instance>, CloudError> {
        let mut found = HashMap::new();
        for some in ids.chunks(EC2_FILTER_VALUES_MAX) {
            let mut token = None;
            for number in 1.. {
                PAGES.check(Action::DescribeInstances, number)?;
                let page = self.page(&body(some, token.as_deref())).await?;
                for reservation in page.reservations.items {
                    for instance in reservation.instances.items {
                        found.insert(instance.id.clone(), instance.into());
                    }
                }
                token = page.next_token.filter(|token| !token.is_empty());
                if token.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Asks for next to nothing, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self) -> Result<(), CloudError> {
        let body = format!("Action=DescribeInstances&Version={API_VERSION}&MaxResults=5");
        self.page(&body).await.map(|_| ())
    }

    async fn page(&self, body: &str) -> Result<InstancesPage, CloudError> {
        self.describe
            .invoke(body.to_owned())
            .await
            .map_err(|error| cloud_error(Action::DescribeInstances, &error))
    }
}

/// Filtered by id instead of named: one id that EC2 has forgotten would fail
/// the whole call.
fn body(ids: &[&str], token: Option<&str>) -> String {
    let mut body = format!(
        "Action=DescribeInstances&Version={API_VERSION}&MaxResults={EC2_PAGE_ROWS_MAX}\
         &Filter.1.Name=instance-id"
    );
    for (number, id) in (1..).zip(ids) {
        let _ = write!(body, "&Filter.1.Value.{number}={}", form_value(id));
    }
    if let Some(token) = token {
        let _ = write!(body, "&NextToken={}", form_value(token));
    }
    body
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn form_value(text: &str) -> String {
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

fn operation(config: &SdkConfig) -> Option<Operation<String, InstancesPage, QueryError>> {
    let region = config.region()?.as_ref().to_owned();
    let endpoint = endpoint(config, &region);
    let mut layer = Layer::new("ec2");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    let mut components = RuntimeComponentsBuilder::new("ec2");
    components
        .set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SIGV4]),
        )))
        .push_auth_scheme(SharedAuthScheme::new(SigV4 { region }))
        .set_identity_cache(config.identity_cache())
        .set_identity_resolver(
            SIGV4,
            SharedIdentityResolver::new(config.credentials_provider()?),
        );
    let operation = Operation::builder()
        .service_name("EC2")
        .operation_name("DescribeInstances")
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(config.http_client()?)
        .endpoint_url(&endpoint)
        .timeout_config(config.timeout_config()?.clone())
        .standard_retry(config.retry_config()?)
        .retry_classifier(HttpStatusCodeClassifier::default())
        .retry_classifier(TransientErrorClassifier::<QueryError>::new())
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

/// Endpoint rules of EC2 for the partitions that the console can watch; a
/// configured endpoint goes first, as with every SDK.
fn endpoint(config: &SdkConfig, region: &str) -> String {
    if let Some(url) = service_endpoint(config, "EC2") {
        return url;
    }
    let fips = if config.use_fips().unwrap_or(false) {
        "-fips"
    } else {
        ""
    };
    let china = region.starts_with("cn-");
    let suffix = match (config.use_dual_stack().unwrap_or(false), china) {
        (false, false) => "amazonaws.com",
        (false, true) => "amazonaws.com.cn",
        (true, false) => "api.aws",
        (true, true) => "api.amazonwebservices.com.cn",
    };
    format!("https://ec2{fips}.{region}.{suffix}")
}

fn serialize(body: String) -> Result<HttpRequest, BoxError> {
    let request = http::Request::builder()
        .method("POST")
        .uri("/")
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .header(
            "user-agent",
            concat!("lamplighter/", env!("CARGO_PKG_VERSION")),
        )
        .body(SdkBody::from(body))?;
    Ok(request.try_into()?)
}

fn deserialize(response: &HttpResponse) -> Result<InstancesPage, OrchestratorError<QueryError>> {
    let xml = response
        .body()
        .bytes()
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .unwrap_or_default();
    if response.status().is_success() {
        return quick_xml::de::from_str(xml).map_err(OrchestratorError::other);
    }
    Err(OrchestratorError::operation(QueryError::read(xml)))
}

/// A page of DescribeInstances, as far as it is looked at.
#[derive(Debug, Deserialize)]
#[serde(rename = "DescribeInstancesResponse")]
struct InstancesPage {
    #[serde(rename = "reservationSet")]
    reservations: Items<Reservation>,
    #[serde(rename = "nextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Items<T> {
    #[serde(rename = "item", default = "Vec::new")]
    items: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct Reservation {
    #[serde(rename = "instancesSet")]
    instances: Items<InstanceXml>,
}

#[derive(Debug, Deserialize)]
struct InstanceXml {
    #[serde(rename = "instanceId")]
    id: String,
    #[serde(rename = "instanceType", default)]
    instance_type: String,
    /// Absent for on demand; else `spot`, `scheduled` or `capacity-block`.
    #[serde(rename = "instanceLifecycle", default)]
    lifecycle: String,
}

impl From<InstanceXml> for Ec2Instance {
    fn from(instance: InstanceXml) -> Self {
        Self {
            instance_type: instance.instance_type,
            purchase: if instance.lifecycle == "spot" {
                Purchase::Spot
            } else {
                Purchase::OnDemand
            },
        }
    }
}

/// What EC2 refused with.
#[derive(Debug, thiserror::Error)]
#[error("EC2 refused the request")]
struct QueryError {
    meta: ErrorMetadata,
}

#[derive(Debug, Deserialize, Default)]
struct ErrorXml {
    #[serde(rename = "Errors", default)]
    errors: ErrorsXml,
}

#[derive(Debug, Deserialize, Default)]
struct ErrorsXml {
    #[serde(rename = "Error", default)]
    error: Vec<ErrorItemXml>,
}

#[derive(Debug, Deserialize)]
struct ErrorItemXml {
    #[serde(rename = "Code", default)]
    code: String,
    #[serde(rename = "Message", default)]
    message: String,
}

impl QueryError {
    /// A body that is no error document leaves the status to speak.
    fn read(xml: &str) -> Self {
        let parsed: ErrorXml = quick_xml::de::from_str(xml).unwrap_or_default();
        let mut meta = ErrorMetadata::builder();
        if let Some(first) = parsed.errors.error.into_iter().next() {
            meta = meta.code(first.code).message(first.message);
        }
        Self { meta: meta.build() }
    }
}

impl ProvideErrorMetadata for QueryError {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

/// EC2 throttles with 503 and with 400; the code tells.
#[derive(Debug)]
struct Throttling;

impl ClassifyRetry for Throttling {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let code = context
            .output_or_error()
            .and_then(|result| result.err())
            .and_then(OrchestratorError::as_operation_error)
            .and_then(|error| error.downcast_ref::<QueryError>())
            .and_then(ProvideErrorMetadata::code);
        match code {
            Some(code) if kind_of(code, "", 0) == CloudErrorKind::Throttled => {
                RetryAction::throttling_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "EC2 throttling"
    }
}

/// Signs each attempt by itself, at its own time.
#[derive(Debug)]
struct SigV4 {
    region: String,
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
            .name("ec2")
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
        assert_eq!(form_value("i-0abc_.~"), "i-0abc_.~");
        assert_eq!(form_value("a b&c=/+가"), "a%20b%26c%3D%2F%2B%EA%B0%80");
    }

    #[test]
    fn error_documents_are_read_and_others_left_to_the_status() {
        let error = QueryError::read(
            "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
             <Message>no &amp; no</Message></Error></Errors><RequestID>1</RequestID></Response>",
        );
        assert_eq!(error.code(), Some("UnauthorizedOperation"));
        assert_eq!(error.message(), Some("no & no"));
        assert_eq!(QueryError::read("<html>503</html>").code(), None);
        assert_eq!(QueryError::read("{").code(), None);
    }
}
