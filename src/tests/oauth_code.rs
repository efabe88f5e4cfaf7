//! The token endpoint: what a code is exchanged for, by whom, and how often.

use super::fixtures::{CALLBACK, CHALLENGE, VERIFIER, refresh};
use super::harness::{Answer, Sent, Site, site_test};
use crate::kit::clock::MINUTE;
use crate::kit::text;
use serde_json::{Value, json};

#[track_caller]
fn refused(answer: &Answer, error: &str, description: &str) {
    let body = answer.json();
    assert_eq!((body["error"].as_str(), body["error_description"].as_str()), (Some(error), Some(description)));
    // RFC 6749, 5.2: who tried HTTP Basic is told so.
    let status = if answer.header("www-authenticate").is_empty() { 400 } else { 401 };
    assert_eq!((answer.status, answer.header("cache-control"), answer.header("pragma")), (status, "no-store", "no-cache"));
}

site_test!(a_code_is_checked_against_what_it_was_asked_for, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let code = site.authorization_code(&pool, &client, "jane", &pkce).await;
    let token = format!("/{pool}/oauth2/token");
    let exchange = |client: &str, redirect_uri: &str, more: &[(&'static str, &'static str)]| {
        let base = [("grant_type", "authorization_code"), ("code", &code), ("client_id", client), ("redirect_uri", redirect_uri)];
        let all: Vec<_> = base.iter().chain(more).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let (site, token) = (&site, &token);
        async move {
            let pairs: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            site.form(token, &pairs, &[]).await
        }
    };
    let before = site.rows().await;
    let mismatch = "code_verifier does not match the code_challenge";
    let other_uri = "redirect_uri is not the one that the code was asked for with";
    refused(&exchange(&sibling, CALLBACK, &[("code_verifier", VERIFIER)]).await, "invalid_grant", "The code is not valid");
    refused(&exchange(&client, "https://other.example/cb", &[("code_verifier", VERIFIER)]).await, "invalid_grant", other_uri);
    refused(&exchange(&client, CALLBACK, &[]).await, "invalid_grant", "code_verifier is missing");
    refused(&exchange(&client, CALLBACK, &[("code_verifier", "short")]).await, "invalid_grant", mismatch);
    refused(&exchange(&client, CALLBACK, &[("code_verifier", CHALLENGE)]).await, "invalid_grant", mismatch);
    refused(&exchange(&client, "", &[("code_verifier", VERIFIER)]).await, "invalid_request", "redirect_uri is missing");
    assert_eq!(site.rows().await, before, "a refused exchange leaves the code as it was");
    let tokens = exchange(&client, CALLBACK, &[("code_verifier", VERIFIER)]).await;
    let body = tokens.expect(200).json();
    assert_eq!(
        body.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id_token", "access_token", "refresh_token", "expires_in", "token_type"]
    );
    assert_eq!(tokens.header("access-control-allow-origin"), "*");
});

site_test!(a_verifier_without_a_challenge_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let code = site.authorization_code(&pool, &client, "jane", &[]).await;
    let answer = site.exchange(&pool, &client, &code, &[("code_verifier", VERIFIER)]).await;
    refused(&answer, "invalid_grant", "The code was asked for without a code_challenge");
});

site_test!(a_code_lives_five_minutes, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let code = site.authorization_code(&pool, &client, "jane", &[]).await;
    site.advance(5 * MINUTE);
    refused(&site.exchange(&pool, &client, &code, &[]).await, "invalid_grant", "The code has expired");
    let code = site.authorization_code(&pool, &client, "jane", &[]).await;
    site.advance(5 * MINUTE - 1);
    site.exchange(&pool, &client, &code, &[]).await.expect(200);
});

site_test!(a_second_use_takes_back_what_the_first_gave, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let scope = [("scope", "openid aws.cognito.signin.user.admin")];
    let other = site.oauth(&pool, &client, "jane", &scope).await;
    let code = site.authorization_code(&pool, &client, "jane", &scope).await;
    let first = site.exchange(&pool, &client, &code, &[]).await.expect(200).json();
    site.ok("GetUser", json!({ "AccessToken": first["access_token"] })).await;
    for _ in 0..2 {
        let message = "The code was used before; the tokens that it gave are revoked";
        refused(&site.exchange(&pool, &client, &code, &[]).await, "invalid_grant", message);
    }
    let revoked = "Access Token has been revoked";
    site.refused("GetUser", json!({ "AccessToken": first["access_token"] }), "NotAuthorizedException", revoked).await;
    let token = first["refresh_token"].as_str().unwrap();
    site.refused("InitiateAuth", refresh(&client, token), "NotAuthorizedException", "Refresh Token has been revoked").await;
    site.ok("GetUser", json!({ "AccessToken": other["access_token"] })).await;
});

