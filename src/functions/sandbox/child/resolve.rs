//! Which file a name means: Node.js' rules over the files of a function.

use serde_json::Value;
use std::collections::BTreeMap;

/// Where a function's files are, as it sees them.
pub const ROOT: &str = "/var/task/";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Cjs,
    Esm,
    Json,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cjs => "cjs",
            Self::Esm => "esm",
            Self::Json => "json",
        }
    }
}

/// A function's files by their whole path.
pub struct Files(BTreeMap<String, String>);

impl Files {
    pub fn new(files: BTreeMap<String, String>) -> Self {
        Self(files.into_iter().map(|(path, text)| (format!("{ROOT}{path}"), text)).collect())
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The path that `name` means in the file `from`.
    pub fn resolve(&self, from: &str, name: &str, is_require: bool) -> Option<String> {
        let name = name.strip_prefix("file://").unwrap_or(name);
        if name.starts_with('/') || name == "." || name == ".." || name.starts_with("./") || name.starts_with("../") {
            let path = join(folder(from), name);
            return self.file(&path).or_else(|| self.package(&path));
        }
        let (package, rest) = split(name)?;
        let mut at = folder(from);
        loop {
            let path = format!("{}/node_modules/{package}", at.trim_end_matches('/'));
            if let Some(found) = self.in_package(&path, rest, is_require) {
                return Some(found);
            }
            at = at.rsplit_once('/')?.0;
        }
    }

    pub fn kind(&self, path: &str) -> Kind {
        match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("json") => Kind::Json,
            Some("mjs") => Kind::Esm,
            Some("cjs") => Kind::Cjs,
            _ => self.declared(path).unwrap_or_else(|| if self.text(path).is_some_and(is_module) { Kind::Esm } else { Kind::Cjs }),
        }
    }

    /// What the nearest package.json says.
    fn declared(&self, path: &str) -> Option<Kind> {
        let mut at = folder(path);
        loop {
            if let Some(package) = self.json(&format!("{}/package.json", at.trim_end_matches('/'))) {
                return match package["type"].as_str()? {
                    "module" => Some(Kind::Esm),
                    "commonjs" => Some(Kind::Cjs),
                    _ => None,
                };
            }
            at = at.rsplit_once('/')?.0;
        }
    }

    fn json(&self, path: &str) -> Option<Value> {
        serde_json::from_str(self.text(path)?).ok()
    }

    fn file(&self, path: &str) -> Option<String> {
        ["", ".js", ".mjs", ".cjs", ".json"].iter().map(|end| format!("{path}{end}")).find(|path| self.0.contains_key(path))
    }

    /// What a folder as a whole means.
    fn package(&self, path: &str) -> Option<String> {
        let path = path.trim_end_matches('/');
        let main = self.json(&format!("{path}/package.json")).and_then(|p| Some(join(path, p["main"].as_str()?)));
        let main = main.and_then(|main| self.file(&main).or_else(|| self.file(&format!("{main}/index"))));
        main.or_else(|| self.file(&format!("{path}/index")))
    }

    fn in_package(&self, path: &str, rest: &str, is_require: bool) -> Option<String> {
        let exports = self.json(&format!("{path}/package.json")).map(|mut p| p["exports"].take()).filter(|e| !e.is_null());
        if let Some(exports) = exports {
            let target = exported(&exports, rest, is_require)?;
            return self.file(&join(path, &target));
        }
        match rest {
            "" => self.package(path),
            rest => self.file(&format!("{path}/{rest}")).or_else(|| self.package(&format!("{path}/{rest}"))),
        }
    }
}

/// What a package gives out under a name, by its `exports`.
fn exported(exports: &Value, rest: &str, is_require: bool) -> Option<String> {
    let name = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
    let by_name = exports.as_object().is_some_and(|all| all.keys().any(|key| key.starts_with('.')));
    if !by_name {
        return (rest.is_empty()).then(|| condition(exports, is_require)).flatten();
    }
    if let Some(target) = exports.get(&name) {
        return condition(target, is_require);
    }
    exports.as_object()?.iter().find_map(|(pattern, target)| {
        let (before, after) = pattern.split_once('*')?;
        let star = name.strip_prefix(before)?.strip_suffix(after)?;
        Some(condition(target, is_require)?.replace('*', star))
    })
}

