//! Cognito's dialect of SRP-6a (RFC 5054 over the 3072-bit group of RFC 3526, SHA-256, HKDF with the info "Caldera Derived Key").
//!
//! Devices use the same arithmetic: the device group key stands for the pool name, the device key for the user name.
//!
//! What a sign-in costs the server, in 3072-bit exponentiations with a 256-bit exponent: `g^b` (from a table, about a quarter of one),
//! `v^u` and `(A·v^u)^b`. A verifier costs one power of g.

pub mod client;
mod timestamp;

pub use timestamp::parse_timestamp;

use crate::kit::bignum::{Element, Group};
use crate::kit::mac::{hmac_sha256, sha256};
use std::sync::LazyLock;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// What the server keeps of a password: enough to check it, not enough to sign in with.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Verifier {
    pub salt: [u8; 16],
    /// `g^x`, big-endian.
    pub v: Vec<u8>,
}

/// What a client signs to prove that it knows the password.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    /// The pool's identifier after the `_`.
    pub pool_name: &'a str,
    /// `USER_ID_FOR_SRP`.
    pub username: &'a str,
    /// `SECRET_BLOCK`, decoded.
    pub secret_block: &'a [u8],
    /// `TIMESTAMP`, literally as received.
    pub timestamp: &'a str,
}

/// `k = H(PAD(N) | PAD(g))`.
static MULTIPLIER: LazyLock<Element> = LazyLock::new(|| {
    let group = Group::srp3072();
    group.element(&sha256(&[&pad(&group.modulus()[..])[..], &pad(&[2])].concat())).expect("a 256-bit number is below the modulus")
});

/// The verifier of a password. `username` is the internal one, which the client is told as `USER_ID_FOR_SRP`.
pub fn verifier(pool_name: &str, username: &str, password: &str, salt: [u8; 16]) -> Verifier {
    let x = private_key(pool_name, username, password, &salt);
    Verifier { salt, v: Group::srp3072().power_of_g(&x[..]).to_bytes().to_vec() }
}

/// A verifier for somebody who does not exist (RFC 5054, section 2.5.1.3): the same at every attempt, and no dearer or cheaper to use.
pub fn fake_verifier(secret_key: &[u8; 32], pool_id: &str, username: &str) -> Verifier {
    let mut v: Vec<u8> = (0..12).flat_map(|block| derive(secret_key, &[b'v', block], pool_id, username)).collect();
    // The modulus begins with a one, so this is below it.
    v[0] &= 0x7f;
    Verifier { salt: half(&derive(secret_key, b"salt", pool_id, username)), v }
}

/// The `USER_ID_FOR_SRP` of somebody who does not exist: a UUID, the same at every attempt.
pub fn fake_user_id(secret_key: &[u8; 32], pool_id: &str, username: &str) -> String {
    uuid::Builder::from_random_bytes(half(&derive(secret_key, b"id", pool_id, username))).into_uuid().to_string()
}

fn derive(secret_key: &[u8; 32], label: &[u8], pool_id: &str, username: &str) -> [u8; 32] {
    hmac_sha256(secret_key, &[b"srp\0", label, b"\0", pool_id.as_bytes(), b"\0", username.as_bytes()])
}

/// The server's public value, `B = k·v + g^b`, without leading zeros. `b` is 256 random bits.
/// `None` if `v` is no element of the group, or if `B` comes out as zero, which no client accepts.
pub fn public_b(verifier: &Verifier, b: &[u8]) -> Option<Vec<u8>> {
    let group = Group::srp3072();
    let v = group.element(&verifier.v)?;
    let big_b = group.sum(&group.product(&MULTIPLIER, &v), &group.power_of_g(b));
    (!big_b.is_zero()).then(|| trimmed(&big_b.to_bytes()[..]).to_vec())
}

/// Reads `SRP_A`: hexadecimal of any case, odd length and with leading zeros if it likes, for a number from 1 to N - 1.
pub fn parse_a(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let digits = &digits[digits.iter().take_while(|d| **d == b'0').count()..];
    if digits.len() > 768 {
        return None;
    }
    let value = |d: &u8| char::from(*d).to_digit(16).and_then(|n| u8::try_from(n).ok());
    // From the right, so that an odd digit is the first.
    let mut a = digits.rchunks(2).map(|pair| pair.iter().try_fold(0, |n, d| Some(n << 4 | value(d)?))).collect::<Option<Vec<u8>>>()?;
    a.reverse();
    Group::srp3072().element(&a).map(|_| a)
}

/// The signature with which the owner of the password answers `B` after having sent `A`. Compare it in constant time.
/// `None` if the two values scramble to zero or are not elements of the group.
pub fn expected_signature(claim: &Claim<'_>, verifier: &Verifier, b: &[u8], a: &[u8], big_b: &[u8]) -> Option<[u8; 32]> {
    let group = Group::srp3072();
    let (a_element, v) = (group.element(a)?, group.element(&verifier.v)?);
    let u = scramble(a, big_b)?;
    let s = group.power(&group.product(&a_element, &group.power(&v, &u)), b);
    Some(sign(claim, &s, &u))
}

