//! App clients: who may use a pool, by which flows, and with which tokens.
//!
//! Owns `clients`. A client's secret is sealed, not hashed: SECRET_HASH is a MAC that it keys.

pub mod client;
pub mod ops;
pub mod secret;
pub mod settings;
pub mod store;

pub use client::{Client, load, load_in};

crate::api::operations! {
    ops::create::CreateUserPoolClient,
    ops::describe::DescribeUserPoolClient,
    ops::update::UpdateUserPoolClient,
    ops::delete::DeleteUserPoolClient,
    ops::list::ListUserPoolClients,
}
