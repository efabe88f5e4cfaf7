//! What an application sends along for functions, and which member of an event it comes to.

use crate::users::attributes::Attribute;
use serde_json::Value;
use std::collections::BTreeMap;

/// `validationData` and `clientMetadata` of the events of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    validation: BTreeMap<String, String>,
    client: BTreeMap<String, String>,
}

impl Metadata {
    /// The `ClientMetadata` of most operations.
    pub fn client(given: &BTreeMap<String, String>) -> Self {
        Self { client: given.clone(), ..Self::default() }
    }

    /// The `ClientMetadata` of InitiateAuth goes to the functions that come before a sign-in, under the other name, and to no others.
    pub fn sign_in(given: &BTreeMap<String, String>) -> Self {
        Self { validation: given.clone(), ..Self::default() }
    }

    /// A sign-up has both, each under its own name.
    pub fn sign_up(validation: &[Attribute], client: &BTreeMap<String, String>) -> Self {
        let validation = validation.iter().map(|a| (a.name.clone(), a.value.clone())).collect();
        Self { validation, client: client.clone() }
    }

    /// `validationData`, null where there is none.
    pub fn validation_data(&self) -> Value {
        if self.validation.is_empty() { Value::Null } else { self.validation.clone().into_iter().collect() }
    }

    /// Puts `clientMetadata` into an event's request. Where none was sent there is no such member.
    pub fn add_to(&self, request: &mut Value) {
        if !self.client.is_empty() {
            request["clientMetadata"] = self.client.clone().into_iter().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_operation_has_its_names() {
        let given = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let told = |metadata: Metadata| {
            let mut request = json!({ "validationData": metadata.validation_data() });
            metadata.add_to(&mut request);
            request
        };
        assert_eq!(told(Metadata::client(&given)), json!({ "validationData": null, "clientMetadata": { "a": "1" } }));
        assert_eq!(told(Metadata::sign_in(&given)), json!({ "validationData": { "a": "1" } }));
        let validation = [Attribute { name: "v".into(), value: "2".into() }];
        assert_eq!(told(Metadata::sign_up(&validation, &given)), json!({ "validationData": { "v": "2" }, "clientMetadata": { "a": "1" } }));
    }
}
