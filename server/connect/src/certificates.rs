//! The certificates by which SNS signs what its topics tell, and the proof itself.
//!
//! A certificate is trusted because it came, over TLS, from SNS's own host in the topic's
//! region: the machine's authorities vouch for that host. Beyond that it must bear a name of
//! SNS and be valid now. SNS serves it alone, without those above it, so its own chain is not
//! followed; neither do AWS's validators (AWS SDK for Java 2 `CertificateRetriever`: host, name,
//! validity; those for PHP and JavaScript: host only).

use crate::Client;
use domain::{
    limits,
    per_minute::PerMinute,
    sns::{CertificateUrl, ProofError, Seal, SignatureVersion, TopicArn},
    sources::SourceName,
    time::Timestamp,
};
use http::StatusCode;
use ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName,
    SignatureVerificationAlgorithm, UnixTime, alg_id, pem::PemObject as _,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{Mutex as AsyncMutex, Semaphore, SemaphorePermit};
use webpki::{EndEntityCert, KeyUsage, ring::RSA_PKCS1_2048_8192_SHA256};

/// A certificate, and when it was fetched.
struct Kept {
    certificate: CertificateDer<'static>,
    at: Timestamp,
}

/// What is known of an address.
#[derive(Default)]
struct Known {
    kept: Option<Kept>,
    /// Why it could not be fetched, and when.
    failed: Option<(ProofError, Timestamp)>,
}

impl Known {
    /// The certificate, if it was fetched within so long. A clock that was set back says nothing
    /// about how old it is.
    fn within(&self, age_ms: i64, now: Timestamp) -> Option<CertificateDer<'static>> {
        let kept = self.kept.as_ref()?;
        is_recent(kept.at, age_ms, now).then(|| kept.certificate.clone())
    }

    /// What it comes to when it cannot be fetched now.
    fn or_stale(
        &self,
        error: ProofError,
        now: Timestamp,
    ) -> Result<CertificateDer<'static>, ProofError> {
        let stale = self.within(limits::CERTIFICATE_STALE_MS, now);
        stale.ok_or(error)
    }
}

/// Whether something was so long ago at most. Who waited behind it came with an earlier `now`.
fn is_recent(at: Timestamp, age_ms: i64, now: Timestamp) -> bool {
    (-limits::TOPIC_MESSAGE_AHEAD_MS..age_ms).contains(&now.since_ms(at))
}

/// Held while its certificate is fetched, so that nobody fetches it beside.
type Slot = Arc<AsyncMutex<Known>>;

/// Fetches certificates, keeps them for a while, and proves messages by them.
pub struct Certificates {
    client: Client,
    /// In place of SNS's hosts: of tests only, nothing configures it.
    base: Option<String>,
    slots: Mutex<HashMap<CertificateUrl, Slot>>,
    /// Of what strangers may name. What is held is fetched again outside it.
    fetches: Semaphore,
    /// Those of each source in a minute.
    counted: PerMinute<SourceName>,
}

impl Certificates {
    /// Fetches from SNS.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            base: None,
            slots: Mutex::default(),
            fetches: Semaphore::new(limits::CERTIFICATE_FETCHES_AT_ONCE_MAX),
            counted: PerMinute::default(),
        }
    }

    /// Fetches the same files from somewhere else, for tests.
    #[must_use]
    pub fn at(client: Client, base: &str) -> Self {
        Self {
            base: Some(base.to_owned()),
            ..Self::new(client)
        }
    }

    /// Proves that SNS signed a text for a topic of this source.
    ///
    /// # Errors
    /// [`ProofError::Later`] when the certificate could not be fetched.
    pub async fn prove(
        &self,
        source: &SourceName,
        topic: &TopicArn,
        seal: &Seal,
        now: Timestamp,
    ) -> Result<(), ProofError> {
        let certificate = self.certificate(source, &seal.certificate, now).await?;
        prove(&certificate, topic, seal, now)
    }

    /// A certificate that is kept, or else fetched. One that cannot be fetched again is good for
    /// some days more, and what failed is left alone for a moment.
    async fn certificate(
        &self,
        source: &SourceName,
        url: &CertificateUrl,
        now: Timestamp,
    ) -> Result<CertificateDer<'static>, ProofError> {
        let slot = self.slot(url)?;
        let mut known = slot.lock().await;
        if let Some(certificate) = known.within(limits::CERTIFICATE_KEPT_MS, now) {
            return Ok(certificate);
        }
        if let Some((error, at)) = &known.failed
            && is_recent(*at, limits::CERTIFICATE_FAILED_MS, now)
        {
            return known.or_stale(error.clone(), now);
        }
        // Strangers can name what is not held yet, so only that is counted, and only that waits
        // for its turn.
        let turn = match known.kept {
            Some(_) => None,
            None => Some(self.turn(source, now)?),
        };
        let fetched = self.fetch(url).await;
        drop(turn);
        match fetched {
            Ok(certificate) => {
                *known = Known {
                    kept: Some(Kept {
                        certificate: certificate.clone(),
                        at: now,
                    }),
                    failed: None,
                };
                Ok(certificate)
            }
            Err(error) => {
                known.failed = Some((error.clone(), now));
                known.or_stale(error, now)
            }
        }
    }

    /// The right to fetch what was not held before.
    fn turn(&self, source: &SourceName, now: Timestamp) -> Result<SemaphorePermit<'_>, ProofError> {
        let turn = self.fetches.try_acquire().map_err(|_| busy())?;
        let most = limits::CERTIFICATE_FETCHES_A_MINUTE_MAX;
        match self.counted.count(source.clone(), most, now) {
            true => Ok(turn),
            false => Err(busy()),
        }
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<CertificateUrl, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a certificate; where all are taken, one that nobody uses gives way: what
    /// was never there before what is, and then the oldest.
    fn slot(&self, url: &CertificateUrl) -> Result<Slot, ProofError> {
        let mut slots = self.slots();
        if !slots.contains_key(url) && slots.len() >= limits::CERTIFICATES_KEPT_MAX {
            let idle = slots
                .iter()
                .filter(|(_, slot)| Arc::strong_count(slot) == 1);
            let age = |slot: &Slot| Some(slot.try_lock().ok()?.kept.as_ref()?.at);
            let oldest = idle.min_by_key(|(_, slot)| age(slot));
            let oldest = oldest.map(|(url, _)| url.clone());
            let oldest = oldest.ok_or_else(busy)?;
            slots.remove(&oldest);
        }
        Ok(Arc::clone(slots.entry(url.clone()).or_default()))
    }

    async fn fetch(&self, url: &CertificateUrl) -> Result<CertificateDer<'static>, ProofError> {
        let address = match &self.base {
            Some(base) => format!("{base}{}", url.path()),
            None => url.as_str().to_owned(),
        };
        let most = limits::CERTIFICATE_BYTES_MAX;
        let answer = self.client.get(&address, None, most).await;
        let answer = answer.map_err(|error| ProofError::Later(error.message))?;
        if answer.status() != StatusCode::OK {
            let what = format!("{} answered {}", url.as_str(), answer.status());
            return Err(ProofError::Later(what));
        }
        read(answer.body())
    }
}

