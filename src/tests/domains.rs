//! Domains: which names a pool may have, and its pages under them.

use super::browser::{authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD};
use super::harness::{Site, merged, site_test};
use serde_json::{Value, json};

fn of(pool: &str, domain: &str) -> Value {
    json!({ "UserPoolId": pool, "Domain": domain })
}

fn custom(pool: &str, domain: &str) -> Value {
    merged(of(pool, domain), json!({ "CustomDomainConfig": { "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/x-1" } }))
}

site_test!(a_domain_is_made_described_and_deleted, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    assert_eq!(site.ok("CreateUserPoolDomain", of(&pool, "acme")).await, json!({ "ManagedLoginVersion": 1 }));
    let answer = site.ok("CreateUserPoolDomain", custom(&pool, "login.acme.example")).await;
    assert_eq!(answer, json!({ "ManagedLoginVersion": 1, "CloudFrontDomain": "localhost" }));
    let described = site.ok("DescribeUserPoolDomain", json!({ "Domain": "login.acme.example" })).await["DomainDescription"].clone();
    for (name, value) in
        [("UserPoolId", pool.as_str()), ("AWSAccountId", "000000000000"), ("Status", "ACTIVE"), ("CloudFrontDistribution", "localhost")]
    {
        assert_eq!(described[name], value, "{name}");
    }
    let both = site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"].clone();
    assert_eq!((&both["Domain"], &both["CustomDomain"]), (&json!("acme"), &json!("login.acme.example")));
    site.ok("UpdateUserPoolDomain", merged(of(&pool, "acme"), json!({ "ManagedLoginVersion": 2 }))).await;
    let described = site.ok("DescribeUserPoolDomain", json!({ "Domain": "acme" })).await;
    assert_eq!(described["DomainDescription"]["ManagedLoginVersion"], 2);
    site.ok("DeleteUserPoolDomain", of(&pool, "acme")).await;
    assert_eq!(site.ok("DescribeUserPoolDomain", json!({ "Domain": "acme" })).await, json!({ "DomainDescription": {} }));
    site.refused("DeleteUserPoolDomain", of(&pool, "acme"), "InvalidParameterException", "No such domain or user pool exists.").await;
});

site_test!(what_is_no_domain_or_taken_is_refused, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    site.ok("CreateUserPoolDomain", of(&pool, "acme")).await;
    for (input, message) in [
        (of(&other, "my-aws-app"), "Domain cannot contain reserved word: aws"),
        (of(&other, "amazonas"), "Domain cannot contain reserved word: amazon"),
        (of(&other, "cognito1"), "Domain cannot contain reserved word: cognito"),
        (of(&other, "acme"), "Domain already associated with another user pool."),
        (of(&pool, "acme-2"), "The user pool has a prefix domain already."),
        (custom(&other, "localhost"), "Domain localhost is not a valid domain name."),
        (merged(of(&other, "routed"), json!({ "Routing": {} })), "Routing is supported for custom domains only."),
        (
            merged(
                custom(&other, "login.acme.example"),
                json!({ "Routing": { "Failover": { "SecondaryRegion": "us-east-1", "PrimaryRoute53HealthCheckId": "h" } } }),
            ),
            "us-east-1 is not a secondary region of this user pool.",
        ),
    ] {
        site.refused("CreateUserPoolDomain", input, "InvalidParameterException", message).await;
    }
    for domain in ["", "-acme", "acme-", "Acme", "a.b", "a b", &"x".repeat(64)] {
        let answer = site.api("CreateUserPoolDomain", of(&other, domain)).await;
        assert_eq!((answer.status, answer.refusal().0.as_str()), (400, "InvalidParameterException"), "{domain}");
    }
    site.refused("DeleteUserPoolDomain", of(&other, "acme"), "InvalidParameterException", "No such domain or user pool exists.").await;
    site.refused("UpdateUserPoolDomain", of(&other, "acme"), "ResourceNotFoundException", "No such domain or user pool exists.").await;
    let message = "A prefix domain takes no CustomDomainConfig.";
    site.refused("UpdateUserPoolDomain", custom(&pool, "acme"), "InvalidParameterException", message).await;
    assert_eq!(site.count("domains").await, 1);
});

site_test!(a_custom_domain_keeps_its_route, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let routing = json!({ "Failover": { "SecondaryRegion": "eu-west-1", "PrimaryRoute53HealthCheckId": "h-1" } });
    let made = site.ok("CreateUserPoolDomain", merged(custom(&pool, "login.acme.example"), json!({ "Routing": routing }))).await;
    assert_eq!(made["Routing"], routing);
    let updated = site.ok("UpdateUserPoolDomain", merged(of(&pool, "login.acme.example"), json!({ "ManagedLoginVersion": 2 }))).await;
    assert_eq!((&updated["Routing"], &updated["ManagedLoginVersion"]), (&routing, &json!(2)));
    let described = site.ok("DescribeUserPoolDomain", json!({ "Domain": "login.acme.example" })).await;
    assert_eq!(described["DomainDescription"]["Routing"], routing);
    let lite = site.pool(json!({ "UserPoolTier": "LITE" })).await;
    let input = merged(of(&lite, "lite"), json!({ "ManagedLoginVersion": 2 }));
    let message = "The user pool tier LITE does not include managed login.";
    site.refused("CreateUserPoolDomain", input, "FeatureUnavailableInTierException", message).await;
});

site_test!(a_pools_pages_answer_under_its_names, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.ok("CreateUserPoolDomain", of(&pool, "acme")).await;
    site.ok("CreateUserPoolDomain", custom(&pool, "login.acme.example")).await;
    let query = authorize(&client, &[]);
    for host in ["acme.auth.localhost:8080", "login.acme.example", "LOGIN.acme.example"] {
        let start = site.get(&format!("/oauth2/authorize?{query}"), &[("host", host)]).await;
        assert_eq!(start.location(), format!("/login?{query}"));
        let page = site.get(&format!("/login?{query}"), &[("host", host)]).await;
        let cookie = page.expect(200).header("set-cookie").to_owned();
        assert!(cookie.contains("; Path=/; "), "{cookie}");
        let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        let fields = [("_csrf", token.as_str()), ("username", "jane"), ("password", PASSWORD)];
        let (sent, origin) = (format!("XSRF-TOKEN={token}"), format!("http://{host}"));
        let headers = [("host", host), ("cookie", sent.as_str()), ("origin", origin.as_str())];
        let answer = site.form(&format!("/login?{query}"), &fields, &headers).await;
        assert!(answer.location().starts_with(&format!("{CALLBACK}?code=")), "{}", answer.body);
        let code = parameter(answer.location(), "code").unwrap();
        let fields = [("grant_type", "authorization_code"), ("client_id", client.as_str()), ("redirect_uri", CALLBACK), ("code", &code)];
        let tokens = site.form("/oauth2/token", &fields, &[("host", host)]).await.expect(200).json();
        let claims = crate::tokens::jwt::peek(tokens["id_token"].as_str().unwrap()).unwrap();
        assert_eq!(claims["iss"], format!("http://localhost:8080/{pool}"), "the issuer is the same by every name");
    }
    for host in ["other.auth.localhost:8080", "acme.example", "acme.auth.localhost.evil.example", "login.acme.example.auth.localhost"] {
        assert_eq!(site.get(&format!("/login?{query}"), &[("host", host)]).await.status, 404, "{host}");
    }
    site.ok("DeleteUserPoolDomain", of(&pool, "acme")).await;
    assert_eq!(site.get(&format!("/login?{query}"), &[("host", "acme.auth.localhost")]).await.status, 404, "at once");
});
