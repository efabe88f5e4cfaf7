//! Temporary credentials: who gets them, what they open, and when they end.

use super::harness::{Answer, Site, merged, site_test};
use super::iam_harness::{Key, document, element, fault, statement};
use crate::api::Cx;
use crate::iam::sts::{WebIdentity, assume_with_web_identity};
use crate::kit::clock::{HOUR, SECOND};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ROLE: &str = "arn:aws:iam::000000000000:role/Worker";

async fn role(site: &Site, principal: Value, condition: Value, actions: Value) {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity"], "Condition": condition },
    ] });
    site.iam("CreateRole", &[("RoleName", "Worker"), ("AssumeRolePolicyDocument", &trust.to_string())]).await;
    let policy = document(json!([statement("Allow", actions, json!("*"))]));
    site.iam("PutRolePolicy", &[("RoleName", "Worker"), ("PolicyName", "p"), ("PolicyDocument", &policy)]).await;
}

async fn assume(site: &Site, key: &Key, more: &[(&str, &str)]) -> Answer {
    let base = [("Action", "AssumeRole"), ("RoleArn", ROLE), ("RoleSessionName", "work")];
    let fields: Vec<_> = base.into_iter().chain(more.iter().copied()).collect();
    site.query("sts", Some(key), &fields).await
}

async fn lists(site: &Site, key: &Key) -> String {
    let answer = site.by(key, "ListUserPools", &json!({ "MaxResults": 5 })).await;
    if answer.status == 200 { "ok".to_owned() } else { answer.refusal().0 }
}

