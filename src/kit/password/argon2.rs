//! argon2 in PHC string form: ours, and those that other systems made with other variants and costs.

use super::{Cost, Scratch, in_base64};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

pub const SALT: usize = 16;
pub const OUTPUT: usize = 32;
/// What one foreign hash may take, in KiB, of a machine that checks one on each core: a quarter of a gibibyte, and one of them written in all.
const MAX_MEMORY: u32 = 1 << 18;
const MAX_WORK: u64 = 1 << 20;

/// A parsed hash: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
pub struct Hash {
    algorithm: Algorithm,
    version: Version,
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Hash {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$');
        let algorithm = match parts.next()? {
            "argon2d" => Algorithm::Argon2d,
            "argon2i" => Algorithm::Argon2i,
            "argon2id" => Algorithm::Argon2id,
            _ => return None,
        };
        let mut next = parts.next()?;
        // The oldest hashes say no version.
        let version = match next.strip_prefix("v=") {
            Some("19") => Version::V0x13,
            Some("16") | None => Version::V0x10,
            Some(_) => return None,
        };
        if next.starts_with("v=") {
            next = parts.next()?;
        }
        let number = |name: char| next.split(',').find_map(|p| p.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok());
        let (memory, passes, lanes) = (number('m')?, number('t')?, number('p')?);
        let (salt, expected) = (in_base64(parts.next()?)?, in_base64(parts.next()?)?);
        let whole = parts.next().is_none() && salt.len() >= 8 && expected.len() >= 12;
        whole.then_some(Self { algorithm, version, memory, passes, lanes, salt, expected })
    }

    /// Whether one check is bearable.
    pub fn is_bearable(&self) -> bool {
        let work = u64::from(self.memory) * u64::from(self.passes);
        self.memory <= MAX_MEMORY && work <= MAX_WORK && self.expected.len() <= 128 && self.params().is_some()
    }

    /// Whether it is one of ours at this cost.
    pub fn is_at(&self, cost: Cost) -> bool {
        let ours = self.algorithm == Algorithm::Argon2id && self.version == Version::V0x13 && self.lanes == 1;
        ours && self.expected.len() == OUTPUT && (Cost { memory: self.memory, passes: self.passes }) == cost
    }

    pub fn matches(&self, scratch: &mut Scratch, password: &str) -> bool {
        let mut derive = || {
            let params = self.params()?;
            let argon2 = Argon2::new(self.algorithm, self.version, params.clone());
            let mut out = Zeroizing::new(vec![0; self.expected.len()]);
            argon2.hash_password_into_with_memory(password.as_bytes(), &self.salt, &mut out, scratch.blocks(&params)).ok()?;
            Some(out)
        };
        let matched = derive().is_some_and(|out| super::super::mac::same(&out, &self.expected));
        scratch.shrink();
        matched
    }

    fn params(&self) -> Option<Params> {
        Params::new(self.memory, self.passes, self.lanes, Some(self.expected.len())).ok()
    }
}

/// `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
pub fn hash(scratch: &mut Scratch, cost: Cost, salt: [u8; SALT], password: &str) -> String {
    let out = derive(scratch, cost, &salt, password.as_bytes());
    let (salt, out) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(&out[..]));
    format!("$argon2id$v=19$m={},t={},p=1${salt}${out}", cost.memory, cost.passes)
}

/// 256 bits from a secret.
pub fn derive(scratch: &mut Scratch, cost: Cost, salt: &[u8; SALT], secret: &[u8]) -> Zeroizing<[u8; OUTPUT]> {
    let params = Params::new(cost.memory, cost.passes, 1, Some(OUTPUT)).expect("the cost is within argon2's range");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut out = Zeroizing::new([0; OUTPUT]);
    argon2.hash_password_into_with_memory(secret, salt, &mut out[..], scratch.blocks(&params)).expect("enough memory was given");
    out
}
