-- Undelivered messages are listed in the order of their ids.
ALTER TABLE outbox ALTER COLUMN id TYPE TEXT COLLATE "C";
