//! Pages and lookups on pools of very different size, which should cost the same.
//!
//! One user is made through the API and then copied, row by row, in the database file of the stopped server: hashing a million passwords
//! would take a day. Each size is a file and a server of its own, and the servers take turns, so that what else the machine does falls on all.

use super::growth::Growth;
use super::load::{self, Clock};
use super::people::PASSWORD;
use super::report::Report;
use super::server::Server;
use super::store;
use crate::kit::{id, rng::Rng};
use crate::store::Db;
use crate::users;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// A pool that takes longer to fill is left out, unless it was asked for. In seconds.
const PATIENCE: f64 = 240.0;
/// A larger pool fills more slowly than a smaller.
const SLOWER: f64 = 1.5;
/// Copies for each statement, and for each transaction.
const AT_ONCE: usize = 128;
const TRANSACTION: usize = 200_000;
/// Where the first user has `MARK` the copies have a number of as many digits, the first this.
const MARK: &str = "00000000";
const FIRST: usize = 10_000_000;
/// Different requests of a kind; a page; calls before it is the next server's turn.
const VARIANTS: usize = 64;
const PAGE: usize = 60;
const TURN: usize = 16;

pub fn measure(report: &mut Report, folder: &Path, wanted: Option<&[usize]>, seconds: f64) -> Result<()> {
    let mut sizes = wanted.unwrap_or(&SIZES).to_vec();
    sizes.sort_unstable();
    sizes.dedup();
    let base = folder.join("population");
    std::fs::create_dir_all(&base)?;
    let original = Original::make(&base)?;
    let (folders, left_out) = original.grow(&base, &sizes, wanted.is_none())?;
    sizes.truncate(folders.len());
    let places = sizes.iter().zip(&folders).map(|(size, folder)| Place::open(folder, &original, *size)).collect::<Result<Vec<_>>>()?;
    let mut growth = Growth::new(sizes, left_out);
    for kind in 0..places.first().map_or(0, |place| place.kinds.len()) {
        let name = places[0].kinds[kind].name;
        eprintln!("measuring {name}");
        growth.add(name, take_turns(&places, kind, seconds)?);
    }
    report.growth = Some(growth);
    Ok(())
}

/// The first user, and where.
struct Original {
    pool_id: String,
    client_id: String,
    sub: String,
}

