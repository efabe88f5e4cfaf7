-- Secrets of the installation itself, sealed with the master key.
CREATE TABLE instance (
    name TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);

CREATE TABLE pools (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

-- Signing keys. A key signs from signs_from on, until a newer one of the same use does; it is published until retired_at.
CREATE TABLE pool_keys (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    kid TEXT NOT NULL,
    token_use TEXT NOT NULL,
    private_key BYTEA NOT NULL,
    signs_from BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (pool_id, kid)
);

-- Found by host name, before the pool is known.
CREATE TABLE domains (
    domain TEXT PRIMARY KEY,
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (pool_id, kind)
);

CREATE TABLE clients (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    settings TEXT NOT NULL,
    secret BYTEA,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id)
);
-- Public operations name a client only.
CREATE UNIQUE INDEX clients_by_id ON clients (id);

CREATE TABLE ui_customizations (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    -- as it was given, and as it is served
    css TEXT,
    style TEXT,
    css_version TEXT NOT NULL,
    image BYTEA,
    image_type TEXT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id)
);