/// `x = H(PAD(salt) | H(poolName | username | ":" | password))`.
fn private_key(pool_name: &str, username: &str, password: &str, salt: &[u8]) -> Zeroizing<[u8; 32]> {
    let identity = Zeroizing::new([pool_name, username, ":", password].concat());
    let inner = Zeroizing::new(sha256(identity.as_bytes()));
    Zeroizing::new(sha256(&Zeroizing::new([&pad(salt)[..], &inner[..]].concat())))
}

/// `u = H(PAD(A) | PAD(B))`, unless it is zero.
fn scramble(a: &[u8], big_b: &[u8]) -> Option<[u8; 32]> {
    Some(sha256(&[&pad(a)[..], &pad(big_b)].concat())).filter(|u| u.iter().any(|byte| *byte != 0))
}

/// The claim's HMAC under `K = HKDF(salt = PAD(u), PAD(S))`.
fn sign(claim: &Claim<'_>, s: &Element, u: &[u8]) -> [u8; 32] {
    let key = session_key(s, u);
    hmac_sha256(&key[..], &[claim.pool_name.as_bytes(), claim.username.as_bytes(), claim.secret_block, claim.timestamp.as_bytes()])
}

fn session_key(s: &Element, u: &[u8]) -> Zeroizing<[u8; 16]> {
    let prk = Zeroizing::new(hmac_sha256(&pad(u), &[&pad(&s.to_bytes()[..])]));
    let okm = Zeroizing::new(hmac_sha256(&prk[..], &[b"Caldera Derived Key", &[1]]));
    Zeroizing::new(half(&okm))
}

/// The first 16 bytes.
fn half(hash: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|i| hash[i])
}

/// A number as Java's `BigInteger.toByteArray` writes it: no leading zeros but one where the first bit is set, and one for zero itself.
fn pad(number: &[u8]) -> Zeroizing<Vec<u8>> {
    let digits = trimmed(number);
    let sign = digits.first().is_none_or(|byte| byte & 0x80 != 0);
    let mut out = Zeroizing::new(Vec::with_capacity(digits.len() + 1));
    out.extend(sign.then_some(0));
    out.extend_from_slice(digits);
    out
}

fn trimmed(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}

#[cfg(test)]
mod tests {
    use super::client::Client;
    use super::*;
    use crate::kit::text;
    use proptest::prelude::*;

    const POOL: &str = "ABCdefGHI";
    const USER: &str = "7f3c2b1a-0000-4000-8000-00000000abcd";
    const CLAIM: Claim<'_> =
        Claim { pool_name: POOL, username: USER, secret_block: b"secret-block-bytes-0123456789", timestamp: "Tue May 7 00:09:40 UTC 2024" };
    /// Its first bit is set, so padding adds a zero byte.
    const SALT: [u8; 16] = 0x9c39_f9c9_b6c4_e6b1_a244_c038_c0fd_9192_u128.to_be_bytes();

    fn fingerprint(number: &[u8]) -> String {
        text::hex(&sha256(text::hex(number).as_bytes()))
    }

    #[test]
    fn constants() {
        assert_eq!(text::hex(trimmed(&MULTIPLIER.to_bytes()[..])), "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6");
    }

    #[test]
    fn a_whole_exchange_with_known_numbers() {
        let (a, b) = ([1; 128], [2; 128]);
        let x = private_key(POOL, USER, "Passw0rd!", &SALT);
        assert_eq!(text::hex(&x[..]), "a25b12326d753bca73e4f729bae2eb1d98717c0afc5ada2214d695bd24d618af");
        let verifier = verifier(POOL, USER, "Passw0rd!", SALT);
        assert_eq!(fingerprint(&verifier.v), "494b7d586a6e2c2b5fcbe5518511145731af96408bcaf777d209b6b8e7557f08");

        let client = Client::new(&a);
        let big_a = parse_a(&client.srp_a()).expect("A");
        assert_eq!(fingerprint(&big_a), "9d6f43638565e0e28ac628215bf1433b7ff42b24bf6e5800676407c7d904b6ea");
        let big_b = public_b(&verifier, &b).expect("B");
        assert_eq!(fingerprint(&big_b), "2a0e369869d3457d433b3701c0e50c31a92c4a6bcb63e5d562721023c8528f89");
        let u = scramble(&big_a, &big_b).expect("u");
        assert_eq!(text::hex(&u), "8cfc5b494767354f358f7fe7a8090b29bed30d400c24a2ab68af5d8c1d9d2da5");

        let signature = expected_signature(&CLAIM, &verifier, &b, &big_a, &big_b).expect("a signature");
        assert_eq!(text::base64(&signature), "i46PBWAcTYUYDQGsRwGhkbLMoBV1lI0g6zUfjdkFZgc=");
        assert_eq!(client.signature(&CLAIM, "Passw0rd!", &SALT, &big_b), Some(signature));
    }