fn busy() -> ProofError {
    ProofError::Later("too many are being fetched".to_owned())
}

fn never(what: &str, error: impl std::fmt::Display) -> ProofError {
    ProofError::Never(format!("{what}: {error}"))
}

/// What SNS's own host answered is broken: the next answer may not be.
fn unreadable(error: impl std::fmt::Display) -> ProofError {
    ProofError::Later(format!("the certificate cannot be read: {error}"))
}

/// The one certificate of a file.
fn read(pem: &[u8]) -> Result<CertificateDer<'static>, ProofError> {
    let mut found = CertificateDer::pem_slice_iter(pem);
    let first = found.next().ok_or_else(|| unreadable("there is none"))?;
    let first = first.map_err(unreadable)?;
    if found.next().is_some() {
        return Err(unreadable("there is more than one"));
    }
    EndEntityCert::try_from(&first).map_err(unreadable)?;
    Ok(first)
}

fn prove(
    certificate: &CertificateDer<'_>,
    topic: &TopicArn,
    seal: &Seal,
    now: Timestamp,
) -> Result<(), ProofError> {
    let certificate = EndEntityCert::try_from(certificate)
        .map_err(|error| never("the certificate cannot be read", error))?;
    let is_for = |name: &String| {
        let name = ServerName::try_from(name.as_str());
        name.is_ok_and(|name| certificate.verify_is_valid_for_subject_name(&name).is_ok())
    };
    if !topic.certificate_names().iter().any(is_for) {
        return Err(never("the certificate", "is not of SNS"));
    }
    is_valid(&certificate, now)?;
    let algorithm: &dyn SignatureVerificationAlgorithm = match seal.version {
        SignatureVersion::One => &RsaSha1,
        SignatureVersion::Two => RSA_PKCS1_2048_8192_SHA256,
    };
    certificate
        .verify_signature(algorithm, seal.text.as_bytes(), &seal.signature)
        .map_err(|error| never("the signature", error))
}

/// Whether a certificate is valid at an instant and made for servers, as SNS's are.
fn is_valid(certificate: &EndEntityCert<'_>, now: Timestamp) -> Result<(), ProofError> {
    let since_epoch = Duration::from_millis(u64::try_from(now.ms()).unwrap_or(0));
    let time = UnixTime::since_unix_epoch(since_epoch);
    let usage = KeyUsage::server_auth();
    // Without authorities it cannot come to a good end; but who issued it is the last thing
    // that is looked for, after all that stands in the certificate itself. A test holds the
    // library to it.
    match certificate.verify_for_usage(&[], &[], &[], time, usage, None, None) {
        Ok(_) | Err(webpki::Error::UnknownIssuer) => Ok(()),
        Err(webpki::Error::CertNotValidYet { .. }) => {
            Err(never("the certificate", "is not valid yet"))
        }
        Err(webpki::Error::CertExpired { .. }) => Err(never("the certificate", "is expired")),
        Err(error) => Err(never("the certificate", error)),
    }
}

/// RSA over SHA-1: what topics sign with unless they are told otherwise.
#[derive(Debug)]
struct RsaSha1;

impl SignatureVerificationAlgorithm for RsaSha1 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let algorithm = &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
        UnparsedPublicKey::new(algorithm, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        // sha1WithRSAEncryption (RFC 3279, 2.2.1), with no parameters.
        AlgorithmIdentifier::from_slice(&[
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
        ])
    }
}
