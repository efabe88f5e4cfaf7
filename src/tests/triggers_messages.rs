//! CustomMessage and the senders: one event for each occasion, whose words are sent, and what does not happen where they fail.

use super::fake_functions::{Fakes, KEY, Reply, failures};
use super::fixtures::{PASSWORD, sign_in, sign_up};
use super::harness::{Site, attributes, merged, site_test};
use crate::api::Cx;
use crate::boot::config::Settings;
use crate::kit::text;
use crate::store::Db;
use crate::triggers::Failure;
use serde_json::{Value, json};

/// Does everything that sends mail, and tells the sources of the events.
async fn all_occasions(site: &Site, fakes: &Fakes, pool: &str, client: &str) -> Vec<String> {
    let mut sources = Vec::new();
    let add = |sources: &mut Vec<String>| sources.extend(fakes.sources());
    site.sign_up(client, "jane", "jane@example.com").await;
    add(&mut sources);
    site.ok("ResendConfirmationCode", json!({ "ClientId": client, "Username": "jane" })).await;
    site.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    let created = json!({ "UserPoolId": pool, "Username": "joe", "UserAttributes": attributes(&[("email", "joe@example.com")]),
        "DesiredDeliveryMediums": ["EMAIL"], "TemporaryPassword": "Temp-<0>rary" });
    site.ok("AdminCreateUser", created.clone()).await;
    site.ok("AdminCreateUser", merged(created, json!({ "MessageAction": "RESEND" }))).await;
    let access = site.sign_in(client, "jane").await.access;
    site.ok("GetUserAttributeVerificationCode", json!({ "AccessToken": access, "AttributeName": "email" })).await;
    let address = attributes(&[("email", "new@example.com")]);
    site.ok("UpdateUserAttributes", json!({ "AccessToken": access, "UserAttributes": address })).await;
    let proved = attributes(&[("email_verified", "true")]);
    site.ok("AdminUpdateUserAttributes", json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": proved })).await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    let code = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    site.ok("InitiateAuth", json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": code })).await;
    site.ok("AdminResetUserPassword", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    add(&mut sources);
    sources
}

const OCCASIONS: [&str; 9] = [
    "SignUp",
    "ResendCode",
    "AdminCreateUser",
    "AdminCreateUser",
    "VerifyUserAttribute",
    "UpdateUserAttribute",
    "ForgotPassword",
    "Authentication",
    "ForgotPassword",
];

fn otp() -> Value {
    json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } })
}

site_test!(every_occasion_is_worded, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomMessage"], otp()).await;
    let client = site.client(&pool, json!({})).await;
    fakes.respond("CustomMessage", json!({ "emailMessage": "Own {username} {####}", "emailSubject": "Own subject" }));
    let sources = all_occasions(&site, &fakes, &pool, &client).await;
    assert_eq!(sources, OCCASIONS.map(|occasion| format!("CustomMessage_{occasion}")));
    let sent = site.outbox().await;
    assert_eq!(sent.len(), OCCASIONS.len());
    for message in sent {
        assert!(message.text.starts_with("Own j") && message.subject == "Own subject", "{message:?}");
    }
});

site_test!(the_event_of_a_message, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomMessage"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let answer = site.ok("SignUp", merged(sign_up(&client, "jane", "jane@example.com"), json!({ "ClientMetadata": { "a": "b" } }))).await;
    let told =
        json!({ "sub": answer["UserSub"], "cognito:user_status": "UNCONFIRMED", "email": "jane@example.com", "email_verified": "false" });
    assert_eq!(
        fakes.only(),
        json!({
            "version": "1", "region": "us-east-1", "userPoolId": pool, "userName": "jane",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "triggerSource": "CustomMessage_SignUp",
            "request": { "userAttributes": told, "codeParameter": "{####}", "linkParameter": "{##Click Here##}", "usernameParameter": null,
                "clientMetadata": { "a": "b" } },
            "response": { "smsMessage": null, "emailMessage": null, "emailSubject": null },
        })
    );
    let input = json!({ "UserPoolId": pool, "Username": "joe", "UserAttributes": attributes(&[("email", "joe@example.com")]) });
    site.ok("AdminCreateUser", input).await;
    let event = fakes.only();
    assert_eq!(
        (&event["request"]["usernameParameter"], &event["callerContext"]["clientId"]),
        (&json!("{username}"), &json!("CLIENT_ID_NOT_APPLICABLE"))
    );
});

site_test!(a_text_without_its_places_is_not_sent, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomMessage"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    fakes.respond("CustomMessage", json!({ "emailMessage": "No code here", "emailSubject": "Hello" }));
    site.sign_up(&client, "jane", "jane@example.com").await;
    assert!(!site.outbox().await[0].text.contains("No code here"));
    assert_eq!(site.outbox().await[0].subject, "Hello");
    site.code("jane@example.com").await;
});

