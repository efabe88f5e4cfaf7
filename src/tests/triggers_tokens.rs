//! PreTokenGeneration: what each version of it changes in tokens, and that there are none where it fails.

use super::browser::{authorize, parameter};
use super::fake_functions::{Fakes, arn, failures};
use super::fixtures::{CALLBACK, PASSWORD, Tokens, refresh, sign_in};
use super::harness::{Site, merged, site_test};
use crate::kit::text;
use crate::tokens::jwt;
use serde_json::{Value, json};

const SECRET: &str = "machine0123456789012345678901";

async fn pool_of(site: &Site, version: &str) -> (Fakes, String, String) {
    let fakes = Fakes::install(site);
    let config = json!({ "PreTokenGenerationConfig": { "LambdaVersion": version, "LambdaArn": arn("PreTokenGeneration") } });
    let pool = site.pool(json!({ "LambdaConfig": config })).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    for (name, role) in [("staff", "arn:aws:iam::000000000000:role/staff"), ("guests", "arn:aws:iam::000000000000:role/guests")] {
        site.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": name, "RoleArn": role })).await;
    }
    site.ok("AdminAddUserToGroup", json!({ "UserPoolId": pool, "Username": "jane", "GroupName": "staff" })).await;
    (fakes, pool, client)
}

site_test!(the_first_version_changes_the_id_token_and_groups, |site: Site| async move {
    let (fakes, _, client) = pool_of(&site, "V1_0").await;
    let groups = json!({ "groupsToOverride": ["guests"], "iamRolesToOverride": ["r"], "preferredRole": "r" });
    let details = json!({
        "claimsToAddOrOverride": { "tier": "gold", "email": "masked", "sub": "forged" }, "claimsToSuppress": ["email_verified"],
        "groupOverrideDetails": groups,
    });
    fakes.respond("PreTokenGeneration", json!({ "claimsOverrideDetails": details }));
    let tokens = site.sign_in(&client, "jane").await;
    let event = fakes.only();
    assert_eq!(
        (&event["version"], &event["request"]["groupConfiguration"], event["request"].get("scopes")),
        (
            &json!("1"),
            &json!({ "groupsToOverride": ["staff"], "iamRolesToOverride": ["arn:aws:iam::000000000000:role/staff"],
            "preferredRole": "arn:aws:iam::000000000000:role/staff" }),
            None
        )
    );
    let (id, access) = (tokens.id_claims(), tokens.access_claims());
    assert_eq!((&id["tier"], &id["email"], id.get("email_verified")), (&json!("gold"), &json!("masked"), None));
    assert_eq!((&id["cognito:roles"], &id["cognito:preferred_role"]), (&json!(["r"]), &json!("r")));
    assert_eq!((&id["cognito:groups"], &access["cognito:groups"]), (&json!(["guests"]), &json!(["guests"])));
    assert_eq!((id["sub"].as_str(), access.get("tier")), (event["request"]["userAttributes"]["sub"].as_str(), None));
});