impl Original {
    /// Makes a pool with one user in a new database.
    fn make(folder: &Path) -> Result<Self> {
        let server = Server::serve(folder)?;
        let mut connection = server.connect()?;
        let mut call = |name: &str, input: &Value| -> Result<Value> {
            let answer = connection.exchange(&server.signed_operation(name, input)?)?;
            answer.expect(200)?;
            answer.json()
        };
        let text = |value: &Value| value.as_str().map(str::to_owned).context("an identifier is missing");
        let pool = call("CreateUserPool", &json!({ "PoolName": "Population", "AliasAttributes": ["email"] }))?;
        let pool_id = text(&pool["UserPool"]["Id"])?;
        let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let client = call("CreateUserPoolClient", &json!({ "UserPoolId": pool_id, "ClientName": "bench", "ExplicitAuthFlows": flows }))?;
        let (name, email) = (format!("user{MARK}"), format!("user{MARK}@example.com"));
        let attributes = json!([{ "Name": "email", "Value": email }, { "Name": "email_verified", "Value": "true" }]);
        let input = json!({ "UserPoolId": pool_id, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": attributes });
        let user = call("AdminCreateUser", &input)?;
        call("AdminSetUserPassword", &json!({ "UserPoolId": pool_id, "Username": name, "Password": PASSWORD, "Permanent": true }))?;
        let sub = user["User"]["Attributes"].as_array().into_iter().flatten().find(|a| a["Name"] == "sub").map(|a| text(&a["Value"]));
        let original = Self { pool_id, client_id: text(&client["UserPoolClient"]["ClientId"])?, sub: sub.context("a user has no sub")?? };
        drop(connection);
        server.stop()?;
        Ok(original)
    }

    /// Fills the pool up to each size and keeps a folder of each. The largest sizes are left out where they would take too long.
    fn grow(&self, base: &Path, sizes: &[usize], impatient: bool) -> Result<(Vec<PathBuf>, Vec<usize>)> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (mut folders, mut there, mut each) = (Vec::new(), 1, 0.0);
        for (n, size) in sizes.iter().enumerate() {
            if impatient && each * SLOWER * (size.saturating_sub(there)) as f64 > PATIENCE {
                return Ok((folders, sizes[n..].to_vec()));
            }
            eprintln!("filling a pool with {size} users");
            let clock = Clock::start();
            runtime.block_on(self.fill(&base.join("bench.db"), there, *size))?;
            each = clock.elapsed().as_secs_f64() / size.saturating_sub(there).max(1) as f64;
            there = there.max(*size);
            folders.push(if n + 1 == sizes.len() { base.to_owned() } else { copy_folder(base, &format!("population-{size}"))? });
        }
        Ok((folders, Vec::new()))
    }

    async fn fill(&self, file: &Path, from: usize, to: usize) -> Result<()> {
        let (db, rng) = (Db::open(&format!("sqlite:{}", file.display())).await?, Rng::system());
        let user = users::store::find_by_sub(&mut db.read().await?, &self.pool_id, &self.sub).await?.context("the first user is gone")?;
        let mut there = from;
        while there < to {
            let mut tx = db.begin().await?;
            store::widen_cache(&mut tx).await?;
            let end = to.min(there + TRANSACTION);
            while there < end {
                let subs: Vec<String> = (there..end.min(there + AT_ONCE)).map(|_| id::uuid(&rng)).collect();
                users::store::copy(&mut tx, &user, MARK, (FIRST + there) as i64, &subs).await?;
                there += subs.len();
            }
            tx.commit().await?;
        }
        db.close().await;
        Ok(())
    }
}

/// Copies a folder of files to another beside it.
fn copy_folder(from: &Path, name: &str) -> Result<PathBuf> {
    let to = from.with_file_name(name);
    std::fs::create_dir_all(&to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name())).with_context(|| format!("cannot copy {}", entry.path().display()))?;
    }
    Ok(to)
}

/// Calls of one operation that differ in whom they are about.
struct Kind {
    name: &'static str,
    operation: &'static str,
    signed: bool,
    inputs: Vec<Value>,
    /// The users that a list must hold.
    users: Option<usize>,
}

/// A server with a pool of one size.
struct Place {
    server: Server,
    kinds: Vec<Kind>,
}

impl Place {
    fn open(folder: &Path, original: &Original, size: usize) -> Result<Self> {
        ensure!(size > 4 * PAGE, "a pool of {size} users has no page in the middle");
        let server = Server::serve(folder)?;
        let pool = &original.pool_id;
        let numbers: Vec<usize> = (0..VARIANTS).map(|n| FIRST + 1 + n * (size - 1) / VARIANTS).collect();
        let list = |more: Value| {
            let mut input = json!({ "UserPoolId": pool, "Limit": PAGE });
            more.as_object().into_iter().flatten().for_each(|(name, value)| input[name] = value.clone());
            input
        };
        let of_all = |input: &dyn Fn(&usize) -> Value| numbers.iter().map(input).collect::<Vec<_>>();
        let lists = |name, inputs, users| Kind { name, operation: "ListUsers", signed: true, inputs, users: Some(users) };
        let gets = |name, operation, signed, inputs| Kind { name, operation, signed, inputs, users: None };
        let middle = middle_tokens(&server, &list(json!({})), size / 2 / PAGE)?;
        let tokens = sign_in(&server, original, &numbers)?;
        let kinds = vec![
            lists("ListUsers, first page", vec![list(json!({}))], PAGE),
            lists("ListUsers, page in the middle", middle.iter().map(|t| list(json!({ "PaginationToken": t }))).collect(), PAGE),
            lists("ListUsers, email ^= …", of_all(&|n| list(json!({ "Filter": format!("email ^= \"user{}\"", n / 100) }))), PAGE),
            lists("ListUsers, username = …", of_all(&|n| list(json!({ "Filter": format!("username = \"user{n}\"") }))), 1),
            gets("AdminGetUser", "AdminGetUser", true, of_all(&|n| json!({ "UserPoolId": pool, "Username": format!("user{n}") }))),
            gets("GetUser", "GetUser", false, tokens.iter().map(|token| json!({ "AccessToken": token })).collect()),
            gets("DescribeUserPool", "DescribeUserPool", true, vec![json!({ "UserPoolId": pool })]),
        ];
        Ok(Self { server, kinds })
    }

