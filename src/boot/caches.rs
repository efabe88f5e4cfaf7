//! What is kept in memory between requests. Each entry lives for a moment, so that servers which share a database agree soon; a change
//! made here is seen here at once.

use crate::branding::Brand;
use crate::clients::Client;
use crate::clients::keys::Fetched;
use crate::federation::provider_keys::ProviderKeys;
use crate::hosted::template::Template;
use crate::iam::entity::Owner;
use crate::iam::grants::Grants;
use crate::iam::policy::{Kind, Named, Policy};
use crate::identity::IdentityPool;
use crate::identity::keys::IdentityKeys;
use crate::limits::Limits;
use crate::pools::Pool;
use crate::risk::configuration::Sections;
use crate::tokens::keys::PoolKeys;
use crate::triggers::migration::Stored;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

const MOMENT: Duration = Duration::from_secs(2);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

pub struct Caches {
    pub pools: Cache<String, Arc<Pool>>,
    /// By client id.
    pub clients: Cache<String, Arc<Client>>,
    /// The pool of a domain and whether it shows the classic pages, or the word that there is none.
    pub domains: Cache<String, Option<(String, bool)>>,
    pub keys: Cache<String, Arc<PoolKeys>>,
    /// By pool and client.
    pub brands: Cache<(String, String), Arc<Brand>>,
    pub identity_pools: Cache<String, Arc<IdentityPool>>,
    pub identity_keys: Cache<(), Arc<IdentityKeys>>,
    /// The keys of login providers, by issuer. What is old is asked for again by who uses it.
    pub login_keys: Cache<String, Arc<ProviderKeys>>,
    pub limits: Cache<(), Arc<Limits>>,
    /// What applies to risks, by pool and client.
    pub risks: Cache<(String, String), Arc<Sections>>,
    /// For how many minutes a client takes a browser's session, by client id.
    pub silent_minutes: Cache<String, i64>,
    /// What roles and users are allowed, by their folded names.
    pub grants: Cache<(Owner, String), Arc<Grants>>,
    /// Managed policies that limit sessions, by ARN.
    pub session_policies: Cache<String, Named>,
    /// Policies that were read, by their texts.
    pub policies: Cache<(Kind, String), Arc<Policy>>,
    /// The pool that users of a pool are taken over from, with its secrets sealed, or the word that there is none.
    pub migrations: Cache<String, Option<Stored>>,
    /// Public keys of clients, by the address that they were fetched from.
    pub client_keys: Cache<String, Fetched>,
    /// Drawn pages, by all that shows on them.
    pub pages: Cache<String, Arc<Template>>,
}

impl Default for Caches {
    fn default() -> Self {
        Self {
            pools: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            clients: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            domains: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            keys: Cache::builder().max_capacity(1_000).time_to_live(MINUTE).build(),
            brands: Cache::builder().max_capacity(1_000).time_to_live(MOMENT).build(),
            identity_pools: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            identity_keys: Cache::builder().max_capacity(1).time_to_live(MINUTE).build(),
            login_keys: Cache::builder().max_capacity(1_000).time_to_live(DAY).build(),
            limits: Cache::builder().max_capacity(1).time_to_live(MOMENT).build(),
            risks: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            silent_minutes: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            grants: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            session_policies: Cache::builder().max_capacity(1_000).time_to_live(MOMENT).build(),
            policies: Cache::builder().max_capacity(1_000).time_to_idle(MINUTE).build(),
            migrations: Cache::builder().max_capacity(10_000).time_to_live(MOMENT).build(),
            client_keys: Cache::builder().max_capacity(1_000).time_to_live(10 * MINUTE).build(),
            pages: Cache::builder().max_capacity(100).time_to_live(MINUTE).build(),
        }
    }
}

impl Caches {
    /// Forgets what roles and users are allowed, after a change to any of it.
    pub fn forget_grants(&self) {
        self.grants.invalidate_all();
        self.session_policies.invalidate_all();
    }

    /// Forgets a pool that was deleted, and what hangs on it.
    pub fn forget_pool(&self, id: &str) {
        self.pools.invalidate(id);
        self.migrations.invalidate(id);
        self.keys.invalidate(id);
        self.clients.invalidate_all();
        self.domains.invalidate_all();
        self.brands.invalidate_all();
        self.risks.invalidate_all();
        self.silent_minutes.invalidate_all();
    }
}
