//! Hostile and harmless images.
