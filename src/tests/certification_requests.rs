//! Request objects (RFC 9101) and requests that are sent ahead (RFC 9126), as the certification suite's modules try them.

use super::browser::parameter;
use super::certification::{Callback, Rp, id_claims};
use super::fixtures::{CALLBACK, PASSWORD};
use super::harness::{Site, merged, site_test};
use super::signer::TestKey;
use crate::kit::clock::SECOND;
use crate::kit::text;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const SECRET: &str = "a_secret_of_this_very_client";

fn keyed(claims: &Value) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| text::base64url(value.to_string().as_bytes());
    format!("{}.{}.", part(&json!({ "alg": "none" })), part(claims))
}

impl Rp<'_> {
    /// The members of a good request object.
    fn object(&self, over: Value) -> Value {
        let base = json!({ "iss": self.client, "aud": self.issuer(), "client_id": self.client, "response_type": "code", "scope": "openid",
            "redirect_uri": CALLBACK, "state": "inside", "nonce": "n", "exp": self.site.now() / 1_000 + 60 });
        merged(base, over)
    }

    fn basic(&self) -> String {
        format!("Basic {}", text::base64(format!("{}:{SECRET}", self.client).as_bytes()))
    }

    async fn push(&self, fields: &[(&str, &str)]) -> crate::tests::harness::Answer {
        let basic = self.basic();
        self.site.form(&format!("/{}/oauth2/par", self.pool), fields, &[("authorization", &basic)]).await
    }

    async fn exchange_as_itself(&self, callback: &Callback) -> Value {
        let code = callback.get("code").expect("a code");
        let fields = [("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code", code.as_str())];
        let basic = self.basic();
        self.site.form(&format!("/{}/oauth2/token", self.pool), &fields, &[("authorization", &basic)]).await.expect(200).json()
    }
}

site_test!(a_request_object_is_the_request, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ClientSecret": SECRET })).await;
    let object = keyed(&rp.object(json!({ "max_age": 1000, "claims": { "id_token": { "name": null } } })));
    // What stands beside it was not signed.
    let callback = rp.run(&[("request", &object), ("state", "outside"), ("scope", "openid email"), ("nonce", "other")]).await;
    assert_eq!(callback.reached_the_application().get("state").as_deref(), Some("inside"));
    let id = id_claims(&rp.exchange_as_itself(&callback).await);
    assert_eq!((&id["nonce"], &id["name"]), (&json!("n"), &json!("Jane Doe")));
});

site_test!(request_objects_that_are_refused, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ClientSecret": SECRET })).await;
    let tampered = {
        let good = keyed(&rp.object(json!({})));
        let mut parts: Vec<_> = good.split('.').map(str::to_owned).collect();
        parts[1] = text::base64url(rp.object(json!({ "scope": "openid email" })).to_string().as_bytes());
        parts.join(".")
    };
    for (why, object) in [
        ("oidcc-unsigned-request-object", unsigned(&rp.object(json!({})))),
        ("changed after it was signed", tampered),
        ("another's", keyed(&rp.object(json!({ "client_id": "somebody" })))),
        ("for another server", keyed(&rp.object(json!({ "aud": "https://other.example" })))),
        ("expired", keyed(&rp.object(json!({ "exp": site.now() / 1_000 - 100 })))),
        ("in one another", keyed(&rp.object(json!({ "request": "x" })))),
        ("not a JWT", "x".to_owned()),
    ] {
        let callback = Callback::of(&rp.browser.get(&rp.address(&[("request", &object)])).await);
        assert_eq!(callback.reached_the_application().get("error").as_deref(), Some("invalid_request_object"), "{why}");
        // Nobody is sent to an address that only the unsigned part names.
        let answer = rp.browser.get(&rp.address(&[("request", &object), ("redirect_uri", "https://evil.example/")])).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{why}");
    }
    let elsewhere = keyed(&rp.object(json!({ "redirect_uri": "https://evil.example/" })));
    let answer = rp.browser.get(&rp.address(&[("request", &elsewhere)])).await;
    assert_eq!((answer.status, answer.header("location")), (400, ""), "a registered address beside it does not help");
});

