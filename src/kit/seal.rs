//! Secrets at rest: AES-256-GCM under a master key that is kept outside the database.
//!
//! A sealed value is `version (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext and tag`. The purpose is bound as associated data, so a value sealed
//! for one use cannot be opened for another. The key file holds one key a line, newest first: new values use the first, old values open with any.

use super::{mac, rng::Rng, text};
use anyhow::{Context, bail, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::path::Path;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const HEADER: usize = 1 + 4 + NONCE_LEN;

/// Seals and opens values under the master keys.
pub struct Sealer {
    keys: Vec<([u8; 4], LessSafeKey)>,
}

impl Sealer {
    /// Keys newest first; each 32 bytes.
    pub fn new(keys: &[[u8; 32]]) -> anyhow::Result<Self> {
        ensure!(!keys.is_empty(), "no master key");
        let keys = keys.iter().map(|key| {
            let id = mac::sha256(key);
            let unbound = UnboundKey::new(&AES_256_GCM, key).expect("a 32-byte key");
            ([id[0], id[1], id[2], id[3]], LessSafeKey::new(unbound))
        });
        Ok(Self { keys: keys.collect() })
    }

    pub fn seal(&self, rng: &Rng, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let (id, key) = &self.keys[0];
        let nonce = rng.bytes::<NONCE_LEN>();
        let mut out = Vec::with_capacity(HEADER + plain.len() + 16);
        out.push(VERSION);
        out.extend_from_slice(id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut out[HEADER..]);
        out.extend_from_slice(tag.expect("a short plaintext").as_ref());
        out
    }

    /// `None` when the value was not sealed here for this purpose, or was altered.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if sealed.len() < HEADER + 16 || sealed[0] != VERSION {
            return None;
        }
        let (_, key) = self.keys.iter().find(|(id, _)| *id == sealed[1..5])?;
        let nonce = Nonce::try_assume_unique_for_key(&sealed[5..HEADER]).ok()?;
        let mut buffer = Zeroizing::new(sealed[HEADER..].to_vec());
        let length = key.open_in_place(nonce, Aad::from(purpose), &mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }

    /// Whether the value was sealed under the newest key.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.len() > HEADER && sealed[1..5] == self.keys[0].0
    }
}

/// Reads the key file, or makes one (readable by its owner only) where there is none.
pub fn load_or_create(path: &Path, rng: &Rng) -> anyhow::Result<Sealer> {
    match std::fs::read_to_string(path) {
        Ok(content) => Sealer::new(&parse(&Zeroizing::new(content)).with_context(|| format!("master key file {}", path.display()))?),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let key = rng.bytes::<32>();
            write_private(path, &format!("{}\n", text::base64(&key)))?;
            Sealer::new(&[key])
        }
        Err(e) => Err(e).with_context(|| format!("cannot read the master key file {}", path.display())),
    }
}

/// Puts a new key before the ones in the file.
pub fn add_key(path: &Path, rng: &Rng) -> anyhow::Result<Sealer> {
    let content =
        Zeroizing::new(std::fs::read_to_string(path).with_context(|| format!("cannot read the master key file {}", path.display()))?);
    parse(&content)?;
    write_private(path, &format!("{}\n{}", text::base64(&rng.bytes::<32>()), *content))?;
    load_or_create(path, rng)
}

fn parse(content: &str) -> anyhow::Result<Vec<[u8; 32]>> {
    let lines = content.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let keys: Vec<[u8; 32]> = lines.map_while(|l| text::from_base64(l)?.try_into().ok()).collect();
    let expected = content.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).count();
    if keys.is_empty() || keys.len() != expected {
        bail!("each line must be the base64 form of 32 bytes");
    }
    Ok(keys)
}

/// Writes beside the file first and renames, so that a crash leaves the old keys or the new ones, never half.
fn write_private(path: &Path, content: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let temporary = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_was_sealed_for_the_purpose() {
        let (rng, sealer) = (Rng::seeded(1), Sealer::new(&[[1; 32]]).unwrap());
        let sealed = sealer.seal(&rng, "totp", b"seed");
        assert_eq!(sealer.open("totp", &sealed).unwrap().as_slice(), b"seed");
        assert!(sealer.open("srp", &sealed).is_none());
        for i in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[i] ^= 1;
            assert!(sealer.open("totp", &altered).is_none(), "byte {i}");
        }
        assert!(sealer.open("totp", &[]).is_none());
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let rng = Rng::seeded(1);
        let old = Sealer::new(&[[1; 32]]).unwrap().seal(&rng, "p", b"x");
        let both = Sealer::new(&[[2; 32], [1; 32]]).unwrap();
        assert_eq!(both.open("p", &old).unwrap().as_slice(), b"x");
        assert!(!both.is_current(&old));
        assert!(both.is_current(&both.seal(&rng, "p", b"x")));
        assert!(Sealer::new(&[[3; 32]]).unwrap().open("p", &old).is_none());
    }
}