site_test!(a_role_is_assumed_by_whom_it_trusts, |site: Site| async move {
    role(&site, json!({ "AWS": "000000000000" }), json!({ "StringEquals": { "sts:ExternalId": "42" } }), json!("cognito-idp:List*")).await;
    let may = site.operator("may", json!([statement("Allow", json!("sts:AssumeRole"), json!(ROLE))])).await;
    let may_not = site.operator("maynot", json!([statement("Allow", json!("s3:*"), json!("*"))])).await;
    assert_eq!(fault(&assume(&site, &may, &[]).await).0, "AccessDenied");
    assert_eq!(fault(&assume(&site, &may_not, &[("ExternalId", "42")]).await).0, "AccessDenied");
    let key = Key::of(&assume(&site, &may, &[("ExternalId", "42")]).await);
    assert!(key.id.starts_with("ASIA"));
    assert_eq!(lists(&site, &key).await, "ok");
    assert_eq!(site.by(&key, "CreateUserPool", &json!({ "PoolName": "x" })).await.refusal().0, "AccessDeniedException");
    let me = site.query("sts", Some(&key), &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(element(&me.body, "Arn").as_deref(), Some("arn:aws:sts::000000000000:assumed-role/Worker/work"));
    assert!(element(&me.body, "UserId").is_some_and(|id| id.starts_with("AROA") && id.ends_with(":work")));
    // A session policy narrows, and never widens.
    let wide = document(json!([statement("Allow", json!("cognito-idp:CreateUserPool"), json!("*"))]));
    let narrow = Key::of(&assume(&site, &may, &[("ExternalId", "42"), ("Policy", &wide)]).await);
    assert_eq!(lists(&site, &narrow).await, "AccessDeniedException");
    assert_eq!(site.by(&narrow, "CreateUserPool", &json!({ "PoolName": "x" })).await.refusal().0, "AccessDeniedException");
    for (field, value, code) in [
        ("DurationSeconds", "3601", "ValidationError"),
        ("DurationSeconds", "899", "ValidationError"),
        ("Policy", "{}", "MalformedPolicyDocument"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/None", "ValidationError"),
        ("TransitiveTagKeys.member.1", "x", "ValidationError"),
    ] {
        assert_eq!(fault(&assume(&site, &may, &[("ExternalId", "42"), (field, value)]).await).0, code, "{field} {value}");
    }
    // Sessions end, and with the role.
    site.advance(HOUR - SECOND);
    assert_eq!(lists(&site, &key).await, "ok");
    site.advance(SECOND);
    let expired = site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await;
    expired.expect_refusal("ExpiredTokenException", "The security token included in the request is expired");
    let last = Key::of(&assume(&site, &may, &[("ExternalId", "42")]).await);
    site.iam("DeleteRolePolicy", &[("RoleName", "Worker"), ("PolicyName", "p")]).await;
    site.iam("DeleteRole", &[("RoleName", "Worker")]).await;
    role(&site, json!("*"), json!({}), json!("*")).await;
    assert_eq!(lists(&site, &last).await, "UnrecognizedClientException", "a role of the same name is another role");
});

site_test!(tokens_are_taken_whole_or_not_at_all, |site: Site| async move {
    role(&site, json!({ "AWS": "*" }), json!({}), json!("cognito-idp:*")).await;
    let root = Key::root();
    let (one, two) = (Key::of(&assume(&site, &root, &[]).await), Key::of(&assume(&site, &root, &[]).await));
    let token = one.token.clone().expect("a token");
    let mut broken = token.clone().into_bytes();
    broken[40] = if broken[40] == b'A' { b'B' } else { b'A' };
    for token in [Some(String::from_utf8(broken).unwrap()), two.token.clone(), Some("x".into()), None] {
        assert_eq!(lists(&site, &Key { token, ..one.clone() }).await, "UnrecognizedClientException");
    }
    assert_eq!(lists(&site, &Key { secret: two.secret, ..one.clone() }).await, "InvalidSignatureException");
    assert_eq!(lists(&site, &Key { token: Some(token), ..root }).await, "UnrecognizedClientException");
    // Older sessions are revoked by a policy on when they were issued.
    site.advance(60 * SECOND);
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": { "DateLessThan": { "aws:TokenIssueTime": "2026-01-01T00:01:00Z" } } });
    site.iam(
        "PutRolePolicy",
        &[("RoleName", "Worker"), ("PolicyName", "AWSRevokeOlderSessions"), ("PolicyDocument", &document(json!([deny])))],
    )
    .await;
    assert_eq!(lists(&site, &one).await, "AccessDeniedException");
    assert_eq!(lists(&site, &Key::of(&assume(&site, &Key::root(), &[]).await)).await, "ok");
});

site_test!(sessions_of_users_and_of_those_they_speak_for, |site: Site| async move {
    let statements = json!([statement("Allow", json!(["cognito-idp:*", "sts:GetFederationToken", "iam:*"]), json!("*"))]);
    let user = site.operator("jane", statements).await;
    let session = Key::of(&site.query("sts", Some(&user), &[("Action", "GetSessionToken")]).await);
    assert_eq!(lists(&site, &session).await, "ok");
    assert_eq!(fault(&site.query("iam", Some(&session), &[("Action", "ListUsers")]).await).0, "AccessDenied");
    assert_eq!(fault(&site.query("sts", Some(&session), &[("Action", "GetSessionToken")]).await).0, "AccessDenied");
    let fields = [("Action", "GetFederationToken"), ("Name", "bob")];
    let none = Key::of(&site.query("sts", Some(&user), &fields).await);
    assert_eq!(lists(&site, &none).await, "AccessDeniedException");
    let policy = document(json!([statement("Allow", json!("cognito-idp:ListUserPools"), json!("*"))]));
    let some: Vec<_> = fields.into_iter().chain([("Policy", policy.as_str())]).collect();
    let some = Key::of(&site.query("sts", Some(&user), &some).await);
    assert_eq!(lists(&site, &some).await, "ok");
    let me = site.query("sts", Some(&some), &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(element(&me.body, "Arn").as_deref(), Some("arn:aws:sts::000000000000:federated-user/bob"));
});

fn guest(over: Value) -> WebIdentity {
    let context = merged(
        json!({ "cognito-identity.amazonaws.com:aud": ["us-east-1:pool"], "cognito-identity.amazonaws.com:amr": ["unauthenticated"] }),
        over,
    );
    let context: BTreeMap<String, Vec<String>> = serde_json::from_value(context).expect("a context");
    WebIdentity {
        role_arn: ROLE.into(),
        session_name: "CognitoIdentityCredentials".into(),
        provider: "cognito-identity.amazonaws.com".into(),
        context,
        duration_seconds: 3_600,
        ..WebIdentity::default()
    }
}

site_test!(an_identity_pool_gets_credentials_for_whom_the_role_trusts, |site: Site| async move {
    let condition = json!({ "StringEquals": { "cognito-identity.amazonaws.com:aud": "us-east-1:pool" } });
    role(&site, json!({ "Federated": "cognito-identity.amazonaws.com" }), condition, json!("*")).await;
    let mut cx = Cx::internal(site.app.clone());
    let key = |c: crate::iam::sts::Credentials| Key {
        id: c.access_key_id,
        secret: c.secret_access_key.to_string(),
        token: Some(c.session_token),
    };
    let whole = key(assume_with_web_identity(&mut cx, guest(json!({}))).await.unwrap());
    assert_eq!(lists(&site, &whole).await, "ok");
    let limited = WebIdentity {
        session_policy: Some(document(json!([statement("Allow", json!("s3:*"), json!("*"))]))),
        policy_arns: vec![crate::iam::managed::GUESTS.into()],
        tags: BTreeMap::from([("department".to_owned(), "it".to_owned())]),
        ..guest(json!({}))
    };
    let limited = key(assume_with_web_identity(&mut cx, limited).await.unwrap());
    assert_eq!(lists(&site, &limited).await, "AccessDeniedException");
    for wrong in [
        guest(json!({ "cognito-identity.amazonaws.com:aud": ["us-east-1:other"] })),
        WebIdentity { provider: "accounts.google.com".into(), ..guest(json!({})) },
        WebIdentity { role_arn: format!("{ROLE}s"), ..guest(json!({})) },
        WebIdentity { role_arn: "arn:aws:iam::999999999999:role/Worker".into(), ..guest(json!({})) },
    ] {
        let refused = assume_with_web_identity(&mut cx, wrong).await.err().expect("a refusal");
        assert_eq!(refused.message(), "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    }
});

site_test!(a_user_pool_vouches_for_its_people, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let name = format!("localhost:8080/{pool}");
    let arn = format!("arn:aws:iam::000000000000:oidc-provider/{name}");
    role(
        &site,
        json!({ "Federated": arn }),
        json!({ "StringEquals": { (format!("{name}:aud")): client.clone() } }),
        json!("cognito-idp:List*"),
    )
    .await;
    let ask = |token: String| {
        let site = &site;
        async move {
            let fields = [
                ("Action", "AssumeRoleWithWebIdentity"),
                ("RoleArn", ROLE),
                ("RoleSessionName", "jane"),
                ("WebIdentityToken", token.as_str()),
            ];
            site.query("sts", None, &fields).await
        }
    };
    assert_eq!(fault(&ask(tokens.id.clone()).await).0, "InvalidIdentityToken", "no provider is registered");
    site.iam("CreateOpenIDConnectProvider", &[("Url", &format!("http://{name}")), ("ClientIDList.member.1", &client)]).await;
    let answer = ask(tokens.id.clone()).await;
    assert_eq!(lists(&site, &Key::of(&answer)).await, "ok");
    assert_eq!(element(&answer.body, "Audience"), Some(client.clone()));
    for token in [tokens.access.clone(), "not.a.token".into(), "xxxx".into(), format!("{}x", tokens.id)] {
        assert_eq!(fault(&ask(token).await).0, "InvalidIdentityToken");
    }
    site.advance(2 * HOUR);
    assert_eq!(fault(&ask(tokens.id).await).0, "ExpiredTokenException");
});