site_test!(oidcc_unsigned_request_object_supported_correctly, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "PoolhouseOAuth": { "RequestObjectSigningAlg": "none" } })).await;
    let callback = rp.run(&[("request", &unsigned(&rp.object(json!({}))))]).await;
    assert_eq!(callback.get("state").as_deref(), Some("inside"));
    let signing = site.client(&rp.pool, json!({ "PoolhouseOAuth": { "RequireSignedRequestObject": true } })).await;
    let plain = Callback::of(&site.get(&rp.address(&[("client_id", &signing)]), &[]).await);
    assert_eq!(plain.get("error").as_deref(), Some("invalid_request"));
});

site_test!(a_request_is_sent_ahead_and_serves_once, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ClientSecret": SECRET, "PoolhouseOAuth": { "RequirePushedRequests": true } })).await;
    assert_eq!(rp.error(&[]).await.as_deref(), Some("invalid_request"), "in the address it is not taken");
    let fields = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "ahead"),
        ("resource", "a:b"),
        ("resource", "a:c"),
    ];
    let pushed = rp.push(&fields).await;
    let body = pushed.expect(201).json();
    assert_eq!((body["expires_in"].as_i64(), pushed.header("cache-control")), (Some(90), "no-store"));
    let uri = body["request_uri"].as_str().unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"), "{uri}");
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs([("client_id", rp.client.as_str()), ("request_uri", uri)]).finish();
    let address = format!("/{}/oauth2/authorize?{query}", rp.pool);
    let page = rp.browser.get(&address).await.location().to_owned();
    assert!(parameter(&page, "flow").is_some(), "{page}");
    // Somebody may take a while to sign in.
    site.advance(600 * SECOND);
    let answer = rp.browser.post(&page, &[("username", "jane"), ("password", PASSWORD)]).await;
    let callback = Callback::of(&answer);
    assert_eq!(callback.reached_the_application().get("state").as_deref(), Some("ahead"));
    let access = crate::tokens::jwt::peek(rp.exchange_as_itself(&callback).await["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(access["aud"], json!(["a:b", "a:c"]));
    let again = rp.browser.get(&address).await;
    assert_eq!((again.status, again.header("location")), (400, ""));
    assert_eq!(site.count("pushed_requests").await, 0);
});

// Two browsers, or two tabs, with one request: one code.
site_test!(of_two_uses_one_gets_a_code, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ClientSecret": SECRET })).await;
    let body = rp.push(&[("response_type", "code"), ("redirect_uri", CALLBACK)]).await.expect(201).json();
    let uri = body["request_uri"].as_str().unwrap();
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs([("client_id", rp.client.as_str()), ("request_uri", uri)]).finish();
    let address = format!("/{}/oauth2/authorize?{query}", rp.pool);
    let other = site.browser();
    let mut outcomes = Vec::new();
    let pages = [rp.browser.get(&address).await.location().to_owned(), other.get(&address).await.location().to_owned()];
    for (browser, page) in [(&rp.browser, &pages[0]), (&other, &pages[1])] {
        let callback = Callback::of(&browser.post(page, &[("username", "jane"), ("password", PASSWORD)]).await);
        outcomes.push((callback.get("code").is_some(), callback.get("error")));
    }
    assert_eq!(outcomes, [(true, None), (false, Some("invalid_request_uri".to_owned()))]);
});

