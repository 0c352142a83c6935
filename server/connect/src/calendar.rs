//! A calendar at an address.

use crate::{Address, Client};
use async_trait::async_trait;
use domain::limits;
use http::{StatusCode, header};
use ports::{Calendar, CalendarError, CalendarReading};

/// A calendar that is read by HTTP. Its address may be a secret and is in no error.
#[derive(Debug, Clone)]
pub struct HttpCalendar {
    client: Client,
    address: String,
}

impl HttpCalendar {
    /// The calendar at an address.
    #[must_use]
    pub fn new(client: Client, address: &Address) -> Self {
        Self {
            client,
            address: address.whole(),
        }
    }
}

#[async_trait]
impl Calendar for HttpCalendar {
    async fn read(&self, etag: Option<&str>) -> Result<CalendarReading, CalendarError> {
        let most = limits::CALENDAR_FILE_BYTES_MAX;
        let answer = self
            .client
            .get(&self.address, etag, most)
            .await
            .map_err(|error| CalendarError(error.message))?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(CalendarReading::Unchanged);
        }
        if status.is_redirection() {
            let message = format!("it answered {status}, and redirects are not followed");
            return Err(CalendarError(message));
        }
        if !status.is_success() {
            return Err(CalendarError(format!("it answered {status}")));
        }
        let etag = answer.headers().get(header::ETAG);
        let etag = etag.and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let text = String::from_utf8(answer.into_body().to_vec())
            .map_err(|_| CalendarError("it is not written in UTF-8".into()))?;
        Ok(CalendarReading::Text { text, etag })
    }
}
