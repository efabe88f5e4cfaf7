//! Settings that are kept for what is to come: they are checked, stored and told, and nothing acts on them yet. Whoever sets one finds it in
//! the log.

use super::functions::NOT_CALLED;
use super::settings::Settings;

/// Logs the names of the settings of a pool that were stored without effect. Their values stay out of it.
pub fn warn(pool_id: &str, names: &[impl AsRef<str>]) {
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        tracing::warn!(pool = pool_id, settings = names.join(", "), "kept without effect: this version does not act on these settings yet");
    }
}

/// Which of a pool's settings have no effect yet.
pub fn without_effect(settings: &Settings) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if settings.lambda_config.contains_key(NOT_CALLED) {
        names.push(format!("LambdaConfig.{NOT_CALLED}"));
    }
    let flows = settings.user_pool_add_ons.as_ref().is_some_and(|a| a.advanced_security_additional_flows.is_some());
    let named = [(flows, "UserPoolAddOns.AdvancedSecurityAdditionalFlows")];
    names.extend(named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_acts_is_not_named() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let settings: Settings = serde_json::from_value(json!({
            "LambdaConfig": { "PreSignUp": arn, "InboundFederation": { "LambdaVersion": "V1_0", "LambdaArn": arn } }, "DcrConfiguration": { "EnableStatus": "Disabled" },
            "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED", "AdvancedSecurityAdditionalFlows": { "CustomAuthMode": "AUDIT" } },
        }))
        .unwrap();
        assert_eq!(without_effect(&settings), ["LambdaConfig.InboundFederation", "UserPoolAddOns.AdvancedSecurityAdditionalFlows"]);
        assert!(without_effect(&Settings::default()).is_empty());
    }
}
