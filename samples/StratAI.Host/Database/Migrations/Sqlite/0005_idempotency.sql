-- state: 'running' until the first answer is stored. locked_until lets another try take over what a dead instance left running.
CREATE TABLE idempotency_keys (
    user_id      text NOT NULL,
    key          text NOT NULL,
    fingerprint  text NOT NULL,
    state        text NOT NULL,
    owner        text NOT NULL,
    locked_until text NOT NULL,
    status       integer,
    headers      text,
    body         blob,
    created_at   text NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