site_test!(a_link_goes_where_the_function_puts_it, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let by_link = json!({ "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_LINK" } });
    let pool = fakes.pool(&site, &["CustomMessage"], by_link).await;
    let client = site.client(&pool, json!({})).await;
    fakes.respond("CustomMessage", json!({ "emailMessage": "Please {##Click Here##}." }));
    site.sign_up(&client, "jane", "jane@example.com").await;
    let html = site.outbox().await[0].html.clone().unwrap();
    assert!(html.starts_with("Please <a href=\"http://localhost:8080/") && html.ends_with(">Click Here</a>."), "{html}");
});

site_test!(where_words_fail_nothing_is_written, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomMessage"], otp()).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    for (reply, exception, message) in failures("CustomMessage") {
        fakes.on("CustomMessage", reply);
        site.refused("SignUp", sign_up(&client, "joe", "joe@example.com"), exception, &message).await;
    }
    fakes.throws("CustomMessage", "no");
    let thrown = "CustomMessage failed with error no.";
    let forgot = json!({ "ClientId": client, "Username": "jane" });
    site.refused("ForgotPassword", forgot, "UserLambdaValidationException", thrown).await;
    let code = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    let flow = json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": code });
    site.refused("InitiateAuth", flow, "UserLambdaValidationException", thrown).await;
    for (response, message) in [
        (json!({ "emailSubject": "x".repeat(141) }), "emailSubject is longer than 140 characters."),
        (json!({ "emailMessage": "{####}".repeat(3_334) }), "emailMessage is longer than 20000 characters."),
        (json!({ "emailMessage": 7 }), "Unrecognizable lambda output"),
    ] {
        fakes.respond("CustomMessage", response);
        site.refused("SignUp", sign_up(&client, "joe", "joe@example.com"), "InvalidLambdaResponseException", message).await;
    }
});

/// A server with a key for senders.
async fn keyed(db: Db) -> Site {
    let file = std::env::temp_dir().join(format!("poolhouse_sender_keys_{}", std::process::id()));
    std::fs::write(&file, format!("{KEY} {}\n", text::base64(&[7; 32]))).unwrap();
    Site::with(db, Settings { sender_keys_file: Some(file), ..Settings::default() }).await
}

async fn call_senders(site: &Site) {
    crate::triggers::jobs::send(&mut Cx::internal(site.app.clone())).await.unwrap();
}

crate::store::testing::db_test!(a_sender_gets_every_code, |db: Db| async move {
    let site = keyed(db).await;
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomMessage", "CustomEmailSender"], otp()).await;
    let client = site.client(&pool, json!({})).await;
    assert_eq!(all_occasions(&site, &fakes, &pool, &client).await.len(), 0, "nothing is called in the request");
    assert_eq!((site.outbox().await.len(), site.count("sender_events").await), (0, 9), "and no mail is sent");
    call_senders(&site).await;
    let events = fakes.take();
    let mut sources: Vec<_> = events.iter().map(|e| e["triggerSource"].as_str().unwrap().to_owned()).collect();
    let mut expected = OCCASIONS.map(|occasion| format!("CustomEmailSender_{occasion}"));
    sources.sort();
    expected.sort();
    assert_eq!((sources, site.count("sender_events").await), (expected.to_vec(), 0));
    for event in &events {
        assert_eq!(event["request"]["type"], "customEmailSenderRequestV1");
        assert_eq!(text::from_base64(event["request"]["code"].as_str().unwrap()).unwrap()[..3], [2, 5, 0x78]);
    }
    let update = events.iter().find(|e| e["triggerSource"] == "CustomEmailSender_UpdateUserAttribute").unwrap();
    assert_eq!(update["request"]["userAttributes"]["email"], "new@example.com");
});

crate::store::testing::db_test!(a_sender_is_called_again_and_its_answer_does_not_count, |db: Db| async move {
    let site = keyed(db).await;
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomEmailSender"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let metadata = json!({ "ClientMetadata": { "lang": "de" } });
    site.ok("SignUp", merged(sign_up(&client, "jane", "jane@example.com"), metadata)).await;
    fakes.on("CustomEmailSender", Reply::Fails(Failure::Unreachable("Socket timeout".into())));
    for (calls, left) in [(1, 1), (1, 1), (1, 0), (0, 0)] {
        call_senders(&site).await;
        assert_eq!((fakes.take().len(), site.count("sender_events").await), (calls, left));
        site.advance(crate::kit::clock::MINUTE);
    }
    fakes.on("CustomEmailSender", Reply::Answer(Value::Null));
    site.ok("ResendConfirmationCode", json!({ "ClientId": client, "Username": "jane" })).await;
    call_senders(&site).await;
    let event = fakes.only();
    assert_eq!((event["request"].get("clientMetadata"), site.count("sender_events").await), (None, 0));
});

site_test!(without_the_key_nothing_is_sent, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["CustomEmailSender", "CustomSMSSender"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let missing = format!("The key {KEY} of KMSKeyID is not configured on this server.");
    site.refused("SignUp", sign_up(&client, "jane", "jane@example.com"), "CodeDeliveryFailureException", &missing).await;
    site.user(&pool, "joe").await;
    site.ok("InitiateAuth", sign_in(&client, "joe", PASSWORD)).await;
});
