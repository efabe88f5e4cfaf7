//! What a function is: its settings, where it runs, and how it looks from outside.

use super::error::{LambdaError, Result};
use super::name::{self, LATEST};
use crate::kit::clock::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The runtimes whose functions run here.
const RUNTIMES: [&str; 3] = ["nodejs18.x", "nodejs20.x", "nodejs22.x"];
/// Settings that have no meaning here: they are kept and given back.
const KEPT: [&str; 8] =
    ["VpcConfig", "DeadLetterConfig", "KMSKeyArn", "TracingConfig", "Architectures", "EphemeralStorage", "SnapStart", "LoggingConfig"];
/// Settings that would change what runs.
const REFUSED: [&str; 4] = ["Layers", "FileSystemConfigs", "ImageConfig", "CodeSigningConfigArn"];
const MAX_ENVIRONMENT: usize = 4 * 1024;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub runtime: Option<String>,
    pub role: String,
    pub handler: Option<String>,
    pub description: String,
    /// In seconds.
    pub timeout: u32,
    /// In MB.
    pub memory: u32,
    pub kept: Map<String, Value>,
    pub target: Target,
}

/// Where a function runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Here, in a worker.
    #[default]
    Here,
    /// At an address that takes signed events.
    Url(String),
    /// Where Lambda's Invoke is spoken, under this ARN.
    Lambda(String),
}

/// What is sealed of a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    pub environment: BTreeMap<String, String>,
    /// What events to its address are signed with.
    pub key: Option<String>,
}

/// The purpose that these are sealed for.
pub const PURPOSE: &str = "function";

/// One version of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub name: String,
    /// `$LATEST` or a number.
    pub version: String,
    pub settings: Settings,
    pub secrets: Secrets,
    pub code_sha256: String,
    pub code_size: i64,
    pub revision_id: String,
    pub modified_at: Millis,
}

/// The settings of CreateFunction and UpdateFunctionConfiguration.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Given {
    pub runtime: Option<String>,
    pub role: Option<String>,
    pub handler: Option<String>,
    pub description: Option<String>,
    pub timeout: Option<i64>,
    pub memory_size: Option<i64>,
    pub environment: Option<GivenEnvironment>,
    pub package_type: Option<String>,
    pub poolhouse_target: Option<GivenTarget>,
    pub revision_id: Option<String>,
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GivenEnvironment {
    pub variables: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GivenTarget {
    pub url: Option<String>,
    pub secret: Option<String>,
    pub lambda_arn: Option<String>,
}

impl Settings {
    /// As CreateFunction begins.
    pub fn new() -> Self {
        Self { timeout: 3, memory: 128, ..Self::default() }
    }

    /// Takes over what is given, and refuses what cannot be.
    pub fn apply(&mut self, secrets: &mut Secrets, given: &Given) -> Result<()> {
        if given.package_type.as_deref().is_some_and(|kind| kind != "Zip") {
            return Err(LambdaError::invalid("Functions here are ZIP archives; container images are not supported."));
        }
        if let Some(target) = &given.poolhouse_target {
            self.retarget(secrets, target)?;
        }
        let texts = [(&given.runtime, &mut self.runtime), (&given.handler, &mut self.handler)];
        for (given, own) in texts {
            if given.is_some() {
                own.clone_from(given);
            }
        }
        self.role = given.role.clone().unwrap_or(std::mem::take(&mut self.role));
        self.description = given.description.clone().unwrap_or(std::mem::take(&mut self.description));
        self.timeout = ranged("timeout", given.timeout, 1, 900)?.unwrap_or(self.timeout);
        self.memory = ranged("memorySize", given.memory_size, 128, 10_240)?.unwrap_or(self.memory);
        if let Some(environment) = &given.environment {
            secrets.environment = checked(environment.variables.clone().unwrap_or_default())?;
        }
        for (name, value) in given.others.iter().filter(|(_, value)| !value.is_null()) {
            let is_empty = value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty) || value == "";
            if REFUSED.contains(&name.as_str()) && !is_empty {
                return Err(LambdaError::invalid(format!("{name} is not supported by functions here.")));
            }
            if KEPT.contains(&name.as_str()) {
                self.kept.insert(name.clone(), value.clone());
            }
        }
        self.check()
    }

    fn retarget(&mut self, secrets: &mut Secrets, target: &GivenTarget) -> Result<()> {
        self.target = match (&target.url, &target.lambda_arn) {
            (Some(url), None) => {
                let parsed = url::Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.host_str().is_some());
                parsed.filter(|u| u.username().is_empty() && u.fragment().is_none() && url.len() <= 2_048).ok_or_else(|| {
                    LambdaError::invalid("The Url of PoolhouseTarget must be an http or https address without a user name.")
                })?;
                Target::Url(url.clone())
            }
            (None, Some(arn)) if name::Arn::parse(arn).is_some() => Target::Lambda(arn.clone()),
            (None, Some(_)) => return Err(LambdaError::invalid("The LambdaArn of PoolhouseTarget is not the ARN of a function.")),
            (None, None) => Target::Here,
            _ => return Err(LambdaError::invalid("PoolhouseTarget takes a Url or a LambdaArn, not both.")),
        };
        if let Some(key) = &target.secret {
            if !(16..=256).contains(&key.len()) || !key.bytes().all(|c| c.is_ascii_graphic()) {
                return Err(LambdaError::invalid("The Secret of PoolhouseTarget must be 16 to 256 characters of ASCII."));
            }
            secrets.key = Some(key.clone());
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.target != Target::Here {
            return Ok(());
        }
        let Some(runtime) = self.runtime.as_deref() else {
            return Err(LambdaError::invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        };
        if !RUNTIMES.contains(&runtime) {
            let known = RUNTIMES.join(", ");
            return Err(LambdaError::invalid(format!(
                "Value {runtime:.100} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{known}] or be a valid ARN. \
                 Functions of other runtimes can be called at a PoolhouseTarget."
            )));
        }
        let handler = self.handler.as_deref().unwrap_or_default();
        let file = handler.rsplit('/').next().unwrap_or_default();
        let has_name = file.split_once('.').is_some_and(|(file, name)| !file.is_empty() && !name.is_empty());
        if !has_name || handler.len() > 128 || handler.contains(char::is_whitespace) || handler.split('/').any(|part| part == "..") {
            return Err(LambdaError::invalid(format!("Handler {handler:.128} must be FILE.FUNCTION, such as index.handler.")));
        }
        Ok(())
    }
}

fn ranged(member: &str, value: Option<i64>, least: i64, most: i64) -> Result<Option<u32>> {
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            let (than, bound) = if value < least { ("greater", least) } else { ("less", most) };
            Err(LambdaError::validation(format!(
                "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must have value {than} than or equal to {bound}"
            )))
        }
        value => Ok(value.and_then(|v| u32::try_from(v).ok())),
    }
}

