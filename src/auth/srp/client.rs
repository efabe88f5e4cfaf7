//! The other side of the exchange: what an SDK computes. For tests and benchmarks; the server never has a password's `x` and `a` together.

use super::{Claim, MULTIPLIER, private_key, scramble, sign, trimmed};
use crate::kit::bignum::{Group, multiply_add};
use crate::kit::text;
use zeroize::Zeroizing;

/// A client in the middle of a sign-in.
pub struct Client {
    a: Zeroizing<Vec<u8>>,
    big_a: Vec<u8>,
}

impl Client {
    /// `a` is the client's secret exponent: 32 random bytes are enough, the SDKs take 128.
    pub fn new(a: &[u8]) -> Self {
        let big_a = trimmed(&Group::srp3072().power_of_g(a).to_bytes()[..]).to_vec();
        Self { a: Zeroizing::new(a.to_vec()), big_a }
    }

    /// `SRP_A` as the JavaScript SDK sends it: hexadecimal without leading zeros, of odd length at times.
    pub fn srp_a(&self) -> String {
        text::hex(&self.big_a).trim_start_matches('0').to_owned()
    }

    /// The answer to `B` (`SRP_B`): `PASSWORD_CLAIM_SIGNATURE` before its Base64. `None` if `B` is unacceptable.
    pub fn signature(&self, claim: &Claim<'_>, password: &str, salt: &[u8], big_b: &[u8]) -> Option<[u8; 32]> {
        let group = Group::srp3072();
        let u = scramble(&self.big_a, big_b)?;
        let x = private_key(claim.pool_name, claim.username, password, salt);
        // S = (B - k·g^x) ^ (a + u·x)
        let base = group.difference(&group.element(big_b)?, &group.product(&MULTIPLIER, &group.power_of_g(&x[..])));
        Some(sign(claim, &group.power(&base, &multiply_add(&u, &x[..], &self.a)), &u))
    }
}
