//! An authenticator in software, and the browser around it: keys, CBOR and signatures as a real one makes them, and whatever a test wants wrong.

use super::harness::Site;
use crate::api::Cx;
use crate::kit::{mac, text};
use crate::pools::mfa::WebAuthn;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

pub const UP: u8 = 0x01;
pub const UV: u8 = 0x04;
pub const BE: u8 = 0x08;
pub const BS: u8 = 0x10;
const AT: u8 = 0x40;

enum Key {
    Es256(EcdsaKeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// One passkey and its private key.
pub struct Authenticator {
    key: Key,
    id: Vec<u8>,
    aaguid: [u8; 16],
    attachment: &'static str,
}

/// What is said of one use of the authenticator: as the options ask for it, unless a test changes it.
#[derive(Debug, Clone)]
pub struct Ceremony {
    pub kind: &'static str,
    pub challenge: String,
    pub origin: String,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
    /// More members of the client data.
    pub more: Value,
    pub user_handle: Option<String>,
}

impl Ceremony {
    /// Of the options that StartWebAuthnRegistration answers.
    pub fn registration(options: &Value) -> Self {
        let rp_id = options["rp"]["id"].as_str().expect("an RP id").to_owned();
        Self::new("webauthn.create", options["challenge"].as_str().expect("a challenge"), rp_id)
    }

    /// Of `CREDENTIAL_REQUEST_OPTIONS`.
    pub fn sign_in(options: &str) -> Self {
        let options: Value = serde_json::from_str(options).expect("options");
        let rp_id = options["rpId"].as_str().expect("an RP id").to_owned();
        Self::new("webauthn.get", options["challenge"].as_str().expect("a challenge"), rp_id)
    }

    fn new(kind: &'static str, challenge: &str, rp_id: String) -> Self {
        let (origin, more) = (format!("https://{rp_id}"), json!({ "crossOrigin": false }));
        Self { kind, challenge: challenge.into(), origin, rp_id, flags: UP | UV, counter: 0, more, user_handle: None }
    }

    fn client_data(&self) -> Vec<u8> {
        let mut data = json!({ "type": self.kind, "challenge": self.challenge, "origin": self.origin });
        for (name, value) in self.more.as_object().expect("members") {
            data[name] = value.clone();
        }
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, attested: Option<Vec<u8>>) -> Vec<u8> {
        let flags = if attested.is_some() { self.flags | AT } else { self.flags };
        [&mac::sha256(self.rp_id.as_bytes())[..], &[flags], &self.counter.to_be_bytes(), &attested.unwrap_or_default()].concat()
    }
}

impl Authenticator {
    pub fn es256(id: &[u8]) -> Self {
        let key = Key::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"));
        Self { key, id: id.to_vec(), aaguid: [0; 16], attachment: "platform" }
    }

    pub fn rs256(id: &[u8]) -> Self {
        let key = Key::Rs256(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key")));
        Self { key, id: id.to_vec(), aaguid: [0; 16], attachment: "cross-platform" }
    }

    pub fn of(self, aaguid: [u8; 16]) -> Self {
        Self { aaguid, ..self }
    }

    pub fn attached(self, attachment: &'static str) -> Self {
        Self { attachment, ..self }
    }

    pub fn credential_id(&self) -> String {
        text::base64url(&self.id)
    }

    /// COSE_Key
    fn public_key(&self) -> Vec<u8> {
        match &self.key {
            Key::Es256(pair) => {
                let point = pair.public_key().as_ref();
                [&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20], &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat()
            }
            Key::Rs256(pair) => {
                // RSAPublicKey (RFC 8017): the modulus stands after nine bytes of headers and sign, the exponent at the end.
                let der = pair.public_key().as_ref();
                let (n, e) = (&der[9..265], &der[267..270]);
                [&[0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00], n, &[0x21, 0x43], e].concat()
            }
        }
    }

    /// The authenticator data of a registration, with the public key in it.
    pub fn new_credential(&self, ceremony: &Ceremony) -> Vec<u8> {
        self.new_credential_with(ceremony, &self.public_key())
    }

    pub fn new_credential_with(&self, ceremony: &Ceremony, public_key: &[u8]) -> Vec<u8> {
        let length = u16::try_from(self.id.len()).expect("an id of a possible length").to_be_bytes();
        ceremony.authenticator_data(Some([&self.aaguid[..], &length, &self.id, public_key].concat()))
    }

    /// RegistrationResponseJSON
    pub fn register(&self, ceremony: &Ceremony) -> Value {
        self.register_with(ceremony, &attestation(&self.new_credential(ceremony)))
    }

    pub fn register_with(&self, ceremony: &Ceremony, attestation_object: &[u8]) -> Value {
        json!({
            "id": self.credential_id(), "rawId": self.credential_id(), "type": "public-key", "authenticatorAttachment": self.attachment,
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": text::base64url(&ceremony.client_data()),
                "attestationObject": text::base64url(attestation_object),
                "transports": ["internal", "hybrid", "telepathy"],
            },
        })
    }

    /// AuthenticationResponseJSON
    pub fn sign_in(&self, ceremony: &Ceremony) -> Value {
        let (client_data, data) = (ceremony.client_data(), ceremony.authenticator_data(None));
        let signed = [&data[..], &mac::sha256(&client_data)].concat();
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Es256(pair) => pair.sign(&random, &signed).expect("a signature").as_ref().to_vec(),
            Key::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, &signed, &mut signature).expect("a signature");
                signature
            }
        };
        json!({
            "id": self.credential_id(), "rawId": self.credential_id(), "type": "public-key", "authenticatorAttachment": self.attachment,
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text::base64url(&client_data),
                "authenticatorData": text::base64url(&data),
                "signature": text::base64url(&signature),
                "userHandle": ceremony.user_handle.as_ref().map(|handle| text::base64url(handle.as_bytes())),
            },
        })
    }
}

