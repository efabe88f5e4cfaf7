//! The engine with what a Node.js function expects to find in it.

use super::modules::{IMPORTED, Names, Sources};
use super::natives;
use super::state::State;
use crate::functions::sandbox::protocol::{FromWorker, write};
use crate::kit::text;
use anyhow::{Context as _, anyhow};
use rquickjs::context::EvalOptions;
use rquickjs::object::Property;
use rquickjs::prelude::Func;
use rquickjs::{CatchResultExt as _, Context, Ctx, Function, Module, Object, Persistent, Promise, Result, Runtime, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the scripts of the runtime and the loop say to each other.
#[derive(Clone)]
pub struct Host(Persistent<Object<'static>>);

impl Host {
    pub fn restore<'js>(&self, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        self.0.clone().restore(ctx)
    }
}

const SCRIPTS: [(&str, &str); 7] = [
    ("node:console", include_str!("../js/console.js")),
    ("node:buffer", include_str!("../js/buffer.js")),
    ("node:crypto", include_str!("../js/crypto.js")),
    ("node:url", include_str!("../js/url.js")),
    ("node:events", include_str!("../js/events.js")),
    ("node:fetch", include_str!("../js/fetch.js")),
    ("node:module", include_str!("../js/modules.js")),
];
const STACK: usize = 1 << 20;

pub struct Machine {
    pub runtime: Runtime,
    context: Context,
    host: Host,
}

impl Machine {
    pub fn new(state: &Rc<State>, environment: BTreeMap<String, String>, memory: usize) -> anyhow::Result<Self> {
        let runtime = Runtime::new().context("no engine")?;
        runtime.set_memory_limit(memory);
        runtime.set_max_stack_size(STACK);
        let deadline = state.deadline.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || deadline.has_passed())));
        let context = Context::full(&runtime).context("no context")?;
        let (host, builtins) = context.with(|ctx| {
            let made = furnish(&ctx, state, environment);
            made.catch(&ctx).map_err(|error| anyhow!("the runtime's own scripts failed: {error}"))
        })?;
        let names = Names { state: state.clone(), host: host.clone(), builtins };
        runtime.set_loader(names, Sources { state: state.clone(), host: host.clone() });
        Ok(Self { runtime, context, host })
    }

    /// Calls one of the host's own scripts; what it throws, the function's handler has failed with.
    pub fn call<R>(&self, body: impl for<'js> FnOnce(&Ctx<'js>, &Object<'js>) -> Result<R>) -> Option<R> {
        self.context.with(|ctx| {
            let host = self.host.restore(&ctx).ok()?;
            match body(&ctx, &host) {
                Ok(value) => Some(value),
                Err(_) => {
                    let thrown = ctx.catch();
                    let failed: Function<'_> = host.get("failed").ok()?;
                    let _ = failed.call::<_, Value<'_>>((thrown,));
                    ctx.catch();
                    None
                }
            }
        })
    }
}

/// Makes the host, and runs the scripts that build the rest on it. Gives the names of the built-in modules too.
fn furnish(ctx: &Ctx<'_>, state: &Rc<State>, environment: BTreeMap<String, String>) -> Result<(Host, Vec<String>)> {
    let (host, builtins, global) = (Object::new(ctx.clone())?, Object::new(ctx.clone())?, ctx.globals());
    for name in ["hash", "hmac", "pbkdf2", "random", "utf8", "text", "encode", "decode", "urlParse", "urlSet"] {
        let function = match name {
            "hash" => Function::new(ctx.clone(), natives::hash),
            "hmac" => Function::new(ctx.clone(), natives::hmac),
            "pbkdf2" => Function::new(ctx.clone(), natives::derive),
            "random" => Function::new(ctx.clone(), natives::random),
            "utf8" => Function::new(ctx.clone(), natives::utf8),
            "text" => Function::new(ctx.clone(), natives::text_of),
            "encode" => Function::new(ctx.clone(), natives::encode),
            "decode" => Function::new(ctx.clone(), natives::decode),
            "urlParse" => Function::new(ctx.clone(), natives::url_parse),
            _ => Function::new(ctx.clone(), natives::url_set),
        }?;
        host.set(name, function)?;
    }
    let env = Object::new(ctx.clone())?;
    for (name, value) in environment {
        env.set(name, value)?;
    }
    host.set("env", env)?;
    engine(&host)?;
    files(&host, state)?;
    calls(&host, state)?;
    for (name, source) in SCRIPTS {
        let script: Function<'_> = compile(ctx, source, name)?;
        script.call::<_, ()>((host.clone(), builtins.clone(), global.clone()))?;
    }
    global.prop(IMPORTED, Property::from(host.get::<_, Function<'_>>("imported")?))?;
    let names = builtins.keys::<String>().collect::<Result<Vec<_>>>()?;
    Ok((Host(Persistent::save(ctx, host)), names))
}

fn compile<'js, T: rquickjs::FromJs<'js>>(ctx: &Ctx<'js>, source: &str, name: &str) -> Result<T> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(source, options)
}

fn import(ctx: Ctx<'_>, path: String) -> Result<Promise<'_>> {
    Module::import(&ctx, path)
}

fn compiled(ctx: Ctx<'_>, source: String, name: String) -> Result<Value<'_>> {
    compile(&ctx, &source, &name)
}

fn engine(host: &Object<'_>) -> Result<()> {
    host.set("compile", Func::from(compiled))?;
    host.set("import", Func::from(import))
}

fn files(host: &Object<'_>, state: &Rc<State>) -> Result<()> {
    let of = state.clone();
    host.set("source", Func::from(move |path: String| of.files.text(&path).unwrap_or_default().to_owned()))?;
    let of = state.clone();
    let resolve = move |from: String, name: String, is_require: bool| match of.files.resolve(&from, &name, is_require) {
        Some(path) => serde_json::json!({ "kind": of.files.kind(&path).as_str(), "path": path }).to_string(),
        None => "{}".to_owned(),
    };
    host.set("resolve", Func::from(resolve))
}

fn calls(host: &Object<'_>, state: &Rc<State>) -> Result<()> {
    let of = state.clone();
    host.set("now", Func::from(move || of.deadline.now()))?;
    let of = state.clone();
    host.set("log", Func::from(move |level: String, text: String| of.log.borrow_mut().add(&level, &text)))?;
    let of = state.clone();
    host.set("wait", Func::from(move |waits: bool| of.waits.set(waits)))?;
    let of = state.clone();
    host.set(
        "loaded",
        Func::from(move |error: String| {
            of.loaded.borrow_mut().get_or_insert(error);
        }),
    )?;
    let of = state.clone();
    host.set(
        "settle",
        Func::from(move |ok: bool, json: String| {
            of.settled.borrow_mut().get_or_insert((ok, json));
        }),
    )?;
    let of = state.clone();
    let fetch = Function::new(host.ctx().clone(), move |ctx: Ctx<'_>, request: String, body: natives::Bytes<'_>| -> Result<()> {
        let body = text::base64(&natives::bytes(&ctx, &body)?);
        let sent = write(&mut *of.socket.borrow_mut(), &FromWorker::Fetch { request, body });
        sent.map_err(|_| rquickjs::Exception::throw_type(&ctx, "fetch failed"))
    })?;
    host.set("fetch", fetch)
}
