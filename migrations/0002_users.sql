CREATE TABLE users (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    sub TEXT NOT NULL,
    username TEXT NOT NULL,
    -- folded where the pool ignores case
    username_key TEXT NOT NULL,
    status TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    attributes TEXT NOT NULL,
    -- argon2id PHC string
    password TEXT,
    password_set_at BIGINT,
    -- sealed salt and SRP verifier
    verifier BYTEA,
    failed_attempts BIGINT NOT NULL DEFAULT 0,
    last_failed_at BIGINT NOT NULL DEFAULT 0,
    -- tokens of sessions that began before this are void
    signed_out_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    -- rises with every change, so that a change made from a stale copy is noticed
    version BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (pool_id, sub),
    UNIQUE (pool_id, username_key)
);
CREATE INDEX users_by_age ON users (pool_id, created_at, sub);

-- Other names to sign in with: one owner each, of whatever kind.
CREATE TABLE user_aliases (
    pool_id TEXT NOT NULL,
    value_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    sub TEXT NOT NULL,
    PRIMARY KEY (pool_id, value_key),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX user_aliases_by_user ON user_aliases (pool_id, sub);

-- What ListUsers can search for.
CREATE TABLE user_search (
    pool_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value_key TEXT NOT NULL,
    sub TEXT NOT NULL,
    PRIMARY KEY (pool_id, name, value_key, sub),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX user_search_by_user ON user_search (pool_id, sub);

-- One-time codes, hashed. A newer code of the same purpose replaces the older.
CREATE TABLE codes (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    purpose TEXT NOT NULL,
    hash TEXT NOT NULL,
    -- the address that the code proves
    destination TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, purpose),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);

-- How often an account, or a name that has none, was asked for something in the current window.
CREATE TABLE attempts (
    pool_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    action TEXT NOT NULL,
    window_ends_at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (pool_id, subject, action)
);
CREATE INDEX attempts_by_end ON attempts (window_ends_at);
