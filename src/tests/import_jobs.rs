//! Import jobs: a file is sent, read in batches, stopped, interrupted, and refused.

use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Answer, Sent, Site, attribute, merged, site_test};
use super::srp::{challenge, response};
use crate::api::Cx;
use crate::kit::clock::{DAY, HOUR, MINUTE};
use crate::store::testing::db_test;
use crate::store::{Db, Engine};
use crate::transfer::{run, store};
use axum::http::Method;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::000000000000:role/import";
/// Of `U*U` and `U*U*`, from the vectors of crypt_blowfish.
const HASHES: [&str; 2] =
    ["$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"];

async fn create(site: &Site, pool: &str, more: Value) -> Value {
    let input = merged(json!({ "UserPoolId": pool, "JobName": "people", "CloudWatchLogsRoleArn": ROLE }), more);
    site.ok("CreateUserImportJob", input).await["UserImportJob"].clone()
}

fn of(job: &Value) -> Value {
    json!({ "UserPoolId": job["UserPoolId"], "JobId": job["JobId"] })
}

fn path(job: &Value) -> String {
    job["PreSignedUrl"].as_str().unwrap().strip_prefix("http://localhost:8080").unwrap().to_owned()
}

async fn put(site: &Site, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    let headers = vec![("x-amz-server-side-encryption", "aws:kms".to_owned())];
    site.send(Sent { method: Method::PUT, path, headers, body: body.into() }).await
}

async fn describe(site: &Site, job: &Value) -> Value {
    site.ok("DescribeUserImportJob", of(job)).await["UserImportJob"].clone()
}

fn counts(job: &Value) -> (i64, i64, i64) {
    let n = |name: &str| job[name].as_i64().unwrap();
    (n("ImportedUsers"), n("SkippedUsers"), n("FailedUsers"))
}

/// A file with these columns filled, each row `name, email, more…`; the header is the pool's, in its own order.
async fn file(site: &Site, pool: &str, extra: &[&str], rows: &[Vec<&str>]) -> String {
    let header = site.ok("GetCSVHeader", json!({ "UserPoolId": pool })).await;
    let mut columns: Vec<String> = header["CSVHeader"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    columns.extend(extra.iter().map(|c| (*c).to_owned()));
    let row = |values: &Vec<&str>| {
        let value = |column: &String| match column.as_str() {
            "cognito:username" => values[0],
            "email" => values[1],
            "cognito:password_hash" => values[2],
            "name" => "Doe\\, \"Jane\"",
            "cognito:mfa_enabled" => "false",
            "email_verified" => "true",
            _ => "",
        };
        columns.iter().map(value).collect::<Vec<_>>().join(",")
    };
    let lines: Vec<String> = std::iter::once(columns.join(",")).chain(rows.iter().map(row)).collect();
    lines.join("\n") + "\n"
}

fn cx(site: &Site) -> Cx {
    Cx::internal(site.app.clone())
}

site_test!(users_come_in_from_a_file, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "there").await;
    let job = create(&site, &pool, json!({})).await;
    assert!(job["JobId"].as_str().unwrap().starts_with("import-"));
    assert_eq!((&job["Status"], &job["CloudWatchLogsRoleArn"], counts(&job)), (&json!("Created"), &json!(ROLE), (0, 0, 0)));
    let rows = [vec!["jane", "jane@e.example"], vec!["there", "other@e.example"], vec!["bad", "no address"], vec!["kim", "kim@e.example"]];
    let text = file(&site, &pool, &[], &rows).await + "too,few\n";
    // A second upload takes the place of the first.
    put(&site, &path(&job), "x,y\n").await.expect(200);
    put(&site, &path(&job), text).await.expect(200);
    let started = site.ok("StartUserImportJob", of(&job)).await["UserImportJob"].clone();
    assert_eq!((&started["Status"], started["StartDate"].is_number()), (&json!("Pending"), true));
    run::run(&mut cx(&site)).await.unwrap();
    let done = describe(&site, &job).await;
    assert_eq!((&done["Status"], counts(&done)), (&json!("Succeeded"), (2, 1, 2)));
    assert_eq!(done["CompletionMessage"], "Import Job Completed Successfully.");
    assert!(done["CompletionDate"].is_number());
    let failed = json!([
        { "Line": 4, "Reason": "Invalid email address format." },
        { "Line": 6, "Reason": "The row has 2 values, and the header 21 columns." },
    ]);
    assert_eq!(done["PoolhouseFailedRows"], failed);
    let shown = site.get(&path(&done), &[]).await;
    assert_eq!(
        shown.expect(200).body,
        "line,reason\n4,Invalid email address format.\n6,\"The row has 2 values, and the header 21 columns.\"\n"
    );
    assert_eq!(site.count("import_chunks").await, 0);
    let jane = site.admin_get(&pool, "jane").await;
    assert_eq!((&jane["UserStatus"], attribute(&jane, "name")), (&json!("RESET_REQUIRED"), Some("Doe, \"Jane\"")));
    let message = "Password reset required for the user";
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "PasswordResetRequiredException", message).await;
    // The code for a new password goes to the address in the file.
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    let code = site.code("jane@e.example").await;
    let input = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Password": PASSWORD });
    site.ok("ConfirmForgotPassword", input).await;
    site.sign_in(&client, "jane").await;
});

