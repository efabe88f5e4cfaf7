-- Identity pools: their settings, roles and tags as one document.
CREATE TABLE identity_pools (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

-- Who somebody is to one identity pool. `linked` stays once there was a login: without any left, the identity is nobody's.
-- A merged identity is disabled and names the one that took its logins.
CREATE TABLE identities (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    linked BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    merged_into TEXT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id),
    FOREIGN KEY (pool_id) REFERENCES identity_pools (id) ON DELETE CASCADE
);
-- Requests name an identity without its pool.
CREATE UNIQUE INDEX identities_by_id ON identities (id);
CREATE INDEX identities_by_parent ON identities (pool_id, merged_into);

-- The logins of identities: one of each public provider, any number of developer users.
CREATE TABLE identity_logins (
    pool_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    developer BOOLEAN NOT NULL,
    identity_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, provider, subject),
    FOREIGN KEY (pool_id, identity_id) REFERENCES identities (pool_id, id) ON DELETE CASCADE
);
CREATE INDEX identity_logins_by_identity ON identity_logins (pool_id, identity_id);
CREATE UNIQUE INDEX identity_logins_one_of_each ON identity_logins (pool_id, identity_id, provider) WHERE NOT developer;

-- The keys of the issuer of OpenID tokens, which all identity pools share.
CREATE TABLE identity_keys (
    number BIGINT NOT NULL PRIMARY KEY,
    private_key BYTEA NOT NULL,
    signs_from BIGINT NOT NULL,
    retired_at BIGINT
);
