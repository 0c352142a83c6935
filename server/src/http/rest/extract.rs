//! Taking requests apart: who calls, which thing, which parameters, what body.

use super::failure::Failure;
use api::{ApiError, Backend, ErrorCode, PageQuery};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{header, request::Parts},
};
use domain::limits;
use serde::de::DeserializeOwned;
use std::{str::FromStr, sync::Arc};

/// The backend of whoever calls; 401 when nobody is signed in.
pub struct Caller(pub Arc<dyn Backend>);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let backend = parts.extensions.get::<Arc<dyn Backend>>().cloned();
        backend.map(Self).ok_or_else(|| {
            Failure(ApiError::new(
                ErrorCode::Unauthenticated,
                "sign in, or send a token as `Authorization: Bearer …`",
            ))
        })
    }
}

/// The id at the end or in the middle of a path. A text that is no id of that
/// kind names nothing: 404.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let text = path.map_err(|_| Failure::not_found())?.0;
        text.parse().map(Self).map_err(|_| Failure::not_found())
    }
}

/// A JSON body. What does not fit is told with the path of the field.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_json = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| {
                let essence = kind.split(';').next().unwrap_or("").trim();
                essence.eq_ignore_ascii_case("application/json")
            });
        if !is_json {
            return Err(Failure::invalid(
                "Content-Type",
                "send `Content-Type: application/json`",
            ));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| {
            let limit = limits::BODY_BYTES_MAX;
            Failure::invalid(
                "body",
                format!("the body cannot be read; at most {limit} bytes"),
            )
        })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let field = match error.path().to_string() {
                // A body that breaks off before its first field.
                root if root == "." || root == "?" => "body".to_owned(),
                path => path,
            };
            Failure::invalid(&field, error.inner().to_string())
        })?;
        reader
            .end()
            .map_err(|error| Failure::invalid("body", error.to_string()))?;
        Ok(Self(value))
    }
}

/// The parameters behind the `?`, each to be taken by name; what is left over
/// in the end is refused, so that a misspelt filter is not a filter ignored.
pub struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let pairs =
            query.map_err(|_| Failure::invalid("query", "the query string cannot be read"))?;
        Ok(Self(pairs.0))
    }
}

impl Parameters {
    /// Takes every value of a repeated parameter.
    pub fn many<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut taken = Vec::new();
        for (_, text) in self.0.extract_if(.., |(key, _)| key == name) {
            let value = read(&text);
            taken.push(value.ok_or_else(|| {
                Failure::invalid(name, format!("`{text}` is not a value of `{name}`"))
            })?);
        }
        Ok(taken)
    }

    /// Takes a parameter that may stand once.
    pub fn one<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let mut taken = self.many(name, read)?;
        if taken.len() > 1 {
            return Err(Failure::invalid(
                name,
                format!("`{name}` may stand only once"),
            ));
        }
        Ok(taken.pop())
    }

    /// Takes a parameter that must stand once.
    pub fn required<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let taken = self.one(name, read)?;
        taken.ok_or_else(|| Failure::invalid(name, format!("`{name}` is missing")))
    }

    /// Takes `text`, which may be empty.
    pub fn text(&mut self, name: &str) -> Result<String, Failure> {
        let text = self
            .one(name, |text| Some(text.to_owned()))?
            .unwrap_or_default();
        if text.chars().count() > limits::SEARCH_CHARS_MAX {
            let max = limits::SEARCH_CHARS_MAX;
            return Err(Failure::invalid(
                name,
                format!("`{name}` is longer than {max} characters"),
            ));
        }
        Ok(text)
    }

    /// Takes `offset` and `limit`.
    pub fn page(&mut self) -> Result<PageQuery, Failure> {
        let default = PageQuery::default();
        let number = |text: &str| text.parse().ok();
        Ok(PageQuery {
            offset: self.one("offset", number)?.unwrap_or(default.offset),
            limit: self.one("limit", number)?.unwrap_or(default.limit),
        }
        .bounded())
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> Result<(), Failure> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Failure::invalid(
                name,
                format!("there is no parameter `{name}`"),
            )),
        }
    }
}

/// Reads one of a closed set of words by its JSON spelling.
pub fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}
