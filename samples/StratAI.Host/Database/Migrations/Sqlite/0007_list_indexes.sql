-- One for each order that a list can be asked for in.
CREATE INDEX tasks_by_due_date ON tasks (user_id, due_date, id);
-- Begins with the same columns, and holds fewer rows.
DROP INDEX tasks_open_by_due_date;
CREATE INDEX conversations_by_last_message ON conversations (user_id, last_message_at, id);
CREATE INDEX areas_by_name ON areas (space_id, name, id);
CREATE INDEX space_members_by_created ON space_members (space_id, created_at, user_id);
