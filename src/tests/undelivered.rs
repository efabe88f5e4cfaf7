//! Messages that leave the house: who carries them, how often, and what happens to those that nobody takes.

use super::fixtures::sign_up;
use super::harness::{Site, attributes, site_test};
use crate::api::Cx;
use crate::boot::config::Settings;
use crate::kit::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::messaging::delivery::{deliver, sweep};
use crate::messaging::{Alert, Channel, Notice, alert, notice};
use crate::store::Db;
use crate::store::testing::db_test;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A provider that answers as it is told, and keeps what it got.
#[derive(Clone)]
struct Provider {
    port: u16,
    answer: Arc<Mutex<u16>>,
    got: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self { port: listener.local_addr().unwrap().port(), answer: Arc::new(Mutex::new(200)), got: Arc::default() };
        let mine = provider.clone();
        let routes = Router::new().route(
            "/{*path}",
            post(move |headers: HeaderMap, body: Bytes| async move {
                let status = *mine.answer.lock().unwrap();
                if status == 0 {
                    std::future::pending::<()>().await;
                }
                mine.got.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap_or_default()));
                StatusCode::from_u16(status).unwrap()
            }),
        );
        #[expect(clippy::disallowed_methods, reason = "the server of a test")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn url(&self) -> Option<String> {
        Some(format!("webhook+http://:hook-secret@127.0.0.1:{}/hook", self.port))
    }

    fn answers(&self, status: u16) {
        *self.answer.lock().unwrap() = status;
    }

    fn got(&self) -> Vec<Value> {
        self.got.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }
}

async fn run(site: &Site, channel: Channel) {
    deliver(&mut Cx::internal(site.app.clone()), channel).await.expect("a delivery");
}

async fn undelivered(site: &Site, input: Value) -> Vec<Value> {
    site.ok("ListUndeliveredMessages", input).await["Messages"].as_array().unwrap().clone()
}

