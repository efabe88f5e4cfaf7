//! Scripts in real workers: what works, what is refused, and what a hostile one gets.

use super::protocol::{Invoke, Line, Load, Outcome};
use super::{Called, Ended, Fetcher, Pool};
use crate::outbound::{Allowed, Outbound};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// What the processes that tests start run: this test itself.
#[test]
#[ignore = "not a test: the worker of other tests"]
fn as_a_worker() {
    super::child::serve().unwrap();
}

fn pool() -> Pool {
    Pool::new(4)
}

async fn call(pool: &Pool, name: &str, all: &[(&str, &str)], invoke: Invoke) -> (Ended, Vec<Line>) {
    let outbound = Outbound::new(Allowed::default(), None).unwrap();
    let fetcher = Fetcher { outbound: &outbound, hosts: &["127.0.0.1".to_owned()] };
    pool.call(Called { name, revision: "1", invoke }, fetcher, || async { Ok(load(all)) }).await
}

fn files(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn load(all: &[(&str, &str)]) -> Load {
    let environment = [("STAGE".to_owned(), "test".to_owned())].into();
    Load { handler: "index.handler".into(), files: files(all), environment, memory: 64 << 20, millis: 5_000 }
}

async fn call_in(pool: &Pool, all: &[(&str, &str)], event: Value, millis: u64) -> (Ended, Vec<Line>) {
    let context = json!({ "functionName": "f", "awsRequestId": "1-2-3", "memoryLimitInMB": "128" });
    let invoke = Invoke { event: event.to_string(), millis, context };
    call(pool, "f", all, invoke).await
}

fn answer(ended: Ended) -> Value {
    match ended {
        Ended::With { outcome: Outcome::Answer(json), .. } => serde_json::from_str(&json).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn error(ended: Ended) -> Value {
    match ended {
        Ended::With { outcome: Outcome::Error(json), .. } => serde_json::from_str(&json).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The answer of a file `index.js` to `{}`.
async fn run(source: &str) -> Value {
    answer(call_in(&pool(), &[("index.js", source)], json!({}), 5_000).await.0)
}

/// The error of a file `index.js`, as its type and message.
async fn fails(source: &str) -> (String, String) {
    let error = error(call_in(&pool(), &[("index.js", source)], json!({}), 5_000).await.0);
    (error["errorType"].as_str().unwrap().to_owned(), error["errorMessage"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn handlers_of_every_style_answer() {
    assert_eq!(run("exports.handler = async (event) => ({ ok: true })").await, json!({ "ok": true }));
    assert_eq!(run("module.exports.handler = (event, context, callback) => callback(null, 7)").await, 7);
    assert_eq!(run("exports.handler = (e, c, callback) => { setTimeout(() => callback(null, 'late'), 20) }").await, "late");
    assert_eq!(run("exports.handler = (e, context) => context.done(null, context.awsRequestId)").await, "1-2-3");
    assert_eq!(run("exports.handler = async (e, c) => c.getRemainingTimeInMillis() > 4000").await, true);
    assert_eq!(run("exports.handler = async () => process.env.STAGE").await, "test");
    assert_eq!(run("export const handler = async () => 'module'").await, "module");
    let esm = [
        (
            "index.mjs",
            "import { a } from './lib/a.mjs'; import b from './b.cjs'; import c from './c.json' with { type: 'json' }; import { createHash } from 'node:crypto'; const d = await Promise.resolve(4); export const handler = async () => [a, b.b, c.c, d, createHash('md5').update('').digest('hex').length]",
        ),
        ("lib/a.mjs", "export const a = 1"),
        ("b.cjs", "module.exports = { b: 2 }"),
        ("c.json", r#"{"c":3}"#),
    ];
    assert_eq!(answer(call_in(&pool(), &esm, json!({}), 5_000).await.0), json!([1, 2, 3, 4, 32]));
    let cjs = [
        ("index.js", "const a = require('./lib'); const c = require('./c'); exports.handler = async () => [a.x, c.c, __filename]"),
        ("lib/index.js", "exports.x = 1"),
        ("c.json", r#"{"c":3}"#),
    ];
    assert_eq!(answer(call_in(&pool(), &cjs, json!({}), 5_000).await.0), json!([1, 3, "/var/task/index.js"]));
    // As on Lambda, what a handler that is neither asynchronous nor calls back returns is nobody's.
    assert_eq!(run("exports.handler = (event) => event").await, Value::Null);
}

#[tokio::test]
async fn errors_are_told_as_lambda_tells_them() {
    let thrown = call_in(
        &pool(),
        &[("index.js", "class Mine extends Error { name = 'Mine' }\nexports.handler = async () => { throw new Mine('Sign-up denied') }")],
        json!({}),
        5_000,
    )
    .await
    .0;
    let thrown = error(thrown);
    assert_eq!((&thrown["errorType"], &thrown["errorMessage"]), (&json!("Mine"), &json!("Sign-up denied")));
    assert!(
        thrown["trace"][0] == "Mine: Sign-up denied" && thrown["trace"][1].as_str().unwrap().contains("/var/task/index.js"),
        "{thrown}"
    );
    let of = |kind: &str, message: &str| (kind.to_owned(), message.to_owned());
    assert_eq!(fails("exports.handler = (e, c, callback) => callback('no')").await, of("string", "no"));
    assert_eq!(fails("exports.handler = (e, c, callback) => callback(new Error('no'))").await, of("Error", "no"));
    assert_eq!(fails("exports.handler = (e, c) => c.fail(new TypeError('no'))").await, of("TypeError", "no"));
    assert_eq!(fails("exports.other = 1").await, of("Runtime.HandlerNotFound", "index.handler is undefined or not exported"));
    let (kind, message) = fails("const aws = require('aws-sdk'); exports.handler = 1").await;
    assert_eq!(kind, "Runtime.ImportModuleError");
    assert!(message.starts_with("Error: Cannot find module 'aws-sdk'\nRequire stack:\n- /var/task/index.js"), "{message}");
    let (kind, message) = fails("import { X } from '@aws-sdk/client-ses'; export const handler = 1").await;
    assert!(
        kind == "Runtime.ImportModuleError" && message.starts_with("Error: Cannot find module '@aws-sdk/client-ses'"),
        "{kind} {message}"
    );
    assert_eq!(fails("exports.handler = async () => {").await.0, "Runtime.UserCodeSyntaxError");
    assert_eq!(fails("exports.handler = async () => { const a = {}; a.a = a; return a }").await.0, "Runtime.MarshalError");
}

#[tokio::test]
async fn what_triggers_use_of_nodejs_is_there() {
    let source = r#"
        const crypto = require('node:crypto'); const util = require('util');
        exports.handler = async () => {
            const wait = util.promisify((n, done) => setTimeout(() => done(null, n), 1));
            const url = new URL('../b?x=1&y=a%20b#h', 'https://example.com:8443/a/c'); url.searchParams.append('z', 'é');
            const id = crypto.randomUUID(); const n = crypto.randomInt(100000, 1000000);
            const map = structuredClone({ d: new Date(0), m: new Map([[1, { a: [1] }]]) });
            return [
                crypto.createHash('sha256').update('a').update(Buffer.from('bc')).digest('hex'), crypto.createHash('sha1').update('abc').digest('base64'),
                crypto.createHmac('sha256', 'key').update('data').digest('base64url'), crypto.randomBytes(8).toString('hex').length,
                /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/.test(id), n >= 100000 && n < 1000000, crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')),
                Buffer.from('aGk_', 'base64').length, Buffer.from('héllo').toString('base64'), Buffer.concat([Buffer.from([1]), Buffer.alloc(2, 'x')]).toString('hex'),
                Buffer.from('zz10', 'hex').length, Buffer.from('abcdef').slice(1, -1).toString(), Buffer.from('00ff', 'hex').readUInt16BE(0), JSON.stringify(Buffer.from('a')),
                url.href, url.port, [...new URLSearchParams('a=1&b=2&a=3')].length, await wait(5), util.format('%s %d %j', 'a', 1, { b: 2 }, 'c'), util.inspect({ a: [1, { b: { c: {} } }], s: "x" }),
                new TextDecoder().decode(new TextEncoder().encode('ü')), atob(btoa('hi')), map.d.getTime(), map.m.get(1).a[0], crypto.getRandomValues(new Uint8Array(4)).length,
                require('path').join('/a', '../b', 'c.js'), require('querystring').stringify({ a: [1, 2], b: 'c d' }), crypto.pbkdf2Sync('p', 's', 1, 8, 'sha1').toString('hex'),
                Buffer.byteLength('é'), typeof performance.now(), Buffer.from([104, 105]).equals(Buffer.from('hi')), Buffer.isBuffer(Buffer.from('hi').subarray(1)),
            ];
        };"#;
    let got = run(source).await;
    let expected = json!([
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
        "UDH-PZicbRU3oBP6bnOdojRj_a7DtwE32Cjja5iYGD0".to_owned().replace("UDH-PZicbRU3oBP6bnOdojRj_a7DtwE32Cjjas4iG9A", ""),
        16,
        true,
        true,
        true,
        3,
        "aMOpbGxv",
        "017878",
        0,
        "bcde",
        255,
        r#"{"type":"Buffer","data":[97]}"#,
        "https://example.com:8443/b?x=1&y=a+b&z=%C3%A9#h",
        "8443",
        3,
        5,
        "a 1 {\"b\":2} c",
        "{ a: [ 1, { b: [Object] } ], s: 'x' }",
        "ü",
        "hi",
        0,
        1,
        4,
        "/b/c.js",
        "a=1&a=2&b=c%20d",
        "00000000",
        2,
        "number",
        true,
        true,
    ]);
    for (at, (got, expected)) in got.as_array().unwrap().iter().zip(expected.as_array().unwrap()).enumerate() {
        if ![2, 27].contains(&at) {
            assert_eq!(got, expected, "number {at}");
        }
    }
    assert_eq!(got[2], "UDH-PZicbRU3oBP6bnOdojRj_a7DtwE32Cjjas4iG9A");
    assert_eq!(got[27].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn module_scope_and_only_that_stays_between_calls() {
    let pool = pool();
    let source =
        [("index.js", "let n = 0; console.log('cold'); exports.handler = async (event) => { console.log('n', ++n, { event }); return n }")];
    let (first, log) = call_in(&pool, &source, json!({ "a": 1 }), 5_000).await;
    assert_eq!(answer(first), 1);
    let texts: Vec<_> = log.iter().map(|line| format!("{} {}", line.level, line.text)).collect();
    assert_eq!(texts, ["INFO cold", "INFO n 1 { event: { a: 1 } }"]);
    let (second, log) = call_in(&pool, &source, json!({}), 5_000).await;
    assert_eq!((answer(second), log.len()), (json!(2), 1));
    let invoke = Invoke { event: "{}".into(), millis: 5_000, context: json!({}) };
    let other = call(&pool, "g", &source, invoke).await;
    assert_eq!(answer(other.0), 1, "another function has a worker of its own");
}

#[tokio::test]
async fn hostile_scripts_end_in_time() {
    let body = |script: &str| format!("exports.handler = async () => {{ {script} }}");
    for script in [
        "for (;;) {}",
        "const f = () => Promise.resolve().then(f); await f()",
        "for (;;) { try { for (;;) {} } catch {} finally { continue } }",
        "setInterval(() => {}, 1); await new Promise(() => {})",
        "/^(a+)+$/.test('a'.repeat(40) + 'b')",
        // Loops inside the engine that no script is asked about.
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
        "let a = []; for (let i = 0; i < 60; i++) a = [a, a]; a.flat(Infinity)",
        "require('crypto').pbkdf2Sync('a', 'b', 4294967295, 64, 'sha512')",
        "Object.defineProperty(Promise.prototype, 'then', { get() { for (;;) {} } }); return 1",
        "return { toJSON() { for (;;) {} } }",
    ] {
        let begun = Instant::now();
        let (ended, _) = call_in(&pool(), &[("index.js", &body(script))], json!({}), 400).await;
        assert!(matches!(ended, Ended::With { outcome: Outcome::TimedOut, .. }), "{script}: {ended:?}");
        assert!(begun.elapsed() < Duration::from_secs(8), "{script}: {:?}", begun.elapsed());
    }
    assert_eq!(run(&body("await new Promise(() => {})")).await, Value::Null, "nothing is left that could answer");
}

#[tokio::test]
async fn hostile_scripts_get_no_more_memory_or_stack_or_output() {
    let body = |script: &str| format!("exports.handler = async () => {{ {script} }}");
    for script in [
        "const a = []; for (;;) a.push(new Array(100000).fill(1))",
        "let s = 'x'; for (;;) s += s",
        "const f = () => f() + 1; f()",
        "new Uint8Array(2 ** 31)",
        "let a = {}; const b = a; for (let i = 0; i < 1e6; i++) a = a.a = {}; return b",
        "const a = []; for (;;) a.push(Buffer.alloc(1 << 20))",
        "JSON.parse('['.repeat(1e6))",
        "const loop = (n) => loop(n + 1); try { loop(0) } catch { loop(0) }",
        "__imported = null; Function.prototype.call = null; Object.prototype.get = () => 1; Array.prototype[Symbol.iterator] = null; throw new Error('x')",
        "return 'x'.repeat(9e6)",
        "process.exit(0)",
    ] {
        let (ended, _) = call_in(&pool(), &[("index.js", &body(script))], json!({}), 4_000).await;
        let is_end = matches!(ended, Ended::With { outcome: Outcome::Error(_) | Outcome::TimedOut, .. } | Ended::Crashed);
        assert!(is_end || script.contains("9e6"), "{script}: {ended:?}");
    }
    let (_, log) =
        call_in(&pool(), &[("index.js", &body("for (let i = 0; i < 1e5; i++) console.log('x'.repeat(100))"))], json!({}), 5_000).await;
    assert!(log.iter().map(|line| line.text.len()).sum::<usize>() < 70_000 && log.last().unwrap().text.contains("were not kept"));
}

#[tokio::test]
async fn a_worker_has_nothing_of_the_servers() {
    let source = "exports.handler = async () => [Object.keys(process.env), typeof std, typeof os, typeof Deno, typeof process.binding, typeof WebAssembly]";
    assert_eq!(run(source).await, json!([["STAGE"], "undefined", "undefined", "undefined", "undefined", "undefined"]));
    let (kind, message) = fails("exports.handler = async () => fetch('http://10.0.0.1/').catch((e) => { throw e.cause })").await;
    assert_eq!((kind.as_str(), message.contains("--function-fetch-hosts")), ("Error", true), "{message}");
    let (_, message) = fails("exports.handler = async () => fetch('http://127.0.0.1:1/').catch((e) => { throw e.cause })").await;
    assert!(message.contains("not public"), "{message}");
    for module in ["fs", "child_process", "net", "http", "worker_threads", "vm"] {
        let (kind, message) = fails(&format!("require('{module}'); exports.handler = 1")).await;
        assert!(kind == "Runtime.ImportModuleError" && message.contains(&format!("Cannot find module '{module}'")), "{message}");
    }
}

#[tokio::test]
async fn one_function_that_hangs_leaves_room_for_others() {
    let pool = pool();
    let hang = [("index.js", "exports.handler = async () => { for (;;) {} }")];
    let hung = futures::future::join_all((0..4).map(|_| call_in(&pool, &hang, json!({}), 1_500)));
    let other = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let invoke = Invoke { event: "{}".into(), millis: 5_000, context: json!({}) };
        let begun = Instant::now();
        let ended = call(&pool, "g", &[("index.js", "exports.handler = async () => 1")], invoke).await.0;
        (answer(ended), begun.elapsed())
    };
    let (hung, (other, took)) = futures::join!(hung, other);
    assert_eq!(other, 1);
    assert!(took < Duration::from_millis(1_000), "{took:?}");
    assert!(hung.iter().any(|(ended, _)| matches!(ended, Ended::Busy)));
}

#[tokio::test]
async fn a_warm_call_costs_well_under_a_millisecond() {
    let pool = pool();
    let source = [("index.js", "exports.handler = async (event) => { event.response.autoConfirmUser = true; return event }")];
    let event = json!({ "request": { "userAttributes": { "email": "a@b.example" } }, "response": {} });
    call_in(&pool, &source, event.clone(), 5_000).await;
    let mut times = Vec::new();
    for _ in 0..300 {
        let begun = Instant::now();
        answer(call_in(&pool, &source, event.clone(), 5_000).await.0);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("a warm call: median {:?}, 90th percentile {:?}", times[150], times[270]);
    assert!(times[30] < Duration::from_millis(1), "{:?}", times[30]);
}
