//! Codes for functions, in the message format of the AWS Encryption SDK (version 2, algorithm suite 0x0578: AES-256-GCM with HKDF, key commitment
//! and an ECDSA P-384 signature), so that the SDK opens them: with a raw AES keyring of the namespace `poolhouse` and the `KMSKeyID` for a
//! name, or with a KMS keyring that is sent to this server.
//!
//! <https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html>

use crate::kit::rng::Rng;
use crate::kit::text;
use anyhow::{Context, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Salt};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The namespace of the raw keyring.
pub const NAMESPACE: &str = "poolhouse";
/// The provider of data keys that the KMS keyring looks for.
const KMS: &str = "aws-kms";
const SUITE: [u8; 2] = [0x05, 0x78];
const TAG: usize = 16;
/// The pair that carries the key of the signature.
const PUBLIC_KEY: &str = "aws-crypto-public-key";
const FRAMED: u8 = 2;
const FRAME_LENGTH: u32 = 4096;

/// What a message is bound to.
pub type Bound = BTreeMap<String, String>;

/// A key that wraps data keys, and its name.
#[derive(Clone, Copy)]
pub struct Wrapping<'a> {
    pub key: &'a [u8; 32],
    pub name: &'a str,
}

/// A plaintext of one frame as a message.
pub fn encrypt(rng: &Rng, wrapping: Wrapping<'_>, mut context: Bound, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
    ensure!(plain.len() < FRAME_LENGTH as usize, "a code is shorter than a frame");
    let signing = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING)?;
    context.insert(PUBLIC_KEY.into(), text::base64(&compressed(signing.public_key().as_ref())?));
    let context = serialized(&context)?;
    let (message_id, data_key) = (rng.bytes::<32>(), Zeroizing::new(rng.bytes::<32>()));
    let header = header(
        &message_id,
        &context,
        &data_keys(rng, wrapping, &context, data_key.as_slice())?,
        &commitment(&message_id, data_key.as_slice())?,
    )?;
    let message_key = derived(&message_id, data_key.as_slice(), &[&SUITE, b"DERIVEKEY"])?;
    let cipher = cipher(&message_key)?;
    let mut out = header.clone();
    out.extend_from_slice(&sealed(&cipher, [0; NONCE_LEN], &header, &mut [])?);
    out.extend_from_slice(&frame(&cipher, &message_id, plain)?);
    let signature = signing.sign(&SystemRandom::new(), &out)?;
    push(&mut out, signature.as_ref())?;
    Ok(out)
}

/// The only frame, which is the final one.
fn frame(cipher: &LessSafeKey, message_id: &[u8], plain: &[u8]) -> anyhow::Result<Vec<u8>> {
    const NUMBER: u32 = 1;
    let length = u32::try_from(plain.len())?;
    let mut iv = [0; NONCE_LEN];
    iv[NONCE_LEN - 4..].copy_from_slice(&NUMBER.to_be_bytes());
    let aad = [message_id, b"AWSKMSEncryptionClient Final Frame", &NUMBER.to_be_bytes(), &u64::from(length).to_be_bytes()].concat();
    let mut content = plain.to_vec();
    let tag = sealed(cipher, iv, &aad, &mut content)?;
    Ok([&[0xff; 4], NUMBER.to_be_bytes().as_slice(), &iv, &length.to_be_bytes(), &content, &tag].concat())
}

fn header(message_id: &[u8], context: &[u8], data_keys: &[DataKey], commitment: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut out = vec![2];
    out.extend_from_slice(&SUITE);
    out.extend_from_slice(message_id);
    push(&mut out, context)?;
    out.extend_from_slice(&u16::try_from(data_keys.len())?.to_be_bytes());
    for (provider, information, key) in data_keys {
        push(&mut out, provider.as_bytes())?;
        push(&mut out, information)?;
        push(&mut out, key)?;
    }
    out.push(FRAMED);
    out.extend_from_slice(&FRAME_LENGTH.to_be_bytes());
    out.extend_from_slice(commitment);
    Ok(out)
}

/// Provider, its information, and the data key as it wraps it.
type DataKey = (&'static str, Vec<u8>, Vec<u8>);

/// The data key twice under the same key: as a raw AES keyring finds it, and as a KMS keyring does.
fn data_keys(rng: &Rng, wrapping: Wrapping<'_>, context: &[u8], data_key: &[u8]) -> anyhow::Result<[DataKey; 2]> {
    let iv = rng.bytes::<NONCE_LEN>();
    let raw = [wrapping.name.as_bytes(), &(TAG as u32 * 8).to_be_bytes(), &(NONCE_LEN as u32).to_be_bytes(), &iv].concat();
    let by_kms = wrap(rng.bytes(), wrapping.key, context, data_key)?;
    Ok([
        (NAMESPACE, raw, wrap(iv, wrapping.key, context, data_key)?.split_off(NONCE_LEN)),
        (KMS, wrapping.name.as_bytes().to_vec(), by_kms),
    ])
}

/// `iv ‖ ciphertext ‖ tag`
fn wrap(iv: [u8; NONCE_LEN], key: &[u8; 32], context: &[u8], data_key: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut wrapped = data_key.to_vec();
    let tag = sealed(&cipher(key)?, iv, context, &mut wrapped)?;
    Ok([iv.as_slice(), &wrapped, &tag].concat())
}

/// The data key that a KMS keyring asks for; `None` where it was not wrapped with this key for this context.
pub fn unwrap(key: &[u8; 32], context: &Bound, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (iv, rest) = wrapped.split_at_checked(NONCE_LEN)?;
    let mut plain = Zeroizing::new(rest.to_vec());
    let (nonce, context) = (Nonce::try_assume_unique_for_key(iv).ok()?, serialized(context).ok()?);
    let length = cipher(key).ok()?.open_in_place(nonce, Aad::from(context), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
}

/// The pairs in the order of their names, each with its length, after their number.
fn serialized(context: &Bound) -> anyhow::Result<Vec<u8>> {
    let mut out = u16::try_from(context.len())?.to_be_bytes().to_vec();
    for (name, value) in context {
        push(&mut out, name.as_bytes())?;
        push(&mut out, value.as_bytes())?;
    }
    Ok(out)
}

fn push(out: &mut Vec<u8>, field: &[u8]) -> anyhow::Result<()> {
    out.extend_from_slice(&u16::try_from(field.len()).context("a field is too long")?.to_be_bytes());
    out.extend_from_slice(field);
    Ok(())
}

fn commitment(message_id: &[u8], data_key: &[u8]) -> anyhow::Result<[u8; 32]> {
    Ok(*derived(message_id, data_key, &[b"COMMITKEY"])?)
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn derived(salt: &[u8], data_key: &[u8], info: &[&[u8]]) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let mut out = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA512, salt).extract(data_key).expand(info, Bytes32)?.fill(out.as_mut_slice())?;
    Ok(out)
}

fn cipher(key: &[u8; 32]) -> anyhow::Result<LessSafeKey> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?))
}

