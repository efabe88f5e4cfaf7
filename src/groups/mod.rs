//! Groups of users: precedence and roles.

crate::api::operations! {}
