//! A client's secrets, and the proof that a caller knows one of them.

use super::Client;
use super::oauth_settings::AuthMethod;
use crate::api::{ApiError, Result};
use crate::kit::clock::Millis;
use crate::kit::{mac, text};
use zeroize::Zeroizing;

/// How many secrets a client may have at a time.
pub const MAX: usize = 2;

/// A secret, open.
pub struct Secret {
    pub created_at: Millis,
    pub value: Zeroizing<String>,
}

/// What a secret is called by: `<client-id>--<time of its making>`.
pub fn id(client_id: &str, created_at: Millis) -> String {
    format!("{client_id}--{created_at}")
}

/// The time in an id of a secret of this client.
pub fn created_at(client_id: &str, id: &str) -> Option<Millis> {
    id.strip_prefix(client_id)?.strip_prefix("--")?.parse().ok()
}

impl Client {
    /// Whether it must prove itself.
    pub fn is_confidential(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// Whether it proves itself at the OAuth endpoints, by a secret or by a key.
    pub fn proves_itself(&self) -> bool {
        self.is_confidential() || self.proves_by_key()
    }

    /// Whether it signs with a key instead of telling a secret: then a secret alone proves nothing.
    pub fn proves_by_key(&self) -> bool {
        self.oauth().token_endpoint_auth_method == Some(AuthMethod::PrivateKeyJwt)
    }

    /// SECRET_HASH: `Base64(HMAC-SHA256(secret, user name ‖ client id))`.
    pub fn check_secret_hash(&self, username: &str, given: Option<&str>) -> Result<()> {
        self.check_secret_hash_of(&[username], given)
    }

    /// The hash that a caller with the secret sends, for operations that the hosted pages call in the client's name.
    pub fn secret_hash(&self, username: &str) -> Option<String> {
        self.secrets.last().map(|secret| self.hash(secret, username))
    }

    fn hash(&self, secret: &Secret, username: &str) -> String {
        text::base64(&mac::hmac_sha256(secret.value.as_bytes(), &[username.as_bytes(), self.id.as_bytes()]))
    }

    /// The same where several forms of the user's name are acceptable.
    pub fn check_secret_hash_of(&self, usernames: &[&str], given: Option<&str>) -> Result<()> {
        let mismatch = || Err(ApiError::not_authorized(format!("Unable to verify secret hash for client {}", self.id)));
        match (self.is_confidential(), given) {
            (false, None) => Ok(()),
            (false, Some(_)) => mismatch(),
            (true, None) => {
                let message = format!("Client {} is configured with secret but SECRET_HASH was not received", self.id);
                Err(ApiError::not_authorized(message))
            }
            (true, Some(given)) => {
                // Every form is computed with every secret, so that the time does not tell which one matched.
                let forms = self.secrets.iter().flat_map(|secret| usernames.iter().map(move |name| self.hash(secret, name)));
                let matched = forms.filter(|expected| mac::same(expected.as_bytes(), given.as_bytes())).count();
                if matched > 0 { Ok(()) } else { mismatch() }
            }
        }
    }

    /// A secret itself, where a request carries it.
    pub fn knows_secret(&self, given: Option<&str>) -> bool {
        match given {
            None => !self.is_confidential(),
            Some(given) => self.secrets.iter().filter(|secret| mac::same(secret.value.as_bytes(), given.as_bytes())).count() > 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::settings::Settings;

    fn client(secrets: &[&str]) -> Client {
        let open = |(n, value): (usize, &&str)| Secret { created_at: n as i64, value: (*value).to_owned().into() };
        Client { id: "client123".into(), secrets: secrets.iter().enumerate().map(open).collect(), ..Client::sample(Settings::default()) }
    }

    #[test]
    fn the_published_vector() {
        let hash = "AYTa4U3dSK66QnnGsLZQ7kR4haLHutwpRDfHpNH2JC8=";
        for secrets in [&["mysecret"][..], &["mysecret", "new"], &["old", "mysecret"]] {
            assert!(client(secrets).check_secret_hash("alice", Some(hash)).is_ok());
            assert!(client(secrets).check_secret_hash_of(&["sub", "alice"], Some(hash)).is_ok());
            let refusal = client(secrets).check_secret_hash("bob", Some(hash)).unwrap_err();
            assert_eq!(refusal.message(), "Unable to verify secret hash for client client123");
            let missing = client(secrets).check_secret_hash("alice", None).unwrap_err();
            assert_eq!(missing.message(), "Client client123 is configured with secret but SECRET_HASH was not received");
        }
        assert!(client(&["old", "new"]).check_secret_hash("alice", Some(hash)).is_err());
        assert!(client(&[]).check_secret_hash("alice", Some(hash)).is_err());
        assert!(client(&[]).check_secret_hash("alice", None).is_ok());
    }

    #[test]
    fn a_secret_is_neither_missing_nor_superfluous() {
        let two = client(&["s", "t"]);
        assert!(two.knows_secret(Some("s")) && two.knows_secret(Some("t")) && !two.knows_secret(Some("u")) && !two.knows_secret(None));
        assert!(client(&[]).knows_secret(None) && !client(&[]).knows_secret(Some("s")));
    }

    #[test]
    fn an_id_is_of_one_client() {
        assert_eq!(created_at("c", &id("c", 1_700_000_000_000)), Some(1_700_000_000_000));
        for other in ["c", "c--", "c--x", "d--1", "c-1", "cc--1", ""] {
            assert_eq!(created_at("c", other), None, "{other}");
        }
    }
}
