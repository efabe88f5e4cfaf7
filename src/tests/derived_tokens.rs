//! Token exchange: what a derived token says, and what nobody gets by it.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Answer, START, Site, merged, site_test};
use crate::kit::clock::{HOUR, MINUTE};
use crate::tokens::jwt::{self, Claims};
use serde_json::{Value, json};

const SECRET: &str = "service0123456789012345678901";
const BOTH: [&str; 2] = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"];

struct World {
    pool: String,
    /// Where people sign in.
    web: String,
    /// Which exchanges.
    service: String,
    /// A token of a machine's.
    machine: String,
    sub: String,
}

async fn world(site: &Site) -> World {
    let pool = site.pool(json!({})).await;
    let scopes: Vec<_> = ["read", "write", "admin"].iter().map(|n| json!({ "ScopeName": n, "ScopeDescription": "d" })).collect();
    site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": scopes })).await;
    let web = site.client(&pool, json!({ "AllowedOAuthScopes": ["openid", "email", "orders/read", "orders/write"] })).await;
    let service =
        json!({ "ClientSecret": SECRET, "ExplicitAuthFlows": BOTH, "AllowedOAuthScopes": ["openid", "orders/read", "orders/admin"] });
    let service = site.client(&pool, service).await;
    let agent = json!({ "UserPoolId": pool, "ClientName": "agent", "ClientSecret": SECRET, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": ["orders/read"] });
    let agent = site.ok("CreateUserPoolClient", agent).await["UserPoolClient"]["ClientId"].clone();
    let sub = site.user(&pool, "jane").await;
    let machine = site.ok("GetClientToken", json!({ "ClientId": agent, "Secret": SECRET })).await;
    let machine = machine["ClientAuthenticationResult"]["AccessToken"].as_str().unwrap().to_owned();
    World { pool, web, service, machine, sub }
}

impl World {
    async fn oauth(&self, site: &Site, scope: &str) -> (String, String) {
        let tokens = site.oauth(&self.pool, &self.web, "jane", &[("scope", scope)]).await;
        let text = |name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
        (text("access_token"), text("id_token"))
    }

    fn of(&self, token: &str, more: Value) -> Value {
        let base = json!({ "ClientId": self.service, "ClientSecret": SECRET, "SubjectToken": token, "SubjectTokenType": "ACCESS_TOKEN" });
        merged(base, more)
    }

    async fn derive(&self, site: &Site, token: &str, more: Value) -> Value {
        site.ok("GetDerivedToken", self.of(token, more)).await
    }
}

fn claims(answer: &Value) -> Claims {
    jwt::peek(answer["IssuedToken"].as_str().unwrap()).unwrap()
}

fn names(claims: &Claims) -> Vec<&str> {
    let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn delegated(token: &str) -> Value {
    json!({ "ActorToken": token, "ActorTokenType": "ACCESS_TOKEN" })
}

site_test!(a_token_is_narrowed_for_a_service, |site: Site| async move {
    let w = world(&site).await;
    let (access, _) = w.oauth(&site, "openid orders/read orders/write").await;
    let subject = jwt::peek(&access).unwrap();
    let before = site.rows().await;
    let answer =
        w.derive(&site, &access, json!({ "Scopes": ["orders/read", "orders/write", "orders/admin"], "Audiences": ["billing"] })).await;
    for (name, value) in [
        ("IssuedTokenType", json!("ACCESS_TOKEN")),
        ("TokenType", json!("Bearer")),
        ("ExpiresIn", json!(3_600)),
        ("Scopes", json!(["orders/read"])),
    ] {
        assert_eq!(answer[name], value, "{name}");
    }
    let derived = claims(&answer);
    let mut expected =
        vec!["acr", "amr", "aud", "auth_time", "client_id", "event_id", "exp", "iat", "iss", "jti", "origin_jti", "scope", "sub"];
    expected.extend(["token_use", "username", "version"]);
    assert_eq!(names(&derived), expected);
    for (name, value) in [("aud", "billing"), ("client_id", &w.service), ("scope", "orders/read"), ("sub", &w.sub), ("username", "jane")] {
        assert_eq!(derived[name], value, "{name}");
    }
    for name in ["auth_time", "event_id", "origin_jti", "iss", "token_use"] {
        assert_eq!(derived[name], subject[name], "{name}");
    }
    assert_ne!(derived["jti"], subject["jti"]);
    // Nothing asked for: the subject's, as far as the client has them too.
    let same = w.derive(&site, &access, json!({ "Resources": ["orders"] })).await;
    assert_eq!(same["Scopes"], json!(["openid", "orders/read"]));
    assert_eq!(claims(&same)["aud"], "orders");
    assert_eq!(site.rows().await, before, "a derived token is stored nowhere");
});

site_test!(an_actor_is_named_and_stays_named, |site: Site| async move {
    let w = world(&site).await;
    site.user(&w.pool, "john").await;
    let (access, _) = w.oauth(&site, "orders/read").await;
    let agent = jwt::peek(&w.machine).unwrap()["sub"].clone();
    let first = w.derive(&site, &access, delegated(&w.machine)).await;
    assert_eq!(claims(&first)["act"], json!({ "sub": agent, "client_id": agent }));
    assert_eq!(claims(&first)["sub"], w.sub.as_str());
    let first = first["IssuedToken"].as_str().unwrap();
    let john = site.sign_in(&w.web, "john").await;
    let second = w.derive(&site, first, delegated(&john.access)).await;
    let john_sub = john.access_claims()["sub"].clone();
    let chain = json!({ "sub": john_sub, "client_id": w.web, "act": { "sub": agent, "client_id": agent } });
    assert_eq!(claims(&second)["act"], chain);
    // An exchange without an actor does not wash off who acted before.
    let washed = w.derive(&site, second["IssuedToken"].as_str().unwrap(), json!({})).await;
    assert_eq!(claims(&washed)["act"], chain);
    let message = "The actor token was itself derived for an actor";
    site.refused("GetDerivedToken", w.of(&access, delegated(first)), "NotAuthorizedException", message).await;
    let mut token = first.to_owned();
    for _ in 0..9 {
        token = w.derive(&site, &token, delegated(&w.machine)).await["IssuedToken"].as_str().unwrap().to_owned();
    }
    let message = "The subject token names too many actors";
    site.refused("GetDerivedToken", w.of(&token, delegated(&w.machine)), "NotAuthorizedException", message).await;
});

site_test!(an_id_token_tells_no_more_than_its_subject, |site: Site| async move {
    let w = world(&site).await;
    let (access, id) = w.oauth(&site, "openid email").await;
    let wanted = json!({ "RequestedTokenType": "ID_TOKEN" });
    let answer = w.derive(&site, &access, wanted.clone()).await;
    assert_eq!((&answer["IssuedTokenType"], &answer["TokenType"]), (&json!("ID_TOKEN"), &json!("N_A")));
    let told = claims(&answer);
    assert_eq!((&told["aud"], &told["azp"], &told["email"]), (&json!(w.service), &json!(w.service), &json!("jane@example.com")));
    assert_eq!((&told["token_use"], &told["cognito:username"], &told["email_verified"]), (&json!("id"), &json!("jane"), &json!(true)));
    let narrow = w.derive(&site, &access, merged(wanted.clone(), json!({ "Scopes": ["openid"], "Audiences": ["reports"] }))).await;
    assert_eq!(claims(&narrow)["aud"], "reports");
    let (other, _) = w.oauth(&site, "orders/read").await;
    let message = "An ID token needs the scope openid or aws.cognito.signin.user.admin";
    site.refused("GetDerivedToken", w.of(&other, wanted.clone()), "InvalidParameterException", message).await;
    let to_web = merged(wanted.clone(), json!({ "Audiences": [w.web] }));
    let message = "An ID token can not be issued to another app client.";
    site.refused("GetDerivedToken", w.of(&access, to_web), "InvalidParameterException", message).await;
    // From an ID token comes no scope at all.
    let by_id = merged(w.of(&id, json!({})), json!({ "SubjectTokenType": "ID_TOKEN" }));
    let plain = site.ok("GetDerivedToken", by_id.clone()).await;
    assert_eq!((&plain["Scopes"], claims(&plain).get("scope")), (&json!([]), None));
    let message = "None of the requested scopes are both the subject token's and the client's";
    let asking = merged(by_id.clone(), json!({ "Scopes": ["openid"] }));
    site.refused("GetDerivedToken", asking, "InvalidParameterException", message).await;
    let again = claims(&site.ok("GetDerivedToken", merged(by_id, wanted)).await);
    assert_eq!((&again["email"], again.get("name"), again.get("nonce")), (&json!("jane@example.com"), None, None));
    let opened = site.api("GetUser", json!({ "AccessToken": plain["IssuedToken"] })).await;
    opened.expect_refusal("NotAuthorizedException", "Access Token does not have required scopes");
});

site_test!(a_derived_token_ends_with_its_subject, |site: Site| async move {
    let w = world(&site).await;
    let tokens = site.sign_in(&w.web, "jane").await;
    site.advance(40 * MINUTE);
    let answer = w.derive(&site, &tokens.access, json!({})).await;
    assert_eq!(answer["ExpiresIn"], 20 * 60);
    assert_eq!(claims(&answer)["exp"], (START + HOUR) / 1_000);
    let late = w.derive(&site, &site.sign_in(&w.web, "jane").await.access, delegated(&w.machine)).await;
    assert_eq!(late["ExpiresIn"], 20 * 60, "nor does it outlast its actor's");
    // It holds, and opens no more than its client may.
    let narrow = "Access Token does not have required scopes";
    site.refused("GetUser", json!({ "AccessToken": answer["IssuedToken"] }), "NotAuthorizedException", narrow).await;
    site.ok("RevokeToken", json!({ "ClientId": w.web, "Token": tokens.refresh })).await;
    let revoked = "Access Token has been revoked";
    site.refused("GetUser", json!({ "AccessToken": answer["IssuedToken"] }), "NotAuthorizedException", revoked).await;
    for token in [&tokens.access, answer["IssuedToken"].as_str().unwrap()] {
        site.refused("GetDerivedToken", w.of(token, json!({})), "NotAuthorizedException", "The subject token has been revoked").await;
    }
});

site_test!(what_is_no_subject_gives_nothing, |site: Site| async move {
    let w = world(&site).await;
    let foreign = world(&site).await;
    let (theirs, _) = foreign.oauth(&site, "orders/read").await;
    let tokens = site.sign_in(&w.web, "jane").await;
    let (head, tail) = tokens.access.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", tail.chars().rev().collect::<String>());
    for (token, message) in [
        ("x", "Invalid subject token"),
        (&theirs, "Invalid subject token"),
        (&tokens.id, "Invalid subject token"),
        (&forged, "Invalid subject token"),
        (&w.machine, "The subject token is not a user's"),
    ] {
        site.refused("GetDerivedToken", w.of(token, json!({})), "NotAuthorizedException", message).await;
    }
    let actor = |token: &str| w.of(&tokens.access, delegated(token));
    for token in ["x", &foreign.machine, &tokens.id] {
        site.refused("GetDerivedToken", actor(token), "NotAuthorizedException", "Invalid actor token").await;
    }
    for (more, message) in [
        (json!({ "ActorToken": tokens.access }), "ActorToken and ActorTokenType must be given together."),
        (json!({ "ActorTokenType": "ID_TOKEN" }), "ActorToken and ActorTokenType must be given together."),
        (json!({ "Audiences": ["a"], "Resources": ["orders"] }), "Audiences and Resources can not be requested together."),
        (json!({ "SubjectTokenType": "SAML2" }), "The token type SAML2 is not supported by this version of Poolhouse."),
        (json!({ "SubjectTokenProviderName": "x" }), "SubjectTokenProviderName is not supported by this version of Poolhouse."),
        (json!({ "Scopes": ["orders/admin"] }), "None of the requested scopes are both the subject token's and the client's"),
    ] {
        site.refused("GetDerivedToken", w.of(&tokens.access, more), "InvalidParameterException", message).await;
    }
    let nowhere = w.of(&tokens.access, json!({ "Resources": ["billing"] }));
    site.refused("GetDerivedToken", nowhere, "ResourceNotFoundException", "Resource server does not exist.").await;
    site.ok("AdminDisableUser", json!({ "UserPoolId": w.pool, "Username": "jane" })).await;
    let message = "The subject token has been revoked";
    site.refused("GetDerivedToken", w.of(&tokens.access, json!({})), "NotAuthorizedException", message).await;
    site.ok("AdminDeleteUser", json!({ "UserPoolId": w.pool, "Username": "jane" })).await;
    site.refused("GetDerivedToken", w.of(&tokens.access, json!({})), "UserNotFoundException", "User does not exist.").await;
    site.advance(HOUR);
    site.refused("GetDerivedToken", w.of(&tokens.access, json!({})), "NotAuthorizedException", "The subject token has expired").await;
});

site_test!(who_may_exchange, |site: Site| async move {
    let w = world(&site).await;
    let access = site.sign_in(&w.web, "jane").await.access;
    let message = format!("Unable to verify the secret of client {}", w.service);
    for secret in [Value::Null, json!("wrong0123456789012345678901234")] {
        let input = w.of(&access, json!({ "ClientSecret": secret }));
        site.refused("GetDerivedToken", input, "NotAuthorizedException", &message).await;
    }
    let root = ("AKIAROOT", "root-secret-for-tests");
    let signed = |input: Value| site.call("GetDerivedToken", input.to_string().into_bytes(), Some(root));
    signed(w.of(&access, json!({ "ClientSecret": null }))).await.expect(200);
    let wrong = signed(w.of(&access, json!({ "ClientSecret": "wrong0123456789012345678901234" }))).await;
    wrong.expect_refusal("NotAuthorizedException", &message);
    for (flow, allowed, more) in [(BOTH[0], BOTH[1], json!({})), (BOTH[1], BOTH[0], delegated(&w.machine))] {
        let client = site.client(&w.pool, json!({ "ClientSecret": SECRET, "ExplicitAuthFlows": [allowed] })).await;
        let input = merged(w.of(&access, more), json!({ "ClientId": client }));
        let message = format!("{flow} flow not enabled for this client");
        site.refused("GetDerivedToken", input, "InvalidParameterException", &message).await;
    }
    let message = "USER_PASSWORD_AUTH flow not enabled for this client";
    let client = site.client(&w.pool, json!({ "ExplicitAuthFlows": BOTH })).await;
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "InvalidParameterException", message).await;
});

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

async fn exchanged(site: &Site, w: &World, client: (&str, &str), more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", GRANT), ("client_id", client.0), ("client_secret", client.1)];
    fields.extend_from_slice(more);
    site.form(&format!("/{}/oauth2/token", w.pool), &fields, &[]).await
}

site_test!(tokens_are_exchanged_at_the_token_endpoint, |site: Site| async move {
    let w = world(&site).await;
    let (access, _) = w.oauth(&site, "openid orders/read").await;
    let own = (w.service.as_str(), SECRET);
    let subject = [("subject_token", access.as_str()), ("subject_token_type", ACCESS)];
    let with = |more: &[(&'static str, &'static str)]| [&subject[..], more].concat();
    let answer = exchanged(&site, &w, own, &with(&[("scope", "orders/read orders/admin"), ("audience", "billing")])).await;
    let body = answer.expect(200).json();
    let token = body["access_token"].as_str().unwrap();
    let rest =
        json!({ "access_token": token, "issued_token_type": ACCESS, "token_type": "Bearer", "expires_in": 3_600, "scope": "orders/read" });
    assert_eq!(body, rest);
    assert_eq!(jwt::peek(token).unwrap()["aud"], "billing");
    let acting = [("actor_token", w.machine.as_str()), ("actor_token_type", ACCESS)];
    let answer = exchanged(&site, &w, own, &[&subject[..], &acting].concat()).await;
    assert!(jwt::peek(answer.expect(200).json()["access_token"].as_str().unwrap()).unwrap()["act"].is_object());
    let web = (w.web.as_str(), "");
    for (client, fields, error) in [
        (own, with(&[("scope", "orders/admin")]), "invalid_scope"),
        (own, with(&[("resource", "nothing")]), "invalid_target"),
        (own, with(&[("audience", "with space")]), "invalid_target"),
        (own, with(&[("audience", "a"), ("resource", "orders")]), "invalid_request"),
        (own, with(&[("actor_token", "x")]), "invalid_request"),
        (own, with(&[("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")]), "invalid_request"),
        (own, vec![("subject_token", "x"), ("subject_token_type", ACCESS)], "invalid_request"),
        (own, vec![("subject_token", "x")], "invalid_request"),
        (web, with(&[]), "unauthorized_client"),
        ((w.service.as_str(), "wrong"), with(&[]), "invalid_client"),
    ] {
        let answer = exchanged(&site, &w, client, &fields).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(error)), "{fields:?}");
    }
});
