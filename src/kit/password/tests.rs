//! Hashes against the published vectors of their schemes.

use super::scrypt::Firebase;
use super::*;

const CHEAP: Cost = Cost { memory: 64, passes: 1 };

fn agrees(password: &str, stored: &str) {
    let mut scratch = Scratch::default();
    assert_eq!(accept(stored), Ok(()), "{stored}");
    assert!(verify(&mut scratch, password, stored), "{stored}");
    assert!(!verify(&mut scratch, &format!("{password}x"), stored), "{stored}");
    assert!(is_outdated(stored, DEFAULT), "{stored}");
}

#[test]
fn verifies_its_own_and_refuses_others() {
    let mut scratch = Scratch::default();
    let phc = hash(&mut scratch, CHEAP, [7; 16], "Passw0rd!");
    assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    assert!(verify(&mut scratch, "Passw0rd!", &phc));
    assert!(!verify(&mut scratch, "passw0rd!", &phc));
    assert!(!verify(&mut scratch, "", decoy()));
    assert!(!verify(&mut scratch, "Passw0rd!", "rubbish"));
    assert!(!is_outdated(&phc, CHEAP) && is_outdated(&phc, DEFAULT) && !is_outdated(decoy(), DEFAULT));
}

/// The reference implementation's own vectors (its test.c), of each variant and version.
#[test]
fn argon2() {
    agrees("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
    agrees("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc");
    agrees("password", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8");
    agrees("password", "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY");
}

/// From the test suites of OpenBSD's and crypt_blowfish's implementations.
#[test]
fn bcrypt() {
    agrees("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    agrees("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK");
    let mut scratch = Scratch::default();
    let (long, stored) =
        ("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui");
    assert!(verify(&mut scratch, &format!("{long}0123456789chars after 72 are ignored"), stored));
    assert!(verify(&mut scratch, "", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"));
    assert_eq!(accept("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), Err(Refusal::Unknown));
    assert_eq!(accept("$2a$14$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), Ok(()));
    assert_eq!(accept("$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), Err(Refusal::TooCostly));
    assert_eq!(accept("$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), Err(Refusal::TooCostly));
}

/// RFC 6070 for SHA-1, RFC 7914 section 11 for SHA-256, and what passlib and Django document.
#[test]
fn pbkdf2() {
    let parts =
        |digest, rounds, salt: &str, hash: &str| pbkdf2::from_parts(digest, rounds, salt.as_bytes(), &text::from_hex(hash).unwrap());
    agrees("password", &parts("sha1", 4096, "salt", "4b007901b765489abead49d926f721d065a429c1"));
    agrees("passwd", &parts("sha256", 1, "salt", "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"));
    agrees("password", "$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44");
    agrees("lètmein", "pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=");
    assert_eq!(accept(&parts("sha256", 2_000_001, "salt", &"00".repeat(32))), Err(Refusal::TooCostly));
    assert_eq!(accept(&parts("sha256", 4_000_000_000, "salt", &"00".repeat(32))), Err(Refusal::TooCostly));
    assert_eq!(accept(&parts("sha256", 0, "salt", &"00".repeat(32))), Err(Refusal::Unknown));
    assert_eq!(accept(&parts("md5", 1, "salt", &"00".repeat(32))), Err(Refusal::Unknown));
}

/// RFC 7914, section 12, and the example of Firebase's own documentation.
#[test]
fn scrypt() {
    let expected =
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887";
    let stored = format!("$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU${}", STANDARD_NO_PAD.encode(text::from_hex(expected).unwrap()));
    agrees("pleaseletmein", &stored);
    let decode = |code: &str| text::from_base64(code).unwrap();
    let project = Firebase {
        signer_key: decode("jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="),
        salt_separator: decode("Bw=="),
        rounds: 8,
        mem_cost: 14,
    };
    let hash = decode("lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==");
    agrees("user1password", &project.stored(&decode("42xEC+ixf3L2lw=="), &hash).unwrap());
    assert_eq!(project.stored(b"salt", b"short"), None);
    for costly in ["ln=19,r=8,p=1", "ln=40,r=8,p=1", "ln=14,r=4000000000,p=1", "ln=20,r=8,p=4000000000", "ln=63,r=1,p=1"] {
        assert_eq!(accept(&stored.replace("ln=14,r=8,p=1", costly)), Err(Refusal::TooCostly), "{costly}");
    }
}

#[test]
fn what_is_no_hash_is_refused() {
    for text in [
        "",
        "$",
        "$argon2id$",
        "$argon2id$v=19$m=1,t=1,p=1",
        "$2a$",
        "$2b$10$ä",
        "$pbkdf2-sha256$x$y$z",
        "$scrypt$ln=0,r=0,p=0$YWJj$YWJj",
        "$1$abc$def",
        &"$2a$".repeat(1_000),
    ] {
        assert_eq!(accept(text), Err(Refusal::Unknown), "{text:.40}");
    }
    let argon2 = |parameters: &str| format!("$argon2id$v=19${parameters}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
    for costly in [
        "m=4294967295,t=1,p=1",
        "m=524288,t=1,p=1",
        "m=262144,t=5,p=1",
        "m=65536,t=4294967295,p=1",
        "m=8,t=1,p=4294967295",
        "m=65536,t=0,p=1",
    ] {
        assert_eq!(accept(&argon2(costly)), Err(Refusal::TooCostly), "{costly}");
    }
}
