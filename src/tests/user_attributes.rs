//! Attributes of a user: read, written, removed, and addresses proved.

use super::harness::{Site, attribute, attributes, site_test};
use crate::kit::clock::{DAY, HOUR};
use serde_json::{Value, json};

const MISMATCH: (&str, &str) = ("CodeMismatchException", "Invalid verification code provided, please try again.");
const EXPIRED: (&str, &str) = ("ExpiredCodeException", "Invalid code provided, please request a code again.");
const LIMIT: (&str, &str) = ("LimitExceededException", "Attempt limit exceeded, please try after some time.");
const UNAUTHORIZED: &str = "A client attempted to write unauthorized attribute";

fn update(token: &str, pairs: &[(&str, &str)]) -> Value {
    json!({ "AccessToken": token, "UserAttributes": attributes(pairs) })
}

fn verify(token: &str, code: &str) -> Value {
    json!({ "AccessToken": token, "AttributeName": "email", "Code": code })
}

async fn jane(site: &Site, settings: Value) -> (String, String) {
    let pool = site.pool(settings).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    (pool, token)
}

site_test!(a_new_address_is_unproved_until_its_code_comes_back, |site: Site| async move {
    let (pool, token) = jane(&site, json!({})).await;
    let answer = site.ok("UpdateUserAttributes", update(&token, &[("email", "new@example.com"), ("name", "Jane")])).await;
    let delivery = json!({ "Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(answer, json!({ "CodeDeliveryDetailsList": [delivery] }));
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((attribute(&user, "email"), attribute(&user, "email_verified")), (Some("new@example.com"), Some("false")));
    let code = site.code("new@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    site.refused("VerifyUserAttribute", verify(&token, wrong), MISMATCH.0, MISMATCH.1).await;
    site.ok("VerifyUserAttribute", verify(&token, &code)).await;
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), Some("true"));
    site.refused("VerifyUserAttribute", verify(&token, &code), EXPIRED.0, EXPIRED.1).await;
    assert_eq!(
        site.ok("UpdateUserAttributes", update(&token, &[("email", "new@example.com")])).await["CodeDeliveryDetailsList"],
        json!([])
    );
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), Some("true"), "the same address stays proved");
    assert_eq!(site.outbox().await.len(), 1);
});

site_test!(where_proof_comes_first_the_old_address_stays_until_then, |site: Site| async move {
    let before = json!({ "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] } });
    let (pool, token) = jane(&site, before).await;
    site.ok("UpdateUserAttributes", update(&token, &[("email", "new@example.com")])).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((attribute(&user, "email"), attribute(&user, "email_verified")), (Some("jane@example.com"), Some("true")));
    let code = site.code("new@example.com").await;
    site.ok("VerifyUserAttribute", verify(&token, &code)).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((attribute(&user, "email"), attribute(&user, "email_verified")), (Some("new@example.com"), Some("true")));
});

site_test!(a_code_for_the_address_before_the_last_proves_nothing, |site: Site| async move {
    let (pool, token) = jane(&site, json!({})).await;
    site.ok("UpdateUserAttributes", update(&token, &[("email", "one@example.com")])).await;
    let code = site.code("one@example.com").await;
    let change = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": attributes(&[("email", "two@example.com"), ("email_verified", "false")]) });
    site.ok("AdminUpdateUserAttributes", change).await;
    let refused = site.api("VerifyUserAttribute", verify(&token, &code)).await;
    assert!(["CodeMismatchException", "ExpiredCodeException"].contains(&refused.refusal().0.as_str()), "{}", refused.body);
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), Some("false"));
});

site_test!(an_attribute_code_lives_a_day, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "AccessTokenValidity": 24 })).await;
    site.user_with(&pool, "jane", attributes(&[("email", "jane@example.com")])).await;
    let token = site.sign_in(&client, "jane").await.access;
    site.ok("GetUserAttributeVerificationCode", json!({ "AccessToken": token, "AttributeName": "email" })).await;
    let code = site.code("jane@example.com").await;
    site.advance(DAY - 1);
    site.ok("VerifyUserAttribute", verify(&token, &code)).await;
    let token = site.sign_in(&client, "jane").await.access;
    site.ok("GetUserAttributeVerificationCode", json!({ "AccessToken": token, "AttributeName": "email" })).await;
    let code = site.code("jane@example.com").await;
    site.advance(DAY);
    let token = site.sign_in(&client, "jane").await.access;
    site.refused("VerifyUserAttribute", verify(&token, &code), EXPIRED.0, EXPIRED.1).await;
});

