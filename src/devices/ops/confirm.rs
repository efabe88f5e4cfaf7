//! ConfirmDevice

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::devices::device::tracking;
use crate::devices::secret::{self, VerifierConfig};
use crate::devices::store::{self, Confirmation};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmDevice {
    pub access_token: String,
    pub device_key: String,
    #[serde(default)]
    pub device_secret_verifier_config: Option<VerifierConfig>,
    #[serde(default)]
    pub device_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Confirmed {
    pub user_confirmation_necessary: bool,
}

impl Operation for ConfirmDevice {
    const NAME: &'static str = "ConfirmDevice";
    const DOOR: Door = Door::AccessToken;
    type Output = Confirmed;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    /// A key that was handed out to somebody else is as unknown as one that never was.
    async fn run(self, cx: &mut Cx) -> Result<Confirmed> {
        let (pool_id, sub) = (cx.bearer()?.pool_id.clone(), cx.bearer()?.sub.clone());
        let pool = crate::pools::load(cx, &pool_id).await?;
        let on_prompt = tracking(&pool)?.device_only_remembered_on_user_prompt;
        let given = self.device_secret_verifier_config.as_ref();
        let verifier =
            given.ok_or_else(|| ApiError::invalid_parameter("Missing required parameter DeviceSecretVerifierConfig"))?.parse()?;
        let sealed = secret::seal(&cx.app.sealer, cx.rng(), &verifier);
        let by = Confirmation { name: self.device_name.as_deref(), verifier: &sealed, remembered: !on_prompt };
        let now = cx.now();
        let mut tx = cx.begin().await?;
        if !store::confirm(&mut tx, &pool.id, &sub, &self.device_key, &by, now).await? {
            return Err(match store::find(&mut tx, &pool.id, &sub, &self.device_key).await? {
                Some(_) => ApiError::device_key_exists("A device with the key already exists."),
                None => ApiError::invalid_parameter("Invalid device key given."),
            });
        }
        tx.commit().await?;
        Ok(Confirmed { user_confirmation_necessary: on_prompt })
    }
}
