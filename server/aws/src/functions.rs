//! The functions of an account and region (AWS Lambda API Reference, ListFunctions). Only
//! their names are kept: the list also tells environment variables, which may be secret.

use crate::{
    pages::Bound,
    permissions::Action,
    signed::{Request, Service, Signed, encoded},
};
use aws_types::SdkConfig;
use domain::limits::FUNCTIONS_PER_SCOPE_MAX;
use ports::CloudError;
use serde::Deserialize;

const LAMBDA: Service = Service {
    id: "Lambda",
    name: "lambda",
    fips: "lambda-fips",
};
const PATH: &str = "/2015-03-31/functions/";
/// Rows of a page (ListFunctions: at most 50, whatever is asked for).
const PAGE_ROWS: u32 = 50;
const FUNCTIONS: Bound = Bound {
    what: "functions",
    most: FUNCTIONS_PER_SCOPE_MAX,
};

/// A client for one account and region.
#[derive(Debug)]
pub struct Functions {
    signed: Signed,
}

impl Functions {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &LAMBDA)?;
        Ok(Self { signed })
    }

    /// The name of every function.
    ///
    /// # Errors
    /// As every call.
    pub async fn names(&self) -> Result<Vec<String>, CloudError> {
        let mut names = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut uri = format!("{PATH}?MaxItems={PAGE_ROWS}");
            if let Some(marker) = marker {
                uri.push_str(&format!("&Marker={}", encoded(&marker)));
            }
            let request = Request::get(uri);
            let page: PageJson = self.signed.json(Action::ListFunctions, request).await?;
            names.extend(page.functions.into_iter().map(|function| function.name));
            FUNCTIONS.check(Action::ListFunctions, names.len())?;
            marker = page.next.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                return Ok(names);
            }
        }
    }

    /// Asks for one, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self) -> Result<(), CloudError> {
        let request = Request::get(format!("{PATH}?MaxItems=1"));
        let sent = self.signed.send(Action::ListFunctions, request).await;
        sent.map(|_| ())
    }
}

#[derive(Debug, Deserialize)]
struct PageJson {
    #[serde(rename = "Functions", default)]
    functions: Vec<FunctionJson>,
    #[serde(rename = "NextMarker")]
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct FunctionJson {
    #[serde(rename = "FunctionName")]
    name: String,
}
