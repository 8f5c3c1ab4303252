CREATE TABLE documents (
    -- The full-text index refers to rows by number; only a declared integer key survives VACUUM.
    seq integer PRIMARY KEY,
    id           text NOT NULL UNIQUE,
    user_id      text NOT NULL,
    space_id     text REFERENCES spaces ON DELETE CASCADE,
    area_id      text REFERENCES areas ON DELETE CASCADE,
    filename     text NOT NULL,
    content_type text NOT NULL,
    size         integer NOT NULL,
    sha256       text NOT NULL,
    kind         text NOT NULL,
    width        integer,
    height       integer,
    placeholder  text,
    object_key   text NOT NULL UNIQUE,
    text         text,
    created_at   text NOT NULL,
    updated_at   text NOT NULL
);
CREATE INDEX documents_by_user ON documents (user_id, created_at, id);
CREATE INDEX documents_by_space ON documents (space_id, created_at, id) WHERE space_id IS NOT NULL;
CREATE INDEX documents_by_area ON documents (area_id, created_at, id) WHERE area_id IS NOT NULL;

-- Every object that no document owns: 'pending' while its upload is under way, 'deleted' when its document is gone.
CREATE TABLE stray_objects (
    object_key text PRIMARY KEY,
    state      text NOT NULL,
    created_at text NOT NULL
);
CREATE INDEX stray_objects_by_age ON stray_objects (state, created_at);

CREATE TRIGGER documents_deleted AFTER DELETE ON documents BEGIN
    INSERT INTO stray_objects (object_key, state, created_at)
    VALUES (old.object_key, 'deleted', strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z');
END;

CREATE VIRTUAL TABLE documents_search USING fts5 (filename, text, content='documents', content_rowid='seq', tokenize='unicode61 remove_diacritics 0');
CREATE TRIGGER documents_search_insert AFTER INSERT ON documents BEGIN
    INSERT INTO documents_search (rowid, filename, text) VALUES (new.seq, new.filename, new.text);
END;
CREATE TRIGGER documents_search_delete AFTER DELETE ON documents BEGIN
    INSERT INTO documents_search (documents_search, rowid, filename, text) VALUES ('delete', old.seq, old.filename, old.text);
END;
CREATE TRIGGER documents_search_update AFTER UPDATE OF filename, text ON documents BEGIN
    INSERT INTO documents_search (documents_search, rowid, filename, text) VALUES ('delete', old.seq, old.filename, old.text);
    INSERT INTO documents_search (rowid, filename, text) VALUES (new.seq, new.filename, new.text);
END;
