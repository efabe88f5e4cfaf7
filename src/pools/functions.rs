//! The functions that a pool calls: `LambdaConfig`.

use super::settings::UserPoolTier;
use crate::api::{ApiError, Result};
use serde_json::{Map, Value, json};

/// Triggers whose function is named by its ARN alone.
const PLAIN: [&str; 10] = [
    "PreSignUp",
    "CustomMessage",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    PRE_TOKEN,
    "UserMigration",
];
/// Triggers whose function is named with the version of its event.
const VERSIONED: [&str; 4] = [PRE_TOKEN_CONFIG, "CustomSMSSender", "CustomEmailSender", "InboundFederation"];
const PRE_TOKEN: &str = "PreTokenGeneration";
const PRE_TOKEN_CONFIG: &str = "PreTokenGenerationConfig";
/// The trigger whose function nothing calls yet.
pub const NOT_CALLED: &str = "InboundFederation";
/// What codes for custom senders are encrypted with.
const KEY: &str = "KMSKeyID";

/// The ARN of a trigger's function.
pub fn arn<'a>(config: &'a Map<String, Value>, trigger: &str) -> Option<&'a str> {
    let function = config.get(trigger)?;
    function.as_str().or_else(|| function.get("LambdaArn")?.as_str())
}

/// The known members, with both names of the function that comes before tokens: whoever reads either finds it.
pub fn completed(given: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for name in PLAIN.into_iter().chain([KEY]) {
        if let Some(arn) = arn(given, name) {
            out.insert(name.into(), arn.into());
        }
    }
    for name in VERSIONED {
        if let (Some(arn), Some(version)) = (arn(given, name), given.get(name).and_then(|f| f.get("LambdaVersion"))) {
            out.insert(name.into(), json!({ "LambdaVersion": version, "LambdaArn": arn }));
        }
    }
    match (arn(&out, PRE_TOKEN), arn(&out, PRE_TOKEN_CONFIG)) {
        (Some(arn), None) => {
            let config = json!({ "LambdaVersion": "V1_0", "LambdaArn": arn });
            out.insert(PRE_TOKEN_CONFIG.into(), config);
        }
        (None, Some(arn)) => {
            let arn = Value::from(arn);
            out.insert(PRE_TOKEN.into(), arn);
        }
        _ => {}
    }
    out
}

/// Refuses functions that contradict each other, are none, or that the pool's tier does not call.
pub fn check(config: &Map<String, Value>, tier: UserPoolTier) -> Result<()> {
    for name in PLAIN.into_iter().chain(VERSIONED) {
        if let Some(arn) = arn(config, name).filter(|arn| !is_function(arn)) {
            return Err(ApiError::invalid_parameter(format!("{arn} at LambdaConfig.{name} is not the ARN of a Lambda function.")));
        }
    }
    if arn(config, PRE_TOKEN) != arn(config, PRE_TOKEN_CONFIG) {
        return Err(ApiError::invalid_parameter("PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be the same."));
    }
    let sends = ["CustomSMSSender", "CustomEmailSender"].into_iter().find(|name| config.contains_key(*name));
    if let Some(name) = sends.filter(|_| !config.contains_key(KEY)) {
        return Err(ApiError::invalid_parameter(format!("{name} needs a KMSKeyID.")));
    }
    let version = config.get(PRE_TOKEN_CONFIG).and_then(|f| f.get("LambdaVersion")).and_then(Value::as_str);
    if tier == UserPoolTier::Lite && version.is_some_and(|v| v != "V1_0") {
        return Err(tier.lacks("customization of access tokens"));
    }
    Ok(())
}

/// `arn:{partition}:lambda:{region}:{account}:function:{name}[:{version}]`
fn is_function(arn: &str) -> bool {
    let mut parts = arn.split(':').skip(2);
    parts.next() == Some("lambda") && parts.nth(2) == Some("function") && parts.next().is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

    fn config(value: Value) -> Map<String, Value> {
        completed(value.as_object().unwrap())
    }

    #[test]
    fn the_function_before_tokens_is_found_by_both_names() {
        let versioned = json!({ "LambdaVersion": "V2_0", "LambdaArn": FUNCTION });
        let by_config = config(json!({ PRE_TOKEN_CONFIG: versioned, "Unknown": FUNCTION }));
        assert_eq!(Value::from(by_config), json!({ PRE_TOKEN: FUNCTION, PRE_TOKEN_CONFIG: versioned }));
        let by_arn = config(json!({ PRE_TOKEN: FUNCTION }));
        assert_eq!((arn(&by_arn, PRE_TOKEN_CONFIG), &by_arn[PRE_TOKEN_CONFIG]["LambdaVersion"]), (Some(FUNCTION), &json!("V1_0")));
    }

    #[test]
    fn what_is_no_function_is_told_apart() {
        assert!(is_function(FUNCTION) && is_function(&format!("{FUNCTION}:live")));
        for bad in
            ["arn:aws:sns:us-east-1:000000000000:topic", "arn:aws:lambda:us-east-1:000000000000:layer:l", "", "arn:aws:lambda:::function:"]
        {
            assert!(!is_function(bad), "{bad}");
        }
    }
}
