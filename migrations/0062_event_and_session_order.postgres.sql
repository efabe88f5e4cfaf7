-- Events and sessions are paged in byte order on every database, whatever its locale.
ALTER TABLE auth_events ALTER COLUMN event_id TYPE TEXT COLLATE "C";
ALTER TABLE sessions ALTER COLUMN session_id TYPE TEXT COLLATE "C";
ALTER TABLE browser_sessions ALTER COLUMN session_id TYPE TEXT COLLATE "C";
