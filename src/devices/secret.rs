//! A device's secret as the server keeps it: an SRP verifier that the device computed itself, sealed.

use crate::api::{ApiError, Result};
use crate::auth::srp::Verifier;
use crate::kit::bignum::Group;
use crate::kit::rng::Rng;
use crate::kit::seal::Sealer;
use crate::kit::text;
use serde::Deserialize;

/// The purpose that device verifiers are sealed for.
pub const PURPOSE: &str = "device verifier";

/// `DeviceSecretVerifierConfigType`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifierConfig {
    #[serde(default)]
    pub password_verifier: Option<String>,
    #[serde(default)]
    pub salt: Option<String>,
}

impl VerifierConfig {
    /// The verifier that a device sent. Both numbers come in Base64, as Java's `BigInteger.toByteArray` writes them: with a zero in front of a
    /// set first bit, and without leading zeros otherwise. The salt is at most 16 bytes long and the verifier an element of the group.
    pub fn parse(&self) -> Result<Verifier> {
        let number = |text: &Option<String>| text.as_deref().and_then(text::from_base64);
        let salt =
            number(&self.salt).and_then(|bytes| sixteen(&bytes)).ok_or_else(|| ApiError::invalid_parameter("Invalid salt given."))?;
        let v = number(&self.password_verifier).and_then(|bytes| Group::srp3072().element(&bytes));
        let v = v.ok_or_else(|| ApiError::invalid_parameter("Invalid password verifier given."))?;
        Ok(Verifier { salt, v: v.to_bytes().to_vec() })
    }
}

/// A number other than zero in its 16 bytes.
fn sixteen(bytes: &[u8]) -> Option<[u8; 16]> {
    let digits = bytes.get(bytes.iter().position(|b| *b != 0)?..)?;
    let mut out = [0; 16];
    out.get_mut(16_usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    Some(out)
}

pub fn seal(sealer: &Sealer, rng: &Rng, verifier: &Verifier) -> Vec<u8> {
    let plain = zeroize::Zeroizing::new([verifier.salt.as_slice(), &verifier.v].concat());
    sealer.seal(rng, PURPOSE, &plain)
}

pub fn open(sealer: &Sealer, sealed: &[u8]) -> Option<Verifier> {
    let plain = sealer.open(PURPOSE, sealed)?;
    let (salt, v) = plain.split_at_checked(16)?;
    Some(Verifier { salt: salt.try_into().ok()?, v: v.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(salt: &[u8], verifier: &[u8]) -> VerifierConfig {
        VerifierConfig { password_verifier: Some(text::base64(verifier)), salt: Some(text::base64(salt)) }
    }

    #[test]
    fn a_salt_is_a_number_of_sixteen_bytes() {
        let salt = |bytes: &[u8]| config(bytes, &[2]).parse().map(|v| v.salt).ok();
        assert_eq!(salt(&[0x9c; 16]), Some([0x9c; 16]));
        // The sign that Java writes, and the zeros that it leaves out.
        assert_eq!(salt(&[&[0][..], &[0x9c; 16]].concat()), Some([0x9c; 16]));
        assert_eq!(salt(&[7; 15]), Some(std::array::from_fn(|i| if i == 0 { 0 } else { 7 })));
        for bad in [&[][..], &[0; 16], &[7; 17], &[&[1][..], &[0; 16]].concat()] {
            assert_eq!(salt(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_verifier_is_an_element_of_the_group() {
        let verifier = |bytes: &[u8]| config(&[1; 16], bytes).parse().map(|v| v.v.clone()).ok();
        let modulus = Group::srp3072().modulus();
        let mut below = modulus.to_vec();
        below[383] -= 1;
        assert_eq!(verifier(&below), Some(below.clone()));
        assert_eq!(verifier(&[&[0][..], &below].concat()), Some(below));
        assert_eq!(verifier(&[5]).map(|v| (v.len(), v[383])), Some((384, 5)));
        for bad in [&[][..], &[0; 384], &modulus[..], &[0xff; 384], &[1; 385]] {
            assert_eq!(verifier(bad), None, "{} bytes", bad.len());
        }
    }

    #[test]
    fn what_is_missing_or_no_base64_is_refused() {
        for (verifier, salt) in [(None, Some("AQ==")), (Some("Ag=="), None), (Some("!"), Some("AQ==")), (Some("Ag=="), Some("A"))] {
            let config = VerifierConfig { password_verifier: verifier.map(Into::into), salt: salt.map(Into::into) };
            assert!(config.parse().is_err(), "{config:?}");
        }
    }

    #[test]
    fn sealing_and_opening() {
        let (sealer, rng) = (Sealer::new(&[[1; 32]]).unwrap(), Rng::seeded(1));
        let verifier = config(&[3; 16], &[4; 300]).parse().unwrap();
        let opened = open(&sealer, &seal(&sealer, &rng, &verifier)).unwrap();
        assert!(opened.salt == verifier.salt && opened.v == verifier.v);
        assert!(open(&sealer, &sealer.seal(&rng, "srp verifier", &[0; 400])).is_none());
    }
}
