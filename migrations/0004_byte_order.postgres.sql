-- Lists are paged, and prefixes found, in byte order on every database, whatever its locale.
ALTER TABLE pools ALTER COLUMN id TYPE TEXT COLLATE "C";
ALTER TABLE clients ALTER COLUMN id TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN sub TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN username_key TYPE TEXT COLLATE "C";
ALTER TABLE user_search ALTER COLUMN sub TYPE TEXT COLLATE "C";
ALTER TABLE user_search ALTER COLUMN value_key TYPE TEXT COLLATE "C";
