-- Terms are paged in byte order on every database, whatever its locale.
ALTER TABLE terms ALTER COLUMN id TYPE TEXT COLLATE "C";