site_test!(a_password_from_elsewhere_signs_in_and_becomes_ours, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let job = create(&site, &pool, json!({ "PasswordHashingAlgorithm": "BCRYPT" })).await;
    assert_eq!(job["PasswordHashingAlgorithm"], "BCRYPT");
    let rows = [vec!["jane", "jane@e.example", HASHES[0]], vec!["kim", "kim@e.example", ""], vec!["lee", "lee@e.example", "$argon2id$x"]];
    put(&site, &path(&job), file(&site, &pool, &["cognito:password_hash"], &rows).await).await.expect(200);
    site.ok("StartUserImportJob", of(&job)).await;
    run::run(&mut cx(&site)).await.unwrap();
    assert_eq!(counts(&describe(&site, &job).await), (2, 0, 1));
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "CONFIRMED");
    assert_eq!(site.admin_get(&pool, "kim").await["UserStatus"], "RESET_REQUIRED");
    // SRP needs a verifier, which nobody can make from a hash: it answers like a wrong password.
    let asked = challenge(&site, &client, "jane").await;
    let wrong = "Incorrect username or password.";
    site.refused("RespondToAuthChallenge", response(&pool, &client, &asked, "U*U"), "NotAuthorizedException", wrong).await;
    site.refused("InitiateAuth", sign_in(&client, "jane", "U*U*"), "NotAuthorizedException", wrong).await;
    site.ok("InitiateAuth", sign_in(&client, "jane", "U*U")).await;
    let user = crate::users::store::find_by_sub(&mut site.app.db.read().await.unwrap(), &pool, &sub(&site, &pool, "jane").await).await;
    let user = user.unwrap().unwrap();
    assert!(user.password.unwrap().starts_with("$argon2id$v=19$m=64,t=1,p=1$") && user.verifier.is_some());
    let asked = challenge(&site, &client, "jane").await;
    let answer = site.ok("RespondToAuthChallenge", response(&pool, &client, &asked, "U*U")).await;
    site.ok("GetUser", json!({ "AccessToken": Tokens::of(&answer).access })).await;
    site.ok("InitiateAuth", sign_in(&client, "jane", "U*U")).await;
});

async fn sub(site: &Site, pool: &str, name: &str) -> String {
    attribute(&site.admin_get(pool, name).await, "sub").unwrap().to_owned()
}

/// A started job of so many users.
async fn started(site: &Site, pool: &str, users: usize) -> Value {
    let names: Vec<(String, String)> = (0..users).map(|n| (format!("u{n}"), format!("u{n}@e.example"))).collect();
    let rows: Vec<Vec<&str>> = names.iter().map(|(name, email)| vec![name.as_str(), email.as_str()]).collect();
    let job = create(site, pool, json!({})).await;
    put(site, &path(&job), file(site, pool, &[], &rows).await).await.expect(200);
    site.ok("StartUserImportJob", of(&job)).await;
    job
}

