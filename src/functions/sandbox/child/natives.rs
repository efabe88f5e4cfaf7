//! What scripts cannot do by themselves: hashes, encodings, random bytes, addresses.

use crate::kit::text;
use aws_lc_rs::rand::SecureRandom as _;
use aws_lc_rs::{digest, pbkdf2, rand};
use md5::Digest as _;
use rquickjs::{Ctx, Exception, Result, TypedArray};
use std::num::NonZeroU32;
use url::Url;

pub type Bytes<'js> = TypedArray<'js, u8>;

/// What a script's array holds.
pub fn bytes(ctx: &Ctx<'_>, data: &Bytes<'_>) -> Result<Vec<u8>> {
    // SAFETY: the slice is copied before the engine runs again, and a worker has no thread but this one that could touch the array.
    let copied = unsafe { data.as_bytes() }.map(<[u8]>::to_vec);
    copied.ok_or_else(|| Exception::throw_type(ctx, "the data is detached"))
}

fn digest_of(kind: &str, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let algorithm = match kind {
        "md5" => {
            let mut context = md5::Md5::new();
            parts.iter().for_each(|part| context.update(part));
            return Some(context.finalize().to_vec());
        }
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        _ => return None,
    };
    let mut context = digest::Context::new(algorithm);
    parts.iter().for_each(|part| context.update(part));
    Some(context.finish().as_ref().to_vec())
}

/// RFC 2104.
fn hmac_of(kind: &str, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let block = if matches!(kind, "sha384" | "sha512") { 128 } else { 64 };
    let mut padded = if key.len() > block { digest_of(kind, &[key])? } else { key.to_vec() };
    padded.resize(block, 0);
    let pad = |with: u8| padded.iter().map(|b| b ^ with).collect::<Vec<_>>();
    digest_of(kind, &[&pad(0x5c), &digest_of(kind, &[&pad(0x36), data])?])
}

fn unknown(ctx: &Ctx<'_>) -> rquickjs::Error {
    Exception::throw_message(ctx, "Digest method not supported")
}

pub fn hash<'js>(ctx: Ctx<'js>, kind: String, data: Bytes<'js>) -> Result<Bytes<'js>> {
    let made = digest_of(&kind, &[&bytes(&ctx, &data)?]).ok_or_else(|| unknown(&ctx))?;
    Bytes::new(ctx, made)
}

pub fn hmac<'js>(ctx: Ctx<'js>, kind: String, key: Bytes<'js>, data: Bytes<'js>) -> Result<Bytes<'js>> {
    let made = hmac_of(&kind, &bytes(&ctx, &key)?, &bytes(&ctx, &data)?).ok_or_else(|| unknown(&ctx))?;
    Bytes::new(ctx, made)
}

pub fn derive<'js>(ctx: Ctx<'js>, kind: String, password: Bytes<'js>, salt: Bytes<'js>, rounds: u32, length: usize) -> Result<Bytes<'js>> {
    let algorithm = match kind.as_str() {
        "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "sha384" => pbkdf2::PBKDF2_HMAC_SHA384,
        "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return Err(unknown(&ctx)),
    };
    let Some(rounds) = NonZeroU32::new(rounds).filter(|_| length <= 1024) else {
        return Err(Exception::throw_range(&ctx, "The value of \"iterations\" or \"keylen\" is out of range."));
    };
    let mut key = vec![0; length];
    pbkdf2::derive(algorithm, rounds, &bytes(&ctx, &salt)?, &bytes(&ctx, &password)?, &mut key);
    Bytes::new(ctx, key)
}

pub fn random<'js>(ctx: Ctx<'js>, count: usize) -> Result<Bytes<'js>> {
    let mut out = vec![0; count.min(1 << 24)];
    rand::SystemRandom::new().fill(&mut out).map_err(|_| Exception::throw_message(&ctx, "there is no randomness"))?;
    Bytes::new(ctx, out)
}

pub fn utf8<'js>(ctx: Ctx<'js>, text: String) -> Result<Bytes<'js>> {
    Bytes::new(ctx, text.into_bytes())
}

