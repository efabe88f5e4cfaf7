//! What every request can reach.

use super::caches::Caches;
use super::config::Config;
use super::instance::{self, RootKey};
use crate::kit::clock::Clock;
use crate::kit::hasher::Hasher;
use crate::kit::in_flight::InFlight;
use crate::kit::password::{self, Cost};
use crate::kit::rng::Rng;
use crate::kit::seal::{self, Sealer};
use crate::limits::Buckets;
use crate::messaging::provider::Providers;
use crate::outbound::Outbound;
use crate::store::Db;
use crate::triggers::Functions;
use crate::triggers::sender_keys::SenderKeys;
use anyhow::Context;
use std::sync::{Arc, OnceLock};

pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub rng: Rng,
    pub sealer: Sealer,
    pub hasher: Hasher,
    /// Password checks under way, by account.
    pub in_flight: InFlight,
    /// Requests of the last second, by what they count as.
    pub buckets: Buckets,
    /// Keys what is derived rather than stored, such as the made-up answers for unknown users.
    pub secret: [u8; 32],
    pub root_key: RootKey,
    pub caches: Caches,
    pub providers: Providers,
    /// Sends requests to addresses that others choose.
    pub outbound: Outbound,
    /// The functions that run here, and the calls of them.
    pub functions_here: crate::functions::Functions,
    /// What codes for functions are encrypted with.
    pub sender_keys: SenderKeys,
    /// Who runs the functions of triggers: set once, or not at all.
    pub functions: OnceLock<Box<dyn Functions>>,
}

impl App {
    /// Opens the database, makes what a first start needs, and starts the hash workers.
    pub async fn open(config: Config) -> anyhow::Result<Arc<Self>> {
        let (clock, rng) = (Clock::System, Rng::system());
        let db = Db::open(&config.database).await?;
        if let Some(folder) = config.master_key_file.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let sealer = seal::load_or_create(&config.master_key_file, &rng)?;
        let app = Self::assemble(config, db, clock, rng, sealer, password::DEFAULT).await?;
        crate::functions::register(&app);
        Ok(app)
    }

    /// Puts the parts together.
    pub async fn assemble(config: Config, db: Db, clock: Clock, rng: Rng, sealer: Sealer, cost: Cost) -> anyhow::Result<Arc<Self>> {
        let secret = instance::secret(&db, &sealer, &rng).await.context("cannot read the installation's secret")?;
        let root_key = instance::root_key(&db, &sealer, &rng, &config).await?;
        let hasher = Hasher::start(config.hash_workers, config.hash_queue, cost)?;
        let providers = Providers::new(&config)?;
        let outbound = Outbound::new(config.outbound_allow.clone(), config.outbound_ca_file.as_deref())?;
        let functions_here = crate::functions::Functions::new(config.functions.workers);
        let sender_keys = SenderKeys::load(config.sender_keys_file.as_deref())?;
        Ok(Arc::new(Self {
            config,
            db,
            clock,
            rng,
            sealer,
            hasher,
            in_flight: InFlight::default(),
            buckets: Buckets::default(),
            secret,
            root_key,
            caches: Caches::default(),
            providers,
            outbound,
            functions_here,
            sender_keys,
            functions: OnceLock::new(),
        }))
    }
}