/// Two servers of one database, whose randomness differs as it would.
async fn servers(db: Db) -> (Site, Site) {
    let (here, there) = (Site::new(db.clone()).await, Site::new(db).await);
    there.app.rng.fill(&mut [0; 1 << 18]);
    (here, there)
}

db_test!(a_job_goes_on_where_a_server_died, |db: Db| async move {
    let (here, there) = servers(db).await;
    let (pool, _) = here.pool_and_client().await;
    let job = started(&here, &pool, 120).await;
    // The header and a batch.
    assert!(run::step(&mut cx(&here), 2).await.unwrap());
    let half = describe(&here, &job).await;
    assert_eq!((&half["Status"], counts(&half)), (&json!("InProgress"), (50, 0, 0)));
    // A server takes the job and dies: nobody else may have it for a while.
    let now = here.now();
    let mut tx = here.app.db.begin().await.unwrap();
    assert!(store::claim(&mut tx, now, now + 2 * MINUTE).await.unwrap().is_some());
    tx.commit().await.unwrap();
    assert!(!run::step(&mut cx(&there), 100).await.unwrap());
    there.advance(2 * MINUTE);
    run::run(&mut cx(&there)).await.unwrap();
    let done = describe(&there, &job).await;
    assert_eq!((&done["Status"], counts(&done)), (&json!("Succeeded"), (120, 0, 0)));
    assert_eq!(here.count("users").await, 120);
});

db_test!(two_servers_import_nobody_twice, |db: Db| async move {
    let (here, there) = servers(db).await;
    let (pool, _) = here.pool_and_client().await;
    let job = started(&here, &pool, 130).await;
    let (mut a, mut b) = (cx(&here), cx(&there));
    let (a, b) = futures::future::join(run::run(&mut a), run::run(&mut b)).await;
    a.unwrap();
    b.unwrap();
    run::run(&mut cx(&here)).await.unwrap();
    assert_eq!(counts(&describe(&here, &job).await), (130, 0, 0));
    assert_eq!(here.count("users").await, 130);
});

site_test!(a_running_job_can_be_stopped_and_holds_its_pool, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let job = started(&site, &pool, 120).await;
    run::step(&mut cx(&site), 2).await.unwrap();
    let message = "A user import job is in progress for this user pool.";
    for (operation, more) in [
        ("UpdateUserPool", json!({})),
        ("DeleteUserPool", json!({})),
        ("AddCustomAttributes", json!({ "CustomAttributes": [{ "Name": "a", "AttributeDataType": "String" }] })),
    ] {
        let input = merged(json!({ "UserPoolId": pool }), more);
        site.refused(operation, input, "UserImportInProgressException", message).await;
    }
    let stopping = site.ok("StopUserImportJob", of(&job)).await;
    assert_eq!(stopping["UserImportJob"]["Status"], "Stopping");
    run::run(&mut cx(&site)).await.unwrap();
    let stopped = describe(&site, &job).await;
    assert_eq!((&stopped["Status"], counts(&stopped)), (&json!("Stopped"), (50, 0, 0)));
    assert_eq!(stopped["CompletionMessage"], "The Import Job was stopped by the developer.");
    assert_eq!((site.count("users").await, site.count("import_chunks").await), (50, 0));
    let message = "The user import job can not be stopped. Its status is Stopped.";
    site.refused("StopUserImportJob", of(&job), "PreconditionNotMetException", message).await;
    let message = "The user import job can not be started. Its status is Stopped.";
    site.refused("StartUserImportJob", of(&job), "PreconditionNotMetException", message).await;
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool })).await;
});

