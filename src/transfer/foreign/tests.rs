//! Users as other systems write them.

use super::*;
use crate::kit::password::{self, Scratch};

/// Every person in a text of this format.
fn people(format: Format, text: &str, hints: Hints) -> Vec<Result<Person, String>> {
    let input = Box::new(std::io::Cursor::new(text.to_owned().into_bytes()));
    let mut items = read(format, input, hints).unwrap();
    let mut out = Vec::new();
    while let Some(item) = items.blocking_recv() {
        match item.unwrap().record {
            Ok(Record::Person(person)) => out.push(Ok(*person)),
            Ok(_) => panic!("no person"),
            Err(reason) => out.push(Err(reason)),
        }
    }
    out
}

fn signs_in(person: &Person, password: &str) -> bool {
    let stored = person.password.as_deref().expect("a password");
    password::accept(stored) == Ok(()) && password::verify(&mut Scratch::default(), password, stored)
}

#[test]
fn auth0() {
    let text = r#"{"user_id":"auth0|1","email":"j@e.example","email_verified":true,"name":"Jane","blocked":true,"app_metadata":{"tier":3},"passwordHash":"$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"}

{"_id":{"$oid":"60425dc43519d90068f82973"},"email":"k@e.example","email_verified":false,"passwordHash":"$2b$10$x"}
{"email":7}"#;
    let people = people(Format::Auth0, text, Hints::default());
    let jane = people[0].as_ref().unwrap();
    assert_eq!((jane.names.as_slice(), jane.disabled), (["j@e.example".to_owned(), "auth0|1".to_owned()].as_slice(), true));
    assert_eq!((jane.get("email_verified"), jane.get("name")), (Some("true"), Some("Jane")));
    assert_eq!((jane.extras[0].name.as_str(), jane.extras[0].value.as_str()), ("tier", "3"));
    assert!(signs_in(jane, "U*U*") && !signs_in(jane, "U*U"));
    assert_eq!(people[1].as_ref().unwrap().names[1], "auth0|60425dc43519d90068f82973");
    assert!(people[2].is_err());
}

/// What users write themselves is no word of the application's.
#[test]
fn auth0_metadata() {
    let text = r#"{"email":"j@e.example","user_metadata":{"role":"admin","colour":"red"},"app_metadata":{"role":"user"}}
{"email":"k@e.example","user_metadata":{"role":"admin"}}"#;
    let extras = |hints| -> Vec<Vec<(String, String)>> {
        let of = |person: Result<Person, String>| person.unwrap().extras.into_iter().map(|a| (a.name, a.value)).collect();
        people(Format::Auth0, text, hints).into_iter().map(of).collect()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(extras(Hints::default()), [vec![pair("role", "user")], vec![]]);
    let all = extras(Hints { user_metadata: true, ..Hints::default() });
    assert_eq!(all, [vec![pair("role", "user"), pair("colour", "red")], vec![pair("role", "admin")]]);
}

#[test]
fn keycloak() {
    // Hashes of "password" and "passwd" from the reference implementation of argon2, and RFC 7914.
    let text = r#"{"realm":"r","clients":[{"users":["not these"]}],"users":[
        {"id":"1","username":"jane","email":"j@e.example","emailVerified":true,"enabled":true,"firstName":"Jane","attributes":{"locale":["de"]},"createdTimestamp":5,
         "credentials":[{"type":"otp"},{"type":"password","secretData":"{\"value\":\"VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw=\",\"salt\":\"c2FsdA==\",\"additionalParameters\":{}}",
           "credentialData":"{\"hashIterations\":1,\"algorithm\":\"pbkdf2-sha256\",\"additionalParameters\":{}}"}]},
        {"username":"kim","enabled":false,"requiredActions":["UPDATE_PASSWORD"],
         "credentials":[{"type":"password","secretData":"{\"value\":\"CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=\",\"salt\":\"c29tZXNhbHQ=\"}",
           "credentialData":"{\"hashIterations\":2,\"algorithm\":\"argon2\",\"additionalParameters\":{\"hashLength\":[\"32\"],\"memory\":[\"65536\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}"}]},
        {"username":"old","credentials":[{"type":"password","hashedSaltedValue":"VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw=","salt":"c2FsdA==","hashIterations":1,"algorithm":"pbkdf2-sha256"}]},
        {"username":"service-account-app","serviceAccountClientId":"app"},
        {"username":"odd","credentials":[{"type":"password","secretData":"{}","credentialData":"{}"}]}]}"#;
    for text in [text.to_owned(), format!("[{text}]")] {
        let people = people(Format::Keycloak, &text, Hints::default());
        let jane = people[0].as_ref().unwrap();
        assert_eq!((jane.names[0].as_str(), jane.get("given_name"), jane.created_at), ("jane", Some("Jane"), Some(5)));
        assert!(signs_in(jane, "passwd") && !signs_in(jane, "password"));
        let kim = people[1].as_ref().unwrap();
        assert!(kim.disabled && kim.must_reset && signs_in(kim, "password"));
        assert!(signs_in(people[2].as_ref().unwrap(), "passwd"));
        assert!(people[3].as_ref().unwrap_err().contains("service account"));
        assert!(people[4].is_err());
    }
}

#[test]
fn firebase() {
    let console = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}";
    let json = r#"{"base64_signer_key": "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==", "base64_salt_separator":"Bw==","rounds":8,"mem_cost":14}"#;
    let project = parameters(console).unwrap();
    assert_eq!(parameters(json).unwrap(), project);
    assert!(parameters("rounds: 8").is_err());
    let text = r#"{"users":[
        {"localId":"u1","email":"user1@test.example","emailVerified":true,"createdAt":"1508893925000","displayName":"User 1","customAttributes":"{\"tier\":\"gold\"}",
         "passwordHash":"lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==","salt":"42xEC-ixf3L2lw=="},
        {"localId":"u2","phoneNumber":"+15555550100","disabled":true},
        {"localId":"u3","passwordHash":"c2hvcnQ=","salt":""}]}"#;
    let found = people(Format::Firebase, text, Hints { firebase: Some(project), ..Hints::default() });
    let first = found[0].as_ref().unwrap();
    assert!(signs_in(first, "user1password") && first.created_at == Some(1_508_893_925_000) && first.extras[0].value == "gold");
    let second = found[1].as_ref().unwrap();
    assert!(second.disabled && second.get("phone_number_verified") == Some("true"));
    assert!(found[2].as_ref().unwrap_err().contains("does not fit"));
    assert!(people(Format::Firebase, text, Hints::default())[0].as_ref().unwrap_err().contains("--firebase-hash-parameters"));
}
