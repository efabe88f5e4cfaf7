//! AssumeRoleWithSAML: refused. Assertions are signed by XML-DSig, which nothing here verifies.

use crate::api::Cx;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;

pub async fn assume_role_with_saml(_cx: &mut Cx, params: &Params) -> Result<String> {
    params.text("RoleArn", 2_048)?;
    params.text("PrincipalArn", 2_048)?;
    params.text("SAMLAssertion", 100_000)?;
    Err(Fault::invalid_identity("SAML assertions cannot be verified by this server; use AssumeRoleWithWebIdentity."))
}
