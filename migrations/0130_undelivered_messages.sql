-- What operators see of a message that was given up, and until when one is tried.
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN give_up_at BIGINT;
CREATE INDEX outbox_by_pool ON outbox (pool_id, created_at);
