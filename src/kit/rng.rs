//! Randomness comes from here and nowhere else, so that tests can seed it.

use aws_lc_rs::digest;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::sync::atomic::{AtomicU64, Ordering};

/// The operating system's generator, or a reproducible stream for tests.
#[derive(Debug)]
pub enum Rng {
    System(SystemRandom),
    Seeded { seed: u64, drawn: AtomicU64 },
}

impl Rng {
    pub fn system() -> Self {
        Self::System(SystemRandom::new())
    }

    pub fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, drawn: AtomicU64::new(0) }
    }

    /// Fills `out`. The process ends if the operating system has no randomness to give: nothing safe can follow.
    pub fn fill(&self, out: &mut [u8]) {
        match self {
            Self::System(random) => random.fill(out).expect("the operating system gives randomness"),
            Self::Seeded { seed, drawn } => {
                for chunk in out.chunks_mut(32) {
                    let n = drawn.fetch_add(1, Ordering::SeqCst);
                    let block = digest::digest(&digest::SHA256, &[seed.to_be_bytes(), n.to_be_bytes()].concat());
                    chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
                }
            }
        }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// `n` characters drawn evenly from `alphabet` (at most 256 ASCII characters), without modulo bias.
    pub fn chars(&self, alphabet: &[u8], n: usize) -> String {
        let limit = 256 - 256 % alphabet.len();
        let mut out = String::with_capacity(n);
        while out.len() < n {
            for byte in self.bytes::<32>() {
                if usize::from(byte) < limit && out.len() < n {
                    out.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_draws_differ() {
        let (a, b) = (Rng::seeded(7), Rng::seeded(7));
        let first = a.bytes::<40>();
        assert_eq!(first, b.bytes::<40>());
        assert_ne!(first, a.bytes::<40>());
        assert_ne!(Rng::system().bytes::<16>(), Rng::system().bytes::<16>());
    }

    #[test]
    fn characters_stay_in_their_alphabet() {
        let code = Rng::seeded(1).chars(b"0123456789", 600);
        assert_eq!(code.len(), 600);
        assert!(code.bytes().all(|c| c.is_ascii_digit()));
        assert!((b'0'..=b'9').all(|d| code.bytes().any(|c| c == d)));
    }
}
