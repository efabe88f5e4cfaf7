//! Identities at providers: linked to users, shown, and taken away again.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, attribute, merged, site_test};
use super::identity_providers::{google, oidc, saml};
use crate::federation::details::Kind;
use crate::federation::identity::{self, Identity};
use crate::users::Status;
use futures::future::join_all;
use serde_json::{Value, json};

const INVALID: &str = "InvalidParameterException";
const MERGING: &str = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link";
const NATIVE: &str =
    "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser";

fn identity(provider: &str, attribute: &str, value: &str) -> Value {
    json!({ "ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value })
}

fn link(pool: &str, to: &str, source: Value) -> Value {
    json!({ "UserPoolId": pool, "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": to }, "SourceUser": source })
}

fn subject(value: &str) -> Value {
    identity("Google", "Cognito_Subject", value)
}

async fn identities(site: &Site, pool: &str, name: &str) -> Value {
    let user = site.admin_get(pool, name).await;
    attribute(&user, "identities").map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON"))
}

/// What signing in with Google will make.
async fn profile(site: &Site, pool: &str, of: &str) -> String {
    let name = format!("Google_{of}");
    let sub = site.user(pool, &name).await;
    let mut tx = site.app.db.begin().await.unwrap();
    let mut user = crate::users::store::find_by_sub(&mut tx, pool, &sub).await.unwrap().unwrap();
    user.status = Status::ExternalProvider;
    let primary = Identity {
        user_id: of.into(),
        provider_name: "Google".into(),
        provider_type: Kind::Google,
        issuer: None,
        primary: true,
        date_created: site.now(),
    };
    identity::add(&mut user, primary).unwrap();
    let mut cx = crate::api::Cx::internal(site.app.clone());
    let pool = crate::pools::load(&mut cx, pool).await.unwrap();
    crate::users::store::update(&mut tx, &pool, &user).await.unwrap();
    tx.commit().await.unwrap();
    name
}

async fn world(site: &Site) -> (String, String) {
    let (pool, client) = site.pool_and_client().await;
    site.ok("CreateIdentityProvider", google(&pool)).await;
    site.user(&pool, "jane").await;
    (pool, client)
}

site_test!(a_link_shows_everywhere, |site: Site| async move {
    let (pool, client) = world(&site).await;
    site.ok("CreateIdentityProvider", saml(&pool, "okta")).await;
    site.ok("AdminLinkProviderForUser", link(&pool, "jane", subject("117"))).await;
    site.advance(5);
    site.ok("AdminLinkProviderForUser", link(&pool, "jane", identity("okta", "email", "jane@corp.example"))).await;
    let first = json!({ "userId": "117", "providerName": "Google", "providerType": "Google", "issuer": null, "primary": false, "dateCreated": 1_767_225_600_000_i64 });
    let second = json!({ "userId": "jane@corp.example", "providerName": "okta", "providerType": "SAML", "issuer": "https://idp.example/entity",
        "primary": false, "dateCreated": 1_767_225_600_005_i64 });
    assert_eq!(identities(&site, &pool, "jane").await, json!([first, second]));
    let tokens = site.sign_in(&client, "jane").await;
    let text = |one: Value, at: &str| merged(one, json!({ "primary": "false", "dateCreated": at }));
    let claim = json!([text(first, "1767225600000"), text(second, "1767225600005")]);
    assert_eq!(tokens.id_claims()["identities"], claim);
    assert!(!tokens.access_claims().contains_key("identities"));
    let own = site.ok("GetUser", json!({ "AccessToken": tokens.access })).await;
    let listed = site.ok("ListUsers", json!({ "UserPoolId": pool })).await;
    let listed = json!({ "UserAttributes": listed["Users"][0]["Attributes"] });
    let known = site.admin_get(&pool, "jane").await;
    for shown in [&own, &listed] {
        assert!(attribute(shown, "identities").is_some_and(|text| attribute(&known, "identities") == Some(text)));
    }
});

site_test!(nobody_else_writes_identities, |site: Site| async move {
    let (pool, client) = world(&site).await;
    site.ok("AdminLinkProviderForUser", link(&pool, "jane", subject("117"))).await;
    let tokens = site.sign_in(&client, "jane").await;
    let list = json!([{ "Name": "identities", "Value": "[]" }]);
    let unknown = "Attributes did not conform to the schema: identities: Attribute does not exist in the schema.\n";
    let admin = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": list });
    site.refused("AdminUpdateUserAttributes", admin, INVALID, unknown).await;
    site.refused("UpdateUserAttributes", json!({ "AccessToken": tokens.access, "UserAttributes": list }), INVALID, unknown).await;
    let fixed = "user.identities: Attribute cannot be updated.";
    let names = json!(["identities"]);
    let admin = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributeNames": names });
    site.refused("AdminDeleteUserAttributes", admin, INVALID, fixed).await;
    let own = json!({ "AccessToken": tokens.access, "UserAttributeNames": names });
    let message = "A client attempted to write unauthorized attribute";
    site.refused("DeleteUserAttributes", own, "NotAuthorizedException", message).await;
});

site_test!(what_cannot_be_linked, |site: Site| async move {
    let (pool, _) = world(&site).await;
    site.ok("CreateIdentityProvider", oidc(&pool, "corp")).await;
    site.user(&pool, "Google_9").await;
    profile(&site, &pool, "8").await;
    let unnamed = |name: &str| format!("Invalid SourceUser: {name} is required.");
    for (source, message) in [
        (identity("Cognito", "Cognito_Subject", "jane"), NATIVE.to_owned()),
        (subject("9"), NATIVE.into()),
        (subject("8"), MERGING.into()),
        (identity("nope", "Cognito_Subject", "1"), format!("The provider nope does not exist for User Pool {pool}.")),
        (
            identity("Google", "email", "a@b.example"),
            "Invalid SourceUser: ProviderAttributeName must be Cognito_Subject for the provider Google.".into(),
        ),
        (
            identity("corp", "email", "a@b.example"),
            "Invalid SourceUser: ProviderAttributeName must be Cognito_Subject or a mapped attribute for the provider corp.".into(),
        ),
        (identity("Google", "Cognito_Subject", ""), unnamed("ProviderAttributeValue")),
        (identity("Google", "", "1"), unnamed("ProviderAttributeName")),
        (json!({ "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1" }), unnamed("ProviderName")),
        (subject(&"x".repeat(1_025)), "Invalid SourceUser: the attribute is too long.".into()),
    ] {
        site.refused("AdminLinkProviderForUser", link(&pool, "jane", source), INVALID, &message).await;
    }
    let nobody = ("UserNotFoundException", "User does not exist.");
    site.refused("AdminLinkProviderForUser", link(&pool, "nobody", subject("1")), nobody.0, nobody.1).await;
    let to = |destination: Value| json!({ "UserPoolId": pool, "DestinationUser": destination, "SourceUser": subject("1") });
    // A user of the pool's own is no profile, whatever the name looks like.
    site.refused("AdminLinkProviderForUser", to(subject("9")), nobody.0, nobody.1).await;
    site.refused(
        "AdminLinkProviderForUser",
        to(json!({ "ProviderName": "Cognito" })),
        INVALID,
        "Invalid DestinationUser: ProviderAttributeValue is required.",
    )
    .await;
    site.ok("AdminLinkProviderForUser", to(subject("8"))).await;
    assert_eq!(identities(&site, &pool, "Google_8").await.as_array().map(Vec::len), Some(2));
});

site_test!(an_identity_belongs_to_one_and_a_user_has_five, |site: Site| async move {
    let (pool, _) = world(&site).await;
    site.user(&pool, "john").await;
    let other = site.pool(json!({})).await;
    site.ok("CreateIdentityProvider", google(&other)).await;
    site.user(&other, "jane").await;
    for n in 0..5 {
        site.ok("AdminLinkProviderForUser", link(&pool, "jane", subject(&n.to_string()))).await;
    }
    site.ok("AdminLinkProviderForUser", link(&other, "jane", subject("0"))).await;
    let again = "SourceUser is already linked to DestinationUser";
    site.refused("AdminLinkProviderForUser", link(&pool, "jane", subject("0")), INVALID, again).await;
    let elsewhere = ("AliasExistsException", "SourceUser is already linked to another user.");
    site.refused("AdminLinkProviderForUser", link(&pool, "john", subject("0")), elsewhere.0, elsewhere.1).await;
    let many = ("LimitExceededException", "At most 5 identities can be linked to a user.");
    site.refused("AdminLinkProviderForUser", link(&pool, "jane", subject("5")), many.0, many.1).await;
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    site.ok("AdminLinkProviderForUser", link(&pool, "john", subject("0"))).await;
});

site_test!(links_at_once_have_one_outcome, |site: Site| async move {
    let (pool, _) = world(&site).await;
    site.user(&pool, "john").await;
    let inputs = ["jane", "john", "jane", "john"].map(|name| site.api("AdminLinkProviderForUser", link(&pool, name, subject("1"))));
    let answers = join_all(inputs).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    assert!(answers.iter().all(|a| [200, 400].contains(&a.status)));
    let inputs = (2..12).map(|n| site.api("AdminLinkProviderForUser", link(&pool, "john", subject(&n.to_string()))));
    join_all(inputs).await;
    let shown = [identities(&site, &pool, "jane").await, identities(&site, &pool, "john").await];
    let shown = shown.iter().filter_map(|list| list.as_array().map(Vec::len)).sum::<usize>();
    assert_eq!(site.count("linked_identities").await, i64::try_from(shown).unwrap());
    assert!(shown <= 6);
});

site_test!(a_link_is_taken_away, |site: Site| async move {
    let (pool, _) = world(&site).await;
    site.ok("AdminLinkProviderForUser", link(&pool, "jane", subject("1"))).await;
    site.ok("AdminLinkProviderForUser", link(&pool, "jane", subject("2"))).await;
    let of = |user: Value| json!({ "UserPoolId": pool, "User": user });
    site.ok("AdminDisableProviderForUser", of(subject("1"))).await;
    assert_eq!(identities(&site, &pool, "jane").await[0]["userId"], "2");
    let nobody = ("UserNotFoundException", "User does not exist.");
    site.refused("AdminDisableProviderForUser", of(subject("1")), nobody.0, nobody.1).await;
    let missing = format!("The provider nope does not exist for User Pool {pool}.");
    site.refused("AdminDisableProviderForUser", of(identity("nope", "Cognito_Subject", "1")), INVALID, &missing).await;
    // A link can be taken away after its provider.
    site.ok("DeleteIdentityProvider", json!({ "UserPoolId": pool, "ProviderName": "Google" })).await;
    site.ok("AdminDisableProviderForUser", of(subject("2"))).await;
    assert_eq!(identities(&site, &pool, "jane").await, Value::Null);
    assert_eq!(site.count("linked_identities").await, 0);
});

site_test!(a_profile_is_closed_to_its_provider, |site: Site| async move {
    let (pool, _) = world(&site).await;
    let name = profile(&site, &pool, "8").await;
    let of = json!({ "UserPoolId": pool, "User": subject("8") });
    site.ok("AdminDisableProviderForUser", of.clone()).await;
    site.ok("AdminDisableProviderForUser", of).await;
    let mut tx = site.app.db.read().await.unwrap();
    let row = crate::federation::store::link(&mut tx, &pool, "Google", "Cognito_Subject", "8").await.unwrap().unwrap();
    assert!(row.disabled);
    drop(tx);
    assert_eq!(identities(&site, &pool, &name).await[0]["primary"], true);
});

site_test!(a_user_is_closed_to_passwords, |site: Site| async move {
    let (pool, client) = world(&site).await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    let code = site.code("jane@example.com").await;
    let native = |attribute: &str| json!({ "UserPoolId": pool, "User": identity("Cognito", attribute, "jane") });
    let message = "Invalid User: ProviderAttributeName must be Cognito_Subject for the provider Cognito.";
    site.refused("AdminDisableProviderForUser", native("email"), INVALID, message).await;
    site.ok("AdminDisableProviderForUser", native("Cognito_Subject")).await;
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "EXTERNAL_PROVIDER");
    let bad = ("NotAuthorizedException", "Incorrect username or password.");
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), bad.0, bad.1).await;
    // Nor does a code that was on its way open it again.
    let reset = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Password": PASSWORD });
    let answer = site.api("ConfirmForgotPassword", reset).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let message = "User password cannot be reset in the current state.";
    site.refused("ForgotPassword", json!({ "ClientId": client, "Username": "jane" }), "NotAuthorizedException", message).await;
});
