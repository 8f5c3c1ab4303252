-- The ledger of the object store: every object that was ever begun and is not known to be gone. 'pending' while its bytes are on their way,
-- 'stored' while documents refer to it, 'deleted' until its bytes, and what was made from them, are gone.
CREATE TABLE stored_objects (
    object_key text PRIMARY KEY,
    state      text NOT NULL CHECK (state IN ('pending', 'stored', 'deleted')),
    -- Whose uploads may share it when they are the same bytes.
    owner      text COLLATE "C" NOT NULL,
    sha256     text,
    size       bigint,
    refs       integer NOT NULL DEFAULT 0,
    -- When the sweeper takes it: a pending one is given up, a deleted one removed.
    due_at     timestamptz,
    -- When its bytes were first deleted. What was still being written then may have come after, so they are deleted once more.
    removed_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX stored_objects_due ON stored_objects (due_at) WHERE state <> 'stored';
CREATE INDEX stored_objects_by_content ON stored_objects (owner, sha256, size) WHERE state = 'stored';

INSERT INTO stored_objects (object_key, state, owner, sha256, size, refs, created_at)
SELECT object_key, 'stored', user_id, sha256, size, 1, created_at FROM documents;
INSERT INTO stored_objects (object_key, state, owner, due_at, created_at)
SELECT object_key, state, '', CASE state WHEN 'pending' THEN created_at + interval '1 hour' ELSE created_at END, created_at FROM stray_objects
ON CONFLICT (object_key) DO NOTHING;

DROP TRIGGER documents_deleted ON documents;
DROP FUNCTION documents_leave_stray();
DROP TABLE stray_objects;

-- The last document that lets go of an object leaves it to the sweeper. Documents that share one update the same row, so they take turns.
CREATE FUNCTION documents_release_object() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stored_objects SET
        refs = refs - 1,
        state = CASE WHEN refs <= 1 THEN 'deleted' ELSE state END,
        due_at = CASE WHEN refs <= 1 THEN now() END
    WHERE object_key = OLD.object_key;
    RETURN OLD;
END $$;
CREATE TRIGGER documents_deleted AFTER DELETE ON documents FOR EACH ROW WHEN (OLD.object_key IS NOT NULL) EXECUTE FUNCTION documents_release_object();

-- Several documents may share an object, and one that came from before the object store still has its bytes in the database, as base64.
ALTER TABLE documents DROP CONSTRAINT documents_object_key_key;
ALTER TABLE documents ALTER COLUMN object_key DROP NOT NULL;
ALTER TABLE documents ADD COLUMN content_base64 text;
ALTER TABLE documents ADD CONSTRAINT documents_content CHECK (object_key IS NOT NULL OR content_base64 IS NOT NULL);
-- Already compressed, images only lose time to the compression of columns.
ALTER TABLE documents ALTER COLUMN content_base64 SET STORAGE EXTERNAL;
CREATE INDEX documents_by_object ON documents (object_key) WHERE object_key IS NOT NULL;
-- What the move to the object store has before it, in the order it goes in.
CREATE INDEX documents_with_content ON documents (id) WHERE content_base64 IS NOT NULL;

-- Uploads that go straight to the object store. Their id becomes the document's.
CREATE TABLE direct_uploads (
    id           uuid PRIMARY KEY,
    user_id      text COLLATE "C" NOT NULL,
    space_id     uuid REFERENCES spaces ON DELETE CASCADE,
    area_id      uuid REFERENCES areas ON DELETE CASCADE,
    filename     text NOT NULL,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    sha256       text,
    -- Where the client puts the bytes; they are copied from there, so that a URL that is still good changes nothing that was checked.
    object_key   text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX direct_uploads_by_expiry ON direct_uploads (expires_at);
CREATE INDEX direct_uploads_by_space ON direct_uploads (space_id) WHERE space_id IS NOT NULL;
CREATE INDEX direct_uploads_by_area ON direct_uploads (area_id) WHERE area_id IS NOT NULL;
