CREATE TABLE conversations (
    id                uuid PRIMARY KEY,
    user_id           text COLLATE "C" NOT NULL,
    title             text,
    space_id          uuid REFERENCES spaces ON DELETE SET NULL,
    area_id           uuid REFERENCES areas ON DELETE SET NULL,
    message_count     integer NOT NULL,
    last_message_at   timestamptz,
    active_message_id uuid,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    search            tsvector GENERATED ALWAYS AS (search_words(coalesce(title, ''))) STORED
);
CREATE INDEX conversations_by_created ON conversations (user_id, created_at, id);
CREATE INDEX conversations_search ON conversations USING gin (search);

CREATE TABLE messages (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    role            text NOT NULL,
    content         text NOT NULL,
    status          text NOT NULL,
    usage           jsonb,
    model           text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    search          tsvector GENERATED ALWAYS AS (search_words(left(content, 200000))) STORED
);
CREATE INDEX messages_by_conversation ON messages (conversation_id, created_at, id);
CREATE INDEX messages_streaming ON messages (updated_at) WHERE status = 'streaming';
CREATE INDEX messages_search ON messages USING gin (search);
