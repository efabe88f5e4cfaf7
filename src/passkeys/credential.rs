//! What `navigator.credentials` gives as JSON (RegistrationResponseJSON and AuthenticationResponseJSON of section 5.1), and what is kept of it.

use super::authenticator_data::LONGEST_ID;
use super::fault::Fault;
use crate::kit::clock::Millis;
use crate::kit::text;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// A passkey as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Passkey {
    pub pool_id: String,
    /// base64url
    pub credential_id: String,
    pub sub: String,
    /// COSE_Key
    pub public_key: Vec<u8>,
    /// 0 where the authenticator does not count.
    pub counter: i64,
    pub backup_eligible: bool,
    pub backed_up: bool,
    pub transports: Vec<String>,
    pub attachment: Option<String>,
    pub aaguid: String,
    /// `FriendlyCredentialName`
    pub name: String,
    pub rp_id: String,
    pub created_at: Millis,
}

impl Passkey {
    /// The authentication method that it stands for (RFC 8176): a key in the device that signs in, or one that is brought to it.
    pub fn amr(&self) -> &'static str {
        let platform = match self.attachment.as_deref() {
            Some(attachment) => attachment == "platform",
            None => self.backup_eligible || self.transports.iter().any(|t| t == "internal"),
        };
        if platform { "swk" } else { "hwk" }
    }
}

/// A credential with the answer of a registration or of a sign-in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential<R> {
    pub id: Bytes,
    #[serde(default)]
    raw_id: Option<Bytes>,
    #[serde(rename = "type")]
    kind: String,
    pub response: R,
    #[serde(default)]
    authenticator_attachment: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    #[serde(rename = "clientDataJSON")]
    pub client_data: Bytes,
    pub attestation_object: Bytes,
    #[serde(default)]
    transports: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    #[serde(rename = "clientDataJSON")]
    pub client_data: Bytes,
    pub authenticator_data: Bytes,
    pub signature: Bytes,
    #[serde(default)]
    pub user_handle: Option<Bytes>,
}

/// Bytes in base64url, with or without padding.
#[derive(Debug, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text::from_base64url(text.trim_end_matches('=')).map(Self).ok_or_else(|| serde::de::Error::custom("not base64url"))
    }
}

impl<R: DeserializeOwned> Credential<R> {
    pub fn of_value(value: serde_json::Value) -> Result<Self, Fault> {
        serde_json::from_value::<Self>(value).map_err(|_| Fault::Malformed)?.consistent()
    }

    pub fn of_text(json: &str) -> Result<Self, Fault> {
        serde_json::from_str::<Self>(json).map_err(|_| Fault::Malformed)?.consistent()
    }

    fn consistent(self) -> Result<Self, Fault> {
        let one_id = self.raw_id.as_ref().is_none_or(|raw| *raw == self.id);
        let fits = self.kind == "public-key" && (1..=LONGEST_ID).contains(&self.id.0.len());
        if one_id && fits { Ok(self) } else { Err(Fault::Malformed) }
    }
}

impl Credential<Attestation> {
    /// How it can be reached, of the values that the specification has (section 5.8.4).
    pub fn transports(&self) -> Vec<String> {
        const KNOWN: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];
        let given = self.response.transports.as_deref().unwrap_or_default();
        KNOWN.into_iter().filter(|known| given.iter().any(|t| t == known)).map(str::to_owned).collect()
    }

    pub fn attachment(&self) -> Option<String> {
        self.authenticator_attachment.clone().filter(|a| ["platform", "cross-platform"].contains(&a.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(id: &str, raw_id: &str, kind: &str) -> Result<Credential<Assertion>, Fault> {
        let response = r#"{"clientDataJSON":"e30","authenticatorData":"AA==","signature":"AA","userHandle":null}"#;
        Credential::of_text(&format!(
            r#"{{"id":"{id}","rawId":"{raw_id}","type":"{kind}","response":{response},"clientExtensionResults":{{}}}}"#
        ))
    }

    #[test]
    fn a_credential_has_one_id_of_a_sensible_length() {
        assert_eq!(read("AQID", "AQID", "public-key").unwrap().id.0, [1, 2, 3]);
        assert!(read("AQID", "AQIE", "public-key").is_err());
        assert!(read("AQID", "AQID", "password").is_err());
        assert!(read("", "", "public-key").is_err());
        assert!(read("A+/=", "A+/=", "public-key").is_err());
        let long = text::base64url(&[0; LONGEST_ID + 1]);
        assert!(read(&long, &long, "public-key").is_err());
    }
}
