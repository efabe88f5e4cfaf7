-- Certificates of the server's own listener. They belong to the installation: one name may be served by several servers.
CREATE TABLE certificates (
    name TEXT NOT NULL PRIMARY KEY,
    chain TEXT NOT NULL,
    private_key BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    renew_at BIGINT NOT NULL
);

-- Who asks an authority for a name, and when to try again.
CREATE TABLE certificate_orders (
    name TEXT NOT NULL PRIMARY KEY,
    claimed_until BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    retry_at BIGINT NOT NULL
);

-- What an authority finds when it asks whether a name is ours (RFC 8555, section 8).
CREATE TABLE certificate_challenges (
    token TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    answer TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX certificate_challenges_by_name ON certificate_challenges (name);

-- The installation's account with an authority.
CREATE TABLE certificate_accounts (
    directory TEXT NOT NULL PRIMARY KEY,
    credentials BYTEA NOT NULL
);
