//! scrypt (RFC 7914) in PHC form, and Firebase's variant of it.

use super::in_base64;
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use scrypt::Params;
use zeroize::Zeroizing;

/// What one check may take, of a machine that makes one on each core: a quarter of a gibibyte, and one of them written in all.
const MAX_MEMORY: u64 = 1 << 28;

/// A parsed hash: `$scrypt$ln=17,r=8,p=1$salt$hash`, or `$firebase-scrypt$…` as [`firebase`] writes it.
pub struct Hash {
    is_firebase: bool,
    log_n: u8,
    r: u32,
    p: u32,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Hash {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$');
        let is_firebase = match parts.next()? {
            "scrypt" => false,
            "firebase-scrypt" => true,
            _ => return None,
        };
        let parameters = parts.next()?;
        let number = |name: &str| parameters.split(',').find_map(|p| p.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok());
        let (log_n, r, p) = (number("ln")?, number("r")?, number("p")?);
        let (salt, expected) = (in_base64(parts.next()?)?, in_base64(parts.next()?)?);
        let whole = parts.next().is_none() && (1..=63).contains(&log_n) && (16..=128).contains(&expected.len());
        whole.then_some(Self { is_firebase, log_n: u8::try_from(log_n).ok()?, r, p, salt, expected })
    }

    /// Whether one check is bearable.
    pub fn is_bearable(&self) -> bool {
        let memory = 1_u64.checked_shl(self.log_n.into()).and_then(|n| n.checked_mul(128)?.checked_mul(self.r.into()));
        let work = memory.and_then(|m| m.checked_mul(self.p.into()));
        memory.is_some_and(|m| m <= MAX_MEMORY) && work.is_some_and(|w| w <= 4 * MAX_MEMORY) && self.params().is_some()
    }

    pub fn matches(&self, password: &str) -> bool {
        self.derive(password).is_some_and(|out| super::super::mac::same(&out, &self.expected))
    }

    fn derive(&self, password: &str) -> Option<Zeroizing<Vec<u8>>> {
        let length = if self.is_firebase { 64 } else { self.expected.len() };
        let mut out = Zeroizing::new(vec![0; length]);
        scrypt::scrypt(password.as_bytes(), &self.salt, &self.params()?, &mut out).ok()?;
        if self.is_firebase { keystream(out.get(..32)?, self.expected.len()) } else { Some(out) }
    }

    fn params(&self) -> Option<Params> {
        // The library multiplies the two before it looks at them.
        self.r.checked_mul(self.p)?;
        Params::new(self.log_n, self.r, self.p).ok()
    }
}

/// What AES-256-CTR adds to a text under this key, from the beginning.
fn keystream(key: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let key = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut out = Zeroizing::new(vec![0; length]);
    key.decrypt(&mut out, DecryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
    Some(out)
}

/// A project's parameters, from the Firebase console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firebase {
    pub signer_key: Vec<u8>,
    pub salt_separator: Vec<u8>,
    pub rounds: u32,
    pub mem_cost: u32,
}

impl Firebase {
    /// The stored form of one of the project's hashes. Firebase encrypts its signer key under what the password gives; taking the key out
    /// leaves what the password gives, so that the key itself need not be kept.
    pub fn stored(&self, salt: &[u8], hash: &[u8]) -> Option<String> {
        if hash.len() != self.signer_key.len() {
            return None;
        }
        let stream: Vec<u8> = hash.iter().zip(&self.signer_key).map(|(a, b)| a ^ b).collect();
        let salt = STANDARD_NO_PAD.encode([salt, &self.salt_separator].concat());
        Some(format!("$firebase-scrypt$ln={},r={},p=1${salt}${}", self.mem_cost, self.rounds, STANDARD_NO_PAD.encode(stream)))
    }
}
