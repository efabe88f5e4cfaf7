//! A file under a passphrase: argon2id makes the key, AES-256-GCM seals pieces of 64 KiB.
//!
//! `magic ‖ salt (16) ‖ nonce prefix (7)`, then `length (4) ‖ ciphertext and tag` for each piece. A piece's nonce is the prefix, its number and
//! whether it is the last one (the STREAM construction), and the head of the file is bound to each: pieces cannot be altered, moved, or left out,
//! and a file that was cut off does not open to its end.

use super::password::argon2;
use super::password::{Cost, Scratch};
use super::rng::Rng;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::io::{Error, ErrorKind, Read, Result, Write};
use zeroize::{Zeroize as _, Zeroizing};

pub const MAGIC: &[u8; 16] = b"POOLHOUSE-SEAL1\n";
/// Dearer than a sign-in: the file is in the hands of whoever has it.
const COST: Cost = Cost { memory: 65_536, passes: 3 };
const SALT: usize = 16;
const PREFIX: usize = 7;
const HEAD: usize = MAGIC.len() + SALT + PREFIX;
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;

struct Pieces {
    key: LessSafeKey,
    head: [u8; HEAD],
    number: u32,
}

impl Pieces {
    fn new(head: [u8; HEAD], passphrase: &str) -> Self {
        let salt: [u8; SALT] = std::array::from_fn(|i| head[MAGIC.len() + i]);
        let key = argon2::derive(&mut Scratch::default(), COST, &salt, passphrase.as_bytes());
        let key = UnboundKey::new(&AES_256_GCM, &key[..]).expect("a 32-byte key");
        Self { key: LessSafeKey::new(key), head, number: 0 }
    }

    fn nonce(&mut self, is_last: bool) -> Result<Nonce> {
        let mut nonce = [0; NONCE_LEN];
        nonce[..PREFIX].copy_from_slice(&self.head[HEAD - PREFIX..]);
        nonce[PREFIX..PREFIX + 4].copy_from_slice(&self.number.to_be_bytes());
        nonce[NONCE_LEN - 1] = u8::from(is_last);
        self.number = self.number.checked_add(1).ok_or_else(|| Error::other("the file is too large"))?;
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

/// Seals what is written. Without [`Writer::finish`] the file does not open.
pub struct Writer<W> {
    out: W,
    pieces: Pieces,
    buffer: Zeroizing<Vec<u8>>,
}

impl<W: Write> Writer<W> {
    pub fn new(mut out: W, rng: &Rng, passphrase: &str) -> Result<Self> {
        let mut head = [0; HEAD];
        head[..MAGIC.len()].copy_from_slice(MAGIC);
        rng.fill(&mut head[MAGIC.len()..]);
        out.write_all(&head)?;
        Ok(Self { out, pieces: Pieces::new(head, passphrase), buffer: Zeroizing::new(Vec::with_capacity(PIECE + TAG)) })
    }

    fn seal(&mut self, is_last: bool) -> Result<()> {
        let nonce = self.pieces.nonce(is_last)?;
        let tag = self.pieces.key.seal_in_place_separate_tag(nonce, Aad::from(&self.pieces.head), &mut self.buffer);
        let tag = tag.map_err(|_| Error::other("the file cannot be sealed"))?;
        self.out.write_all(&((self.buffer.len() + TAG) as u32).to_be_bytes())?;
        self.out.write_all(&self.buffer)?;
        self.out.write_all(tag.as_ref())?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes the last piece.
    pub fn finish(mut self) -> Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, data: &[u8]) -> Result<usize> {
        if self.buffer.len() == PIECE {
            self.seal(false)?;
        }
        let taken = data.len().min(PIECE - self.buffer.len());
        self.buffer.extend_from_slice(&data[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }
}

/// Opens what a [`Writer`] sealed.
pub struct Reader<R> {
    input: R,
    pieces: Pieces,
    buffer: Vec<u8>,
    read: usize,
    ended: bool,
}

impl<R: Read> Reader<R> {
    pub fn new(mut input: R, passphrase: &str) -> Result<Self> {
        let mut head = [0; HEAD];
        input.read_exact(&mut head)?;
        if head[..MAGIC.len()] != MAGIC[..] {
            return Err(Error::new(ErrorKind::InvalidData, "the file is not sealed"));
        }
        Ok(Self { input, pieces: Pieces::new(head, passphrase), buffer: Vec::new(), read: 0, ended: false })
    }

    fn open(&mut self) -> Result<()> {
        let mut length = [0; 4];
        self.input.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        let broken = || Error::new(ErrorKind::InvalidData, "the passphrase is wrong, or the file was altered");
        if !(TAG..=PIECE + TAG).contains(&length) {
            return Err(broken());
        }
        let mut sealed = vec![0; length];
        self.input.read_exact(&mut sealed)?;
        // Only the last piece is short, but a full one may be the last as well.
        let number = self.pieces.number;
        for is_last in [false, true] {
            self.pieces.number = number;
            let nonce = self.pieces.nonce(is_last)?;
            let mut piece = sealed.clone();
            if let Ok(plain) = self.pieces.key.open_in_place(nonce, Aad::from(&self.pieces.head), &mut piece) {
                let length = plain.len();
                piece.truncate(length);
                self.buffer.zeroize();
                (self.buffer, self.read, self.ended) = (piece, 0, is_last);
                return Ok(());
            }
        }
        Err(broken())
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        while self.read == self.buffer.len() && !self.ended {
            self.open()?;
        }
        let taken = out.len().min(self.buffer.len() - self.read);
        out[..taken].copy_from_slice(&self.buffer[self.read..self.read + taken]);
        self.read += taken;
        Ok(taken)
    }
}

impl<R> Drop for Reader<R> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &Rng::seeded(1), "correct horse").unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn opened(sealed: &[u8], passphrase: &str) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        Reader::new(sealed, passphrase)?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn what_was_sealed_opens_whole_or_not_at_all() {
        for length in [0, 5, PIECE, PIECE + 1] {
            let plain: Vec<u8> = (0..length).map(|n| n as u8).collect();
            assert_eq!(opened(&sealed(&plain), "correct horse").unwrap(), plain, "{length}");
        }
        let file = sealed(&vec![7; PIECE + 1]);
        assert!(!file.windows(32).any(|w| w == [7; 32]));
        assert!(opened(&file, "wrong horse").is_err());
        assert!(opened(&file[..file.len() - 1], "correct horse").is_err());
        assert!(opened(&file[..HEAD + 4 + PIECE + TAG], "correct horse").is_err(), "without its last piece");
        for at in [MAGIC.len(), HEAD - 1, HEAD + 3, HEAD + 4, file.len() - 1] {
            let mut altered = file.clone();
            altered[at] ^= 1;
            assert!(opened(&altered, "correct horse").is_err(), "byte {at}");
        }
    }
}
