-- The managed login style of a client. A pool has as many as there are slots.
CREATE TABLE managed_login_styles (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    slot BIGINT NOT NULL,
    uses_defaults BOOLEAN NOT NULL,
    -- what differs from the defaults; no value where nothing was given
    settings TEXT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id),
    UNIQUE (pool_id, client_id),
    UNIQUE (pool_id, slot),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);

CREATE TABLE managed_login_assets (
    pool_id TEXT NOT NULL,
    style_id TEXT NOT NULL,
    category TEXT NOT NULL,
    color_mode TEXT NOT NULL,
    -- tells icons of one category and mode apart; empty in other categories
    resource_key TEXT NOT NULL,
    position BIGINT NOT NULL,
    extension TEXT NOT NULL,
    resource_id TEXT,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (pool_id, style_id, category, color_mode, resource_key),
    FOREIGN KEY (pool_id, style_id) REFERENCES managed_login_styles (pool_id, id) ON DELETE CASCADE
);

-- Links to a client's terms of use and privacy policy.
CREATE TABLE terms (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    slot BIGINT NOT NULL,
    source TEXT NOT NULL,
    enforcement TEXT NOT NULL,
    -- addresses by language
    links TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id),
    UNIQUE (pool_id, client_id, name),
    UNIQUE (pool_id, slot),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
