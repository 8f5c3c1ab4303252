-- Which instance makes an answer, and until when it is believed to live, by the clock of the database. What is looked for are few rows: an index on the
-- lease would have to change with every heartbeat.
ALTER TABLE messages ADD COLUMN lease_owner text;
ALTER TABLE messages ADD COLUMN lease_until text;
ALTER TABLE messages ADD COLUMN stop_requested integer NOT NULL DEFAULT 0;
UPDATE messages SET lease_until = updated_at WHERE status = 'streaming';
DROP INDEX messages_streaming;
CREATE INDEX messages_streaming ON messages (id) WHERE status = 'streaming';
