-- Jobs are listed in byte order among those of one age.
ALTER TABLE import_jobs ALTER COLUMN id TYPE TEXT COLLATE "C";