site_test!(a_code_of_somebody_gone_or_barred_gives_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for (name, operation) in [("gone", "AdminDeleteUser"), ("off", "AdminDisableUser")] {
        site.user(&pool, name).await;
        let code = site.authorization_code(&pool, &client, name, &[]).await;
        site.ok(operation, json!({ "UserPoolId": pool, "Username": name })).await;
        let answer = site.exchange(&pool, &client, &code, &[]).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_grant")));
        assert_eq!(site.count("sessions").await, 0);
    }
});

site_test!(a_client_proves_itself_in_one_way, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let secret = "abcdefghijklmnopqrstuvwxyz012345";
    let client = site.client(&pool, json!({ "ClientSecret": secret })).await;
    site.user(&pool, "jane").await;
    let token = format!("/{pool}/oauth2/token");
    let basic = |id: &str, secret: &str| format!("Basic {}", text::base64(format!("{id}:{secret}").as_bytes()));
    for by_header in [true, false] {
        let code = site.authorization_code(&pool, &client, "jane", &[]).await;
        let mut fields = vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
        let header = basic(&client, secret);
        let headers = if by_header { vec![("authorization", header.as_str())] } else { Vec::new() };
        if !by_header {
            fields.extend([("client_id", client.as_str()), ("client_secret", secret)]);
        }
        site.form(&token, &fields, &headers).await.expect(200);
    }
    let code = site.authorization_code(&pool, &client, "jane", &[]).await;
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let with = |more: &[(&'static str, String)]| {
        let all: Vec<_> = fields.iter().map(|(n, v)| (*n, (*v).to_owned())).chain(more.iter().cloned()).collect();
        all
    };
    let invalid = "Client authentication failed";
    for (form, header, error, description) in [
        (with(&[]), None, "invalid_client", invalid),
        (with(&[("client_id", client.clone())]), None, "invalid_client", invalid),
        (with(&[("client_id", client.clone()), ("client_secret", "wrong".into())]), None, "invalid_client", invalid),
        (with(&[("client_id", "nobody".into()), ("client_secret", secret.into())]), None, "invalid_client", invalid),
        (with(&[]), Some(basic(&client, "wrong")), "invalid_client", invalid),
        (with(&[]), Some("Basic !!!".into()), "invalid_client", invalid),
        (
            with(&[("client_secret", secret.into())]),
            Some(basic(&client, secret)),
            "invalid_request",
            "The client authenticates in more than one way",
        ),
        (
            with(&[("client_id", "other".into())]),
            Some(basic(&client, secret)),
            "invalid_request",
            "The client authenticates in more than one way",
        ),
    ] {
        let pairs: Vec<_> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let headers: Vec<_> = header.iter().map(|h| ("authorization", h.as_str())).collect();
        let answer = site.form(&token, &pairs, &headers).await;
        refused(&answer, error, description);
        let expected = if error == "invalid_client" && header.is_some() { "Basic realm=\"oauth2\"" } else { "" };
        assert_eq!(answer.header("www-authenticate"), expected, "{header:?}");
    }
    site.form(&token, &fields, &[("authorization", &basic(&client, secret))]).await.expect(200);
});

site_test!(what_is_no_token_request_is_told_why, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    let api_only = site.ok("CreateUserPoolClient", json!({ "UserPoolId": pool, "ClientName": "api" })).await;
    let api_only = api_only["UserPoolClient"]["ClientId"].as_str().unwrap();
    let token = format!("/{pool}/oauth2/token");
    let unsupported = "The grant type password is not supported";
    for (fields, error, description) in [
        (vec![("client_id", client.as_str())], "invalid_request", "grant_type is missing"),
        (vec![("client_id", &client), ("grant_type", "")], "invalid_request", "grant_type is missing"),
        (vec![("client_id", &client), ("grant_type", "password")], "unsupported_grant_type", unsupported),
        (vec![("client_id", &client), ("grant_type", "authorization_code")], "invalid_request", "code is missing"),
        (vec![("client_id", &client), ("grant_type", "refresh_token")], "invalid_request", "refresh_token is missing"),
        (vec![("client_id", &client), ("client_id", &client)], "invalid_request", "client_id is given more than once"),
        (vec![("client_id", "a\0b")], "invalid_request", "client_id contains a NUL character"),
        (
            vec![("client_id", api_only), ("grant_type", "authorization_code")],
            "unauthorized_client",
            "The client is not enabled for OAuth 2.0 flows",
        ),
    ] {
        refused(&site.form(&token, &fields, &[]).await, error, description);
    }
    let elsewhere = site.form(&format!("/{other}/oauth2/token"), &[("client_id", client.as_str())], &[]).await;
    refused(&elsewhere, "invalid_client", "Client authentication failed");
    let nowhere = site.form("/us-east-1_nowhere00/oauth2/token", &[("client_id", client.as_str())], &[]).await;
    assert_eq!((nowhere.status, &nowhere.json()["error"]), (404, &Value::from("invalid_request")));
    let json = vec![("content-type", "application/json".to_owned())];
    let sent = Sent { method: axum::http::Method::POST, path: &token, headers: json, body: b"{}".to_vec() };
    refused(&site.send(sent).await, "invalid_request", "The body must be application/x-www-form-urlencoded");
});