site_test!(codes_and_guesses_have_their_limits, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "AccessTokenValidity": 24 })).await;
    site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    let ask = json!({ "AccessToken": token, "AttributeName": "email" });
    for _ in 0..5 {
        site.advance(1);
        site.ok("GetUserAttributeVerificationCode", ask.clone()).await;
    }
    site.refused("GetUserAttributeVerificationCode", ask.clone(), LIMIT.0, LIMIT.1).await;
    let code = site.code("jane@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..15 {
        site.refused("VerifyUserAttribute", verify(&token, wrong), MISMATCH.0, MISMATCH.1).await;
    }
    site.refused("VerifyUserAttribute", verify(&token, &code), LIMIT.0, LIMIT.1).await;
    site.advance(HOUR);
    site.ok("VerifyUserAttribute", verify(&token, &code)).await;
    site.ok("GetUserAttributeVerificationCode", ask).await;
});

site_test!(a_client_reads_and_writes_what_it_may, |site: Site| async move {
    let schema = json!([{ "Name": "tier", "AttributeDataType": "String", "Mutable": true },
        { "Name": "badge", "AttributeDataType": "String", "Mutable": false },
        { "Name": "note", "AttributeDataType": "String", "Mutable": true, "DeveloperOnlyAttribute": true }]);
    let pool = site.pool(json!({ "Schema": schema })).await;
    let plain = site.client(&pool, json!({})).await;
    let own = site.client(&pool, json!({ "ReadAttributes": ["custom:tier"], "WriteAttributes": ["custom:tier", "custom:badge"] })).await;
    let given = attributes(&[("email", "jane@example.com"), ("custom:tier", "gold"), ("custom:badge", "7"), ("dev:custom:note", "x")]);
    site.user_with(&pool, "jane", given).await;
    let (by_plain, by_own) = (site.sign_in(&plain, "jane").await.access, site.sign_in(&own, "jane").await.access);
    let names = |answer: Value| {
        answer["UserAttributes"].as_array().unwrap().iter().map(|a| a["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(site.ok("GetUser", json!({ "AccessToken": by_plain })).await), ["sub", "email"]);
    assert_eq!(names(site.ok("GetUser", json!({ "AccessToken": by_own })).await), ["sub", "custom:tier"]);
    for (token, name) in [(&by_plain, "custom:tier"), (&by_plain, "email_verified"), (&by_own, "email"), (&by_own, "dev:custom:note")] {
        site.refused("UpdateUserAttributes", update(token, &[(name, "true")]), "NotAuthorizedException", UNAUTHORIZED).await;
        let delete = json!({ "AccessToken": token, "UserAttributeNames": [name] });
        site.refused("DeleteUserAttributes", delete, "NotAuthorizedException", UNAUTHORIZED).await;
    }
    let fixed = "user.custom:badge: Attribute cannot be updated.";
    site.refused("UpdateUserAttributes", update(&by_own, &[("custom:badge", "8")]), "InvalidParameterException", fixed).await;
    site.ok("UpdateUserAttributes", update(&by_own, &[("custom:tier", "silver")])).await;
    site.ok("DeleteUserAttributes", json!({ "AccessToken": by_own, "UserAttributeNames": ["custom:tier"] })).await;
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "custom:tier"), None);
});

site_test!(an_empty_value_removes_and_takes_the_proof_along, |site: Site| async move {
    let (pool, token) = jane(&site, json!({})).await;
    site.ok("UpdateUserAttributes", update(&token, &[("email", "")])).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((attribute(&user, "email"), attribute(&user, "email_verified")), (None, None));
    let ask = json!({ "AccessToken": token, "AttributeName": "email" });
    site.refused("GetUserAttributeVerificationCode", ask, "InvalidParameterException", "User has no attribute email to verify.").await;
    let other = json!({ "AccessToken": token, "AttributeName": "name" });
    let message = "Only email and phone_number can be verified.";
    site.refused("GetUserAttributeVerificationCode", other, "InvalidParameterException", message).await;
});

site_test!(what_the_pool_requires_stays, |site: Site| async move {
    let schema = json!([{ "Name": "email", "AttributeDataType": "String", "Required": true, "Mutable": true }]);
    let (pool, token) = jane(&site, json!({ "Schema": schema })).await;
    let message = "Attributes did not conform to the schema: email: The attribute is required\n";
    site.refused("UpdateUserAttributes", update(&token, &[("email", "")]), "InvalidParameterException", message).await;
    let delete = json!({ "AccessToken": token, "UserAttributeNames": ["email"] });
    site.refused("DeleteUserAttributes", delete, "InvalidParameterException", message).await;
    let admin = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributeNames": ["email"] });
    site.refused("AdminDeleteUserAttributes", admin, "InvalidParameterException", message).await;
});

site_test!(a_refused_attribute_changes_none_of_the_others, |site: Site| async move {
    let (pool, token) = jane(&site, json!({})).await;
    let refused = update(&token, &[("name", "Jane"), ("email", "nobody")]);
    site.refused("UpdateUserAttributes", refused, "InvalidParameterException", "Invalid email address format.").await;
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "name"), None);
});
