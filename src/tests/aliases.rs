//! Names to sign in with: aliases, addresses as names, and whether case counts.

use super::fixtures::{PASSWORD, sign_in, sign_up};
use super::harness::{Site, attribute, attributes, site_test};
use serde_json::{Value, json};

const WRONG: (&str, &str) = ("UserNotFoundException", "User does not exist.");

async fn alias_pool(site: &Site) -> (String, String) {
    let pool = site.pool(json!({ "AliasAttributes": ["email", "phone_number", "preferred_username"] })).await;
    let client = site.client(&pool, json!({})).await;
    (pool, client)
}

fn update(pool: &str, name: &str, pairs: &[(&str, &str)]) -> Value {
    json!({ "UserPoolId": pool, "Username": name, "UserAttributes": attributes(pairs) })
}

site_test!(an_address_is_an_alias_once_it_is_proved, |site: Site| async move {
    let (pool, client) = alias_pool(&site).await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    site.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    site.sign_in(&client, "jane").await;
    site.refused("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD), WRONG.0, WRONG.1).await;
    site.ok("AdminUpdateUserAttributes", update(&pool, "jane", &[("email_verified", "true")])).await;
    let tokens = site.sign_in(&client, "jane@example.com").await;
    assert_eq!(tokens.access_claims()["username"], "jane");
    site.ok("AdminUpdateUserAttributes", update(&pool, "jane@example.com", &[("email", "new@example.com"), ("email_verified", "true")]))
        .await;
    site.refused("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD), WRONG.0, WRONG.1).await;
    site.sign_in(&client, "new@example.com").await;
});

site_test!(a_user_name_must_not_look_like_an_alias, |site: Site| async move {
    let (_, client) = alias_pool(&site).await;
    let form = |what: &str| format!("Username cannot be of {what} format, since user pool is configured for {what} alias.");
    let email = sign_up(&client, "jane@example.com", "jane@example.com");
    site.refused("SignUp", email, "InvalidParameterException", &form("email")).await;
    let phone = sign_up(&client, "+15555550100", "jane@example.com");
    site.refused("SignUp", phone, "InvalidParameterException", &form("phone number")).await;
    let mut preferred = sign_up(&client, "jane", "jane@example.com");
    preferred["UserAttributes"] = attributes(&[("preferred_username", "janey")]);
    let message = "preferred_username can not be provided when it is an alias and the user is not confirmed.";
    site.refused("SignUp", preferred, "InvalidParameterException", message).await;
});

site_test!(an_address_may_be_claimed_twice_but_proved_once, |site: Site| async move {
    let (pool, client) = alias_pool(&site).await;
    site.confirmed(&client, "jane", "shared@example.com").await;
    site.advance(1);
    site.sign_up(&client, "john", "shared@example.com").await;
    let code = site.code("shared@example.com").await;
    let mut confirm = json!({ "ClientId": client, "Username": "john", "ConfirmationCode": code });
    let message = "An account with the email already exists.";
    site.refused("ConfirmSignUp", confirm.clone(), "AliasExistsException", message).await;
    assert_eq!(site.admin_get(&pool, "john").await["UserStatus"], "UNCONFIRMED");
    assert_eq!(site.sign_in(&client, "shared@example.com").await.access_claims()["username"], "jane");

    confirm["ForceAliasCreation"] = true.into();
    site.ok("ConfirmSignUp", confirm).await;
    assert_eq!(site.sign_in(&client, "shared@example.com").await.access_claims()["username"], "john");
    let jane = site.admin_get(&pool, "jane").await;
    assert_eq!((attribute(&jane, "email"), attribute(&jane, "email_verified")), (Some("shared@example.com"), Some("false")));
    site.sign_in(&client, "jane").await;
});

site_test!(an_administrator_creates_over_an_alias_only_by_force, |site: Site| async move {
    let (pool, client) = alias_pool(&site).await;
    site.user(&pool, "jane").await;
    let proved = attributes(&[("email", "jane@example.com"), ("email_verified", "true")]);
    let mut create = json!({ "UserPoolId": pool, "Username": "john", "UserAttributes": proved, "MessageAction": "SUPPRESS" });
    site.refused("AdminCreateUser", create.clone(), "AliasExistsException", "An account with the email already exists.").await;
    create["ForceAliasCreation"] = true.into();
    site.ok("AdminCreateUser", create).await;
    assert_eq!(site.admin_get(&pool, "jane@example.com").await["Username"], "john");
    site.sign_in(&client, "jane").await;
    let message = "An account with the email already exists.";
    site.refused("AdminUpdateUserAttributes", update(&pool, "jane", &[("email_verified", "true")]), "AliasExistsException", message).await;
});

site_test!(a_preferred_name_is_an_alias_of_one_user, |site: Site| async move {
    let (pool, client) = alias_pool(&site).await;
    site.user(&pool, "jane").await;
    site.user(&pool, "john").await;
    site.ok("AdminUpdateUserAttributes", update(&pool, "jane", &[("preferred_username", "boss")])).await;
    assert_eq!(site.sign_in(&client, "boss").await.access_claims()["username"], "jane");
    let message = "An account with the preferred_username already exists.";
    site.refused("AdminUpdateUserAttributes", update(&pool, "john", &[("preferred_username", "boss")]), "AliasExistsException", message)
        .await;
    // Nor may it be somebody's user name, or a user name somebody's alias: one name leads to one person.
    site.refused("AdminUpdateUserAttributes", update(&pool, "john", &[("preferred_username", "jane")]), "AliasExistsException", message)
        .await;
    let taken = sign_up(&client, "boss", "boss@example.com");
    site.refused("SignUp", taken, "UsernameExistsException", "User already exists").await;
});

site_test!(case_counts_only_where_the_pool_says_so, |site: Site| async move {
    for sensitive in [true, false] {
        let settings = json!({ "AliasAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": sensitive } });
        let pool = site.pool(settings).await;
        let client = site.client(&pool, json!({})).await;
        site.user(&pool, "Jane").await;
        assert_eq!(site.sign_in(&client, "Jane@example.com").await.access_claims()["username"], "Jane");
        let second = sign_up(&client, "jANE", "other@example.com");
        if sensitive {
            site.ok("SignUp", second).await;
            site.refused("InitiateAuth", sign_in(&client, "JANE", PASSWORD), WRONG.0, WRONG.1).await;
            site.refused("InitiateAuth", sign_in(&client, "jane@EXAMPLE.com", PASSWORD), WRONG.0, WRONG.1).await;
        } else {
            site.refused("SignUp", second, "UsernameExistsException", "User already exists").await;
            for name in ["JANE", "jane", "jane@EXAMPLE.com"] {
                assert_eq!(site.sign_in(&client, name).await.access_claims()["username"], "Jane");
            }
            let taken = update(&pool, "Jane", &[("email", "JANE@example.com"), ("email_verified", "true")]);
            site.ok("AdminUpdateUserAttributes", taken).await;
        }
    }
});

site_test!(addresses_as_names_ignore_case_where_the_pool_does, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": false } })).await;
    let client = site.client(&pool, json!({})).await;
    let of = |name: &str| json!({ "ClientId": client, "Username": name, "Password": PASSWORD });
    site.ok("SignUp", of("Jane@Example.com")).await;
    let message = "An account with the given email already exists.";
    site.refused("SignUp", of("jane@example.COM"), "UsernameExistsException", message).await;
    assert_eq!(attribute(&site.admin_get(&pool, "JANE@EXAMPLE.COM").await, "email"), Some("Jane@Example.com"));
});

site_test!(a_new_address_is_a_new_name_where_addresses_are_names, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    for name in ["jane@example.com", "john@example.com"] {
        site.user_with(&pool, name, attributes(&[("email_verified", "true")])).await;
    }
    site.ok("AdminUpdateUserAttributes", update(&pool, "jane@example.com", &[("email", "new@example.com")])).await;
    site.sign_in(&client, "new@example.com").await;
    site.refused("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD), WRONG.0, WRONG.1).await;
    let taken = update(&pool, "new@example.com", &[("email", "john@example.com")]);
    site.refused("AdminUpdateUserAttributes", taken, "AliasExistsException", "An account with the email already exists.").await;
    let gone = update(&pool, "new@example.com", &[("email", "")]);
    let message = "Attributes did not conform to the schema: email: The attribute is required\n";
    site.refused("AdminUpdateUserAttributes", gone, "InvalidParameterException", message).await;
});
