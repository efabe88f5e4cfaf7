//! What everything is compared with: the arithmetic that cannot be left out, and nothing else, on every core.

use super::load::{self, Clock, Tally};
use super::machine::cores;
use crate::kit::bignum::{Element, Group};
use crate::kit::password::{self, Scratch};
use anyhow::{Result, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;

/// Repeats a step on every core, each with a state of its own.
fn on_every_core<S>(seconds: f64, state: impl Fn() -> S + Sync, step: impl Fn(&mut S) -> Result<()> + Sync) -> Result<Tally> {
    load::within(|| {
        let clock = Clock::start();
        let counts = load::together(cores(), |_| {
            let (mut state, mut count) = (state(), 0);
            while clock.elapsed().as_secs_f64() < seconds {
                step(&mut state)?;
                count += 1;
            }
            Ok(count)
        })?;
        Ok(counts.into_iter().sum())
    })
}

/// argon2id at the cost of stored passwords, in memory that is reused.
pub fn hashes(seconds: f64) -> Result<Tally> {
    on_every_core(seconds, Scratch::default, |scratch| {
        std::hint::black_box(password::hash(scratch, password::DEFAULT, [7; 16], "Correct-Horse-7"));
        Ok(())
    })
}

/// RSA-2048 signatures of something as long as a token.
pub struct Signatures(KeyPair);

const MESSAGE: [u8; 800] = [b'm'; 800];

impl Signatures {
    pub fn new() -> Result<Self> {
        Ok(Self(KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("no RSA key could be made"))?))
    }

    fn sign(&self, out: &mut Vec<u8>) -> Result<()> {
        out.resize(self.0.public_modulus_len(), 0);
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, out).map_err(|_| anyhow!("the key refused to sign"))
    }

    /// Two signatures are one operation: an access and an ID token.
    pub fn pairs(&self, seconds: f64) -> Result<Tally> {
        on_every_core(seconds, Vec::new, |out| {
            self.sign(out)?;
            self.sign(out)
        })
    }

    /// Three exponentiations with 256-bit exponents and two signatures are one operation.
    pub fn with_powers(&self, seconds: f64) -> Result<Tally> {
        let group = Group::srp3072();
        // Constant-time arithmetic: which numbers these are does not matter, only how long they are.
        let base: Element = group.power_of_g(&[0xa5; 32]);
        on_every_core(seconds, Vec::new, |out| {
            for _ in 0..3 {
                std::hint::black_box(group.power(&base, &[0xc3; 32]));
            }
            self.sign(out)?;
            self.sign(out)
        })
    }
}