    #[test]
    fn padding_is_javas() {
        assert_eq!(pad(&[0, 0, 0x7f])[..], [0x7f]);
        assert_eq!(pad(&[0x80, 1])[..], [0, 0x80, 1]);
        assert_eq!(pad(&[0, 0])[..], [0]);
    }

    #[test]
    fn reads_a_public_value() {
        assert_eq!(parse_a("f"), Some(vec![15]));
        assert_eq!(parse_a("000ABc"), Some(vec![10, 0xbc]));
        assert_eq!(parse_a(&format!("{:0>900}", "1")), Some(vec![1]));
        let modulus = text::hex(&Group::srp3072().modulus()[..]);
        let below = format!("{}e", &modulus[..767]);
        assert_eq!(parse_a(&below).map(|a| text::hex(&a)), Some(below));
        for bad in [
            "",
            "0",
            "0000",
            "g1",
            "-1",
            "0x1",
            " 1",
            "+1",
            "1\u{e9}",
            &modulus,
            &modulus.to_uppercase(),
            &format!("1{modulus}"),
            &"0".repeat(4000),
        ] {
            assert_eq!(parse_a(bad), None, "{bad}");
        }
        // Twice the modulus is zero as well.
        assert_eq!(parse_a(&text::hex(&multiply(&Group::srp3072().modulus()[..], 2))), None);
    }

    fn multiply(number: &[u8], by: u16) -> Vec<u8> {
        let mut carry = 0;
        let mut out: Vec<u8> = (number.iter().rev())
            .map(|byte| {
                let n = u16::from(*byte) * by + carry;
                carry = n >> 8;
                n.to_le_bytes()[0]
            })
            .collect();
        out.push(carry.to_le_bytes()[0]);
        out.reverse();
        out
    }

    #[test]
    fn refuses_numbers_that_would_give_the_key_away() {
        let verifier = verifier(POOL, USER, "Passw0rd!", SALT);
        let big_b = public_b(&verifier, &[2; 32]).expect("B");
        for zero in [&[][..], &[0; 384], &Group::srp3072().modulus()[..]] {
            assert_eq!(expected_signature(&CLAIM, &verifier, &[2; 32], zero, &big_b), None);
            assert_eq!(Client::new(&[7; 32]).signature(&CLAIM, "Passw0rd!", &SALT, zero), None);
            assert_eq!(public_b(&Verifier { salt: SALT, v: zero.to_vec() }, &[2; 32]), None);
        }
    }

    #[test]
    fn somebody_who_does_not_exist_is_always_the_same_and_can_never_sign_in() {
        let fake = |user: &str| fake_verifier(&[9; 32], "us-east-1_ABCdefGHI", user);
        let (nobody, again, other) = (fake("nobody"), fake("nobody"), fake("other"));
        assert!(nobody.salt == again.salt && nobody.v == again.v);
        assert!(nobody.salt != other.salt && nobody.v != other.v && nobody.v.len() == 384);
        let id = fake_user_id(&[9; 32], "us-east-1_ABCdefGHI", "nobody");
        assert_eq!(uuid::Uuid::parse_str(&id).map(|u| u.get_version_num()), Ok(4));
        assert_ne!(id, fake_user_id(&[8; 32], "us-east-1_ABCdefGHI", "nobody"));

        let big_b = public_b(&nobody, &[3; 32]).expect("B");
        let client = Client::new(&[4; 32]);
        let a = parse_a(&client.srp_a()).expect("A");
        let expected = expected_signature(&CLAIM, &nobody, &[3; 32], &a, &big_b).expect("as costly as for anybody");
        assert_ne!(client.signature(&CLAIM, "Passw0rd!", &nobody.salt, &big_b), Some(expected));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn only_the_right_password_agrees(
            password in "\\PC{0,40}", wrong in "\\PC{0,40}", salt in any::<[u8; 16]>(), a in any::<[u8; 32]>(), b in any::<[u8; 32]>(),
        ) {
            prop_assume!(a != [0; 32] && password != wrong);
            let verifier = verifier(POOL, USER, &password, salt);
            let client = Client::new(&a);
            let (big_a, big_b) = (parse_a(&client.srp_a()).expect("A"), public_b(&verifier, &b).expect("B"));
            let expected = expected_signature(&CLAIM, &verifier, &b, &big_a, &big_b);
            prop_assert_eq!(client.signature(&CLAIM, &password, &salt, &big_b), expected);
            prop_assert_ne!(client.signature(&CLAIM, &wrong, &salt, &big_b), expected);
            let later = Claim { timestamp: "Tue May 7 00:09:41 UTC 2024", ..CLAIM };
            prop_assert_ne!(client.signature(&later, &password, &salt, &big_b), expected);
        }

        #[test]
        fn no_text_upsets_the_readers(text in "\\PC{0,60}") {
            let _ = (parse_a(&text), parse_timestamp(&text));
        }
    }
}
