-- Words as both engines see them: runs of letters and digits, without case and without the accents of Latin letters; of a long text, those of its first
-- 200,000 characters. The tables keep no text of their own: what is taken out of one is told the words that were put in.
ALTER TABLE pages ADD COLUMN text text NOT NULL DEFAULT '';
UPDATE pages SET text = coalesce(
    (SELECT group_concat(word.value, ' ')
        FROM page_versions v, json_tree(v.content) word
        WHERE v.page_id = pages.id AND v.version = pages.version AND word.key = 'text' AND word.type = 'text'),
    '');
-- The full-text index refers to rows by number; rowid would not survive VACUUM, and a table that others refer to cannot be made anew here.
ALTER TABLE pages ADD COLUMN seq integer;
UPDATE pages SET seq = rowid;
CREATE UNIQUE INDEX pages_by_seq ON pages (seq);


DROP TRIGGER tasks_search_insert;
DROP TRIGGER tasks_search_delete;
DROP TRIGGER tasks_search_update;
DROP TABLE tasks_search;
CREATE VIRTUAL TABLE tasks_search USING fts5 (title, notes, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* Nd'");
INSERT INTO tasks_search (rowid, title, notes) SELECT r.seq, r.title, r.notes FROM tasks r;
CREATE TRIGGER tasks_search_insert AFTER INSERT ON tasks BEGIN
    INSERT INTO tasks_search (rowid, title, notes) VALUES (new.seq, new.title, new.notes);
END;
CREATE TRIGGER tasks_search_delete AFTER DELETE ON tasks BEGIN
    INSERT INTO tasks_search (tasks_search, rowid, title, notes) VALUES ('delete', old.seq, old.title, old.notes);
END;
CREATE TRIGGER tasks_search_update AFTER UPDATE OF title, notes ON tasks BEGIN
    INSERT INTO tasks_search (tasks_search, rowid, title, notes) VALUES ('delete', old.seq, old.title, old.notes);
    INSERT INTO tasks_search (rowid, title, notes) VALUES (new.seq, new.title, new.notes);
END;

DROP TRIGGER documents_search_insert;
DROP TRIGGER documents_search_delete;
DROP TRIGGER documents_search_update;
DROP TABLE documents_search;
CREATE VIRTUAL TABLE documents_search USING fts5 (filename, text, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* Nd'");
INSERT INTO documents_search (rowid, filename, text) SELECT r.seq, r.filename, substr(r.text, 1, 200000) FROM documents r;
CREATE TRIGGER documents_search_insert AFTER INSERT ON documents BEGIN
    INSERT INTO documents_search (rowid, filename, text) VALUES (new.seq, new.filename, substr(new.text, 1, 200000));
END;
CREATE TRIGGER documents_search_delete AFTER DELETE ON documents BEGIN
    INSERT INTO documents_search (documents_search, rowid, filename, text) VALUES ('delete', old.seq, old.filename, substr(old.text, 1, 200000));
END;
CREATE TRIGGER documents_search_update AFTER UPDATE OF filename, text ON documents BEGIN
    INSERT INTO documents_search (documents_search, rowid, filename, text) VALUES ('delete', old.seq, old.filename, substr(old.text, 1, 200000));
    INSERT INTO documents_search (rowid, filename, text) VALUES (new.seq, new.filename, substr(new.text, 1, 200000));
END;

DROP TRIGGER conversations_search_insert;
DROP TRIGGER conversations_search_delete;
DROP TRIGGER conversations_search_update;
DROP TABLE conversations_search;
CREATE VIRTUAL TABLE conversations_search USING fts5 (title, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* Nd'");
INSERT INTO conversations_search (rowid, title) SELECT r.seq, r.title FROM conversations r;
CREATE TRIGGER conversations_search_insert AFTER INSERT ON conversations BEGIN
    INSERT INTO conversations_search (rowid, title) VALUES (new.seq, new.title);
END;
CREATE TRIGGER conversations_search_delete AFTER DELETE ON conversations BEGIN
    INSERT INTO conversations_search (conversations_search, rowid, title) VALUES ('delete', old.seq, old.title);
END;
CREATE TRIGGER conversations_search_update AFTER UPDATE OF title ON conversations BEGIN
    INSERT INTO conversations_search (conversations_search, rowid, title) VALUES ('delete', old.seq, old.title);
    INSERT INTO conversations_search (rowid, title) VALUES (new.seq, new.title);
END;

DROP TRIGGER messages_search_insert;
DROP TRIGGER messages_search_delete;
DROP TRIGGER messages_search_update;
DROP TABLE messages_search;
CREATE VIRTUAL TABLE messages_search USING fts5 (content, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* Nd'");
INSERT INTO messages_search (rowid, content) SELECT r.seq, substr(r.content, 1, 200000) FROM messages r;
CREATE TRIGGER messages_search_insert AFTER INSERT ON messages BEGIN
    INSERT INTO messages_search (rowid, content) VALUES (new.seq, substr(new.content, 1, 200000));
END;
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, content) VALUES ('delete', old.seq, substr(old.content, 1, 200000));
END;
CREATE TRIGGER messages_search_update AFTER UPDATE OF content ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, content) VALUES ('delete', old.seq, substr(old.content, 1, 200000));
    INSERT INTO messages_search (rowid, content) VALUES (new.seq, substr(new.content, 1, 200000));
END;

CREATE VIRTUAL TABLE pages_search USING fts5 (title, text, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* Nd'");
INSERT INTO pages_search (rowid, title, text) SELECT r.seq, r.title, substr(r.text, 1, 200000) FROM pages r;
CREATE TRIGGER pages_search_insert AFTER INSERT ON pages BEGIN
    UPDATE pages SET seq = (SELECT coalesce(max(seq), 0) + 1 FROM pages) WHERE id = new.id;
    INSERT INTO pages_search (rowid, title, text) SELECT p.seq, p.title, substr(p.text, 1, 200000) FROM pages p WHERE p.id = new.id;
END;
CREATE TRIGGER pages_search_delete AFTER DELETE ON pages BEGIN
    INSERT INTO pages_search (pages_search, rowid, title, text) VALUES ('delete', old.seq, old.title, substr(old.text, 1, 200000));
END;
CREATE TRIGGER pages_search_update AFTER UPDATE OF title, text ON pages BEGIN
    INSERT INTO pages_search (pages_search, rowid, title, text) VALUES ('delete', old.seq, old.title, substr(old.text, 1, 200000));
    INSERT INTO pages_search (rowid, title, text) VALUES (new.seq, new.title, substr(new.text, 1, 200000));
END;

-- Documents whose text is still to be read ('pending'), or cannot be ('failed'). due_at: when a worker may take it; while one has it, the end of its lease.
CREATE TABLE document_texts (
    document_id text PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    state       text NOT NULL CHECK (state IN ('pending', 'failed')),
    attempts    integer NOT NULL,
    due_at      text NOT NULL,
    reason      text
);
CREATE INDEX document_texts_pending ON document_texts (document_id) WHERE state = 'pending';

-- Whichever way a document comes, or is found to be another type than its row said.
CREATE TRIGGER documents_text_insert AFTER INSERT ON documents
WHEN new.text IS NULL AND (new.content_type LIKE 'text/%' OR new.content_type IN (
        'application/json',
        'application/pdf',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation'))
BEGIN
    INSERT OR IGNORE INTO document_texts (document_id, state, attempts, due_at) VALUES (new.id, 'pending', 0, new.created_at);
END;
CREATE TRIGGER documents_text_update AFTER UPDATE OF content_type ON documents
WHEN new.text IS NULL AND (new.content_type LIKE 'text/%' OR new.content_type IN (
        'application/json',
        'application/pdf',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation'))
BEGIN
    INSERT OR IGNORE INTO document_texts (document_id, state, attempts, due_at) VALUES (new.id, 'pending', 0, new.created_at);
END;

INSERT INTO document_texts (document_id, state, attempts, due_at)
SELECT id, 'pending', 0, created_at FROM documents WHERE text IS NULL AND (content_type LIKE 'text/%' OR content_type IN (
        'application/json',
        'application/pdf',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation'));
