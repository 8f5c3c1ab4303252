-- The words of a text. PostgreSQL's parser would keep 'notes.txt' or 'a-b' as one word, which a search for 'notes' does not find.
CREATE FUNCTION search_words(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('simple', translate(words, '.-_/@:+~#%=&?', '             '))
$$;

CREATE TABLE tasks (
    id           uuid PRIMARY KEY,
    user_id      text COLLATE "C" NOT NULL,
    title        text COLLATE "C" NOT NULL,
    notes        text NOT NULL,
    status       text NOT NULL,
    priority     integer NOT NULL,
    due_date     date,
    area_id      uuid REFERENCES areas ON DELETE SET NULL,
    completed_at timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    search       tsvector GENERATED ALWAYS AS (search_words(title || ' ' || notes)) STORED
);
CREATE INDEX tasks_by_created ON tasks (user_id, created_at, id);
CREATE INDEX tasks_by_updated ON tasks (user_id, updated_at, id);
CREATE INDEX tasks_by_title ON tasks (user_id, title, id);
CREATE INDEX tasks_by_priority ON tasks (user_id, priority, id);
CREATE INDEX tasks_by_status ON tasks (user_id, status, created_at, id);
CREATE INDEX tasks_open_by_due_date ON tasks (user_id, due_date, id) WHERE status <> 'done';
CREATE INDEX tasks_by_area ON tasks (area_id) WHERE area_id IS NOT NULL;
CREATE INDEX tasks_search ON tasks USING gin (search);
