-- The ledger of the object store: every object that was ever begun and is not known to be gone. 'pending' while its bytes are on their way,
-- 'stored' while documents refer to it, 'deleted' until its bytes, and what was made from them, are gone.
CREATE TABLE stored_objects (
    object_key text PRIMARY KEY,
    state      text NOT NULL CHECK (state IN ('pending', 'stored', 'deleted')),
    -- Whose uploads may share it when they are the same bytes.
    owner      text NOT NULL,
    sha256     text,
    size       integer,
    refs       integer NOT NULL DEFAULT 0,
    -- When the sweeper takes it: a pending one is given up, a deleted one removed.
    due_at     text,
    -- When its bytes were first deleted. What was still being written then may have come after, so they are deleted once more.
    removed_at text,
    created_at text NOT NULL
);
CREATE INDEX stored_objects_due ON stored_objects (due_at) WHERE state <> 'stored';
CREATE INDEX stored_objects_by_content ON stored_objects (owner, sha256, size) WHERE state = 'stored';

INSERT INTO stored_objects (object_key, state, owner, sha256, size, refs, created_at)
SELECT object_key, 'stored', user_id, sha256, size, 1, created_at FROM documents;
INSERT OR IGNORE INTO stored_objects (object_key, state, owner, due_at, created_at)
SELECT object_key, state, '', CASE state WHEN 'pending' THEN strftime('%Y-%m-%dT%H:%M:%f', created_at, '+1 hour') || '000Z' ELSE created_at END, created_at
FROM stray_objects;
DROP TABLE stray_objects;

-- Several documents may share an object, and one that came from before the object store still has its bytes in the database, as base64. SQLite
-- cannot drop a constraint, so the table is made anew. Its triggers go with the old one.
CREATE TABLE documents_new (
    -- The full-text index refers to rows by number; only a declared integer key survives VACUUM.
    seq integer PRIMARY KEY,
    id             text NOT NULL UNIQUE,
    user_id        text NOT NULL,
    space_id       text REFERENCES spaces ON DELETE CASCADE,
    area_id        text REFERENCES areas ON DELETE CASCADE,
    filename       text NOT NULL,
    content_type   text NOT NULL,
    size           integer NOT NULL,
    sha256         text NOT NULL,
    kind           text NOT NULL,
    width          integer,
    height         integer,
    placeholder    text,
    object_key     text,
    text           text,
    created_at     text NOT NULL,
    updated_at     text NOT NULL,
    content_base64 text,
    CHECK (object_key IS NOT NULL OR content_base64 IS NOT NULL)
);
INSERT INTO documents_new (seq, id, user_id, space_id, area_id, filename, content_type, size, sha256, kind, width, height, placeholder, object_key, text, created_at, updated_at)
SELECT seq, id, user_id, space_id, area_id, filename, content_type, size, sha256, kind, width, height, placeholder, object_key, text, created_at, updated_at FROM documents;
DROP TABLE documents;
ALTER TABLE documents_new RENAME TO documents;

CREATE INDEX documents_by_user ON documents (user_id, created_at, id);
CREATE INDEX documents_by_space ON documents (space_id, created_at, id) WHERE space_id IS NOT NULL;
CREATE INDEX documents_by_area ON documents (area_id, created_at, id) WHERE area_id IS NOT NULL;
CREATE INDEX documents_by_object ON documents (object_key) WHERE object_key IS NOT NULL;
-- What the move to the object store has before it, in the order it goes in.
CREATE INDEX documents_with_content ON documents (id) WHERE content_base64 IS NOT NULL;

-- The last document that lets go of an object leaves it to the sweeper.
CREATE TRIGGER documents_deleted AFTER DELETE ON documents WHEN old.object_key IS NOT NULL BEGIN
    UPDATE stored_objects SET
        refs = refs - 1,
        state = CASE WHEN refs <= 1 THEN 'deleted' ELSE state END,
        due_at = CASE WHEN refs <= 1 THEN strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z' END
    WHERE object_key = old.object_key;
END;

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

-- Uploads that go straight to the object store. Their id becomes the document's.
CREATE TABLE direct_uploads (
    id           text PRIMARY KEY,
    user_id      text NOT NULL,
    space_id     text REFERENCES spaces ON DELETE CASCADE,
    area_id      text REFERENCES areas ON DELETE CASCADE,
    filename     text NOT NULL,
    content_type text NOT NULL,
    size         integer NOT NULL,
    sha256       text,
    -- Where the client puts the bytes; they are copied from there, so that a URL that is still good changes nothing that was checked.
    object_key   text NOT NULL,
    created_at   text NOT NULL,
    expires_at   text NOT NULL
);
CREATE INDEX direct_uploads_by_expiry ON direct_uploads (expires_at);
CREATE INDEX direct_uploads_by_space ON direct_uploads (space_id) WHERE space_id IS NOT NULL;
CREATE INDEX direct_uploads_by_area ON direct_uploads (area_id) WHERE area_id IS NOT NULL;
