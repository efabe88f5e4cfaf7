//! SignUp: what it takes, what it answers, and what it refuses without a trace.

use super::fixtures::{PASSWORD, sign_in, sign_up};
use super::harness::{Site, attribute, attributes, merged, site_test};
use serde_json::{Value, json};

const POLICY: &str = "Password did not conform with policy:";

site_test!(a_new_user_is_unconfirmed_and_gets_one_code, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let answer = site.sign_up(&client, "jane", "jane@example.com").await;
    let delivery = json!({ "Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!((&answer["UserConfirmed"], &answer["CodeDeliveryDetails"]), (&json!(false), &delivery));
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((&user["UserStatus"], &user["Enabled"], &user["Username"]), (&json!("UNCONFIRMED"), &json!(true), &json!("jane")));
    assert_eq!((attribute(&user, "sub"), attribute(&user, "email")), (answer["UserSub"].as_str(), Some("jane@example.com")));
    assert_eq!(attribute(&user, "email_verified"), Some("false"));
    let sent = site.outbox().await;
    assert_eq!(sent.iter().map(|m| m.to.as_str()).collect::<Vec<_>>(), ["jane@example.com"]);
    assert!(!sent[0].text.contains(PASSWORD));
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "UserNotConfirmedException", "User is not confirmed.").await;
    let message = "Incorrect username or password.";
    site.refused("InitiateAuth", sign_in(&client, "jane", "Wr0ng-one!"), "NotAuthorizedException", message).await;
});

site_test!(what_breaks_a_rule_is_refused, |site: Site| async move {
    let required = json!([{ "Name": "given_name", "AttributeDataType": "String", "Required": true, "Mutable": true },
        { "Name": "tier", "AttributeDataType": "String", "StringAttributeConstraints": { "MinLength": "2", "MaxLength": "4" } },
        { "Name": "age", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "0", "MaxValue": "150" } }]);
    let pool = site.pool(json!({ "Schema": required })).await;
    let write = ["email", "given_name", "phone_number", "birthdate", "custom:tier", "custom:age"];
    let client = site.client(&pool, json!({ "WriteAttributes": write })).await;
    let schema = |name: &str, what: &str| format!("Attributes did not conform to the schema: {name}: {what}");
    let with = |pairs: &[(&str, &str)]| json!({ "UserAttributes": attributes(&[&[("given_name", "Jane")], pairs].concat()) });
    let password = |text: &str| json!({ "Password": text });
    for (change, exception, message) in [
        (password("Ab1!xyz"), "InvalidPasswordException", format!("{POLICY} Password not long enough")),
        (password("passw0rd!"), "InvalidPasswordException", format!("{POLICY} Password must have uppercase characters")),
        (password("PASSW0RD!"), "InvalidPasswordException", format!("{POLICY} Password must have lowercase characters")),
        (password("Password!"), "InvalidPasswordException", format!("{POLICY} Password must have numeric characters")),
        (password("Passw0rds"), "InvalidPasswordException", format!("{POLICY} Password must have symbol characters")),
        (json!({ "UserAttributes": [] }), "InvalidParameterException", schema("given_name", "The attribute is required\n")),
        (with(&[("shoe_size", "9")]), "InvalidParameterException", schema("shoe_size", "Attribute does not exist in the schema.\n")),
        (with(&[("custom:nope", "9")]), "InvalidParameterException", schema("custom:nope", "Attribute does not exist in the schema.\n")),
        (with(&[("sub", "me")]), "InvalidParameterException", schema("sub", "Attribute does not exist in the schema.\n")),
        (with(&[("email", "nobody")]), "InvalidParameterException", "Invalid email address format.".into()),
        (with(&[("phone_number", "5550100")]), "InvalidParameterException", "Invalid phone number format.".into()),
        (
            with(&[("birthdate", "2000-1-1")]),
            "InvalidParameterException",
            schema("birthdate", "Attribute value for birthdate does not have the permitted length"),
        ),
        (
            with(&[("custom:tier", "x")]),
            "InvalidParameterException",
            schema("custom:tier", "Attribute value for custom:tier does not have the permitted length"),
        ),
        (
            with(&[("custom:tier", "xxxxx")]),
            "InvalidParameterException",
            schema("custom:tier", "Attribute value for custom:tier does not have the permitted length"),
        ),
        (
            with(&[("custom:age", "old")]),
            "InvalidParameterException",
            schema("custom:age", "Attribute value for custom:age must be a number"),
        ),
        (
            with(&[("custom:age", "151")]),
            "InvalidParameterException",
            schema("custom:age", "Attribute value for custom:age is out of range"),
        ),
        (with(&[("email_verified", "true")]), "NotAuthorizedException", "A client attempted to write unauthorized attribute".into()),
        (with(&[("nickname", "J")]), "NotAuthorizedException", "A client attempted to write unauthorized attribute".into()),
    ] {
        let input = merged(merged(sign_up(&client, "jane", "jane@example.com"), with(&[])), change);
        site.refused("SignUp", input, exception, &message).await;
    }
    assert_eq!((site.count("users").await, site.outbox().await.len()), (0, 0));
});

