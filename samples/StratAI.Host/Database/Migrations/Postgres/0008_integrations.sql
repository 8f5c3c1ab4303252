-- access_token and refresh_token are encrypted. version counts the tokens there have been; fence is the highest fencing token of whoever was about to
-- spend the refresh token of this version.
CREATE TABLE integrations (
    id            uuid PRIMARY KEY,
    user_id       text NOT NULL,
    service       text NOT NULL,
    status        text NOT NULL,
    access_token  text NOT NULL,
    refresh_token text NOT NULL,
    expires_at    timestamptz NOT NULL,
    refresh_at    timestamptz NOT NULL,
    version       bigint NOT NULL,
    fence         bigint NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    UNIQUE (user_id, service)
);