fn condition(target: &Value, is_require: bool) -> Option<String> {
    match target {
        Value::String(path) => Some(path.clone()),
        Value::Array(all) => all.iter().find_map(|one| condition(one, is_require)),
        Value::Object(all) => {
            let wanted = |name: &str| matches!(name, "node" | "default") || name == if is_require { "require" } else { "import" };
            all.iter().filter(|(name, _)| wanted(name)).find_map(|(_, target)| condition(target, is_require))
        }
        _ => None,
    }
}

/// `@scope/package/rest` as the package's name and the rest.
fn split(name: &str) -> Option<(&str, &str)> {
    let slashes = if name.starts_with('@') { 2 } else { 1 };
    let at = name.match_indices('/').nth(slashes - 1).map(|(at, _)| at);
    let (package, rest) = at.map_or((name, ""), |at| (&name[..at], &name[at + 1..]));
    (!package.is_empty() && !package.contains("..")).then_some((package, rest))
}

/// Whether a file without a declared kind is written as an ES module.
fn is_module(source: &str) -> bool {
    let begins = |line: &str| {
        let rest = line.strip_prefix("export").or_else(|| line.strip_prefix("import"));
        rest.and_then(|rest| rest.chars().next()).is_some_and(|c| matches!(c, ' ' | '{' | '*' | '"' | '\''))
    };
    source.lines().any(begins) && !source.contains("module.exports") && !source.contains("exports.handler")
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, name: &str) -> String {
    let whole = if name.starts_with('/') { name.to_owned() } else { format!("{folder}/{name}") };
    let mut parts = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        Files::new(all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn names_are_found_as_nodejs_finds_them() {
        let files = files(&[
            ("index.js", ""),
            ("src/app.js", ""),
            ("src/data.json", "{}"),
            ("lib/index.js", ""),
            ("node_modules/old/package.json", r#"{"main":"./main"}"#),
            ("node_modules/old/main.js", ""),
            ("node_modules/@new/one/package.json", r#"{"exports":{".":{"import":"./a.mjs","require":"./a.cjs"},"./x/*":"./y/*.js"}}"#),
            ("node_modules/@new/one/a.mjs", ""),
            ("node_modules/@new/one/a.cjs", ""),
            ("node_modules/@new/one/y/z.js", ""),
        ]);
        let found = |from: &str, name: &str| files.resolve(&format!("{ROOT}{from}"), name, true).map(|p| p.replace(ROOT, ""));
        for (from, name, path) in [
            ("index.js", "./src/app", "src/app.js"),
            ("src/app.js", "../lib", "lib/index.js"),
            ("src/app.js", "./data.json", "src/data.json"),
            ("src/app.js", "old", "node_modules/old/main.js"),
            ("src/app.js", "@new/one", "node_modules/@new/one/a.cjs"),
            ("src/app.js", "@new/one/x/z", "node_modules/@new/one/y/z.js"),
        ] {
            assert_eq!(found(from, name).as_deref(), Some(path), "{name}");
        }
        assert_eq!(files.resolve("/var/task/index.js", "@new/one", false).unwrap(), "/var/task/node_modules/@new/one/a.mjs");
        for name in ["aws-sdk", "@new/one/a.cjs", "./nothing", "../../../etc/passwd", "", ".."] {
            assert_eq!(found("index.js", name), None, "{name}");
        }
    }

    #[test]
    fn kinds_are_declared_or_seen() {
        let files = files(&[
            ("a.js", "import x from 'y';\nexport const handler = 1"),
            ("b.js", "exports.handler = 1"),
            ("c.cjs", ""),
            ("m/package.json", r#"{"type":"module"}"#),
            ("m/d.js", "1"),
        ]);
        let kind = |path: &str| files.kind(&format!("{ROOT}{path}"));
        assert_eq!([kind("a.js"), kind("b.js"), kind("c.cjs"), kind("m/d.js")], [Kind::Esm, Kind::Cjs, Kind::Cjs, Kind::Esm]);
    }
}
