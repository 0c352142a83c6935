//! Credentials of the profile that an account names. The SDK's default chain
//! would look at the environment first, whatever profile it is given: with two
//! accounts that would be one account's keys for both. The files are read anew
//! for each set of credentials, so that a corrected profile needs no restart.

use crate::config::Timeouts;
use aws_config::{
    Region, profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig,
};
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// A profile of the shared AWS configuration, as a source of credentials.
#[derive(Debug)]
pub struct NamedProfile {
    /// Its name.
    pub name: String,
    /// Where it asks STS or SSO, if it names no region itself.
    pub region: Region,
    /// Asks them.
    pub client: SharedHttpClient,
    /// For those questions.
    pub timeouts: Timeouts,
}

impl ProvideCredentials for NamedProfile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            let config = ProviderConfig::without_region()
                .with_region(Some(self.region.clone()))
                .with_http_client(self.client.clone())
                .with_timeout_config(self.timeouts.time_outs())
                .with_retry_config(self.timeouts.retries());
            ProfileFileCredentialsProvider::builder()
                .configure(&config)
                .profile_name(&self.name)
                .build()
                .provide_credentials()
                .await
        })
    }
}
