//! The way from a page to the contract. Server functions get the caller's
//! [`api::Backend`] here, and their errors and encoding are decided here; this
//! is the only file that names the internals of server functions.

use crate::texts::common as t;
use api::{ApiError, ErrorCode};
use domain::i18n::Lang;
use leptos::{prelude::*, server_fn};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use server_fn::{
    ContentType, Protocol,
    client::Client,
    codec::{Encoding, Json, JsonEncoding},
    error::{FromServerFnError, ServerFnErrorErr},
    request::ClientReq,
    response::ClientRes,
    server::Server,
};
use std::{pin::Pin, sync::Arc};

/// JSON in and out: a plain form of another site cannot send it.
///
/// The server's half is the library's. The browser's half is ours, for the size of its program: all
/// functions share one way to ask, and an answer is read by the same code that reads the data of a
/// page.
pub(crate) struct Call;

impl<I, O, C, S> Protocol<I, O, C, S, UiError> for Call
where
    I: Serialize + Send,
    O: DeserializeOwned,
    C: Client<UiError> + 'static,
    S: Server<UiError>,
    Http: Protocol<I, O, C, S, UiError>,
{
    const METHOD: http::Method = <Json as Encoding>::METHOD;

    fn run_server<F, Fut>(
        request: S::Request,
        server_fn: F,
    ) -> impl Future<Output = Result<S::Response, UiError>> + Send
    where
        F: Fn(I) -> Fut + Send,
        Fut: Future<Output = Result<O, UiError>> + Send,
    {
        <Http as Protocol<I, O, C, S, UiError>>::run_server(request, server_fn)
    }

    async fn run_client(path: &str, input: I) -> Result<O, UiError> {
        let question =
            serde_json::to_string(&input).map_err(|error| UiError::Transport(error.to_string()))?;
        let answer = ask::<C>(path.to_owned(), question).await?;
        serde_json::from_str(&answer).map_err(|error| UiError::Transport(error.to_string()))
    }
}

type Http = server_fn::Http<Json, Json>;
type Answer = Pin<Box<dyn Future<Output = Result<String, UiError>> + Send>>;

/// Sends a question and returns the text of its answer; a refusal comes as the error it holds.
fn ask<C: Client<UiError> + 'static>(path: String, question: String) -> Answer {
    Box::pin(async move {
        let json = JsonEncoding::CONTENT_TYPE;
        let response = C::send(C::Request::try_new_post(&path, json, json, question)?).await?;
        let refused = response.status() >= 400;
        let text = response.try_into_string().await?;
        if refused {
            return Err(serde_json::from_str(&text)
                .unwrap_or_else(|error| UiError::Transport(error.to_string())));
        }
        Ok(text)
    })
}

/// Why a page could not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UiError {
    /// The services said no; safe to show.
    Api(ApiError),
    /// The question or its answer was lost on the way.
    Transport(String),
}

impl UiError {
    /// For people.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::Api(error) => error.message.clone(),
            Self::Transport(_) => t::transport_failed(lang).into(),
        }
    }

    /// What kind, if the services said so.
    #[must_use]
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Api(error) => Some(error.code),
            Self::Transport(_) => None,
        }
    }

    /// The HTTP status of a page that shows nothing but this.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Api(error) => error.code.status(),
            Self::Transport(_) => 500,
        }
    }

    /// What to quote to an administrator.
    #[must_use]
    pub fn reference(&self) -> Option<String> {
        match self {
            Self::Api(error) => error.request_id.clone(),
            Self::Transport(_) => None,
        }
    }
}

impl std::fmt::Display for UiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Transport(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for UiError {}

impl From<ApiError> for UiError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // Arguments that cannot be read are the caller's mistake, not ours.
        if let ServerFnErrorErr::Deserialization(why)
        | ServerFnErrorErr::Args(why)
        | ServerFnErrorErr::MissingArg(why) = &error
        {
            return Self::Transport(why.chars().take(200).collect());
        }
        Self::Transport(error.to_string())
    }
}

/// Asks about a thing whose id stands in the address.
///
/// # Errors
/// What `ask` answers, and "not found" for an address without a proper id.
pub(crate) async fn ask_about<I, T, F>(
    id: Option<I>,
    ask: impl FnOnce(I) -> F,
) -> Result<T, UiError>
where
    F: Future<Output = Result<T, UiError>>,
{
    match id {
        Some(id) => ask(id).await,
        None => Err(ApiError::new(ErrorCode::NotFound, "").into()),
    }
}

/// What a page or a server function may set the HTTP status of its answer with.
/// The server provides it; in the browser there is none.
#[derive(Clone)]
pub struct ResponseStatus {
    for_page: bool,
    set: Arc<dyn Fn(u16) + Send + Sync>,
}

impl ResponseStatus {
    /// For a page: the page decides which failure is the whole page's.
    #[must_use]
    pub fn page(set: impl Fn(u16) + Send + Sync + 'static) -> Self {
        Self {
            for_page: true,
            set: Arc::new(set),
        }
    }

    /// For a server function called by a browser: its failure is the answer's.
    #[must_use]
    pub fn rpc(set: impl Fn(u16) + Send + Sync + 'static) -> Self {
        Self {
            for_page: false,
            set: Arc::new(set),
        }
    }
}

/// Sets the status of the page that is being rendered on the server.
pub fn set_page_status(status: u16) {
    if let Some(response) = use_context::<ResponseStatus>().filter(|response| response.for_page) {
        (response.set)(status);
    }
}

/// The caller's backend.
///
/// # Errors
/// [`ErrorCode::Unauthenticated`] when nobody is signed in.
#[cfg(feature = "ssr")]
pub(crate) fn backend() -> Result<Arc<dyn api::Backend>, UiError> {
    use_context::<Arc<dyn api::Backend>>().ok_or_else(|| {
        let lang = use_context::<crate::Visitor>().map_or(Lang::default(), |v| v.lang);
        told(ApiError::new(
            ErrorCode::Unauthenticated,
            t::sign_in_again(lang),
        ))
    })
}

/// The services' answer as a server function gives it.
#[cfg(feature = "ssr")]
pub(crate) fn answer<T>(result: api::ApiResult<T>) -> Result<T, UiError> {
    result.map_err(told)
}

/// The same, where it is an answer, too, that there is no such thing.
#[cfg(feature = "ssr")]
pub(crate) fn answer_if_there<T>(result: api::ApiResult<T>) -> Result<Option<T>, UiError> {
    match result {
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        result => answer(result.map(Some)),
    }
}

#[cfg(feature = "ssr")]
fn told(error: ApiError) -> UiError {
    if let Some(response) = use_context::<ResponseStatus>().filter(|response| !response.for_page) {
        (response.set)(error.code.status());
    }
    UiError::Api(error)
}
