CREATE TABLE documents (
    id           uuid PRIMARY KEY,
    user_id      text COLLATE "C" NOT NULL,
    space_id     uuid REFERENCES spaces ON DELETE CASCADE,
    area_id      uuid REFERENCES areas ON DELETE CASCADE,
    filename     text COLLATE "C" NOT NULL,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    sha256       text NOT NULL,
    kind         text NOT NULL,
    width        integer,
    height       integer,
    placeholder  text,
    object_key   text NOT NULL UNIQUE,
    text         text,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    search       tsvector GENERATED ALWAYS AS (search_words(filename || ' ' || left(coalesce(text, ''), 200000))) STORED
);
CREATE INDEX documents_by_user ON documents (user_id, created_at, id);
CREATE INDEX documents_by_space ON documents (space_id, created_at, id) WHERE space_id IS NOT NULL;
CREATE INDEX documents_by_area ON documents (area_id, created_at, id) WHERE area_id IS NOT NULL;
CREATE INDEX documents_search ON documents USING gin (search);

-- Every object that no document owns: 'pending' while its upload is under way, 'deleted' when its document is gone.
CREATE TABLE stray_objects (
    object_key text PRIMARY KEY,
    state      text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX stray_objects_by_age ON stray_objects (state, created_at);

CREATE FUNCTION documents_leave_stray() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stray_objects (object_key, state, created_at) VALUES (OLD.object_key, 'deleted', now());
    RETURN OLD;
END $$;
CREATE TRIGGER documents_deleted AFTER DELETE ON documents FOR EACH ROW EXECUTE FUNCTION documents_leave_stray();