/// `{"fmt": "none", "attStmt": {}, "authData": …}`
pub fn attestation(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("data of a possible length").to_be_bytes();
    [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", &length[..], data].concat()
}

impl Site {
    /// Sets what a pool says of passkeys.
    pub async fn set_web_authn(&self, pool: &str, web_authn: WebAuthn) {
        let mut cx = Cx::internal(self.app.clone());
        let pool = crate::pools::load(&mut cx, pool).await.expect("a pool");
        let mut document = pool.document.clone();
        document.mfa.web_authn_configuration = Some(web_authn);
        crate::pools::ops::update::replace(&mut cx, &pool, pool.name.clone(), document).await.expect("a change");
    }

    /// A pool with passkeys for `localhost`, its client, and the access token of its user `jane`.
    pub async fn passkeys(&self) -> (String, String, String) {
        let (pool, client) = self.pool_and_client().await;
        self.set_web_authn(&pool, for_localhost()).await;
        self.user(&pool, "jane").await;
        let token = self.sign_in(&client, "jane").await.access;
        (pool, client, token)
    }

    /// Begins a registration.
    pub async fn start(&self, token: &str) -> Ceremony {
        let started = self.ok("StartWebAuthnRegistration", json!({ "AccessToken": token })).await;
        Ceremony::registration(&started["CredentialCreationOptions"])
    }

    /// Registers a passkey from beginning to end.
    pub async fn register(&self, token: &str, authenticator: &Authenticator) {
        let ceremony = self.start(token).await;
        self.ok("CompleteWebAuthnRegistration", complete(token, &authenticator.register(&ceremony))).await;
    }
}

pub fn for_localhost() -> WebAuthn {
    WebAuthn { relying_party_id: Some("localhost".into()), ..WebAuthn::default() }
}

/// The input of CompleteWebAuthnRegistration.
pub fn complete(token: &str, credential: &Value) -> Value {
    json!({ "AccessToken": token, "Credential": credential })
}
