//! Second factors: authenticator apps, and which factors a user has and prefers.

crate::api::operations! {}