    /// The bytes of a kind's requests, signed now: a signature is worth some minutes.
    fn requests(&self, kind: usize) -> Result<Vec<Vec<u8>>> {
        let Kind { operation, signed, inputs, .. } = &self.kinds[kind];
        let request =
            |input| if *signed { self.server.signed_operation(operation, input) } else { Ok(self.server.operation(operation, input)) };
        inputs.iter().map(request).collect()
    }
}

/// Pages through the first half of a list; the last tokens of it.
fn middle_tokens(server: &Server, input: &Value, pages: usize) -> Result<Vec<Value>> {
    let (mut connection, mut input, mut tokens) = (server.connect()?, input.clone(), Vec::new());
    for page in 0..pages {
        let answer = connection.exchange(&server.signed_operation("ListUsers", &input)?)?;
        answer.expect(200)?;
        input["PaginationToken"] = answer.json()?["PaginationToken"].take();
        if page + VARIANTS >= pages {
            tokens.push(input["PaginationToken"].clone());
        }
    }
    Ok(tokens)
}

/// Access tokens of some of these users.
fn sign_in(server: &Server, original: &Original, numbers: &[usize]) -> Result<Vec<Value>> {
    let requests = numbers.iter().step_by(4).map(|number| {
        let parameters = json!({ "USERNAME": format!("user{number}"), "PASSWORD": PASSWORD });
        let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": original.client_id, "AuthParameters": parameters });
        server.operation("InitiateAuth", &input)
    });
    let (_, tokens) = load::batch(server, &requests.collect::<Vec<_>>(), |answer| {
        answer.expect(200)?;
        Ok(answer.json()?["AuthenticationResult"]["AccessToken"].take())
    })?;
    Ok(tokens)
}

/// The seconds that each call of one kind took, for each server.
fn take_turns(places: &[Place], kind: usize, seconds: f64) -> Result<Vec<Vec<f64>>> {
    let mut connections = places.iter().map(|place| place.server.connect()).collect::<Result<Vec<_>>>()?;
    let requests = places.iter().map(|place| place.requests(kind)).collect::<Result<Vec<_>>>()?;
    // Once for each before it counts: caches fill, and the answer is looked at.
    for (n, place) in places.iter().enumerate() {
        for request in &requests[n] {
            let answer = connections[n].exchange(request)?;
            answer.expect(200)?;
            if let Some(users) = place.kinds[kind].users {
                let found = answer.json()?["Users"].as_array().map_or(0, Vec::len);
                ensure!(found == users, "{} gave {found} users instead of {users}", place.kinds[kind].name);
            }
        }
    }
    let (mut times, mut sent, clock) = (vec![Vec::new(); places.len()], 0, Clock::start());
    while clock.elapsed().as_secs_f64() < seconds {
        for (n, requests) in requests.iter().enumerate() {
            for request in requests.iter().cycle().skip(sent % requests.len()).take(TURN) {
                let call = Clock::start();
                connections[n].exchange(request)?.expect(200)?;
                times[n].push(call.elapsed().as_secs_f64());
            }
        }
        sent += TURN;
    }
    Ok(times)
}