site_test!(requests_ahead_that_are_refused, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ClientSecret": SECRET })).await;
    let before = site.rows().await;
    for (fields, error) in [
        (vec![("redirect_uri", CALLBACK)], "invalid_request"),
        (vec![("response_type", "code"), ("redirect_uri", "https://evil.example/")], "invalid_request"),
        (vec![("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid admin")], "invalid_scope"),
        (vec![("response_type", "code"), ("redirect_uri", CALLBACK), ("request_uri", "urn:x")], "invalid_request"),
        (vec![("response_type", "code"), ("redirect_uri", CALLBACK), ("state", "a"), ("state", "b")], "invalid_request"),
        (vec![("response_type", "code"), ("redirect_uri", CALLBACK), ("request", "x")], "invalid_request_object"),
    ] {
        let answer = rp.push(&fields).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(error)), "{fields:?}");
    }
    let fields = [("response_type", "code"), ("redirect_uri", CALLBACK), ("client_id", rp.client.as_str())];
    let nobody = site.form(&format!("/{}/oauth2/par", rp.pool), &fields, &[]).await;
    assert_eq!(nobody.json()["error"], json!("invalid_client"));
    assert_eq!(site.rows().await, before);
    // Another client's, one that has expired, and none.
    let body = rp.push(&fields[..2]).await.expect(201).json();
    let uri = body["request_uri"].as_str().unwrap().to_owned();
    let sibling = site.client(&rp.pool, json!({})).await;
    let refused = async |client: &str, uri: &str| rp.error(&[("client_id", client), ("request_uri", uri)]).await;
    assert_eq!(refused(&sibling, &uri).await.as_deref(), Some("invalid_request_uri"));
    assert_eq!(refused(&rp.client, "urn:ietf:params:oauth:request_uri:x").await.as_deref(), Some("invalid_request_uri"));
    site.advance(90 * SECOND);
    assert_eq!(refused(&rp.client, &uri).await.as_deref(), Some("invalid_request_uri"));
});

// OpenID Connect Core, 3.1.2.1: a request may come as a form.
site_test!(a_request_may_be_posted, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    rp.run(&[]).await;
    let query = rp.query(&[("prompt", "none")]);
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // From another site the browser sends no cookies with it: they come with the address that it is led to.
    let answer = site.form(&format!("/{}/oauth2/authorize", rp.pool), &fields, &[]).await;
    assert_eq!(answer.location(), format!("/{}/oauth2/authorize?{query}", rp.pool));
    assert!(Callback::of(&rp.browser.get(answer.location()).await).get("code").is_some());
});

// RFC 9449, 10.1: the proof that a request is sent ahead with binds its code.
site_test!(a_key_that_was_proved_ahead_binds_the_code, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ClientSecret": SECRET })).await;
    let (key, other) = (TestKey::new("a"), TestKey::new("b"));
    let (par, token, basic) = (format!("/{}/oauth2/par", rp.pool), format!("/{}/oauth2/token", rp.pool), rp.basic());
    let object = keyed(&rp.object(json!({})));
    let plain = [("response_type", "code"), ("scope", "openid"), ("redirect_uri", CALLBACK)];
    for fields in [&plain[..], &[("request", &object)]] {
        let proof = key.proof(&site, "POST", &par);
        let headers = [("authorization", basic.as_str()), ("dpop", proof.as_str())];
        let pushed = site.form(&par, fields, &headers).await.expect(201).json();
        assert_eq!(site.form(&par, fields, &headers).await.json()["error"], "invalid_dpop_proof", "a proof is good once");
        for (proved, status) in [(Some(&other), 400), (None, 400), (Some(&key), 200)] {
            // A code that was refused once is gone, so that each needs its own.
            let again = key.proof(&site, "POST", &par);
            let request = if status == 200 {
                pushed.clone()
            } else {
                site.form(&par, fields, &[headers[0], ("dpop", &again)]).await.expect(201).json()
            };
            let callback = rp.run(&[("request_uri", request["request_uri"].as_str().unwrap())]).await;
            let code = callback.get("code").expect("a code");
            let exchange = [("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code", code.as_str())];
            let proof = proved.map(|key| key.proof(&site, "POST", &token));
            let proofs = proof.iter().map(|proof| ("dpop", proof.as_str()));
            let headers: Vec<_> = [headers[0]].into_iter().chain(proofs).collect();
            assert_eq!(site.form(&token, &exchange, &headers).await.status, status);
        }
    }
    let proof = key.proof(&site, "POST", &par);
    let thumbprint = other.thumbprint();
    let contradiction = [&plain[..], &[("dpop_jkt", thumbprint.as_str())]].concat();
    let answer = site.form(&par, &contradiction, &[("authorization", &basic), ("dpop", &proof)]).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_dpop_proof")));
});
