-- Lists are paged in byte order on every database, whatever its locale.
ALTER TABLE pool_replicas ALTER COLUMN region TYPE TEXT COLLATE "C";
