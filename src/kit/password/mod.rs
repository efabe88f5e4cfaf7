//! Password hashes: our own argon2id, and those that people bring from elsewhere, told apart by how the stored text begins.
//!
//! A foreign hash is checked as its maker would and replaced by one of ours at the first sign-in. What would take too long, or too much
//! memory, is refused when it is brought.

pub mod argon2;
mod bcrypt;
pub mod pbkdf2;
pub mod scrypt;
#[cfg(test)]
mod tests;

use super::text;
use ::argon2::{Block, Params};
use argon2::{OUTPUT, SALT};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// What a hash costs: OWASP's first choice for argon2id is 19 MiB, two passes, one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// KiB
    pub memory: u32,
    pub passes: u32,
}

pub const DEFAULT: Cost = Cost { memory: 19_456, passes: 2 };
/// Blocks (of a KiB) that a worker keeps from hash to hash.
const KEPT: usize = 1 << 16;

/// Memory that one worker hashes in, reused from hash to hash: fresh pages would cost a quarter of the throughput.
#[derive(Default)]
pub struct Scratch(Vec<Block>);

impl Scratch {
    fn blocks(&mut self, params: &Params) -> &mut [Block] {
        let count = params.block_count();
        if self.0.len() < count {
            self.0.resize(count, Block::default());
        }
        &mut self.0[..count]
    }

    /// Gives the memory back to the system.
    pub fn release(&mut self) {
        self.0 = Vec::new();
    }

    /// Gives it back if an unusually large hash took it.
    fn shrink(&mut self) {
        if self.0.len() > KEPT {
            self.release();
        }
    }
}

/// A stored hash of any kind.
enum Hash {
    Argon2(argon2::Hash),
    Bcrypt(bcrypt::Hash),
    Pbkdf2(pbkdf2::Hash),
    Scrypt(scrypt::Hash),
}

impl Hash {
    fn parse(text: &str) -> Option<Self> {
        // Longer than any that is taken.
        if text.len() > 1_024 {
            return None;
        }
        let starts = |prefixes: &[&str]| prefixes.iter().any(|p| text.starts_with(p));
        match () {
            () if starts(&["$argon2"]) => argon2::Hash::parse(text).map(Self::Argon2),
            () if starts(&["$2"]) => bcrypt::Hash::parse(text).map(Self::Bcrypt),
            () if starts(&["$pbkdf2", "pbkdf2_"]) => pbkdf2::Hash::parse(text).map(Self::Pbkdf2),
            () if starts(&["$scrypt$", "$firebase-scrypt$"]) => scrypt::Hash::parse(text).map(Self::Scrypt),
            () => None,
        }
    }

    fn is_bearable(&self) -> bool {
        match self {
            Self::Argon2(hash) => hash.is_bearable(),
            Self::Bcrypt(hash) => hash.is_bearable(),
            Self::Pbkdf2(hash) => hash.is_bearable(),
            Self::Scrypt(hash) => hash.is_bearable(),
        }
    }

    fn matches(&self, scratch: &mut Scratch, password: &str) -> bool {
        match self {
            Self::Argon2(hash) => hash.matches(scratch, password),
            Self::Bcrypt(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => hash.matches(password),
            Self::Scrypt(hash) => hash.matches(password),
        }
    }
}

/// `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
pub fn hash(scratch: &mut Scratch, cost: Cost, salt: [u8; SALT], password: &str) -> String {
    argon2::hash(scratch, cost, salt, password)
}

/// Whether the password gives this hash. A text that is no hash never matches, at the usual cost.
pub fn verify(scratch: &mut Scratch, password: &str, stored: &str) -> bool {
    match Hash::parse(stored).filter(Hash::is_bearable) {
        Some(hash) => hash.matches(scratch, password),
        None => {
            argon2::derive(scratch, DEFAULT, &[0; SALT], password.as_bytes());
            false
        }
    }
}

/// Whether the hash is foreign or was made at another cost than `cost`, so that the next sign-in should replace it.
pub fn is_outdated(stored: &str, cost: Cost) -> bool {
    !matches!(Hash::parse(stored), Some(Hash::Argon2(hash)) if hash.is_at(cost))
}

/// Why a hash from elsewhere is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The password hash is of no kind that is known here.")]
    Unknown,
    #[error("The password hash takes too much time or memory to check.")]
    TooCostly,
}

/// Refuses what could not be checked at a sign-in.
pub fn accept(stored: &str) -> Result<(), Refusal> {
    let hash = Hash::parse(stored).ok_or(Refusal::Unknown)?;
    if hash.is_bearable() { Ok(()) } else { Err(Refusal::TooCostly) }
}

/// Base64 as hashes have it: with or without padding, and with passlib's `.` for `+`.
fn in_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.trim_end_matches('=').replace('.', "+")).ok()
}

/// Characters that count as symbols in a password policy, as Cognito lists them; a space counts where it is not at either end.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";

pub fn has_symbol(password: &str) -> bool {
    password.trim().chars().any(|c| SYMBOLS.contains(c))
}

/// A fresh argon2 salt.
pub fn salt(rng: &super::rng::Rng) -> [u8; SALT] {
    rng.bytes()
}

/// A hash for an account that has none, so that an unknown user costs the same as a known one.
pub fn decoy() -> &'static str {
    static DECOY: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let filler = text::base64(&[0; OUTPUT]);
        format!(
            "$argon2id$v=19$m={},t={},p=1${}${}",
            DEFAULT.memory,
            DEFAULT.passes,
            &text::base64(&[0; SALT])[..22],
            filler.trim_end_matches('=')
        )
    });
    &DECOY
}
