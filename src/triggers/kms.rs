//! `Decrypt` of AWS KMS, for the keys that codes for functions are encrypted with: a function that was written for Cognito decrypts with a KMS keyring,
//! whose client needs this server for its endpoint, and nothing else.

use super::encryption::{Bound, unwrap};
use crate::api::door::Caller;
use crate::api::{ApiError, Cx, Result};
use crate::kit::text;
use serde::Deserialize;
use serde_json::json;

/// The service in the signature of a call.
pub const SERVICE: &str = "kms";
/// The header `X-Amz-Target` of a call.
pub const TARGET: &str = "TrentService.Decrypt";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypt {
    ciphertext_blob: String,
    #[serde(default)]
    encryption_context: Bound,
    key_id: String,
}

/// Answers a call whose signature was looked at.
pub fn decrypt(cx: &Cx, body: &[u8]) -> Result<Vec<u8>> {
    if !matches!(cx.caller, Caller::Root) {
        return Err(ApiError::missing_authentication_token("Missing Authentication Token"));
    }
    let call: Decrypt = serde_json::from_slice(body).map_err(|_| {
        ApiError::serialization("The request does not have the form of this operation: CiphertextBlob and KeyId are needed.")
    })?;
    let wrapped = text::from_base64(&call.ciphertext_blob).unwrap_or_default();
    let plain = cx.app.sender_keys.get(&call.key_id).and_then(|key| unwrap(key, &call.encryption_context, &wrapped));
    // One answer for a key that is not here and a text that it did not encrypt.
    let plain = plain.ok_or_else(|| ApiError::access_denied("The ciphertext does not belong to this key and encryption context."))?;
    let answer = json!({ "KeyId": call.key_id, "Plaintext": text::base64(&plain), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" });
    Ok(serde_json::to_vec(&answer).map_err(anyhow::Error::from)?)
}
