CREATE TABLE conversations (
    -- The full-text index refers to rows by number; only a declared integer key survives VACUUM.
    seq integer PRIMARY KEY,
    id                text NOT NULL UNIQUE,
    user_id           text NOT NULL,
    title             text,
    space_id          text REFERENCES spaces ON DELETE SET NULL,
    area_id           text REFERENCES areas ON DELETE SET NULL,
    message_count     integer NOT NULL,
    last_message_at   text,
    active_message_id text,
    created_at        text NOT NULL,
    updated_at        text NOT NULL
);
CREATE INDEX conversations_by_created ON conversations (user_id, created_at, id);

CREATE TABLE messages (
    -- The full-text index refers to rows by number; only a declared integer key survives VACUUM.
    seq integer PRIMARY KEY,
    id              text NOT NULL UNIQUE,
    conversation_id text NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    role            text NOT NULL,
    content         text NOT NULL,
    status          text NOT NULL,
    usage           text,
    model           text,
    created_at      text NOT NULL,
    updated_at      text NOT NULL
);
CREATE INDEX messages_by_conversation ON messages (conversation_id, created_at, id);
CREATE INDEX messages_streaming ON messages (updated_at) WHERE status = 'streaming';

CREATE VIRTUAL TABLE conversations_search USING fts5 (title, content='conversations', content_rowid='seq', tokenize='unicode61 remove_diacritics 0');
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

CREATE VIRTUAL TABLE messages_search USING fts5 (content, content='messages', content_rowid='seq', tokenize='unicode61 remove_diacritics 0');
CREATE TRIGGER messages_search_insert AFTER INSERT ON messages BEGIN
    INSERT INTO messages_search (rowid, content) VALUES (new.seq, new.content);
END;
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, content) VALUES ('delete', old.seq, old.content);
END;
CREATE TRIGGER messages_search_update AFTER UPDATE OF content ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, content) VALUES ('delete', old.seq, old.content);
    INSERT INTO messages_search (rowid, content) VALUES (new.seq, new.content);
END;
