//! ES modules: where they are found, and how the others look to them.

use super::machine::Host;
use super::resolve::Kind;
use super::state::State;
use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::{Ctx, Error, Function, Module, Object, Result, Value};
use std::rc::Rc;

/// The name under which a synthetic module finds what it gives out.
pub const IMPORTED: &str = "__imported";

pub struct Names {
    pub state: Rc<State>,
    pub host: Host,
    /// The modules that the runtime has of its own.
    pub builtins: Vec<String>,
}

impl Resolver for Names {
    fn resolve<'js>(&mut self, ctx: &Ctx<'js>, base: &str, name: &str, _: Option<ImportAttributes<'js>>) -> Result<String> {
        let bare = name.strip_prefix("node:").unwrap_or(name);
        if self.builtins.iter().any(|known| known == bare) {
            return Ok(format!("node:{bare}"));
        }
        match self.state.files.resolve(base, name, false) {
            Some(path) => Ok(path),
            None => {
                let missing: Function<'js> = self.host.restore(ctx)?.get("missing")?;
                let error: Value<'js> = missing.call((name, base))?;
                Err(ctx.throw(error))
            }
        }
    }
}

pub struct Sources {
    pub state: Rc<State>,
    pub host: Host,
}

impl Loader for Sources {
    fn load<'js>(&mut self, ctx: &Ctx<'js>, name: &str, _: Option<ImportAttributes<'js>>) -> Result<Module<'js>> {
        let is_builtin = name.starts_with("node:");
        if !is_builtin && self.state.files.kind(name) == Kind::Esm {
            let source = self.state.files.text(name).ok_or_else(|| Error::new_loading(name))?;
            let module = Module::declare(ctx.clone(), name, source)?;
            let meta: Object<'js> = module.meta()?;
            meta.set("url", format!("file://{name}"))?;
            meta.set("filename", name)?;
            meta.set("dirname", name.rsplit_once('/').map_or("/", |(folder, _)| folder))?;
            return Ok(module);
        }
        let names: Function<'js> = self.host.restore(ctx)?.get("names")?;
        let names: String = names.call((name,))?;
        let names: Vec<String> = serde_json::from_str(&names).unwrap_or_default();
        Module::declare(ctx.clone(), name, synthetic(name, &names))
    }
}

/// A module that gives out what another kind of module exports, under its names and as the default.
fn synthetic(name: &str, names: &[String]) -> String {
    let given: Vec<_> = names.iter().filter(|name| *name != "default").collect();
    let taken: Vec<_> = given.iter().enumerate().map(|(n, name)| format!("{name}: _{n}")).collect();
    let out: Vec<_> = given.iter().enumerate().map(|(n, name)| format!("_{n} as {name}")).collect();
    let name = serde_json::Value::from(name);
    let (taken, out) = (taken.join(", "), out.join(", "));
    format!("const _ = globalThis.{IMPORTED}({name}); const {{ {taken} }} = Object(_); export default _; export {{ {out} }};")
}
