//! Terms of use and privacy policy: kept by client and name, and shown where people sign up.

use super::browser::authorize;
use super::harness::{Site, merged, site_test};
use futures::future::join_all;
use serde_json::{Value, json};

const NOBODY: &str = "63f30090-6b1f-4278-b885-2bbb81f8e545";

fn terms(pool: &str, client: &str, name: &str) -> Value {
    json!({ "UserPoolId": pool, "ClientId": client, "TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE",
        "Links": { "cognito:default": format!("https://example.com/{name}?a=1&b=2") } })
}

impl Site {
    async fn terms(&self, pool: &str, client: &str, name: &str) -> Value {
        self.ok("CreateTerms", terms(pool, client, name)).await["Terms"].take()
    }

    /// The line on the sign-up page.
    async fn agreement(&self, pool: &str, client: &str) -> Option<String> {
        let page = self.get(&format!("/{pool}/signup?{}", authorize(client, &[])), &[]).await;
        let (_, line) = page.expect(200).body.split_once("By signing up, ")?;
        Some(line.split_once("</p>").expect("an end").0.to_owned())
    }
}

fn by_id(terms: &Value, more: Value) -> Value {
    merged(json!({ "UserPoolId": terms["UserPoolId"], "TermsId": terms["TermsId"] }), more)
}

site_test!(what_is_created_is_given_back, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.advance(324);
    let made = site.terms(&pool, &client, "terms-of-use").await;
    let now = site.now() as f64 / 1_000.0;
    let expected =
        merged(terms(&pool, &client, "terms-of-use"), json!({ "TermsId": made["TermsId"], "CreationDate": now, "LastModifiedDate": now }));
    assert_eq!(made, expected);
    assert_eq!(uuid::Uuid::parse_str(made["TermsId"].as_str().unwrap()).unwrap().get_version_num(), 4);
    assert_eq!(site.ok("DescribeTerms", by_id(&made, json!({}))).await["Terms"], made);
    let by_client = json!({ "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use" });
    assert_eq!(site.ok("DescribeTermsByClient", by_client.clone()).await["Terms"], made);
    site.advance(1_000);
    let links = json!({ "cognito:default": "https://example.com/new", "cognito:japanese": "https://example.com/ja" });
    let after = site.ok("UpdateTerms", by_id(&made, json!({ "Links": links }))).await["Terms"].take();
    assert_eq!(after, merged(made.clone(), json!({ "Links": links, "LastModifiedDate": now + 1.0 })));
    let renamed = by_id(&made, json!({ "TermsName": "privacy-policy", "TermsSource": "LINK", "Enforcement": "NONE" }));
    assert_eq!(site.ok("UpdateTerms", renamed).await["Terms"]["TermsName"], "privacy-policy");
    let message = format!("Terms terms-of-use of the app client {client} does not exist.");
    site.refused("DescribeTermsByClient", by_client, "ResourceNotFoundException", &message).await;
    assert_eq!(site.ok("DeleteTerms", by_id(&made, json!({}))).await, json!({}));
    let message = format!("Terms {} does not exist.", made["TermsId"].as_str().unwrap());
    for operation in ["DescribeTerms", "UpdateTerms", "DeleteTerms"] {
        site.refused(operation, by_id(&made, json!({})), "ResourceNotFoundException", &message).await;
    }
});

site_test!(one_document_of_a_name_for_a_client, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let other = site.client(&pool, json!({})).await;
    let answers = join_all((0..4).map(|_| site.api("CreateTerms", terms(&pool, &client, "terms-of-use")))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    let message = format!("Terms terms-of-use already exists for the app client {client}.");
    for lost in answers.iter().filter(|a| a.status != 200) {
        lost.expect_refusal("TermsExistsException", &message);
    }
    site.refused("CreateTerms", terms(&pool, &client, "terms-of-use"), "TermsExistsException", &message).await;
    let policy = site.terms(&pool, &client, "privacy-policy").await;
    site.terms(&pool, &other, "terms-of-use").await;
    site.refused("UpdateTerms", by_id(&policy, json!({ "TermsName": "terms-of-use" })), "TermsExistsException", &message).await;
});

