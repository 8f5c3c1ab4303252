CREATE TABLE tasks (
    -- The full-text index refers to rows by number; only a declared integer key survives VACUUM.
    seq integer PRIMARY KEY,
    id           text NOT NULL UNIQUE,
    user_id      text NOT NULL,
    title        text NOT NULL,
    notes        text NOT NULL,
    status       text NOT NULL,
    priority     integer NOT NULL,
    due_date     text,
    area_id      text REFERENCES areas ON DELETE SET NULL,
    completed_at text,
    created_at   text NOT NULL,
    updated_at   text NOT NULL
);
CREATE INDEX tasks_by_created ON tasks (user_id, created_at, id);
CREATE INDEX tasks_by_updated ON tasks (user_id, updated_at, id);
CREATE INDEX tasks_by_title ON tasks (user_id, title, id);
CREATE INDEX tasks_by_priority ON tasks (user_id, priority, id);
CREATE INDEX tasks_by_status ON tasks (user_id, status, created_at, id);
CREATE INDEX tasks_open_by_due_date ON tasks (user_id, due_date, id) WHERE status <> 'done';
CREATE INDEX tasks_by_area ON tasks (area_id) WHERE area_id IS NOT NULL;

CREATE VIRTUAL TABLE tasks_search USING fts5 (title, notes, content='tasks', content_rowid='seq', tokenize='unicode61 remove_diacritics 0');
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
