//! PBKDF2 with HMAC-SHA-1, -256 or -512: in PHC form, as passlib writes it and as Django does.

use super::in_base64;
use aws_lc_rs::pbkdf2::{self, Algorithm};
use std::num::NonZeroU32;

/// About a second of HMACs.
const MAX_ROUNDS: u32 = 2_000_000;

/// A parsed hash: `$pbkdf2-sha256$i=600000,l=32$salt$hash`, passlib's `$pbkdf2-sha256$29000$salt$hash`, or Django's `pbkdf2_sha256$600000$salt$hash`.
pub struct Hash {
    algorithm: Algorithm,
    rounds: NonZeroU32,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Hash {
    pub fn parse(text: &str) -> Option<Self> {
        let is_django = !text.starts_with('$');
        let mut parts = text.strip_prefix('$').unwrap_or(text).split('$');
        let algorithm = match (parts.next()?, is_django) {
            ("pbkdf2" | "pbkdf2-sha1", false) | ("pbkdf2_sha1", true) => pbkdf2::PBKDF2_HMAC_SHA1,
            ("pbkdf2-sha256", false) | ("pbkdf2_sha256", true) => pbkdf2::PBKDF2_HMAC_SHA256,
            ("pbkdf2-sha512", false) | ("pbkdf2_sha512", true) => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let parameters = parts.next()?;
        let rounds = parameters.split(',').find_map(|p| p.strip_prefix("i=")).unwrap_or(parameters).parse().ok()?;
        let salt = parts.next()?;
        // Django's salt is text, taken as it is.
        let salt = if is_django { salt.as_bytes().to_vec() } else { in_base64(salt)? };
        let expected = in_base64(parts.next()?)?;
        let whole = parts.next().is_none() && (16..=512).contains(&expected.len());
        whole.then_some(Self { algorithm, rounds: NonZeroU32::new(rounds)?, salt, expected })
    }

    /// Whether one check is bearable: each 20 to 64 bytes of output cost all the rounds again.
    pub fn is_bearable(&self) -> bool {
        let blocks = u64::try_from(self.expected.len().div_ceil(20)).unwrap_or(u64::MAX);
        u64::from(self.rounds.get()) * blocks.div_ceil(4) <= u64::from(MAX_ROUNDS)
    }

    pub fn matches(&self, password: &str) -> bool {
        pbkdf2::verify(self.algorithm, self.rounds, &self.salt, password.as_bytes(), &self.expected).is_ok()
    }
}

/// The stored form of a hash by its parts.
pub fn from_parts(digest: &str, rounds: u32, salt: &[u8], hash: &[u8]) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD as CODE;
    format!("$pbkdf2-{digest}$i={rounds},l={}${}${}", hash.len(), CODE.encode(salt), CODE.encode(hash))
}
