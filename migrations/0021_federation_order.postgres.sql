-- Lists are paged in byte order on every database, whatever its locale.
ALTER TABLE identity_providers ALTER COLUMN name TYPE TEXT COLLATE "C";