/// Encrypts in place and gives the tag.
fn sealed(cipher: &LessSafeKey, iv: [u8; NONCE_LEN], aad: &[u8], content: &mut [u8]) -> anyhow::Result<Vec<u8>> {
    let tag = cipher.seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), Aad::from(aad), content)?;
    Ok(tag.as_ref().to_vec())
}

/// A point in the short form (SEC 1, 2.3.3) from the long one.
fn compressed(point: &[u8]) -> anyhow::Result<Vec<u8>> {
    ensure!(point.len() == 97 && point[0] == 4, "a P-384 point in its long form");
    let is_odd = point[96] & 1;
    Ok([&[2 + is_odd], &point[1..49]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const NAME: &str = "arn:aws:kms:us-east-1:000000000000:key/k";

    fn field<'a>(at: &mut &'a [u8]) -> &'a [u8] {
        let (length, rest) = at.split_at(2);
        let (field, rest) = rest.split_at(usize::from(u16::from_be_bytes([length[0], length[1]])));
        *at = rest;
        field
    }

    #[test]
    fn a_message_opens_by_its_own_description() {
        let context = Bound::from([("userpool-id".to_owned(), "us-east-1_A".to_owned())]);
        let message = encrypt(&Rng::seeded(1), Wrapping { key: &KEY, name: NAME }, context.clone(), b"123456").unwrap();
        assert_eq!(message[..3], [2, 5, 0x78]);
        let (id, mut at) = (&message[3..35], &message[35..]);
        let aad = field(&mut at);
        assert_eq!(aad[..2], [0, 2], "the public key and the pool");
        at = &at[2..];
        let (namespace, information, wrapped) = (field(&mut at), field(&mut at), field(&mut at));
        assert_eq!((namespace, &information[..NAME.len()]), (b"poolhouse".as_slice(), NAME.as_bytes()));
        assert_eq!(information[NAME.len()..][..8], [0, 0, 0, 128, 0, 0, 0, 12]);
        let wrapped = [&information[NAME.len() + 8..], wrapped].concat();
        let (kms, arn, by_kms) = (field(&mut at), field(&mut at), field(&mut at));
        assert_eq!((kms, arn), (b"aws-kms".as_slice(), NAME.as_bytes()));
        let mut pairs = &aad[2..];
        let mut text = || String::from_utf8(field(&mut pairs).to_vec()).unwrap();
        let told = Bound::from([(text(), text()), (text(), text())]);
        assert_eq!(told["userpool-id"], "us-east-1_A");
        let data_key = unwrap(&KEY, &told, &wrapped).unwrap();
        assert_eq!(unwrap(&KEY, &told, by_kms).as_ref(), Some(&data_key));
        assert!(
            unwrap(&[8; 32], &told, by_kms).is_none() && unwrap(&KEY, &context, by_kms).is_none() && unwrap(&KEY, &told, b"x").is_none()
        );
        assert_eq!(at[5..37], commitment(id, &data_key).unwrap());
        let body = &at[37 + TAG..];
        let length = usize::try_from(u32::from_be_bytes(body[20..24].try_into().unwrap())).unwrap();
        let mut content = body[24..24 + length + TAG].to_vec();
        let aad = [id, b"AWSKMSEncryptionClient Final Frame", &[0, 0, 0, 1], &(length as u64).to_be_bytes()].concat();
        let key = cipher(&derived(id, &data_key, &[&SUITE, b"DERIVEKEY"]).unwrap()).unwrap();
        let nonce = Nonce::try_assume_unique_for_key(&body[8..20]).unwrap();
        assert_eq!(key.open_in_place(nonce, Aad::from(aad), &mut content).unwrap(), b"123456");
    }

    #[test]
    fn zz_dump() {
        let bound = Bound::from([("userpool-id".to_owned(), "us-east-1_A".to_owned())]);
        let message = encrypt(&Rng::system(), Wrapping { key: &KEY, name: NAME }, bound, b"123456").unwrap();
        std::fs::write("/tmp/wt/bin-triggers-message", text::base64(&message)).unwrap();
    }
}
