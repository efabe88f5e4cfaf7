//! A folder of functions, for development: `NAME.js`, `NAME.mjs`, `NAME/index.js` (or `.mjs`, `.cjs`) and `NAME.url`, whose first line is an
//! address and whose second is the secret that events to it are signed with. `NAME.env` holds its environment as `KEY=VALUE` lines. What
//! changes is seen at the next call.

use super::function::{Secrets, Settings, Target, Version};
use super::name::{self, LATEST};
use crate::kit::{mac, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

const MAX_FILES: usize = 20_000;
const MAX_SIZE: u64 = 32 << 20;

/// The function of a name in the folder, without its code.
pub fn find(folder: &Path, name: &str) -> Option<Version> {
    if !name::is_name(name) {
        return None;
    }
    let mut settings = Settings { timeout: 5, runtime: Some("nodejs22.x".into()), ..Settings::new() };
    let mut secrets = Secrets { environment: environment(&folder.join(format!("{name}.env"))), key: None };
    let address = folder.join(format!("{name}.url"));
    if let Ok(text) = fs::read_to_string(&address) {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        settings.target = Target::Url(lines.next()?.to_owned());
        secrets.key = Some(lines.next()?.to_owned());
        return Some(version(name, settings, secrets, fingerprint(&[address])));
    }
    let (handler, files) = match single(folder, name) {
        Some(file) => (format!("{name}.handler"), vec![file]),
        None => {
            let root = folder.join(name);
            let has_index = ["index.js", "index.mjs", "index.cjs"].iter().any(|file| root.join(file).is_file());
            (has_index).then(|| ("index.handler".to_owned(), walk(&root)))?
        }
    };
    settings.handler = Some(handler);
    let revision = fingerprint(&files) + &mac::sha256_hex(format!("{:?}", secrets.environment).as_bytes())[..8];
    Some(version(name, settings, secrets, revision))
}

/// Its scripts, as they are now.
pub fn scripts(folder: &Path, name: &str) -> BTreeMap<String, String> {
    if let Some(file) = single(folder, name) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        return [(file.file_name().unwrap_or_default().to_string_lossy().into_owned(), text)].into();
    }
    let (root, mut left) = (folder.join(name), MAX_SIZE);
    let mut out = BTreeMap::new();
    for file in walk(&root) {
        let (Ok(path), Ok(text)) = (file.strip_prefix(&root), fs::read_to_string(&file)) else { continue };
        let Some(rest) = left.checked_sub(text.len() as u64) else { break };
        left = rest;
        out.insert(path.to_string_lossy().into_owned(), text);
    }
    out
}

fn version(name: &str, settings: Settings, secrets: Secrets, revision_id: String) -> Version {
    let version = LATEST.to_owned();
    Version { name: name.to_owned(), version, settings, secrets, code_sha256: String::new(), code_size: 0, revision_id, modified_at: 0 }
}

fn single(folder: &Path, name: &str) -> Option<PathBuf> {
    ["js", "mjs", "cjs"].iter().map(|end| folder.join(format!("{name}.{end}"))).find(|path| path.is_file())
}

fn environment(file: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let pairs = text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The scripts below a folder.
fn walk(root: &Path) -> Vec<PathBuf> {
    let (mut out, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            let is_script = path.extension().is_some_and(|e| ["js", "mjs", "cjs", "json"].iter().any(|end| e == *end));
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && is_script && out.len() < MAX_FILES {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

fn fingerprint(files: &[PathBuf]) -> String {
    let facts = files.iter().map(|file| {
        let meta = fs::metadata(file).ok();
        let changed = meta.as_ref().and_then(|m| m.modified().ok()?.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        format!("{}\0{}\0{}\0", file.display(), changed.as_nanos(), meta.map_or(0, |m| m.len()))
    });
    text::hex(&mac::sha256(facts.collect::<String>().as_bytes())[..16])
}
