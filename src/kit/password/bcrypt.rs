//! bcrypt: `$2a$`, `$2b$` and `$2y$`, which differ in what old implementations got wrong, not in what they compute.

use base64::alphabet::BCRYPT;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{DecodeError, Engine as _};
use zeroize::Zeroizing;

/// 2^14 rounds take about a second.
const MAX_COST: u32 = 14;
/// What counts of a password, its closing NUL included.
const KEY: usize = 72;
const CODE: GeneralPurpose = GeneralPurpose::new(&BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// A parsed hash: `$2b$10$`, 22 characters of salt and 31 of hash.
pub struct Hash {
    cost: u32,
    salt: [u8; 16],
    expected: [u8; 23],
}

impl Hash {
    pub fn parse(text: &str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (cost, code) = rest.split_once('$')?;
        let (salt, hash) = (code.get(..22)?, code.get(22..)?);
        let decode = |part: &str| -> Result<Vec<u8>, DecodeError> { CODE.decode(part) };
        let (salt, expected) = (decode(salt).ok()?, decode(hash).ok()?);
        let cost = cost.parse().ok().filter(|n| cost.len() == 2 && (4..32).contains(n))?;
        Some(Self { cost, salt: salt.try_into().ok()?, expected: expected.try_into().ok()? })
    }

    /// Whether one check is bearable.
    pub fn is_bearable(&self) -> bool {
        self.cost <= MAX_COST
    }

    pub fn matches(&self, password: &str) -> bool {
        let mut key = Zeroizing::new(Vec::with_capacity(KEY + 1));
        key.extend(password.bytes().take(KEY));
        key.push(0);
        key.truncate(KEY);
        let out = Zeroizing::new(::bcrypt::bcrypt(self.cost, self.salt, &key));
        super::super::mac::same(&out[..23], &self.expected)
    }
}
