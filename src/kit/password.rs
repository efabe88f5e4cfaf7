//! argon2id hashes in PHC string form.

use super::text;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const SALT: usize = 16;
const OUTPUT: usize = 32;

/// What a hash costs: OWASP's first choice for argon2id is 19 MiB, two passes, one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// KiB
    pub memory: u32,
    pub passes: u32,
}

pub const DEFAULT: Cost = Cost { memory: 19_456, passes: 2 };

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
}

fn derive(scratch: &mut Scratch, cost: Cost, salt: &[u8], password: &str) -> Option<[u8; OUTPUT]> {
    let params = Params::new(cost.memory, cost.passes, 1, Some(OUTPUT)).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut out = [0; OUTPUT];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, scratch.blocks(&params)).ok()?;
    Some(out)
}

/// `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
pub fn hash(scratch: &mut Scratch, cost: Cost, salt: [u8; SALT], password: &str) -> String {
    let out = derive(scratch, cost, &salt, password).expect("the cost is within argon2's range");
    let (salt, out) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(out));
    format!("$argon2id$v=19$m={},t={},p=1${salt}${out}", cost.memory, cost.passes)
}

/// Whether the password gives this hash. A string that is no hash of ours never matches, at the usual cost.
pub fn verify(scratch: &mut Scratch, password: &str, phc: &str) -> bool {
    match parse(phc) {
        Some((cost, salt, expected)) => derive(scratch, cost, &salt, password).is_some_and(|out| super::mac::same(&out, &expected)),
        None => {
            derive(scratch, DEFAULT, &[0; SALT], password);
            false
        }
    }
}

/// Whether the hash was made at another cost than `cost`, so that the next sign-in should replace it.
pub fn is_outdated(phc: &str, cost: Cost) -> bool {
    parse(phc).is_none_or(|(at, ..)| at != cost)
}

fn parse(phc: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let mut parts = phc.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut numbers = parts.next()?.split(',').map(|p| p.split_once('=').and_then(|(_, n)| n.parse::<u32>().ok()));
    let (memory, passes, lanes) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (salt, out) = (STANDARD_NO_PAD.decode(parts.next()?).ok()?, STANDARD_NO_PAD.decode(parts.next()?).ok()?);
    (lanes == 1 && out.len() == OUTPUT && parts.next().is_none()).then_some((Cost { memory, passes }, salt, out))
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

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory: 64, passes: 1 };

    #[test]
    fn verifies_its_own_and_refuses_others() {
        let mut scratch = Scratch::default();
        let phc = hash(&mut scratch, CHEAP, [7; 16], "Passw0rd!");
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(verify(&mut scratch, "Passw0rd!", &phc));
        assert!(!verify(&mut scratch, "passw0rd!", &phc));
        assert!(!verify(&mut scratch, "", decoy()));
        assert!(!verify(&mut scratch, "Passw0rd!", "rubbish"));
        assert!(parse(decoy()).is_some());
    }

    /// The argon2 reference implementation's own vector for these inputs (argon2 command line tool).
    #[test]
    fn agrees_with_the_reference_implementation() {
        let mut scratch = Scratch::default();
        let phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify(&mut scratch, "password", phc));
        assert!(is_outdated(phc, DEFAULT));
    }
}