fn checked(variables: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.len() >= 2
            && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
    };
    if let Some(name) = variables.keys().find(|name| !is_name(name)) {
        return Err(LambdaError::validation(format!(
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+], not {name:.100}"
        )));
    }
    let size: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MAX_ENVIRONMENT {
        return Err(LambdaError::invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
        ));
    }
    Ok(variables)
}

impl Version {
    /// The configuration as Lambda shows it.
    pub fn configuration(&self, region: &str, account: &str, qualifier: Option<&str>) -> Value {
        let s = &self.settings;
        let qualifier = qualifier.or_else(|| (self.version != LATEST).then_some(&self.version));
        let mut out = json!({
            "FunctionName": self.name, "FunctionArn": name::arn(region, account, &self.name, qualifier),
            "Role": s.role, "CodeSize": self.code_size, "Description": s.description, "Timeout": s.timeout, "MemorySize": s.memory,
            "LastModified": last_modified(self.modified_at), "CodeSha256": self.code_sha256, "Version": self.version,
            "TracingConfig": { "Mode": "PassThrough" }, "RevisionId": self.revision_id, "State": "Active", "LastUpdateStatus": "Successful",
            "PackageType": "Zip", "Architectures": ["x86_64"], "EphemeralStorage": { "Size": 512 },
            "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
            "LoggingConfig": { "LogFormat": "Text", "LogGroup": format!("/aws/lambda/{}", self.name) },
        });
        let optional = [("Runtime", &s.runtime), ("Handler", &s.handler)];
        for (name, value) in optional.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            out[name] = value.as_str().into();
        }
        if !self.secrets.environment.is_empty() {
            out["Environment"] = json!({ "Variables": self.secrets.environment });
        }
        for (name, value) in &s.kept {
            match (out.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
                (Some(shown), Some(kept)) => shown.extend(kept.clone()),
                _ => out[name] = value.clone(),
            }
        }
        match &s.target {
            Target::Here => {}
            Target::Url(url) => out["PoolhouseTarget"] = json!({ "Url": url }),
            Target::Lambda(arn) => out["PoolhouseTarget"] = json!({ "LambdaArn": arn }),
        }
        out
    }
}

/// `2026-01-01T00:00:00.000+0000`
fn last_modified(at: Millis) -> String {
    format!("{}.{:03}+0000", crate::kit::clock::iso8601(at).trim_end_matches('Z'), at.rem_euclid(1_000))
}
