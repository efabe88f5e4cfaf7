//! Threat protection: risk settings, the history of what users did, and where its log goes.

crate::api::operations! {}
