-- The instances that are alive, and what they must agree upon. Both times are this database's, as the clocks of instances differ.
CREATE TABLE instances (
    name text COLLATE "C" PRIMARY KEY,
    version text NOT NULL,
    pool_size integer NOT NULL,
    memory_mode text NOT NULL,
    objects_mode text NOT NULL,
    master_key text NOT NULL,
    redis text,
    bucket text,
    started_at timestamptz NOT NULL,
    beat_at timestamptz NOT NULL
);
