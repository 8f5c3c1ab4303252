-- Words as both engines see them: runs of letters and digits, without case and without the accents of Latin letters. The collation makes that the same
-- whatever locale the database was made with.
CREATE FUNCTION search_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    translate(
        regexp_replace(
            lower(normalize(regexp_replace(normalize(words, NFD), '([a-zA-Z])[\u0300-\u036f]+', '\1', 'g'), NFC) COLLATE "und-x-icu"),
            '[^[:alnum:]]+', ' ', 'g'),
        'ς', 'σ');

-- A tsvector holds 1 MB. However many different words there are, 200,000 characters make no more than 800 kB of it.
CREATE FUNCTION search_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    to_tsvector('simple', left(search_fold(left(words, 200000)), 200000));

-- Every word, and the last one as the beginning of one. Null where there is no word.
CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    to_tsquery('simple', replace(nullif(trim(search_fold(words)), ''), ' ', ' & ') || ':*');

ALTER TABLE pages ADD COLUMN text text NOT NULL DEFAULT '';
-- One by one, as jsonb does not take all that a page may hold, such as a number of 200,000 digits. Such a page is found by its words from its next version on.
DO $$
DECLARE
    page record;
BEGIN
    FOR page IN SELECT p.id, v.content FROM pages p JOIN page_versions v ON v.page_id = p.id AND v.version = p.version LOOP
        BEGIN
            UPDATE pages SET text = coalesce(
                (SELECT string_agg(words #>> '{}', ' ')
                    FROM jsonb_path_query(page.content::jsonb, 'strict $.**.text') words
                    WHERE jsonb_typeof(words) = 'string'),
                '')
            WHERE id = page.id;
        EXCEPTION WHEN data_exception THEN
            NULL;
        END;
    END LOOP;
END
$$;

ALTER TABLE tasks DROP COLUMN search;
ALTER TABLE documents DROP COLUMN search;
ALTER TABLE conversations DROP COLUMN search;
ALTER TABLE messages DROP COLUMN search;
DROP FUNCTION search_words(text);
ALTER TABLE tasks ADD COLUMN search tsvector GENERATED ALWAYS AS (search_vector(title || ' ' || notes)) STORED;
ALTER TABLE documents ADD COLUMN search tsvector GENERATED ALWAYS AS (search_vector(filename || ' ' || coalesce(text, ''))) STORED;
ALTER TABLE conversations ADD COLUMN search tsvector GENERATED ALWAYS AS (search_vector(coalesce(title, ''))) STORED;
ALTER TABLE messages ADD COLUMN search tsvector GENERATED ALWAYS AS (search_vector(content)) STORED;
ALTER TABLE pages ADD COLUMN search tsvector GENERATED ALWAYS AS (search_vector(title || ' ' || text)) STORED;
CREATE INDEX tasks_search ON tasks USING gin (search);
CREATE INDEX documents_search ON documents USING gin (search);
CREATE INDEX conversations_search ON conversations USING gin (search);
CREATE INDEX messages_search ON messages USING gin (search);
CREATE INDEX pages_search ON pages USING gin (search);

-- Documents whose text is still to be read ('pending'), or cannot be ('failed'). due_at: when a worker may take it; while one has it, the end of its lease.
CREATE TABLE document_texts (
    document_id uuid PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    state       text NOT NULL CHECK (state IN ('pending', 'failed')),
    attempts    integer NOT NULL,
    due_at      timestamptz NOT NULL,
    reason      text
);
CREATE INDEX document_texts_pending ON document_texts (document_id) WHERE state = 'pending';

CREATE FUNCTION documents_has_text(content_type text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    content_type LIKE 'text/%' OR content_type IN (
        'application/json',
        'application/pdf',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation');

-- Whichever way a document comes, or is found to be another type than its row said.
CREATE FUNCTION documents_await_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO document_texts (document_id, state, attempts, due_at) VALUES (NEW.id, 'pending', 0, NEW.created_at) ON CONFLICT (document_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_text AFTER INSERT OR UPDATE OF content_type ON documents FOR EACH ROW
WHEN (NEW.text IS NULL AND documents_has_text(NEW.content_type)) EXECUTE FUNCTION documents_await_text();

INSERT INTO document_texts (document_id, state, attempts, due_at)
SELECT id, 'pending', 0, created_at FROM documents WHERE text IS NULL AND documents_has_text(content_type);
