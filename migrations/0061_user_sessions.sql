-- When a session began: signing in and getting the tokens for it can be apart.
ALTER TABLE sessions ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET created_at = auth_time;

-- What a browser's session is called, where it began, how, and when it was last used.
ALTER TABLE browser_sessions ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
ALTER TABLE browser_sessions ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE browser_sessions ADD COLUMN amr TEXT NOT NULL DEFAULT '';
ALTER TABLE browser_sessions ADD COLUMN event_id TEXT;
ALTER TABLE browser_sessions ADD COLUMN address TEXT;
ALTER TABLE browser_sessions ADD COLUMN user_agent TEXT;
ALTER TABLE browser_sessions ADD COLUMN last_active_at BIGINT NOT NULL DEFAULT 0;

-- What the tokens for a code will say of the browser's session.
ALTER TABLE authorization_codes ADD COLUMN amr TEXT NOT NULL DEFAULT '';
ALTER TABLE authorization_codes ADD COLUMN event_id TEXT;
ALTER TABLE authorization_codes ADD COLUMN origin_session_id TEXT;

-- For how long after a sign-in a client takes a browser's session instead of asking again.
CREATE TABLE client_session_configurations (
    pool_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    max_validity_minutes BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
CREATE INDEX browser_sessions_by_id ON browser_sessions (pool_id, session_id);
CREATE INDEX authorization_codes_by_session ON authorization_codes (pool_id, origin_session_id);