site_test!(the_second_version_changes_access_tokens_and_scopes, |site: Site| async move {
    let (fakes, pool, client) = pool_of(&site, "V2_0").await;
    let access = json!({ "claimsToAddOrOverride": { "plan": { "seats": 3 }, "aud": client }, "scopesToAdd": ["orders/read"],
        "scopesToSuppress": ["phone"] });
    let details = json!({ "accessTokenGeneration": access, "idTokenGeneration": { "claimsToAddOrOverride": { "n": 1 } } });
    fakes.respond("PreTokenGeneration", json!({ "claimsAndScopeOverrideDetails": details }));
    let tokens = site.oauth(&pool, &client, "jane", &[("scope", "openid phone email")]).await;
    let event = fakes.only();
    assert_eq!((&event["version"], &event["triggerSource"]), (&json!("2"), &json!("TokenGeneration_HostedAuth")));
    assert_eq!(event["request"]["scopes"], json!(["openid", "phone", "email"]));
    assert_eq!(event["response"], json!({ "claimsAndScopeOverrideDetails": null }));
    let claims = jwt::peek(tokens["access_token"].as_str().unwrap()).unwrap();
    assert_eq!((&claims["plan"], &claims["aud"]), (&json!({ "seats": 3 }), &json!(client)));
    assert_eq!(claims["scope"], "openid email orders/read");
    assert_eq!(claims["cognito:groups"], json!(["staff"]), "nothing was said of groups");
    assert_eq!(jwt::peek(tokens["id_token"].as_str().unwrap()).unwrap()["n"], 1);
    let fields =
        [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let again = site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await.expect(200).json();
    assert_eq!(fakes.only()["triggerSource"], "TokenGeneration_RefreshTokens");
    assert_eq!(jwt::peek(again["access_token"].as_str().unwrap()).unwrap()["scope"], "openid email orders/read");
});

site_test!(machines_are_asked_about_by_the_third_version, |site: Site| async move {
    let (fakes, pool, _) = pool_of(&site, "V3_0").await;
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": scopes })).await;
    let machine = json!({ "UserPoolId": pool, "ClientName": "machine", "ClientSecret": SECRET, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["orders/read"] });
    let machine = site.ok("CreateUserPoolClient", machine).await["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let details = json!({ "accessTokenGeneration": { "claimsToAddOrOverride": { "tenant": 7, "sub": "x" }, "scopesToAdd": ["more"] } });
    fakes.respond("PreTokenGeneration", json!({ "claimsAndScopeOverrideDetails": details }));
    let basic = format!("Basic {}", text::base64(format!("{machine}:{SECRET}").as_bytes()));
    let grant = |metadata: &'static str| {
        let (path, basic, site) = (format!("/{pool}/oauth2/token"), basic.clone(), &site);
        async move {
            let fields = [("grant_type", "client_credentials"), ("aws_client_metadata", metadata)];
            site.form(&path, &fields, &[("authorization", &basic)]).await
        }
    };
    let answer = grant(r#"{"order":"9"}"#).await.expect(200).json();
    let claims = jwt::peek(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!((&claims["tenant"], &claims["sub"], &claims["scope"]), (&json!(7), &json!(machine), &json!("orders/read more")));
    assert_eq!(
        fakes.only(),
        json!({
            "version": "3", "region": "us-east-1", "userPoolId": pool, "userName": "ClientCredentials",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": machine },
            "triggerSource": "TokenGeneration_ClientCredentials",
            "request": { "userAttributes": {}, "groupConfiguration": null, "scopes": ["orders/read"], "clientMetadata": { "order": "9" } },
            "response": { "claimsAndScopeOverrideDetails": null },
        })
    );
    assert_eq!(grant("[1]").await.expect(400).json()["error"], "invalid_request");
    fakes.throws("PreTokenGeneration", "no machines");
    let refused = grant("{}").await.expect(400).json();
    assert_eq!(refused["error_description"], "PreTokenGeneration failed with error no machines.");
});

site_test!(earlier_versions_are_not_asked_about_machines, |site: Site| async move {
    let (fakes, pool, _) = pool_of(&site, "V2_0").await;
    let machine = json!({ "UserPoolId": pool, "ClientName": "machine", "ClientSecret": SECRET,
        "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": ["orders/read"] });
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": scopes })).await;
    let machine = site.ok("CreateUserPoolClient", machine).await["UserPoolClient"]["ClientId"].clone();
    site.ok("GetClientToken", json!({ "ClientId": machine, "Secret": SECRET })).await;
    assert_eq!(fakes.take().len(), 0);
});

site_test!(a_function_that_fails_costs_no_session, |site: Site| async move {
    let (fakes, pool, _) = pool_of(&site, "V2_0").await;
    let rotation = json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 },
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    let client = site.client(&pool, rotation).await;
    let token = Tokens::of(&site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await).refresh;
    let input = json!({ "ClientId": client, "RefreshToken": token, "ClientMetadata": { "a": "b" } });
    for (reply, exception, message) in failures("PreTokenGeneration") {
        fakes.on("PreTokenGeneration", reply);
        site.refused("GetTokensFromRefreshToken", input.clone(), exception, &message).await;
    }
    fakes.respond("PreTokenGeneration", json!({}));
    fakes.take();
    site.ok("GetTokensFromRefreshToken", input).await;
    let event = fakes.only();
    assert_eq!(
        (&event["triggerSource"], &event["request"]["clientMetadata"]),
        (&json!("TokenGeneration_RefreshTokens"), &json!({ "a": "b" }))
    );
});

site_test!(a_code_gives_no_tokens_while_the_function_fails, |site: Site| async move {
    let (fakes, pool, client) = pool_of(&site, "V1_0").await;
    let code = site.authorization_code(&pool, &client, "jane", &[("scope", "openid")]).await;
    fakes.throws("PreTokenGeneration", "down");
    let refused = site.exchange(&pool, &client, &code, &[]).await;
    let expected = json!({ "error": "invalid_grant", "error_description": "PreTokenGeneration failed with error down." });
    assert_eq!((refused.expect(400).json(), site.count("sessions").await), (expected, 0));
    fakes.respond("PreTokenGeneration", json!({}));
    site.exchange(&pool, &client, &code, &[]).await.expect(200);
    let implicit = site.client(&pool, json!({ "AllowedOAuthFlows": ["implicit"] })).await;
    fakes.throws("PreTokenGeneration", "down");
    let query = authorize(&implicit, &[("response_type", "token"), ("scope", "openid"), ("state", "s")]);
    let location = site.browser().sign_in(&pool, &query, "jane", PASSWORD).await;
    let (address, fragment) = location.split_once('#').unwrap();
    let told = |name: &str| parameter(&format!("?{fragment}"), name);
    assert_eq!((address, told("error").as_deref(), told("state").as_deref()), (CALLBACK, Some("invalid_request"), Some("s")));
    assert_eq!(told("error_description").as_deref(), Some("PreTokenGeneration failed with error down."));
});

site_test!(values_of_the_wrong_form_are_refused, |site: Site| async move {
    let (fakes, _, client) = pool_of(&site, "V1_0").await;
    for details in [json!(7), json!({ "claimsToAddOrOverride": { "a": ["b"] } }), json!({ "claimsToSuppress": [1] })] {
        fakes.respond("PreTokenGeneration", json!({ "claimsOverrideDetails": details }));
        let unrecognizable = "Unrecognizable lambda output";
        site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "InvalidLambdaResponseException", unrecognizable).await;
    }
    fakes.respond("PreTokenGeneration", merged(json!({ "claimsOverrideDetails": Value::Null }), json!({ "more": 1 })));
    let tokens = site.sign_in(&client, "jane").await;
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
});