/// A server whose mail goes to a provider, with jane's sign-up on its way.
async fn world(db: Db, settings: Settings) -> (Site, Provider, String, String) {
    let provider = Provider::start().await;
    let site = Site::with(db, Settings { email_url: provider.url(), ..settings }).await;
    let (pool, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    (site, provider, pool, client)
}

db_test!(a_message_is_delivered_once_and_forgotten, |db: Db| async move {
    let (site, provider, pool, client) = world(db, Settings::default()).await;
    run(&site, Channel::Email).await;
    run(&site, Channel::Email).await;
    let [message] = &provider.got()[..] else { panic!("{:?}", provider.got()) };
    assert_eq!((&message["to"], &message["kind"], &message["userPoolId"]), (&json!("jane@example.com"), &json!("SIGN_UP"), &json!(pool)));
    assert!(message["html"].as_str().unwrap().contains("class=\"code\"") && message["subject"] == "Your verification code");
    let headers = provider.got.lock().unwrap()[0].0.clone();
    assert!(headers["poolhouse-signature"].to_str().unwrap().starts_with(&format!("t={},v1=", site.now() / SECOND)));
    assert_eq!(headers["idempotency-key"], message["id"].as_str().unwrap());
    assert_eq!(site.count("outbox").await, 0);
    assert_eq!(site.get("/inbox", &[]).await.status, 404, "what is carried is not shown");
    // Nobody carries text messages here.
    site.user_with(&pool, "john", attributes(&[("phone_number", "+15555550100"), ("phone_number_verified", "true")])).await;
    let forgot = json!({ "ClientId": client, "Username": "john" });
    site.refused("ForgotPassword", forgot, "CodeDeliveryFailureException", "No SMS provider is configured on this server.").await;
});

db_test!(what_is_not_taken_is_tried_again_and_then_waits_for_an_operator, |db: Db| async move {
    let (site, provider, pool, _) = world(db, Settings::default()).await;
    provider.answers(503);
    run(&site, Channel::Email).await;
    run(&site, Channel::Email).await;
    assert_eq!(provider.got().len(), 1, "not before its time");
    site.advance(5 * SECOND);
    run(&site, Channel::Email).await;
    assert_eq!(provider.got().len(), 2);
    assert_eq!(provider.got()[0]["id"], provider.got()[1]["id"], "the same message");
    assert_eq!(undelivered(&site, json!({})).await, Vec::<Value>::new(), "it is still on its way");
    site.advance(DAY);
    run(&site, Channel::Email).await;
    let [row] = &undelivered(&site, json!({ "UserPoolId": pool })).await[..] else { panic!("one row") };
    assert_eq!((&row["Destination"], &row["Kind"], &row["Attempts"]), (&json!("j***@e***"), &json!("SIGN_UP"), &json!(3)));
    assert_eq!(row["Reason"], "the webhook answered 503");
    assert!(!row.to_string().contains("jane@"), "no more than a hint of the address, and nothing of what it says");
    assert_eq!(undelivered(&site, json!({ "UserPoolId": "us-east-1_Other" })).await.len(), 0);

    let id = json!({ "MessageId": row["MessageId"] });
    provider.answers(200);
    site.ok("ResendMessage", id.clone()).await;
    run(&site, Channel::Email).await;
    assert_eq!((provider.got().len(), site.count("outbox").await), (4, 0));
    let gone = format!("There is no undelivered message {}.", row["MessageId"].as_str().unwrap());
    site.refused("ResendMessage", id.clone(), "ResourceNotFoundException", &gone).await;
    site.refused("DeleteUndeliveredMessage", id, "ResourceNotFoundException", &gone).await;
});

db_test!(what_is_refused_for_good_is_not_tried_again, |db: Db| async move {
    let (site, provider, _, client) = world(db, Settings::default()).await;
    site.sign_up(&client, "john", "john@example.com").await;
    provider.answers(422);
    run(&site, Channel::Email).await;
    site.advance(HOUR);
    run(&site, Channel::Email).await;
    assert_eq!(provider.got().len(), 2);
    let first = site.ok("ListUndeliveredMessages", json!({ "MaxResults": 1 })).await;
    let rest = site.ok("ListUndeliveredMessages", json!({ "MaxResults": 1, "NextToken": first["NextToken"] })).await;
    assert!(rest["NextToken"].is_null() && rest["Messages"][0]["MessageId"] != first["Messages"][0]["MessageId"]);
    site.ok("DeleteUndeliveredMessage", json!({ "MessageId": rest["Messages"][0]["MessageId"] })).await;
    assert_eq!(site.count("outbox").await, 1);
    site.advance(8 * DAY);
    sweep(&mut Cx::internal(site.app.clone())).await.unwrap();
    assert_eq!(site.count("outbox").await, 0, "a week is enough");
});

db_test!(a_server_that_dies_leaves_its_messages_to_the_next, |db: Db| async move {
    let (site, provider, _, _) = world(db.clone(), Settings::default()).await;
    // The provider does not answer, and the server is gone before it gives up.
    provider.answers(0);
    let cut = tokio::time::timeout(std::time::Duration::from_millis(300), run(&site, Channel::Email)).await;
    assert!(cut.is_err());
    provider.answers(200);
    let next = Site::with(db, Settings { email_url: provider.url(), ..Settings::default() }).await;
    run(&next, Channel::Email).await;
    assert_eq!(provider.got().len(), 0, "the claim holds for a minute");
    next.advance(MINUTE);
    run(&next, Channel::Email).await;
    assert_eq!((provider.got().len(), next.count("outbox").await), (1, 0));
});

db_test!(a_flood_does_not_fill_the_disk_and_tells_nothing, |db: Db| async move {
    let limits = Settings { message_queue_per_pool: Some(2), message_queue: Some(3), ..Settings::default() };
    let (site, _, _, client) = world(db, limits).await;
    site.sign_up(&client, "john", "john@example.com").await;
    let full = "Too many messages are waiting to be delivered. Try again later.";
    site.refused("SignUp", sign_up(&client, "jack", "jack@example.com"), "CodeDeliveryFailureException", full).await;
    let hiding = json!({ "UserPoolId": site.app.caches.clients.get(&client).unwrap().pool_id, "ClientId": client, "PreventUserExistenceErrors": "ENABLED" });
    site.ok("UpdateUserPoolClient", hiding).await;
    for name in ["jane", "nobody"] {
        let again = json!({ "ClientId": client, "Username": name });
        site.refused("ResendConfirmationCode", again, "CodeDeliveryFailureException", full).await;
    }
    let (_, other) = site.pool_and_client().await;
    site.sign_up(&other, "jane", "jane@example.com").await;
    site.refused("SignUp", sign_up(&other, "john", "john@example.com"), "CodeDeliveryFailureException", full).await;
});

site_test!(operators_alone_see_what_was_not_delivered, |site: Site| async move {
    for operation in ["ListUndeliveredMessages", "ResendMessage", "DeleteUndeliveredMessage"] {
        let input = json!({ "MessageId": "m" }).to_string().into_bytes();
        let answer = site.call(operation, input.clone(), None).await;
        answer.expect_refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        let wrong = site.call(operation, input, Some(("AKIAROOT", "wrong"))).await;
        assert_eq!(wrong.refusal().0, "InvalidSignatureException", "{operation}");
    }
    let bad = "1 validation error detected: Value null at 'messageId' failed to satisfy constraint: Member must not be null";
    site.refused("ResendMessage", json!({}), "InvalidParameterException", bad).await;
    // Cognito's own service knows none of these.
    let headers = [("x-amz-target", "AWSCognitoIdentityProviderService.ResendMessage")];
    assert_eq!(site.form("/", &[], &headers).await.refusal().0, "UnknownOperationException");
});

site_test!(people_are_told_what_happened_to_their_account, |site: Site| async move {
    let (pool_id, _) = site.pool_and_client().await;
    site.user(&pool_id, "jane").await;
    site.user_with(&pool_id, "john", attributes(&[("email", "john@example.com")])).await;
    let mut cx = Cx::internal(site.app.clone());
    let pool = crate::pools::load(&mut cx, &pool_id).await.unwrap();
    let jane = crate::users::lookup::require(&mut cx, &pool, "jane").await.unwrap();
    let john = crate::users::lookup::require(&mut cx, &pool, "john").await.unwrap();
    assert!(alert(&cx, &pool, &john, &Alert::PasswordChanged).unwrap().is_none(), "an address that nobody proved is told nothing");
    let told = alert(&cx, &pool, &jane, &Alert::EmailChanged("n***@e***".into())).unwrap().expect("a message");
    let own = Notice { subject: "Blocked", text: "no", html: Some("<p>no</p>"), from: Some("risk@acme.example"), reply_to: None };
    let own = notice(&cx, &pool, "jane@example.com", &own).unwrap().expect("a message");
    let now = cx.now();
    let mut tx = cx.begin().await.unwrap();
    told.queue(&mut tx, now).await.unwrap();
    own.queue(&mut tx, now + 1).await.unwrap();
    tx.commit().await.unwrap();
    let [blocked, changed] = &site.outbox().await[..] else { panic!("two messages") };
    assert_eq!((blocked.from.as_deref(), blocked.html.as_deref()), (Some("risk@acme.example"), Some("<p>no</p>")));
    assert_eq!((changed.to.as_str(), changed.subject.as_str()), ("jane@example.com", "Your email address was changed"));
    assert!(changed.text.contains("was changed to n***@e***."), "{}", changed.text);
});