/// The text of UTF-8. What is none is replaced or, where that is fatal, there is no text.
pub fn text_of<'js>(ctx: Ctx<'js>, data: Bytes<'js>, fatal: bool) -> Result<Option<String>> {
    let data = bytes(&ctx, &data)?;
    if fatal {
        return Ok(String::from_utf8(data).ok());
    }
    Ok(Some(String::from_utf8_lossy(&data).into_owned()))
}

pub fn encode<'js>(ctx: Ctx<'js>, kind: String, data: Bytes<'js>) -> Result<String> {
    let data = bytes(&ctx, &data)?;
    Ok(match kind.as_str() {
        "hex" => text::hex(&data),
        "base64" => text::base64(&data),
        "base64url" => text::base64url(&data),
        "ascii" => data.iter().map(|b| char::from(b & 0x7f)).collect(),
        _ => data.iter().copied().map(char::from).collect(),
    })
}

/// The bytes of a text. As in Node.js, what is not of the encoding is left out or ends it.
pub fn decode<'js>(ctx: Ctx<'js>, kind: String, given: String) -> Result<Bytes<'js>> {
    let made = match kind.as_str() {
        "hex" => {
            let digits = given.bytes().take_while(u8::is_ascii_hexdigit).count();
            text::from_hex(&given[..digits - digits % 2]).unwrap_or_default()
        }
        "base64" | "base64url" => {
            let plain: String = given
                .chars()
                .take_while(|c| *c != '=')
                .filter_map(|c| match c {
                    '+' => Some('-'),
                    '/' => Some('_'),
                    c if c.is_ascii_alphanumeric() || c == '-' || c == '_' => Some(c),
                    _ => None,
                })
                .collect();
            let whole = if plain.len() % 4 == 1 { &plain[..plain.len() - 1] } else { &plain };
            loose(whole)
        }
        _ => given.chars().map(|c| (u32::from(c) & 0xff) as u8).collect(),
    };
    Bytes::new(ctx, made)
}

/// Base64 whose last character may have bits to spare.
fn loose(digits: &str) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, config).decode(digits).unwrap_or_default()
}

fn parts(url: &Url) -> String {
    use url::quirks as q;
    serde_json::json!({
        "href": q::href(url), "protocol": q::protocol(url), "username": q::username(url), "password": q::password(url), "host": q::host(url),
        "hostname": q::hostname(url), "port": q::port(url), "pathname": q::pathname(url), "search": q::search(url), "hash": q::hash(url),
        "origin": q::origin(url),
    })
    .to_string()
}

pub fn url_parse(href: String, base: String) -> Option<String> {
    let url = if base.is_empty() { Url::parse(&href) } else { Url::parse(&base).and_then(|base| base.join(&href)) };
    url.ok().map(|url| parts(&url))
}

pub fn url_set(href: String, part: String, value: String) -> Option<String> {
    use url::quirks as q;
    let mut url = Url::parse(&href).ok()?;
    match part.as_str() {
        "href" => q::set_href(&mut url, &value).ok()?,
        "protocol" => q::set_protocol(&mut url, &value).ok()?,
        "username" => q::set_username(&mut url, &value).ok()?,
        "password" => q::set_password(&mut url, &value).ok()?,
        "host" => q::set_host(&mut url, &value).ok()?,
        "hostname" => q::set_hostname(&mut url, &value).ok()?,
        "port" => q::set_port(&mut url, &value).ok()?,
        "pathname" => q::set_pathname(&mut url, &value),
        "search" => q::set_search(&mut url, &value),
        "hash" => q::set_hash(&mut url, &value),
        _ => return None,
    }
    Some(parts(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyed_hashes_are_those_of_the_rfc() {
        // RFC 4231, test case 2; RFC 2202, test case 2.
        let made = hmac_of("sha256", b"Jefe", b"what do ya want for nothing?").unwrap();
        assert_eq!(text::hex(&made), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let made = hmac_of("md5", b"Jefe", b"what do ya want for nothing?").unwrap();
        assert_eq!(text::hex(&made), "750c783e6ab0b503eaa86e310a5db738");
        assert!(hmac_of("sha3", b"", b"").is_none());
    }
}
