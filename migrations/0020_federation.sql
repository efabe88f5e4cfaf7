-- Identity providers, by the name that a pool gives them. What must not be read in a copy of the database is sealed.
CREATE TABLE identity_providers (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    secrets BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, name)
);

-- Other names of providers: one provider each.
CREATE TABLE identity_provider_identifiers (
    pool_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    provider TEXT NOT NULL,
    PRIMARY KEY (pool_id, identifier),
    FOREIGN KEY (pool_id, provider) REFERENCES identity_providers (pool_id, name) ON DELETE CASCADE
);
CREATE INDEX identity_provider_identifiers_by_provider ON identity_provider_identifiers (pool_id, provider);

-- Whom an identity at a provider signs in as. It outlives the provider, as the identities in users' attributes do.
CREATE TABLE linked_identities (
    pool_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    -- Cognito_Subject, or an attribute or claim that the provider tells
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    sub TEXT NOT NULL,
    -- the provider may not sign this user in any more
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, provider, attribute, value),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX linked_identities_by_user ON linked_identities (pool_id, sub);

-- What a pool shows SAML providers of itself: one certificate for what it signs, one for what they encrypt.
CREATE TABLE signing_certificates (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    key_use TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    -- sealed
    private_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, key_use)
);
