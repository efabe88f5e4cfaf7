//! Lists and lookups cost the same on every size of pool: the database's own plans say so.

use super::harness::{Site, attributes, site_test};
use crate::kit::{id::uuid, rng::Rng};
use crate::store::{Engine, Tx};
use crate::users::store;
use serde_json::json;
use sqlx::{AssertSqlSafe, Row as _};

/// Each statement, its last parameter's number, and what SQLite and PostgreSQL must narrow it by.
const STATEMENTS: [(&str, usize, &str, &str); 8] = [
    (store::BY_SUB, 2, "(pool_id=? AND sub=?)", "((pool_id = $1) AND (sub = $2))"),
    (store::BY_NAME, 3, "(pool_id=? AND username_key=?)", "((pool_id = $1) AND (username_key = $2))"),
    (store::BY_SUBS, 3, "(pool_id=? AND sub=?)", "((pool_id = $1) AND (sub ="),
    (store::BY_AGE, 4, "(pool_id=? AND (created_at,sub)>(?,?))", "((pool_id = $1) AND (ROW(created_at, sub) > ROW($2, $3)))"),
    (
        store::BY_STANDING,
        5,
        "(pool_id=? AND enabled=? AND (created_at,sub)>(?,?))",
        "((pool_id = $1) AND (enabled = $5) AND (ROW(created_at, sub) > ROW($2, $3)))",
    ),
    (
        store::BY_USERNAME,
        4,
        "(pool_id=? AND username_key>? AND username_key<?)",
        "((pool_id = $1) AND (username_key >= $2) AND (username_key < $3))",
    ),
    (
        store::BY_ATTRIBUTE,
        6,
        "(pool_id=? AND name=? AND (value_key,sub)>(?,?) AND value_key<?)",
        "((pool_id = $1) AND (name = $2) AND (ROW(value_key, sub) > ROW($3, $4)) AND (value_key < $5))",
    ),
    (store::SAMPLE, 2, "(pool_id=?)", "(pool_id = $1)"),
];

/// A statement's plan. PostgreSQL must plan for any values, and for tables that are not as small as the test's.
async fn plan(tx: &mut Tx, statement: &str, parameters: usize) -> Vec<String> {
    match tx.engine() {
        Engine::Sqlite(c) => {
            let rows = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"))).fetch_all(c).await.expect("a plan");
            rows.iter().map(|row| row.get("detail")).collect()
        }
        Engine::Postgres(c) => {
            // The users of a list of `sub`s are sorted when they have been read.
            let sort = if statement == store::BY_SUBS { "on" } else { "off" };
            let prepare = format!(
                "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = {sort};
                 DEALLOCATE ALL; PREPARE looked_at AS {statement}"
            );
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *c).await.expect("a statement");
            let values = vec!["'1'"; parameters].join(", ");
            let explain = format!("EXPLAIN (COSTS OFF) EXECUTE looked_at ({values})");
            let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(c).await.expect("a plan");
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

/// A pool with a user and copies of it.
async fn pool_of(site: &Site, copies: usize) -> (String, String) {
    let pool = site.pool(json!({ "AliasAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    let given = attributes(&[("email", "user0000@example.com"), ("email_verified", "true")]);
    let sub = site.user_with(&pool, "user0000", given).await;
    let rng = Rng::seeded(7);
    let subs: Vec<String> = (0..copies).map(|_| uuid(&rng)).collect();
    let mut tx = site.app.db.begin().await.unwrap();
    let original = store::find_by_sub(&mut tx, &pool, &sub).await.unwrap().unwrap();
    for (n, subs) in subs.chunks(200).enumerate() {
        store::copy(&mut tx, &original, "0000", 5000 + 200 * n as i64, subs).await.unwrap();
    }
    tx.commit().await.unwrap();
    (pool, client)
}

site_test!(every_page_and_lookup_reads_one_range_of_an_index, |site: Site| async move {
    pool_of(&site, 2_000).await;
    let mut tx = site.app.db.read().await.unwrap();
    let sqlite = matches!(tx, Tx::SqliteRead(_));
    if let Engine::Postgres(c) = tx.engine() {
        sqlx::raw_sql("ANALYZE users; ANALYZE user_search; ANALYZE user_aliases").execute(c).await.unwrap();
    }
    for (statement, parameters, on_sqlite, on_postgres) in STATEMENTS {
        let plan = plan(&mut tx, statement, parameters).await;
        let narrowed = if sqlite { on_sqlite } else { on_postgres };
        assert!(plan.iter().any(|line| line.contains(narrowed)), "{statement}\n{plan:#?}");
        let reads_all = |line: &&String| {
            let line = line.trim_start().trim_start_matches("->").trim_start();
            // What a `WITH` or a subquery made is as long as the page.
            let table = ["SCAN u", "SCAN n", "SCAN a", "SCAN s", "Seq Scan"]
                .iter()
                .any(|scan| line == *scan || line.starts_with(&format!("{scan} ")));
            table || line.contains("TEMP B-TREE") || (line.starts_with("Sort") && statement != store::BY_SUBS)
        };
        assert_eq!(plan.iter().find(reads_all), None, "{statement}\n{plan:#?}");
    }
});

site_test!(copies_are_users_like_their_original, |site: Site| async move {
    let (pool, client) = pool_of(&site, 3).await;
    for (filter, expected) in [("username ^= \"user500\"", 3), ("email = \"user5001@example.com\"", 1), ("", 4)] {
        let found = site.ok("ListUsers", json!({ "UserPoolId": pool, "Filter": filter })).await;
        assert_eq!(found["Users"].as_array().map(Vec::len), Some(expected), "{filter}");
    }
    let copy = site.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "user5002@example.com" })).await;
    assert_eq!((&copy["Username"], &copy["UserStatus"]), (&json!("user5002"), &json!("CONFIRMED")));
    site.sign_in(&client, "user5000").await;
    let described = site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], 4);
});
