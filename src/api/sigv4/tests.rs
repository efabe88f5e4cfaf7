//! What others signed must verify, and must not verify once anything in it has changed.

use super::vectors::{BOTOCORE, NOW, PUBLISHED, Request, SECRET, Vector};
use super::*;
use proptest::prelude::*;

fn vectors() -> impl Iterator<Item = Vector> {
    PUBLISHED.iter().chain(BOTOCORE).copied()
}

fn cognito() -> Request {
    Request::of(BOTOCORE[0])
}

#[test]
fn requests_signed_by_others_verify() {
    for vector in vectors() {
        assert_eq!(Request::of(vector).verify(), Ok(()), "{} {}", vector.0, vector.1);
    }
}

#[test]
fn published_signing_key() {
    let key = signing_key(SECRET, "20150830", "us-east-1", "iam");
    assert_eq!(text::hex(&key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

#[test]
fn any_change_is_refused() {
    for vector in vectors() {
        let changed = |change: &dyn Fn(&mut Request)| {
            let mut request = Request::of(vector);
            change(&mut request);
            assert_eq!(request.verify(), Err(SigError::Mismatch), "{} {}", vector.0, vector.1);
        };
        changed(&|r| r.body.push(b' '));
        changed(&|r| r.method = Method::PATCH);
        changed(&|r| r.set("host", "other.example"));
        changed(&|r| {
            r.uri = r.uri.to_string().replacen(".com/", ".com/x", 1).replacen(":8080/", ":8080/x", 1).parse().expect("an address")
        });
        changed(&|r| r.uri = format!("{}{}z=1", r.uri, if r.uri.query().is_some() { "&" } else { "?" }).parse().expect("an address"));
        for (name, _) in vector.3.iter().filter(|(name, _)| *name != "date") {
            changed(&|r| r.set(name, "other"));
            changed(&|r| drop(r.headers.remove(*name)));
        }
    }
    assert_eq!(cognito().with_authorization("Signature=5", "Signature=6").verify(), Err(SigError::Mismatch));
    assert_eq!(cognito().with_authorization("Signature=", "Signature=0").verify(), Err(SigError::Mismatch));
    assert_eq!(cognito().with_authorization("content-type;host", "host").verify(), Err(SigError::Mismatch));
    assert_eq!(cognito().with_authorization("us-east-1", "eu-west-1").verify(), Err(SigError::Mismatch));
}

#[test]
fn a_signature_lives_a_quarter_of_an_hour() {
    let request = cognito();
    assert_eq!((request.verify_at(NOW + 900), request.verify_at(NOW - 900)), (Ok(()), Ok(())));
    assert_eq!(
        request.verify_at(NOW + 901).map_err(|e| (e.exception(), e.to_string())),
        Err((
            "InvalidSignatureException",
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)".to_owned()
        ))
    );
    assert_eq!(
        request.verify_at(NOW - 901).map_err(|e| (e.exception(), e.to_string())),
        Err((
            "InvalidSignatureException",
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)".to_owned()
        ))
    );
    for far in [i64::MIN, i64::MAX] {
        assert!(request.verify_at(far).is_err());
    }
}

#[test]
fn a_presigned_request_lives_as_long_as_it_says() {
    let vector = *BOTOCORE.iter().find(|vector| vector.1.contains("X-Amz-Expires=60&")).expect("a presigned vector");
    let request = Request::of(vector);
    assert_eq!((request.verify_at(NOW + 60), request.verify_at(NOW - 900)), (Ok(()), Ok(())));
    assert!(matches!(request.verify_at(NOW + 61), Err(SigError::Expired { window, .. }) if window == "1 min"));
    assert!(matches!(request.verify_at(NOW - 901), Err(SigError::Early { .. })));
    let with =
        |from: &str, to: &str| Request { uri: vector.1.replace(from, to).parse().expect("an address"), ..Request::of(vector) }.verify();
    assert_eq!(with("Expires=60", "Expires=61"), Err(SigError::Mismatch));
    for bad in ["604801", "-1", "", "x", "99999999999999999999"] {
        assert_eq!(with("Expires=60", &format!("Expires={bad}")), Err(SigError::Expires));
    }
    assert_eq!(with("&X-Amz-Expires=60", ""), Err(SigError::Mismatch));
    let missing = with("&X-Amz-Date=20150830T123600Z", "&X-Amz-SignedHeaders=host").expect_err("a refusal");
    assert_eq!(missing.exception(), "IncompleteSignatureException");
    assert_eq!(
        missing.to_string(),
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. \
         Re-examine the query-string parameters."
    );
    let mut twice = Request::of(vector);
    twice.set("authorization", "Bearer x");
    assert_eq!(twice.verify(), Err(SigError::Twice));
}

#[test]
fn malformed_headers_are_named() {
    let complaint = |from: &str, to: &str| {
        let error = cognito().with_authorization(from, to).verify().expect_err("a refusal");
        (error.exception(), error.query_code(), error.to_string())
    };
    let incomplete = |message: &str| ("IncompleteSignatureException", "IncompleteSignature", message.to_owned());
    let invalid = |message: &str| ("InvalidSignatureException", "SignatureDoesNotMatch", message.to_owned());
    assert_eq!(
        complaint("SHA256", "SHA512"),
        incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now).")
    );
    let five = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got ";
    assert_eq!(complaint("/20150830/us-east-1/cognito-idp/aws4_request", "/a/b"), incomplete(&format!("{five}'AKIDEXAMPLE/a/b'")));
    assert_eq!(
        complaint("aws4_request", "aws5_request"),
        invalid("Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.")
    );
    assert_eq!(
        complaint("20150830", "20150829"),
        invalid(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != '20150830', \
             from '20150830T123600Z'."
        )
    );
    assert_eq!(complaint("host;", ""), invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."));
    assert_eq!(complaint("x-amz-date;", ""), invalid("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization."));
    assert_eq!(complaint(";x-amz-target", ""), invalid("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."));
    // A parameter given twice is none.
    let (exception, _, message) = complaint(", Signature=", ", Credential=x, Signature=");
    assert_eq!(exception, "IncompleteSignatureException");
    assert!(
        message.starts_with(
            "Authorization header requires 'Credential' parameter. (Hashed with SHA-256 and encoded with Base64) Authorization="
        )
    );
}

#[test]
fn headers_without_parameters_or_date() {
    let error = |headers: &[(&'static str, &str)]| {
        let mut request = Request::of(("POST", "http://localhost/", "cognito-idp", &[], b"", "", ""));
        headers.iter().for_each(|(name, value)| request.set(name, value));
        request.verify().expect_err("a refusal")
    };
    assert_eq!(
        error(&[("authorization", "AWS4-HMAC-SHA256")]).to_string(),
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
         Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         (Hashed with SHA-256 and encoded with Base64) Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0="
    );
    let whole = "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=00";
    assert_eq!(error(&[("authorization", whole), (DATE, "2015-08-30")]), SigError::Date("2015-08-30".to_owned()));
    for unsigned in [&[][..], &[("authorization", "Bearer abc")], &[("authorization", "Basic YTpi")], &[("authorization", "")]] {
        assert_eq!(error(unsigned), SigError::Missing);
    }
    assert_eq!(
        (SigError::Missing.exception(), SigError::Missing.query_code()),
        ("MissingAuthenticationTokenException", "MissingAuthenticationToken")
    );
}

#[test]
fn the_scope_must_be_this_server() {
    let request = cognito();
    let signed = parse(&request.uri, &request.headers).expect("well-formed").expect("signed");
    assert_eq!(signed.check_scope("us-east-1", "cognito-idp"), Ok(()));
    let wrong = signed.check_scope("eu-west-1", "sts").expect_err("a refusal");
    assert_eq!(wrong.exception(), "InvalidSignatureException");
    assert_eq!(wrong.to_string(), "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'.");
}

#[test]
fn a_claimed_body_hash_must_be_true() {
    let signer =
        Signer { access_key_id: "AKIDEXAMPLE", secret_access_key: SECRET, session_token: None, region: "us-east-1", service: "sts" };
    for (claim, verdict) in [
        (mac::sha256_hex(b"{}"), Ok(())),
        (mac::sha256_hex(b"[]"), Err(SigError::Body)),
        ("UNSIGNED-PAYLOAD".to_owned(), Err(SigError::Body)),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD".to_owned(), Err(SigError::Body)),
    ] {
        let mut request = Request::of(("POST", "http://localhost/", "sts", &[], b"{}", "", ""));
        request.set("x-amz-content-sha256", &claim);
        signer.sign(&request.method, &request.uri, &mut request.headers, &request.body, NOW).expect("signed");
        assert_eq!(request.verify(), verdict);
    }
}

#[test]
fn our_signer_agrees_with_botocore() {
    for (vector, token) in [(BOTOCORE[0], None), (BOTOCORE[1], Some("FwoGZXIvYXdzEBYaD//+Zm9v=="))] {
        let (expected, mut request) = (Request::of(vector), Request::of(vector));
        request.headers.remove("authorization");
        let signer = Signer {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: SECRET,
            session_token: token,
            region: "us-east-1",
            service: vector.2,
        };
        signer.sign(&request.method, &request.uri, &mut request.headers, &request.body, NOW).expect("signed");
        assert_eq!(request.headers, expected.headers);
        let signed = parse(&request.uri, &request.headers).expect("well-formed").expect("signed");
        assert_eq!(signed.session_token(), token);
    }
    let presigned = BOTOCORE.iter().find(|vector| vector.1.contains("Expires=604800")).expect("a presigned vector");
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: SECRET,
        session_token: Some("to/ken+="),
        region: "us-east-1",
        service: "sts",
    };
    let uri = Uri::from_static("https://example.amazonaws.com/p/?x=a%20b&y=");
    let ours = signer.presign(&Method::GET, &uri, &HeaderMap::new(), b"", NOW, 604_800).expect("an address");
    assert_eq!(ours, presigned.1);
    assert_eq!(parse(&ours, &HeaderMap::new()).expect("well-formed").expect("signed").session_token(), Some("to/ken+="));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_changed_byte_is_refused(
        body in proptest::collection::vec(any::<u8>(), 1..80), query in "[a-z0-9=&%+]{1,20}", value in "[!-~]{1,20}", at in any::<prop::sample::Index>(),
    ) {
        let signer = Signer { access_key_id: "AKIDEXAMPLE", secret_access_key: SECRET, session_token: None, region: "us-east-1", service: "sts" };
        let mut request = Request::of(("POST", "http://localhost/", "sts", &[], b"", "", ""));
        (request.uri, request.body) = (format!("http://localhost/?q={query}").parse().expect("an address"), body);
        request.set("x-amz-target", &value);
        signer.sign(&request.method, &request.uri, &mut request.headers, &request.body, NOW).expect("signed");
        prop_assert_eq!(request.verify(), Ok(()));

        let i = at.index(request.body.len());
        request.body[i] ^= 1;
        prop_assert_eq!(request.verify(), Err(SigError::Mismatch));
        request.body[i] ^= 1;

        let other = format!("{}{}", &value[1..], if value.starts_with('x') { 'y' } else { 'x' });
        request.set("x-amz-target", &other);
        prop_assert_eq!(request.verify().is_ok(), other == value);
        request.set("x-amz-target", &value);

        request.uri = format!("http://localhost/?q={query}x").parse().expect("an address");
        prop_assert_eq!(request.verify(), Err(SigError::Mismatch));
    }

    #[test]
    fn no_header_or_query_upsets_the_parser(authorization in "(AWS4-HMAC-SHA256 )?[ -~]{0,80}", date in "[ -~]{0,20}", query in "[!-~&&[^#<>\"\\\\^`{|}]]{0,60}") {
        let mut request = Request::of(("POST", "http://localhost/", "sts", &[], b"", "", ""));
        request.set("authorization", &authorization);
        request.set(DATE, &date);
        let _ = parse(&request.uri, &request.headers);
        if let Ok(uri) = format!("/?X-Amz-Algorithm={ALGORITHM}&{query}").parse() {
            let _ = parse(&uri, &HeaderMap::new());
        }
    }
}
