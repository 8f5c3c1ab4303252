-- access_token and refresh_token are encrypted. version counts the tokens there have been; fence is the highest fencing token of whoever was about to
-- spend the refresh token of this version.
CREATE TABLE integrations (
    id            text PRIMARY KEY,
    user_id       text NOT NULL,
    service       text NOT NULL,
    status        text NOT NULL,
    access_token  text NOT NULL,
    refresh_token text NOT NULL,
    expires_at    text NOT NULL,
    refresh_at    text NOT NULL,
    version       integer NOT NULL,
    fence         integer NOT NULL,
    created_at    text NOT NULL,
    updated_at    text NOT NULL,
    UNIQUE (user_id, service)
);
