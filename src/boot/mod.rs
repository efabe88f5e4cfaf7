//! Starting the server: settings, what requests can reach, the router, telemetry and the way down.

pub mod app;
pub mod assets;
pub mod caches;
pub mod cli;
pub mod config;
pub mod demo_pool;
pub mod headers;
pub mod hosts;
pub mod index;
pub mod index_view;
pub mod instance;
pub mod limits;
pub mod listen;
pub mod master_key;
pub mod proxies;
pub mod serve;
pub mod telemetry;
pub mod to_https;
