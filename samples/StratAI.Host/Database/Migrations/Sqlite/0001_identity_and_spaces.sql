CREATE TABLE preferences (
    user_id       text PRIMARY KEY,
    theme         text NOT NULL,
    locale        text NOT NULL,
    time_zone     text NOT NULL,
    default_model text NOT NULL,
    settings      text NOT NULL,
    created_at    text NOT NULL,
    updated_at    text NOT NULL
);

CREATE TABLE spaces (
    id          text PRIMARY KEY,
    name        text NOT NULL,
    description text NOT NULL,
    created_at  text NOT NULL,
    updated_at  text NOT NULL
);

CREATE TABLE space_members (
    space_id   text NOT NULL REFERENCES spaces ON DELETE CASCADE,
    user_id    text NOT NULL,
    role       text NOT NULL,
    created_at text NOT NULL,
    updated_at text NOT NULL,
    PRIMARY KEY (space_id, user_id)
);
CREATE INDEX space_members_by_user ON space_members (user_id, space_id);

CREATE TABLE areas (
    id           text PRIMARY KEY,
    space_id     text NOT NULL REFERENCES spaces ON DELETE CASCADE,
    name         text NOT NULL,
    description  text NOT NULL,
    instructions text NOT NULL,
    created_at   text NOT NULL,
    updated_at   text NOT NULL
);
CREATE INDEX areas_by_space ON areas (space_id, created_at DESC, id DESC);

CREATE TABLE area_shares (
    area_id    text NOT NULL REFERENCES areas ON DELETE CASCADE,
    user_id    text NOT NULL,
    role       text NOT NULL,
    created_at text NOT NULL,
    updated_at text NOT NULL,
    PRIMARY KEY (area_id, user_id)
);
CREATE INDEX area_shares_by_user ON area_shares (user_id, area_id);
