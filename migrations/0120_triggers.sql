-- Calls to functions that send messages, written with what causes them and made by a job.
CREATE TABLE sender_events (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    -- sealed: it holds addresses
    event BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- claimed by one server until then
    claimed_until BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id)
);
CREATE INDEX sender_events_by_due ON sender_events (due_at);

-- The other pool that users of a pool are taken over from when they first sign in.
CREATE TABLE pool_migrations (
    pool_id TEXT PRIMARY KEY REFERENCES pools (id) ON DELETE CASCADE,
    settings TEXT NOT NULL,
    -- sealed
    secrets BYTEA NOT NULL
);
