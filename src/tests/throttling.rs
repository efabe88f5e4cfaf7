//! When more passwords come than can be checked, the surplus is told so at once and loses nothing but its turn.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::Site;
use crate::boot::config::Settings;
use crate::kit::password::Cost;
use crate::store::Db;
use crate::store::testing::db_test;
use futures::future::join_all;
use serde_json::json;

/// A server with one worker, whose hashes take long enough for a queue to stand before it.
async fn slow(db: Db, queue: Option<usize>) -> Site {
    let settings = Settings { hash_workers: Some(1), hash_queue: queue, ..Settings::default() };
    Site::costing(db, settings, Cost { memory: 19_456, passes: 1 }).await
}

db_test!(the_surplus_is_refused_with_a_time_to_come_back, |db: Db| async move {
    let site = slow(db, Some(2)).await;
    let (pool, client) = site.pool_and_client().await;
    for n in 0..16 {
        site.user(&pool, &format!("user-{n}")).await;
    }
    let answers = join_all((0..16).map(|n| site.api("InitiateAuth", sign_in(&client, &format!("user-{n}"), PASSWORD)))).await;
    let (served, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.status == 200);
    assert!(!served.is_empty() && !refused.is_empty(), "{} served, {} refused", served.len(), refused.len());
    for answer in &refused {
        answer.expect_refusal("TooManyRequestsException", "Too many sign-ins are being checked at this moment. Try again shortly.");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(usize::try_from(site.count("sessions").await).unwrap(), served.len());
    // Nobody who was refused is locked out for it.
    for n in 0..16 {
        site.sign_in(&client, &format!("user-{n}")).await;
    }
});

db_test!(a_guesser_of_one_account_takes_few_turns, |db: Db| async move {
    let site = slow(db, None).await;
    let (pool, client) = site.pool_and_client().await;
    for name in ["jane", "john"] {
        site.user(&pool, name).await;
    }
    let guesses = join_all((0..60).map(|n| site.api("InitiateAuth", sign_in(&client, "jane", &format!("Gue55-{n}!")))));
    let (guesses, john) = futures::join!(guesses, site.api("InitiateAuth", sign_in(&client, "john", PASSWORD)));
    john.expect(200);
    assert!(guesses.iter().all(|a| a.status == 400));
    assert!(guesses.iter().any(|a| a.refusal().0 == "TooManyRequestsException"));
    let locked =
        json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "jane", "PASSWORD": PASSWORD } });
    site.refused("InitiateAuth", locked, "NotAuthorizedException", "Password attempts exceeded").await;
});