site_test!(a_job_starts_once_with_its_file_and_alone, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let (first, second) = (create(&site, &pool, json!({})).await, create(&site, &pool, json!({})).await);
    let refused = |job: Value, message: &'static str| site.refused("StartUserImportJob", of(&job), "PreconditionNotMetException", message);
    refused(first.clone(), "The file of the user import job was not uploaded.").await;
    for job in [&first, &second] {
        put(&site, &path(job), "a\n").await.expect(200);
    }
    site.ok("StartUserImportJob", of(&first)).await;
    refused(first.clone(), "The user import job can not be started. Its status is Pending.").await;
    refused(second.clone(), "Another user import job is in progress.").await;
    assert_eq!(put(&site, &path(&first), "b\n").await.status, 409, "the file of a started job stays");
    // Its columns are not the pool's.
    run::run(&mut cx(&site)).await.unwrap();
    let failed = describe(&site, &first).await;
    assert_eq!((&failed["Status"], &failed["CompletionMessage"]), (&json!("Failed"), &json!("The file has no column name.")));
    site.ok("StartUserImportJob", of(&second)).await;

    let bare = site.pool(json!({ "AutoVerifiedAttributes": [] })).await;
    let job = create(&site, &bare, json!({})).await;
    put(&site, &path(&job), "a\n").await.expect(200);
    refused(job.clone(), "The user pool must have at least one auto-verified attribute.").await;
    let elsewhere = json!({ "UserPoolId": pool, "JobId": job["JobId"] });
    let message = format!("User import job {} does not exist.", job["JobId"].as_str().unwrap());
    site.refused("StartUserImportJob", elsewhere, "ResourceNotFoundException", &message).await;
});

site_test!(nobody_new_is_a_failure, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.user(&pool, "u0").await;
    let job = started(&site, &pool, 1).await;
    run::run(&mut cx(&site)).await.unwrap();
    let failed = describe(&site, &job).await;
    assert_eq!((&failed["Status"], counts(&failed)), (&json!("Failed"), (0, 1, 0)));
    assert_eq!(failed["CompletionMessage"], "Too many users have failed or been skipped during the import.");
});

site_test!(an_address_is_good_for_its_job_and_time, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let (job, other) = (create(&site, &pool, json!({})).await, create(&site, &pool, json!({})).await);
    let good = path(&job);
    let swapped = good.replace(job["JobId"].as_str().unwrap(), other["JobId"].as_str().unwrap());
    let later = good.replace("expires=1", "expires=2");
    let elsewhere = good.replace(&pool, "us-east-1_elsewhere");
    for bad in [swapped, later, elsewhere, good[..good.len() - 1].to_owned(), format!("/import/{}", job["JobId"].as_str().unwrap())] {
        assert_eq!(put(&site, &bad, "x").await.status, 403, "{bad}");
        assert_eq!(site.get(&bad, &[]).await.status, 403, "{bad}");
    }
    let large = vec![("content-length", (200 << 20).to_string())];
    assert_eq!(site.send(Sent { method: Method::PUT, path: &good, headers: large, body: b"x".to_vec() }).await.status, 413);
    assert_eq!(put(&site, &good, "").await.status, 400);
    assert_eq!(site.count("import_chunks").await, 0);
    // Larger than any other body may be.
    put(&site, &good, vec![b'x'; 700_000]).await.expect(200);
    assert_eq!(site.count("import_chunks").await, 3);
    site.advance(DAY);
    assert_eq!(put(&site, &good, "x").await.status, 403);
    run::run(&mut cx(&site)).await.unwrap();
    let (with, without) = (describe(&site, &job).await, describe(&site, &other).await);
    assert_eq!((&with["Status"], &without["Status"]), (&json!("Created"), &json!("Expired")));
    assert_eq!(without["CompletionMessage"], "The user import job has expired.");
    site.advance(DAY);
    site.refused("StartUserImportJob", of(&job), "PreconditionNotMetException", "The user import job has expired.").await;
    run::run(&mut cx(&site)).await.unwrap();
    assert_eq!((&describe(&site, &job).await["Status"], site.count("import_chunks").await), (&json!("Expired"), 0));
});

