//! Public keys of credentials: COSE_Key (RFC 9052, RFC 9053, RFC 8230) with the two algorithms that Cognito offers.

use super::cbor::Value;
use super::fault::Fault;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

/// COSE's numbers of the algorithms, in the order of preference.
pub const ALGORITHMS: [i128; 2] = [ES256, RS256];
const ES256: i128 = -7;
const RS256: i128 = -257;

/// A key that is one of its kind: a point of its curve, or a modulus and exponent of a size that is used.
#[derive(Debug)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    pub fn parse(key: &Value<'_>) -> Result<Self, Fault> {
        let number = |label| key.at(label).and_then(Value::integer);
        match (number(1), number(3)) {
            (Some(2), Some(ES256)) => es256(key),
            (Some(3), Some(RS256)) => rs256(key),
            (Some(_), Some(algorithm)) if !ALGORITHMS.contains(&algorithm) => Err(Fault::Algorithm),
            _ => Err(Fault::Malformed),
        }
    }

    /// A key that nobody holds, so that a sign-in without a passkey takes as long as one with: the base point of the curve.
    pub fn nobodys() -> Option<Self> {
        const G: [u8; 65] = [
            0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81,
            0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e,
            0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf,
            0x51, 0xf5,
        ];
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, G).ok().map(Self)
    }

    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

/// An uncompressed point of P-256, the one curve that WebAuthn allows with ES256 (section 5.8.5).
fn es256(key: &Value<'_>) -> Result<PublicKey, Fault> {
    let coordinate = |label| key.at(label).and_then(Value::bytes).filter(|bytes| bytes.len() == 32);
    let (Some(1), Some(x), Some(y)) = (key.at(-1).and_then(Value::integer), coordinate(-2), coordinate(-3)) else {
        return Err(Fault::Malformed);
    };
    let point = [&[0x04], x, y].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).map(PublicKey).map_err(|_| Fault::Malformed)
}

/// A modulus of 2048 to 8192 bits and a small odd exponent.
fn rs256(key: &Value<'_>) -> Result<PublicKey, Fault> {
    let number = |label| key.at(label).and_then(Value::bytes).filter(|bytes| bytes.first().is_some_and(|byte| *byte != 0));
    let (Some(n), Some(e)) = (number(-1), number(-2)) else { return Err(Fault::Malformed) };
    let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte & 1 == 1);
    if !(2_048..=8_192).contains(&bits) || !odd(n) || !odd(e) || e.len() > 4 || e == [1] {
        return Err(Fault::Malformed);
    }
    let parsed = RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
    parsed.map(PublicKey).map_err(|_| Fault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(entries: &[(i128, Value<'_>)]) -> Fault {
        let key = Value::Map(entries.iter().map(|(label, value)| (Value::Integer(*label), value.clone())).collect());
        PublicKey::parse(&key).unwrap_err()
    }

    #[test]
    fn a_key_is_whole_and_of_its_kind() {
        use Value::{Bytes, Integer};
        let n = [0xff; 256];
        let even = [[0xff; 255].as_slice(), &[0xfe]].concat();
        let rsa = |n, e| [(1, Integer(3)), (3, Integer(-257)), (-1, Bytes(n)), (-2, Bytes(e))];
        for (what, entries) in [
            (
                "no point of the curve",
                vec![(1, Integer(2)), (3, Integer(-7)), (-1, Integer(1)), (-2, Bytes(&[1; 32])), (-3, Bytes(&[1; 32]))],
            ),
            ("another curve", vec![(1, Integer(2)), (3, Integer(-7)), (-1, Integer(2)), (-2, Bytes(&[1; 32])), (-3, Bytes(&[1; 32]))]),
            (
                "a compressed point",
                vec![(1, Integer(2)), (3, Integer(-7)), (-1, Integer(1)), (-2, Bytes(&[1; 32])), (-3, Value::Bool(true))],
            ),
            ("a long coordinate", vec![(1, Integer(2)), (3, Integer(-7)), (-1, Integer(1)), (-2, Bytes(&[1; 33])), (-3, Bytes(&[1; 32]))]),
            ("another type's algorithm", vec![(1, Integer(3)), (3, Integer(-7))]),
            ("nothing", vec![]),
            ("a short modulus", rsa(&n[..255], &[1, 0, 1]).to_vec()),
            ("a padded modulus", rsa(&[[0].as_slice(), &n].concat(), &[1, 0, 1]).to_vec()),
            ("an even modulus", rsa(&even, &[1, 0, 1]).to_vec()),
            ("an exponent of one", rsa(&n, &[1]).to_vec()),
            ("an even exponent", rsa(&n, &[2]).to_vec()),
            ("a long exponent", rsa(&n, &[1, 0, 0, 0, 1]).to_vec()),
            ("an empty exponent", rsa(&n, &[]).to_vec()),
        ] {
            assert_eq!(fault(&entries), Fault::Malformed, "{what}");
        }
        assert_eq!(fault(&[(1, Integer(1)), (3, Integer(-8))]), Fault::Algorithm, "EdDSA");
        assert_eq!(fault(&[(1, Integer(2)), (3, Integer(-35))]), Fault::Algorithm, "ES384");
        assert_eq!(fault(&[(1, Integer(3)), (3, Integer(-65_535))]), Fault::Algorithm, "RS1");
    }

    #[test]
    fn nobodys_key_is_a_key() {
        assert!(!PublicKey::nobodys().unwrap().verifies(b"", b""));
    }
}
