//! Identity pools.

crate::api::operations! {}
