//! Proof that a caller knows a client's secret.

use super::Client;
use crate::api::{ApiError, Result};
use crate::kit::{mac, text};

impl Client {
    /// SECRET_HASH: `Base64(HMAC-SHA256(secret, user name ‖ client id))`.
    pub fn check_secret_hash(&self, username: &str, given: Option<&str>) -> Result<()> {
        self.check_secret_hash_of(&[username], given)
    }

    /// The hash that a caller with the secret sends, for operations that the hosted pages call in the client's name.
    pub fn secret_hash(&self, username: &str) -> Option<String> {
        let hash = |secret: &str| text::base64(&mac::hmac_sha256(secret.as_bytes(), &[username.as_bytes(), self.id.as_bytes()]));
        self.secret.as_ref().map(|secret| hash(secret))
    }

    /// The same where several forms of the user's name are acceptable.
    pub fn check_secret_hash_of(&self, usernames: &[&str], given: Option<&str>) -> Result<()> {
        let mismatch = || Err(ApiError::not_authorized(format!("Unable to verify secret hash for client {}", self.id)));
        match (&self.secret, given) {
            (None, None) => Ok(()),
            (None, Some(_)) => mismatch(),
            (Some(_), None) => {
                let message = format!("Client {} is configured with secret but SECRET_HASH was not received", self.id);
                Err(ApiError::not_authorized(message))
            }
            (Some(secret), Some(given)) => {
                let expected = |name: &str| text::base64(&mac::hmac_sha256(secret.as_bytes(), &[name.as_bytes(), self.id.as_bytes()]));
                // Every form is computed, so that the time does not tell which one matched.
                let matched = usernames.iter().filter(|name| mac::same(expected(name).as_bytes(), given.as_bytes())).count();
                if matched > 0 { Ok(()) } else { mismatch() }
            }
        }
    }

    /// The secret itself, where a request carries it.
    pub fn knows_secret(&self, given: Option<&str>) -> bool {
        match (&self.secret, given) {
            (None, None) => true,
            (Some(secret), Some(given)) => mac::same(secret.as_bytes(), given.as_bytes()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::settings::Settings;

    fn client(secret: Option<&str>) -> Client {
        let secret = secret.map(|s| s.to_owned().into());
        Client { pool_id: "p".into(), id: "client123".into(), settings: Settings::default(), secret, created_at: 0, modified_at: 0 }
    }

    #[test]
    fn the_published_vector() {
        let hash = "AYTa4U3dSK66QnnGsLZQ7kR4haLHutwpRDfHpNH2JC8=";
        assert!(client(Some("mysecret")).check_secret_hash("alice", Some(hash)).is_ok());
        assert!(client(Some("mysecret")).check_secret_hash_of(&["sub", "alice"], Some(hash)).is_ok());
        let refusal = client(Some("mysecret")).check_secret_hash("bob", Some(hash)).unwrap_err();
        assert_eq!(refusal.message(), "Unable to verify secret hash for client client123");
        assert!(client(None).check_secret_hash("alice", Some(hash)).is_err());
        let missing = client(Some("mysecret")).check_secret_hash("alice", None).unwrap_err();
        assert_eq!(missing.message(), "Client client123 is configured with secret but SECRET_HASH was not received");
    }

    #[test]
    fn a_secret_is_neither_missing_nor_superfluous() {
        assert!(
            client(Some("s")).knows_secret(Some("s"))
                && !client(Some("s")).knows_secret(Some("t"))
                && !client(Some("s")).knows_secret(None)
        );
        assert!(client(None).knows_secret(None) && !client(None).knows_secret(Some("s")));
    }
}
