//! Asking an ACME authority for a certificate (RFC 8555).

use super::outbound_client::Client;
use super::{PURPOSE, store};
use crate::api::Cx;
use crate::boot::config::{AcmeChallenge, Config};
use crate::kit::clock::{HOUR, Millis, SECOND};
use anyhow::{Context, bail};
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

/// Gets a certificate for a name, and keeps it.
pub async fn order(cx: &mut Cx, directory: &str, name: &str) -> anyhow::Result<()> {
    let account = account(cx, directory).await?;
    let identifiers = [Identifier::Dns(name.to_owned())];
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await.context("the authority takes no order")?;
    let outcome = fill(cx, &mut order, name).await;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    store::delete_challenges(&mut tx, name, now).await?;
    if let Ok(row) = &outcome {
        store::put(&mut tx, row).await?;
    }
    tx.commit().await?;
    outcome.map(drop)
}

async fn fill(cx: &mut Cx, order: &mut Order, name: &str) -> anyhow::Result<store::Row> {
    prove(cx, order, name).await?;
    let status = order.poll_ready(&RetryPolicy::default()).await.context("the authority did not check the name")?;
    if status != OrderStatus::Ready {
        bail!("the authority did not find the name to be ours: {}", refusal(order).await);
    }
    let key = KeyPair::generate()?;
    let mut request = CertificateParams::new([name.to_owned()])?;
    request.distinguished_name = DistinguishedName::new();
    order.finalize_csr(request.serialize_request(&key)?.der()).await.context("the authority takes no request for a certificate")?;
    let chain = order.poll_certificate(&RetryPolicy::default()).await.context("the authority gives no certificate")?;
    let (from, until) = validity(&chain)?;
    let private_key = cx.app.sealer.seal(cx.rng(), PURPOSE, key.serialized_der());
    // A third of its life is left for trying again.
    Ok(store::Row { name: name.to_owned(), chain, private_key, expires_at: until, renew_at: from + (until - from) / 3 * 2 })
}

/// Leaves the answers where the authority looks for them, and tells it to look.
async fn prove(cx: &mut Cx, order: &mut Order, name: &str) -> anyhow::Result<()> {
    let wanted = match cx.app.config.acme_challenge {
        AcmeChallenge::Http01 => ChallengeType::Http01,
        AcmeChallenge::TlsAlpn01 => ChallengeType::TlsAlpn01,
    };
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        match authorization.status {
            AuthorizationStatus::Pending => {}
            AuthorizationStatus::Valid => continue,
            status => bail!("the authority has refused the name: {status:?}"),
        }
        let mut challenge = authorization.challenge(wanted.clone()).with_context(|| format!("the authority does not offer {wanted:?}"))?;
        let answer = challenge.key_authorization();
        let expires_at = cx.now() + HOUR;
        let mut tx = cx.begin().await?;
        store::insert_challenge(&mut tx, &challenge.token, name, answer.as_str(), expires_at).await?;
        tx.commit().await?;
        challenge.set_ready().await?;
    }
    Ok(())
}

/// What the authority says was wrong.
async fn refusal(order: &mut Order) -> String {
    let mut authorizations = order.authorizations();
    while let Some(Ok(authorization)) = authorizations.next().await {
        if let Some(problem) = authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
            return problem.to_string();
        }
    }
    "it does not say why".into()
}

/// The installation's account with the authority; made at the first order.
async fn account(cx: &mut Cx, directory: &str) -> anyhow::Result<Account> {
    if let Some(account) = kept(cx, directory).await? {
        return Ok(account);
    }
    let contact = contact(&cx.app.config);
    let wish = NewAccount {
        contact: &contact.iter().map(String::as_str).collect::<Vec<_>>(),
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let (account, credentials) = Account::builder_with_http(Box::new(Client(cx.app.clone())))
        .create(&wish, directory.to_owned(), None)
        .await
        .context("the authority makes no account")?;
    let sealed = cx.app.sealer.seal(cx.rng(), PURPOSE, &serde_json::to_vec(&credentials)?);
    let mut tx = cx.begin().await?;
    store::insert_account(&mut tx, directory, &sealed).await?;
    tx.commit().await?;
    Ok(account)
}

async fn kept(cx: &mut Cx, directory: &str) -> anyhow::Result<Option<Account>> {
    let sealed = store::account(&mut *cx.read().await?, directory).await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = cx.app.sealer.open(PURPOSE, &sealed).context("the account with the authority does not open with the master key")?;
    let credentials: AccountCredentials = serde_json::from_slice(&plain)?;
    Ok(Some(Account::builder_with_http(Box::new(Client(cx.app.clone()))).from_credentials(credentials).await?))
}

fn contact(config: &Config) -> Vec<String> {
    config.acme_contact.iter().map(|address| format!("mailto:{address}")).collect()
}

/// From when until when the first certificate of a chain is good.
fn validity(chain: &str) -> anyhow::Result<(Millis, Millis)> {
    let leaf = CertificateDer::from_pem_slice(chain.as_bytes()).context("the authority's answer holds no certificate")?;
    let (_, parsed) = x509_parser::parse_x509_certificate(&leaf).context("the authority's certificate cannot be read")?;
    let validity = parsed.validity();
    Ok((validity.not_before.timestamp() * SECOND, validity.not_after.timestamp() * SECOND))
}
