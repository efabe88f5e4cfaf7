-- Which second factors a user switched on.
ALTER TABLE users ADD COLUMN mfa TEXT NOT NULL DEFAULT '{}';

-- How a session began, what it is called, and when it was last used.
ALTER TABLE sessions ADD COLUMN device_key TEXT;
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN acr TEXT;
ALTER TABLE sessions ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN origin_session_id TEXT;
ALTER TABLE sessions ADD COLUMN last_active_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN user_agent TEXT;

-- The seed of an authenticator app, sealed.
CREATE TABLE software_tokens (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    secret BYTEA NOT NULL,
    -- proved by a code; an unproved one waits for that
    verified BOOLEAN NOT NULL,
    name TEXT,
    -- the newest time step whose code was used: it and older ones are not taken again
    last_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, verified),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
