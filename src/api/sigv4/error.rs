//! Why a signature is refused, in AWS' words.

/// A refusal. `to_string()` is the message for the wire, [`SigError::exception`] the exception's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigError {
    /// For callers that need a signature and got `None` from [`super::parse`].
    #[error("Missing Authentication Token")]
    Missing,
    #[error("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")]
    Twice,
    /// What is missing, and the header's SHA-256 in Base64.
    #[error("{missing}(Hashed with SHA-256 and encoded with Base64) Authorization={hash}")]
    IncompleteHeader { missing: String, hash: String },
    #[error("{0}Re-examine the query-string parameters.")]
    IncompleteQuery(String),
    #[error("Unsupported AWS 'algorithm': '{0}' (only AWS4-HMAC-SHA256 for now).")]
    Algorithm(String),
    #[error("Date must be in ISO-8601 'basic format'. Got '{0}'. See http://en.wikipedia.org/wiki/ISO_8601")]
    Date(String),
    #[error("X-Amz-Expires must be a number of seconds from 0 to 604800 (a week).")]
    Expires,
    #[error("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{0}'")]
    Credential(String),
    #[error("{0} must be a 'SignedHeader' in the AWS Authorization.")]
    Unsigned(&'static str),
    /// The credential is for another day, region or service; the text says which.
    #[error("{0}")]
    Scope(String),
    #[error("Signature expired: {at} is now earlier than {limit} ({now} - {window}.)")]
    Expired { at: String, limit: String, now: String, window: String },
    #[error("Signature not yet current: {at} is still later than {limit} ({now} + 15 min.)")]
    Early { at: String, limit: String, now: String },
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    Body,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. \
         Consult the service documentation for details."
    )]
    Mismatch,
}

impl SigError {
    /// The exception of the JSON services.
    pub fn exception(&self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationTokenException",
            _ if self.is_malformed() => "IncompleteSignatureException",
            _ => "InvalidSignatureException",
        }
    }

    /// The error code of the Query services (STS, IAM).
    pub fn query_code(&self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationToken",
            _ if self.is_malformed() => "IncompleteSignature",
            _ => "SignatureDoesNotMatch",
        }
    }

    fn is_malformed(&self) -> bool {
        use SigError::{Algorithm, Credential, Date, Expires, IncompleteHeader, IncompleteQuery};
        matches!(self, IncompleteHeader { .. } | IncompleteQuery(_) | Algorithm(_) | Date(_) | Expires | Credential(_))
    }
}
