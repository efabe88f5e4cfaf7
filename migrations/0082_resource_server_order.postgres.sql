-- Paged in byte order, as on SQLite.
ALTER TABLE resource_servers ALTER COLUMN identifier TYPE TEXT COLLATE "C";
