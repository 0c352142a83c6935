//! Change Calendars of AWS Systems Manager: documents that hold a calendar (AWS Systems
//! Manager API Reference, GetDocument).

use crate::{
    cloud::AwsCloud,
    permissions::Action,
    signed::{Model, Request, Service, Signed},
};
use async_trait::async_trait;
use aws_types::SdkConfig;
use domain::{estate::Scope, limits};
use ports::{Calendar, CalendarError, CalendarReading, CloudError};
use serde::Deserialize;
use serde_json::json;
use std::{fmt, sync::Arc};

const SYSTEMS_MANAGER: Service = Service {
    id: "SSM",
    name: "ssm",
    fips: "ssm-fips",
};
const MODEL: Model = Model {
    name: "AmazonSSM",
    content_type: "application/x-amz-json-1.1",
};

/// The name of a document, or the ARN of one that another account shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentName(String);

impl DocumentName {
    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        let fits = (3..=limits::DOCUMENT_CHARS_MAX).contains(&text.len());
        (fits && text.bytes().all(letter)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client for one account and region.
#[derive(Debug)]
pub struct Documents {
    signed: Signed,
}

impl Documents {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &SYSTEMS_MANAGER)?;
        Ok(Self { signed })
    }

    /// What a document holds in its default version.
    ///
    /// # Errors
    /// As every call.
    pub async fn content(&self, name: &str) -> Result<String, CloudError> {
        let action = Action::GetDocument;
        let request = Request::target(MODEL, action, &json!({ "Name": name }));
        let document: DocumentJson = self.signed.json(action, request).await?;
        Ok(document.content)
    }
}

#[derive(Debug, Deserialize)]
struct DocumentJson {
    #[serde(rename = "Content")]
    content: String,
}

/// A calendar that is read from a document.
#[derive(Debug)]
pub struct ChangeCalendar {
    cloud: Arc<AwsCloud>,
    scope: Scope,
    document: DocumentName,
}

impl ChangeCalendar {
    /// The calendar in a document, asked for in a scope.
    #[must_use]
    pub const fn new(cloud: Arc<AwsCloud>, scope: Scope, document: DocumentName) -> Self {
        Self {
            cloud,
            scope,
            document,
        }
    }
}

#[async_trait]
impl Calendar for ChangeCalendar {
    /// A document is small, and a version may be made anew: it is always read whole.
    async fn read(&self, _: Option<&str>) -> Result<CalendarReading, CalendarError> {
        let document = self.cloud.document(&self.scope, &self.document.0).await;
        let text = document.map_err(|error| CalendarError(error.to_string()))?;
        Ok(CalendarReading::Text { text, etag: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_named_as_aws_names_them() {
        for (text, fits) in [
            ("prod-changes", true),
            (
                "arn:aws:ssm:us-east-1:111122223333:document/prod.changes_1",
                true,
            ),
            ("ab", false),
            ("prod changes", false),
            ("\"", false),
        ] {
            assert_eq!(DocumentName::parse(text).is_some(), fits, "{text}");
        }
        let long = "x".repeat(limits::DOCUMENT_CHARS_MAX + 1);
        assert_eq!(DocumentName::parse(&long), None);
    }
}
