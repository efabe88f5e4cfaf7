//! Identifiers in the shapes Cognito gives them.

use super::rng::Rng;

const LOWER_ALNUM: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789";

/// A random (version 4) UUID in its usual text form.
pub fn uuid(rng: &Rng) -> String {
    uuid::Builder::from_random_bytes(rng.bytes()).into_uuid().to_string()
}

/// `us-east-1_AbCdEfGhI`.
pub fn pool(rng: &Rng, region: &str) -> String {
    format!("{region}_{}", rng.chars(ALNUM, 9))
}

/// 26 lower-case letters and digits.
pub fn client(rng: &Rng) -> String {
    rng.chars(LOWER_ALNUM, 26)
}

/// `-` and eight letters and digits: what groups a device's keys.
pub fn device_group(rng: &Rng) -> String {
    format!("-{}", rng.chars(ALNUM, 8))
}

/// `tkn` or `sso` and 25 lower-case letters and digits.
pub fn session(rng: &Rng, kind: &str) -> String {
    format!("{kind}{}", rng.chars(LOWER_ALNUM, 25))
}

/// 52 lower-case letters and digits: 268 bits.
pub fn client_secret(rng: &Rng) -> String {
    rng.chars(LOWER_ALNUM, 52)
}

/// A numeric code as sent by mail or SMS.
pub fn code(rng: &Rng, digits: usize) -> String {
    rng.chars(DIGITS, digits)
}

/// 43 URL-safe characters: 256 bits.
pub fn token(rng: &Rng) -> String {
    super::text::base64url(&rng.bytes::<32>())
}
