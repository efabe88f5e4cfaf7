//! App clients: who may use a pool, by which flows, and with which tokens.
//!
//! Owns `clients`, `client_secrets`, `registrations` and `resource_servers`. A client's secrets are sealed, not hashed: SECRET_HASH is a MAC that one of them
//! keys. A client that had a secret always has one. Its AllowedOAuthScopes decide what it may ask for; a custom scope that no resource
//! server defines any more stays in them and is in no token.

pub mod client;
pub mod flows;
pub mod jwk;
pub mod keys;
pub mod oauth_settings;
pub mod ops;
pub mod resource_server;
pub mod scopes;
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
    ops::secret_add::AddUserPoolClientSecret,
    ops::secret_list::ListUserPoolClientSecrets,
    ops::secret_delete::DeleteUserPoolClientSecret,
    ops::resource_server_create::CreateResourceServer,
    ops::resource_server_describe::DescribeResourceServer,
    ops::resource_server_update::UpdateResourceServer,
    ops::resource_server_delete::DeleteResourceServer,
    ops::resource_server_list::ListResourceServers,
}
