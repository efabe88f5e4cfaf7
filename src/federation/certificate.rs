//! A pool's certificates for SAML providers: what they verify its requests with, and what they encrypt their answers to.
//!
//! Made when they are first asked for. Of two at once the table's key lets one in, and both get that one.

use super::store::{self, CertificateRow};
use crate::api::{Cx, Result};
use crate::kit::clock::{DAY, Millis, SECOND};
use crate::kit::text;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize, SerialNumber};
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// What a certificate's key does. No key does both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Signing,
    Encryption,
}

impl Use {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }

    fn key_usage(self) -> KeyUsagePurpose {
        match self {
            Self::Signing => KeyUsagePurpose::DigitalSignature,
            Self::Encryption => KeyUsagePurpose::KeyEncipherment,
        }
    }
}

/// The purpose that private keys are sealed for.
pub const PURPOSE: &str = "SAML key";
/// Providers are configured with the certificate by hand, so it lasts.
const LIFETIME: Millis = 3_650 * DAY;

/// The pool's certificate for this use.
pub async fn load(cx: &mut Cx, pool_id: &str, key_use: Use) -> Result<CertificateRow> {
    if let Some(row) = store::certificate(&mut *cx.read().await?, pool_id, key_use.as_str()).await? {
        return Ok(row);
    }
    let made = make(cx, pool_id, key_use).await?;
    let mut tx = cx.begin().await?;
    store::insert_certificate(&mut tx, &made).await.map_err(|error| match error {
        crate::store::StoreError::Missing => crate::api::ApiError::no_such_pool(pool_id),
        other => other.into(),
    })?;
    let kept = store::certificate(&mut tx, pool_id, key_use.as_str()).await?;
    tx.commit().await?;
    Ok(kept.unwrap_or(made))
}

/// The certificate as Cognito shows it: base64 without armour.
pub async fn text(cx: &mut Cx, pool_id: &str, key_use: Use) -> Result<String> {
    Ok(text::base64(&load(cx, pool_id, key_use).await?.certificate))
}

async fn make(cx: &Cx, pool_id: &str, key_use: Use) -> Result<CertificateRow> {
    let (now, serial, name) = (cx.now(), cx.rng().bytes::<16>(), pool_id.to_owned());
    let generate = move || generate(&name, key_use, serial, now);
    let (certificate, key) = tokio::task::spawn_blocking(generate).await.map_err(anyhow::Error::from)??;
    Ok(CertificateRow {
        pool_id: pool_id.to_owned(),
        key_use: key_use.as_str().to_owned(),
        certificate,
        private_key: cx.app.sealer.seal(cx.rng(), PURPOSE, &key),
        created_at: now,
    })
}

/// A self-signed certificate and its private key (PKCS #8), both DER.
fn generate(name: &str, key_use: Use, mut serial: [u8; 16], now: Millis) -> anyhow::Result<(Vec<u8>, Zeroizing<Vec<u8>>)> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    // Positive, and of full length (RFC 5280, 4.1.2.2).
    serial[0] = serial[0] & 0x7f | 0x40;
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.key_usages = vec![key_use.key_usage()];
    params.not_before = OffsetDateTime::from_unix_timestamp(now.div_euclid(SECOND))?;
    params.not_after = OffsetDateTime::from_unix_timestamp((now + LIFETIME).div_euclid(SECOND))?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.der().to_vec(), Zeroizing::new(key.serialize_der())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use rcgen::PublicKeyData as _;

    /// The first DER value of at least 256 bytes, as far as 65,535, and what follows it.
    fn value(der: &[u8]) -> (&[u8], &[u8]) {
        assert_eq!(der[1], 0x82);
        der.split_at(4 + usize::from(u16::from_be_bytes([der[2], der[3]])))
    }

    #[test]
    fn it_is_signed_with_its_own_key_for_ten_years_from_now() {
        let (certificate, key) = generate("us-east-1_Test", Use::Signing, [0xff; 16], 1_767_225_600_000).unwrap();
        let (whole, rest) = value(&certificate);
        assert!(rest.is_empty());
        let (signed, rest) = value(&whole[4..]);
        // The algorithm (15 bytes), then a BIT STRING: its header and the count of unused bits (5 bytes), and the signature.
        let signature = &rest[20..];
        let key = KeyPair::try_from(key.as_slice()).unwrap();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.der_bytes()).verify(signed, signature).unwrap();
        for part in [&b"us-east-1_Test"[..], b"260101000000Z", b"351230000000Z", &[&[0x7f][..], &[0xff; 15]].concat()] {
            assert!(signed.windows(part.len()).any(|w| w == part), "{}", String::from_utf8_lossy(part));
        }
    }
}
