//! Clients that hang up, transactions that nobody commits, and pools that another server deletes.

use super::fixtures::{PASSWORD, sign_in, sign_up};
use super::harness::{Site, site_test};
use crate::store::testing::db_test;
use crate::store::{Db, sql};
use futures::future::{Either, join_all, select};
use serde_json::json;
use std::pin::pin;

/// Runs a future for so many turns of the scheduler and then drops it where it stands.
async fn for_turns<T>(turns: usize, future: impl Future<Output = T>) -> Option<T> {
    let clock = async {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    };
    match select(pin!(future), pin!(clock)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

site_test!(who_hangs_up_leaves_all_or_nothing_and_harms_nobody, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    let sign_ups = (0..90).map(|n| {
        let (site, client) = (&site, &client);
        async move {
            let request = site.api("SignUp", sign_up(client, &format!("user-{n}"), &format!("user-{n}@example.com")));
            // Every third client goes away, each a little later than the one before.
            if n % 3 == 0 { for_turns(n, request).await } else { Some(request.await) }
        }
    });
    let answers = join_all(sign_ups).await;
    let acknowledged = answers.iter().flatten().filter(|a| a.status == 200).count() as i64;
    assert!(acknowledged >= 60, "{acknowledged}");
    assert!(answers.iter().flatten().all(|a| a.status == 200));
    for (n, _) in answers.iter().enumerate().filter(|(_, a)| a.is_some()) {
        let message = "User is not confirmed.";
        let name = format!("user-{n}");
        site.refused("InitiateAuth", sign_in(&client, &name, PASSWORD), "UserNotConfirmedException", message).await;
    }
    let rows = site.rows().await;
    assert!((acknowledged..=90).contains(&rows["users"]));
    assert_eq!((rows["codes"], rows["outbox"], rows["user_search"]), (rows["users"], rows["users"], 2 * rows["users"]));
});

async fn names(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.expect("a connection");
    let rows = sql!(fetch_all (String,); tx, "SELECT name FROM instance WHERE name LIKE 'w%' ORDER BY name").expect("rows");
    rows.into_iter().map(|(name,)| name).collect()
}

db_test!(an_abandoned_transaction_takes_nobody_along, |db: Db| async move {
    let writers = (0..60).map(|n| {
        let db = db.clone();
        async move {
            let name = format!("w{n:02}");
            let write = async {
                let mut tx = db.begin().await.unwrap();
                sql!(tx, "INSERT INTO instance (name, sealed) VALUES ($1, $2)", &name, vec![1_u8]).unwrap();
                if n % 5 == 0 { Ok(()) } else { tx.commit().await }
            };
            match n % 5 {
                // Left without commit; dropped in the middle; and the rest as they should be.
                0 => write.await.map(|()| None),
                1 => for_turns(n / 5, write).await.transpose().map(|done| done.map(|()| name.clone())),
                _ => write.await.map(|()| Some(name.clone())),
            }
        }
    });
    let committed: Vec<_> = join_all(writers).await.into_iter().filter_map(Result::unwrap).collect();
    let there = names(&db).await;
    assert!(committed.iter().all(|name| there.contains(name)), "an acknowledged row is missing");
    assert!(there.iter().all(|name| name[1..].parse::<usize>().unwrap() % 5 != 0), "an abandoned row is there");
    // The next writer finds everything in order.
    let mut tx = db.begin().await.unwrap();
    sql!(tx, "INSERT INTO instance (name, sealed) VALUES ($1, $2)", "w99", vec![1_u8]).unwrap();
    tx.commit().await.unwrap();
    assert!(names(&db).await.contains(&"w99".to_owned()));
});

db_test!(a_failed_statement_fails_its_own_transaction_only, |db: Db| async move {
    let writers = (0..30).map(|n| {
        let db = db.clone();
        async move {
            // Every third wants a key that is taken: by itself.
            let name = format!("w{n:02}");
            let mut tx = db.begin().await.unwrap();
            for _ in 0..=usize::from(n % 3 == 0) {
                sql!(tx, "INSERT INTO instance (name, sealed) VALUES ($1, $2)", &name, vec![1_u8])?;
            }
            tx.commit().await
        }
    });
    let outcomes = join_all(writers).await;
    let expected: Vec<_> = (0..30).filter(|n| n % 3 != 0).map(|n| format!("w{n:02}")).collect();
    assert_eq!(names(&db).await, expected);
    assert_eq!(outcomes.iter().filter(|o| o.is_err()).count(), 10);
});

db_test!(a_pool_that_another_server_deleted_is_gone_here_too, |db: Db| async move {
    let (here, there) = (Site::new(db.clone()).await, Site::new(db).await);
    let (pool, client) = here.pool_and_client().await;
    here.user(&pool, "jane").await;
    let tokens = here.sign_in(&client, "jane").await;
    // What this server remembers of the pool is a moment old at most, but old it may be.
    there.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    let mut broken = Vec::new();
    for (operation, input) in [
        ("SignUp", sign_up(&client, "john", "john@example.com")),
        ("InitiateAuth", sign_in(&client, "jane", PASSWORD)),
        ("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })),
        ("GetUser", json!({ "AccessToken": tokens.access })),
        ("AdminCreateUser", json!({ "UserPoolId": pool, "Username": "john", "TemporaryPassword": PASSWORD })),
        ("CreateUserPoolClient", json!({ "UserPoolId": pool, "ClientName": "app" })),
        ("UpdateUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })),
        ("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "acme" })),
        ("SetUICustomization", json!({ "UserPoolId": pool, "CSS": "" })),
        ("UpdateUserPool", json!({ "UserPoolId": pool })),
        ("AddCustomAttributes", json!({ "UserPoolId": pool, "CustomAttributes": [{ "Name": "a", "AttributeDataType": "String" }] })),
        ("DeleteUserPool", json!({ "UserPoolId": pool })),
    ] {
        let answer = here.api(operation, input).await;
        if answer.status != 400 && !(operation == "DeleteUserPool" && answer.status == 200) {
            broken.push(format!("{operation}: {} {}", answer.status, answer.body));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    let rows = here.rows().await;
    assert_eq!((rows["pools"], rows["clients"], rows["users"], rows["domains"], rows["ui_customizations"]), (0, 0, 0, 0, 0));
});
