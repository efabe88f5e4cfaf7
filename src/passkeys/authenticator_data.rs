//! What an authenticator says (section 6.1), and the attestation object that carries it at registration (section 6.5.4).

use super::cbor::{self, Value};
use super::fault::Fault;
use super::public_key::PublicKey;
use crate::kit::mac;

/// More than any authenticator sends; a chain of certificates has a few thousand bytes.
const LARGEST: usize = 65_536;
/// Section 7.1, step 25.
pub const LONGEST_ID: usize = 1_023;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

#[derive(Debug)]
pub struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8],
    flags: u8,
    pub counter: u32,
    pub attested: Option<Attested<'a>>,
}

/// A new credential.
#[derive(Debug)]
pub struct Attested<'a> {
    pub aaguid: [u8; 16],
    pub credential_id: &'a [u8],
    /// A COSE_Key that [`PublicKey::parse`] takes.
    pub public_key: &'a [u8],
}

/// The authenticator data in an attestation object. The statement is not trusted, but it must be one: `none` says nothing (section 8.7).
pub fn of_attestation(object: &[u8]) -> Result<AuthenticatorData<'_>, Fault> {
    let object = Some(object).filter(|o| o.len() <= LARGEST).and_then(cbor::read).ok_or(Fault::Malformed)?;
    let format = object.named("fmt").and_then(Value::text);
    let data = object.named("authData").and_then(Value::bytes);
    match (format, object.named("attStmt"), data) {
        (Some("none"), Some(Value::Map(statement)), _) if !statement.is_empty() => Err(Fault::Malformed),
        // A compound statement (section 8.9) is the one that is a list.
        (Some("compound"), Some(Value::Array(_)), Some(data)) => AuthenticatorData::parse(data),
        (Some(_), Some(Value::Map(_)), Some(data)) => AuthenticatorData::parse(data),
        _ => Err(Fault::Malformed),
    }
}

impl<'a> AuthenticatorData<'a> {
    pub fn parse(data: &'a [u8]) -> Result<Self, Fault> {
        let (rp_id_hash, rest) = data.split_at_checked(32).filter(|_| data.len() <= LARGEST).ok_or(Fault::Malformed)?;
        let ([flags, counter @ ..], mut rest) = rest.split_first_chunk::<5>().ok_or(Fault::Malformed)?;
        let has = |flag| flags & flag != 0;
        let mut attested = None;
        if has(ATTESTED) {
            let (credential, after) = Attested::parse(rest)?;
            (attested, rest) = (Some(credential), after);
        }
        if has(EXTENSIONS) {
            let (Value::Map(_), after) = cbor::read_first(rest).ok_or(Fault::Malformed)? else { return Err(Fault::Malformed) };
            rest = after;
        }
        if !rest.is_empty() {
            return Err(Fault::Malformed);
        }
        Ok(Self { rp_id_hash, flags: *flags, counter: u32::from_be_bytes(*counter), attested })
    }

    /// Steps 14 to 18 of section 7.1, which are steps 15 to 18 of section 7.2.
    pub fn check(&self, rp_id: &str, requires_verification: bool) -> Result<(), Fault> {
        if !mac::same(self.rp_id_hash, &mac::sha256(rp_id.as_bytes())) {
            return Err(Fault::RelyingParty);
        }
        if !self.has(USER_PRESENT) {
            return Err(Fault::UserPresence);
        }
        if requires_verification && !self.user_verified() {
            return Err(Fault::UserVerification);
        }
        if self.backed_up() && !self.backup_eligible() { Err(Fault::Backup) } else { Ok(()) }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub fn user_verified(&self) -> bool {
        self.has(USER_VERIFIED)
    }

    pub fn backup_eligible(&self) -> bool {
        self.has(BACKUP_ELIGIBLE)
    }

    pub fn backed_up(&self) -> bool {
        self.has(BACKED_UP)
    }
}

impl<'a> Attested<'a> {
    /// A credential, and what follows it.
    fn parse(data: &'a [u8]) -> Result<(Self, &'a [u8]), Fault> {
        let (aaguid, rest) = data.split_first_chunk::<16>().ok_or(Fault::Malformed)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Fault::Malformed)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (credential_id, rest) = rest.split_at_checked(length).ok_or(Fault::Malformed)?;
        if !(1..=LONGEST_ID).contains(&length) {
            return Err(Fault::Malformed);
        }
        let (key, after) = cbor::read_first(rest).ok_or(Fault::Malformed)?;
        PublicKey::parse(&key)?;
        let public_key = rest.get(..rest.len() - after.len()).ok_or(Fault::Malformed)?;
        Ok((Self { aaguid: *aaguid, credential_id, public_key }, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn data(flags: u8) -> Vec<u8> {
        [&mac::sha256(b"example.com")[..], &[flags, 0, 0, 0, 7]].concat()
    }

    #[test]
    fn flags_are_checked() {
        let check = |flags, required| AuthenticatorData::parse(&data(flags)).unwrap().check("example.com", required);
        assert_eq!(check(0x01, false), Ok(()));
        assert_eq!(check(0x04, false), Err(Fault::UserPresence));
        assert_eq!(check(0x01, true), Err(Fault::UserVerification));
        assert_eq!(check(0x05, true), Ok(()));
        assert_eq!(check(0x11, false), Err(Fault::Backup));
        assert_eq!(check(0x19, false), Ok(()));
        assert_eq!(AuthenticatorData::parse(&data(1)).unwrap().check("example.org", false), Err(Fault::RelyingParty));
        assert_eq!(AuthenticatorData::parse(&data(1)).unwrap().counter, 7);
    }

    #[test]
    fn what_follows_is_what_the_flags_say() {
        let fault = |data: &[u8]| AuthenticatorData::parse(data).map(|_| ()).unwrap_err();
        assert_eq!(fault(&data(0x01)[..36]), Fault::Malformed);
        assert_eq!(fault(&[data(0x01), vec![0]].concat()), Fault::Malformed, "something after the end");
        assert_eq!(fault(&data(0x81)), Fault::Malformed, "no extensions");
        assert_eq!(fault(&[data(0x81), vec![0x01]].concat()), Fault::Malformed, "extensions that are no map");
        assert!(AuthenticatorData::parse(&[data(0x81), vec![0xa0]].concat()).is_ok());
        assert_eq!(fault(&data(0x41)), Fault::Malformed, "no credential");
    }

    proptest! {
        #[test]
        fn holds_whatever_comes(head in prop::collection::vec(any::<u8>(), 32), flags: u8, tail in prop::collection::vec(any::<u8>(), 0..200)) {
            let data = [head, vec![flags], tail].concat();
            let _ = AuthenticatorData::parse(&data);
            let _ = of_attestation(&data);
        }
    }
}