site_test!(what_are_no_terms_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, stranger) = site.pool_and_client().await;
    let good = terms(&pool, &client, "terms-of-use");
    for (name, value, part) in [
        ("TermsName", json!("imprint"), "Member must satisfy regular expression pattern: ^(terms-of-use|privacy-policy)$"),
        ("TermsSource", json!("TEXT"), "Member must satisfy enum value set: [LINK]"),
        ("Enforcement", json!("REQUIRED"), "Member must satisfy enum value set: [NONE]"),
        ("Links", json!({}), "Member must have length greater than or equal to 1"),
        ("Links", json!({ "cognito:klingon": "https://example.com" }), "Map keys must satisfy constraint"),
        ("Links", json!({ "cognito:default": "http://example.com" }), "The link for cognito:default must be an HTTPS URL."),
        ("Links", json!({ "cognito:dutch": "javascript:alert(1)" }), "The link for cognito:dutch must be an HTTPS URL."),
        ("Links", Value::Null, "Links is required when TermsSource is LINK."),
    ] {
        let answer = site.api("CreateTerms", merged(good.clone(), json!({ name: value }))).await;
        assert_eq!((answer.status, answer.refusal().0.as_str()), (400, "InvalidParameterException"), "{name}");
        assert!(answer.refusal().1.contains(part), "{}", answer.body);
    }
    assert_eq!(site.count("terms").await, 0);
    let message = format!("User pool client {stranger} does not exist.");
    site.refused("CreateTerms", terms(&pool, &stranger, "terms-of-use"), "ResourceNotFoundException", &message).await;
    let made = site.terms(&pool, &client, "terms-of-use").await;
    let bad = by_id(&made, json!({ "Links": { "cognito:default": "https://" } }));
    site.refused("UpdateTerms", bad, "InvalidParameterException", "The link for cognito:default must be an HTTPS URL.").await;
    let message = format!("Terms {} does not exist.", made["TermsId"].as_str().unwrap());
    for operation in ["DescribeTerms", "UpdateTerms", "DeleteTerms"] {
        site.refused(operation, by_id(&made, json!({ "UserPoolId": other })), "ResourceNotFoundException", &message).await;
    }
    let message = format!("Terms {NOBODY} does not exist.");
    site.refused("DescribeTerms", by_id(&made, json!({ "TermsId": NOBODY })), "ResourceNotFoundException", &message).await;
});

site_test!(a_pool_has_forty_and_they_end_with_their_clients, |site: Site| async move {
    let (pool, mut client) = site.pool_and_client().await;
    for n in 0..20 {
        if n > 0 {
            client = site.client(&pool, json!({})).await;
        }
        site.terms(&pool, &client, "terms-of-use").await;
        site.terms(&pool, &client, "privacy-policy").await;
    }
    let more = site.client(&pool, json!({})).await;
    let message = "A user pool can have at most 40 terms documents.";
    site.refused("CreateTerms", terms(&pool, &more, "terms-of-use"), "LimitExceededException", message).await;
    let (mut ids, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = site.ok("ListTerms", json!({ "UserPoolId": pool, "MaxResults": 15, "NextToken": token })).await;
        ids.extend(page["Terms"].as_array().unwrap().iter().map(|t| t["TermsId"].as_str().unwrap().to_owned()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert!(ids.len() == 40 && ids.is_sorted());
    let all = site.ok("ListTerms", json!({ "UserPoolId": pool })).await;
    let members: Vec<_> = all["Terms"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["TermsId", "TermsName", "Enforcement", "CreationDate", "LastModifiedDate"]);
    let wrong = json!({ "UserPoolId": pool, "NextToken": "x" });
    site.refused("ListTerms", wrong, "InvalidParameterException", "Invalid pagination token given.").await;
    site.ok("DeleteUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(site.count("terms").await, 38);
    site.terms(&pool, &more, "terms-of-use").await;
});

site_test!(both_are_shown_where_people_sign_up, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let other = site.client(&pool, json!({})).await;
    assert_eq!(site.agreement(&pool, &client).await, None);
    site.terms(&pool, &client, "terms-of-use").await;
    assert_eq!(site.agreement(&pool, &client).await, None);
    let policy = site.terms(&pool, &client, "privacy-policy").await;
    let line = site.agreement(&pool, &client).await.unwrap();
    let link = |name: &str, title: &str| {
        format!(r#"<a href="https://example.com/{name}?a=1&amp;b=2" target="_blank" rel="noopener" class="link">{title}</a>"#)
    };
    let text: String = line.replace("<!>", "").split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = format!("you agree to our {} and {}.", link("terms-of-use", "Terms of use"), link("privacy-policy", "Privacy policy"));
    assert_eq!(text, expected);
    assert_eq!(site.agreement(&pool, &other).await, None);
    // A change shows at once; a language that the pages do not speak does not.
    let english = json!({ "Links": { "cognito:english": "https://example.com/en" } });
    site.ok("UpdateTerms", by_id(&policy, english)).await;
    assert!(site.agreement(&pool, &client).await.unwrap().contains("https://example.com/en"));
    site.ok("UpdateTerms", by_id(&policy, json!({ "Links": { "cognito:german": "https://example.com/de" } }))).await;
    assert_eq!(site.agreement(&pool, &client).await, None);
    site.ok("DeleteTerms", by_id(&policy, json!({}))).await;
    assert_eq!(site.agreement(&pool, &client).await, None);
});
