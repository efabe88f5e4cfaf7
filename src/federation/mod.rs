//! Identity providers of a pool, and the users' identities at them.

crate::api::operations! {}