site_test!(jobs_are_listed_from_the_newest_on, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(create(&site, &pool, json!({})).await["JobId"].clone());
        site.advance(HOUR);
    }
    made.reverse();
    let (mut listed, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = site.ok("ListUserImportJobs", json!({ "UserPoolId": pool, "MaxResults": 2, "PaginationToken": token })).await;
        listed.extend(page["UserImportJobs"].as_array().unwrap().iter().map(|j| j["JobId"].clone()));
        token = page["PaginationToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(listed, made);
    let input = json!({ "UserPoolId": pool, "MaxResults": 2, "PaginationToken": "made-up" });
    site.refused("ListUserImportJobs", input, "InvalidParameterException", "Invalid pagination token given.").await;
});

/// Starts a job with this file, and runs it to its end.
async fn run_with(site: &Site, pool: &str, text: impl Into<Vec<u8>>) -> Value {
    let job = create(site, pool, json!({})).await;
    put(site, &path(&job), text).await.expect(200);
    site.ok("StartUserImportJob", of(&job)).await;
    run::run(&mut cx(site)).await.unwrap();
    describe(site, &job).await
}

site_test!(a_line_longer_than_any_window_costs_itself_alone, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let good = file(&site, &pool, &[], &[vec!["jane", "jane@e.example"], vec!["kim", "kim@e.example"]]).await;
    let mut lines: Vec<&str> = good.lines().collect();
    // Whatever the line ends with is no row of its own.
    let long = format!("{}{}", "x".repeat(1_200_000), lines[2].replace("kim", "lee"));
    lines.insert(1, &long);
    let done = run_with(&site, &pool, lines.join("\n") + "\n").await;
    assert_eq!((&done["Status"], counts(&done)), (&json!("Succeeded"), (2, 0, 1)));
    assert_eq!(done["PoolhouseFailedRows"], json!([{ "Line": 2, "Reason": "The row has more than 16,000 characters." }]));
    assert_eq!(site.count("users").await, 2);
});

site_test!(a_stray_quote_hides_nobody, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let rows = [vec!["jane", "jane@e.example"], vec!["kim", "kim@e.example"], vec!["lee", "lee@e.example"]];
    let text = file(&site, &pool, &[], &rows).await.replace("Doe\\, \"Jane\"", "5\" tall");
    let done = run_with(&site, &pool, text).await;
    assert_eq!((&done["Status"], counts(&done)), (&json!("Succeeded"), (3, 0, 0)));
    assert_eq!(attribute(&site.admin_get(&pool, "kim").await, "name"), Some("5\" tall"));
});

site_test!(a_nul_in_the_header_is_said_and_ends_the_job, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let text = file(&site, &pool, &[], &[vec!["jane", "jane@e.example"]]).await;
    let done = run_with(&site, &pool, text.replacen("cognito:username", "cognito:username,a\0b", 1)).await;
    assert_eq!((&done["Status"], &done["CompletionMessage"]), (&json!("Failed"), &json!("The row has a NUL character.")));
});

site_test!(a_batch_that_cannot_be_stored_ends_its_job, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let job = started(&site, &pool, 3).await;
    site.execute("DROP TABLE user_search").await;
    run::run(&mut cx(&site)).await.unwrap();
    let failed = describe(&site, &job).await;
    assert_eq!((&failed["Status"], counts(&failed)), (&json!("Failed"), (0, 0, 0)));
    let message = "The Import Job failed at a row that could not be stored. The rows before are imported.";
    assert_eq!(failed["CompletionMessage"], message);
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool })).await;
});

impl Site {
    async fn execute(&self, text: &'static str) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        match tx.engine() {
            Engine::Sqlite(c) => sqlx::query::<sqlx::Sqlite>(text).execute(c).await.map(drop),
            Engine::Postgres(c) => sqlx::query::<sqlx::Postgres>(text).execute(c).await.map(drop),
        }
        .expect("a change");
        tx.commit().await.expect("a commit");
    }
}