site_test!(a_taken_name_is_refused_and_its_owner_hears_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let input = sign_up(&client, "jane", "other@example.com");
    site.refused("SignUp", input, "UsernameExistsException", "User already exists").await;
    assert!(site.outbox().await.is_empty());
});

site_test!(a_pool_may_admit_nobody_by_themselves, |site: Site| async move {
    let pool = site.pool(json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } })).await;
    let client = site.client(&pool, json!({})).await;
    let input = sign_up(&client, "jane", "jane@example.com");
    site.refused("SignUp", input, "NotAuthorizedException", "SignUp is not permitted for this user pool").await;
});

site_test!(the_code_goes_to_the_phone_first_and_nowhere_where_nothing_is_proved, |site: Site| async move {
    let both = json!([{ "Name": "email", "Value": "jane@example.com" }, { "Name": "phone_number", "Value": "+15555550100" }]);
    for (verified, medium, destination) in [
        (json!(["email", "phone_number"]), Some("SMS"), "+*******0100"),
        (json!(["email"]), Some("EMAIL"), "j***@e***"),
        (json!([]), None, ""),
    ] {
        let pool = site.pool(json!({ "AutoVerifiedAttributes": verified })).await;
        let client = site.client(&pool, json!({})).await;
        site.empty_outbox().await;
        let input = merged(sign_up(&client, "jane", ""), json!({ "UserAttributes": both }));
        let answer = site.ok("SignUp", input).await;
        let details = answer.get("CodeDeliveryDetails").cloned().unwrap_or(Value::Null);
        assert_eq!((details["DeliveryMedium"].as_str(), details["Destination"].as_str().unwrap_or_default()), (medium, destination));
        assert_eq!(site.outbox().await.len(), usize::from(medium.is_some()));
    }
});

site_test!(where_addresses_are_names_the_service_makes_the_user_name, |site: Site| async move {
    let format = |what: &str| format!("Username should be {what}.");
    for (kinds, good, kind, bad, refusal) in [
        (json!(["email"]), "jane@example.com", "email", "jane", format("an email")),
        (json!(["email"]), "jane@example.com", "email", "+15555550100", format("an email")),
        (json!(["phone_number"]), "+15555550100", "phone_number", "jane@example.com", format("a phone number")),
        (json!(["email", "phone_number"]), "+15555550100", "phone_number", "jane", format("either an email or a phone number")),
    ] {
        let pool = site.pool(json!({ "UsernameAttributes": kinds })).await;
        let client = site.client(&pool, json!({})).await;
        let of = |name: &str| json!({ "ClientId": client, "Username": name, "Password": PASSWORD });
        let answer = site.ok("SignUp", of(good)).await;
        let user = site.admin_get(&pool, good).await;
        assert_eq!((user["Username"].as_str(), attribute(&user, "sub")), (answer["UserSub"].as_str(), answer["UserSub"].as_str()));
        assert_eq!(attribute(&user, kind), Some(good));
        site.refused("SignUp", of(bad), "InvalidParameterException", &refusal).await;
        let taken = format!("An account with the given {kind} already exists.");
        site.refused("SignUp", of(good), "UsernameExistsException", &taken).await;
        site.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": good })).await;
        let tokens = site.sign_in(&client, good).await;
        assert_eq!(tokens.id_claims()["cognito:username"], answer["UserSub"]);
        assert_eq!(tokens.access_claims()["username"], answer["UserSub"]);
        // The name that the service made is one, too.
        site.sign_in(&client, answer["UserSub"].as_str().unwrap()).await;
    }
});

site_test!(names_of_many_kinds_are_kept_as_they_are, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let longest = "x".repeat(128);
    for name in [
        "J\u{fc}rgen",
        "\u{4f8b}\u{3048}",
        "a'b\"c\\d",
        "<b>&amp;",
        "%00",
        "; DROP TABLE users;--".trim_start_matches("; DROP TABLE "),
        "\u{1f600}",
        &longest,
    ] {
        site.sign_up(&client, name, "many@example.com").await;
        assert_eq!(site.admin_get(&pool, name).await["Username"], name);
    }
    for name in ["", "a b", "a\u{0}b", &"x".repeat(129), "a\nb"] {
        let answer = site.api("SignUp", sign_up(&client, name, "many@example.com")).await;
        assert_eq!((answer.status, answer.refusal().0.as_str()), (400, "InvalidParameterException"), "{name:?}");
    }
});
