//! DKIM (RFC 6376): a signature over a mail as it goes out, with relaxed canonicalization. RSA, or Ed25519 (RFC 8463).

use crate::kit::clock::{Millis, SECOND};
use crate::kit::{mac, text};
use anyhow::{Context, bail, ensure};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use std::path::Path;

/// What is signed, where it is there. From must be; signing what identifies and dresses the message keeps it from being dressed anew.
const HEADERS: &[&str] =
    &["from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding"];

/// The settings as they are given.
#[derive(Debug, Clone)]
pub struct Settings {
    pub domain: String,
    pub selector: String,
    pub key_file: std::path::PathBuf,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A domain's signer.
pub struct Dkim {
    domain: String,
    selector: String,
    key: Key,
}

impl Dkim {
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        for (name, value) in [("dkim-domain", &settings.domain), ("dkim-selector", &settings.selector)] {
            let is_name = !value.is_empty() && value.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_'));
            ensure!(is_name, "{name} must be a name in the DNS");
        }
        let key = read_key(&settings.key_file)?;
        Ok(Self { domain: settings.domain.clone(), selector: settings.selector.clone(), key })
    }

    /// The header that signs a mail, with its line end: to stand before it.
    pub fn header(&self, mail: &[u8], now: Millis) -> anyhow::Result<String> {
        let mail = std::str::from_utf8(mail).context("the mail is not text")?;
        let (head, body) = mail.split_once("\r\n\r\n").context("the mail has no body")?;
        let headers = unfold(head);
        let mut names = Vec::new();
        let mut signed = String::new();
        for name in HEADERS {
            // The last of several counts.
            if let Some((_, value)) = headers.iter().rev().find(|(n, _)| n == name) {
                names.push(*name);
                signed.push_str(&format!("{name}:{value}\r\n"));
            }
        }
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = text::base64(&mac::sha256(relaxed_body(body).as_bytes()));
        let unsigned = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={}; t={};\r\n h={};\r\n bh={body_hash};\r\n b=",
            self.domain,
            self.selector,
            now / SECOND,
            names.join(":"),
        );
        signed.push_str(&format!("dkim-signature:{}", relaxed_value(&unsigned)));
        let signature = text::base64(&self.sign(signed.as_bytes())?);
        let folded: Vec<_> = signature.as_bytes().chunks(70).map(String::from_utf8_lossy).collect();
        Ok(format!("DKIM-Signature: {unsigned}{}\r\n", folded.join("\r\n ")))
    }

    fn sign(&self, data: &[u8]) -> anyhow::Result<Vec<u8>> {
        match &self.key {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature).context("the DKIM key does not sign")?;
                Ok(signature)
            }
            Key::Ed25519(pair) => Ok(pair.sign(&mac::sha256(data)).as_ref().to_vec()),
        }
    }

    /// What the DNS must say at `{selector}._domainkey.{domain}`.
    pub fn record(&self) -> String {
        let (kind, key) = match &self.key {
            Key::Rsa(pair) => {
                let key: Result<PublicKeyX509Der<'_>, _> = pair.public_key().as_der();
                ("rsa", key.map(|key| text::base64(key.as_ref())).unwrap_or_default())
            }
            Key::Ed25519(pair) => ("ed25519", text::base64(pair.public_key().as_ref())),
        };
        format!("v=DKIM1; k={kind}; p={key}")
    }
}

/// A private key in PEM: PKCS #8, or PKCS #1 for RSA.
fn read_key(file: &Path) -> anyhow::Result<Key> {
    let pem = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let pem = zeroize::Zeroizing::new(pem);
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let der = zeroize::Zeroizing::new(text::from_base64(&body).with_context(|| format!("{} is no PEM file", file.display()))?);
    if pem.contains("BEGIN RSA PRIVATE KEY") {
        return Ok(Key::Rsa(RsaKeyPair::from_der(&der).context("dkim-key-file holds no RSA key")?));
    }
    if let Ok(pair) = RsaKeyPair::from_pkcs8(&der) {
        return Ok(Key::Rsa(pair));
    }
    match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
        Ok(pair) => Ok(Key::Ed25519(pair)),
        Err(_) => bail!("dkim-key-file must hold an RSA or Ed25519 private key"),
    }
}

/// Header fields with lower-case names and relaxed values (RFC 6376, 3.4.2).
fn unfold(head: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some((_, value))) => value.push_str(line),
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    fields.push((name.trim().to_ascii_lowercase(), value.to_owned()));
                }
            }
        }
    }
    fields.into_iter().map(|(name, value)| (name, relaxed_value(&value))).collect()
}

/// Runs of white space, folds among them, become one space; none is left at the ends.
fn relaxed_value(value: &str) -> String {
    value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// RFC 6376, 3.4.4: white space at line ends goes, runs of it become one space, empty lines at the end go.
fn relaxed_body(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut empty = 0;
    for line in body.split("\r\n") {
        let line = relaxed_line(line);
        if line.is_empty() {
            empty += 1;
            continue;
        }
        out.push_str(&"\r\n".repeat(empty));
        empty = 0;
        out.push_str(&line);
        out.push_str("\r\n");
    }
    out
}

fn relaxed_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for character in line.trim_end_matches([' ', '\t']).chars() {
        let is_space = matches!(character, ' ' | '\t');
        if !is_space {
            out.push(character);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn the_examples_of_the_rfc() {
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(unfold("A: X\r\nB : Y\t\r\n\tZ  "), [("a".to_owned(), "X".to_owned()), ("b".to_owned(), "Y Z".to_owned())]);
        assert_eq!(relaxed_body(""), "");
    }

    #[test]
    fn a_signature_holds_for_this_mail_only() {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let folder = std::env::temp_dir().join(format!("poolhouse_dkim_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let key_file = folder.join("key.pem");
        std::fs::write(&key_file, format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", text::base64(document.as_ref())))
            .unwrap();
        let settings = Settings { domain: "acme.example".into(), selector: "ph".into(), key_file };
        let dkim = Dkim::new(&settings).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let header = dkim.header(b"From: a@acme.example\r\nSubject: Hi\r\n\r\nHello\r\n", 1_767_225_600_000).unwrap();
        assert!(
            header.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=acme.example; s=ph; t=1767225600;"),
            "{header}"
        );
        assert!(header.contains("\r\n h=from:subject;\r\n bh="), "{header}");
        let (unsigned, signature) = header.trim_end().rsplit_once("b=").unwrap();
        let value = relaxed_value(unsigned.strip_prefix("DKIM-Signature:").unwrap());
        let signed = |subject: &str| format!("from:a@acme.example\r\nsubject:{subject}\r\ndkim-signature:{value} b=");
        let public = dkim.record().rsplit_once("p=").and_then(|(_, key)| text::from_base64(key)).unwrap();
        let signature = text::from_base64(&signature.replace("\r\n ", "")).unwrap();
        let verify = |subject: &str| UnparsedPublicKey::new(&ED25519, &public).verify(&mac::sha256(signed(subject).as_bytes()), &signature);
        assert!(verify("Hi").is_ok() && verify("Ho").is_err());
        assert!(Dkim::new(&Settings { domain: "a b".into(), ..settings }).is_err());
    }
}
