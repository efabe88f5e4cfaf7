//! The room's settings in force.

use crate::boot::config::Settings;
use anyhow::{bail, ensure};
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Debug, Clone)]
pub struct Options {
    /// A folder of functions for development.
    pub folder: Option<PathBuf>,
    /// How many functions run at the same time.
    pub workers: usize,
    /// The most that a function's heap may hold, in MB.
    pub memory: u32,
    /// The hosts that functions may fetch from.
    pub fetch_hosts: Vec<String>,
    pub remote: Remote,
}

/// Where functions are called that are none of this server's.
#[derive(Debug, Clone, Default)]
pub struct Remote {
    /// Without a slash at its end.
    pub endpoint: Option<String>,
    pub key: Option<Key>,
}

#[derive(Clone)]
pub struct Key {
    pub access_key_id: String,
    pub secret_access_key: Zeroizing<String>,
    pub session_token: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.access_key_id).finish()
    }
}

impl Options {
    pub fn of(settings: &Settings) -> anyhow::Result<Self> {
        if let Some(folder) = &settings.functions {
            ensure!(folder.is_dir(), "functions: there is no folder {}", folder.display());
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let memory = settings.function_memory.unwrap_or(128);
        ensure!((16..=4_096).contains(&memory), "function-memory must be 16 to 4096 MB");
        let hosts = settings.function_fetch_hosts.iter().flatten().map(|h| h.trim().trim_end_matches('.').to_ascii_lowercase());
        let fetch_hosts: Vec<_> = hosts.filter(|h| !h.is_empty()).collect();
        if let Some(bad) = fetch_hosts.iter().find(|host| host.contains(['/', ':', ' ']) || host.trim_start_matches("*.").contains('*')) {
            bail!("function-fetch-hosts takes host names such as api.example.com and *.example.com, not {bad:?}");
        }
        Ok(Self {
            folder: settings.functions.clone(),
            workers: settings.function_workers.unwrap_or(4 * cores).max(1),
            memory,
            fetch_hosts,
            remote: Remote { endpoint: endpoint(settings.lambda_endpoint.as_deref())?, key: key(settings)? },
        })
    }
}

fn endpoint(given: Option<&str>) -> anyhow::Result<Option<String>> {
    let Some(given) = given.map(|e| e.trim_end_matches('/')) else { return Ok(None) };
    let is_good = url::Url::parse(given).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.path() == "/" && u.query().is_none());
    ensure!(is_good, "lambda-endpoint must be http:// or https:// with a host and nothing after it");
    Ok(Some(given.to_owned()))
}

fn key(settings: &Settings) -> anyhow::Result<Option<Key>> {
    match (&settings.lambda_access_key_id, &settings.lambda_secret_access_key) {
        (Some(id), Some(secret)) => Ok(Some(Key {
            access_key_id: id.clone(),
            secret_access_key: secret.clone().into(),
            session_token: settings.lambda_session_token.clone().map(Zeroizing::new),
        })),
        (None, None) => Ok(None),
        _ => bail!("lambda-access-key-id and lambda-secret-access-key go together"),
    }
}
