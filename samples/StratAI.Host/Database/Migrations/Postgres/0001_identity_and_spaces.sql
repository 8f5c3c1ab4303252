CREATE TABLE preferences (
    user_id       text PRIMARY KEY,
    theme         text NOT NULL,
    locale        text NOT NULL,
    time_zone     text NOT NULL,
    default_model text NOT NULL,
    settings      jsonb NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX preferences_settings ON preferences USING gin (settings jsonb_path_ops);

CREATE TABLE spaces (
    id          uuid PRIMARY KEY,
    name        text COLLATE "C" NOT NULL,
    description text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);

CREATE TABLE space_members (
    space_id   uuid NOT NULL REFERENCES spaces ON DELETE CASCADE,
    user_id    text COLLATE "C" NOT NULL,
    role       text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (space_id, user_id)
);
CREATE INDEX space_members_by_user ON space_members (user_id, space_id) INCLUDE (role);

CREATE TABLE areas (
    id           uuid PRIMARY KEY,
    space_id     uuid NOT NULL REFERENCES spaces ON DELETE CASCADE,
    name         text COLLATE "C" NOT NULL,
    description  text NOT NULL,
    instructions text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);
CREATE INDEX areas_by_space ON areas (space_id, created_at DESC, id DESC);

CREATE TABLE area_shares (
    area_id    uuid NOT NULL REFERENCES areas ON DELETE CASCADE,
    user_id    text COLLATE "C" NOT NULL,
    role       text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (area_id, user_id)
);
CREATE INDEX area_shares_by_user ON area_shares (user_id, area_id) INCLUDE (role);
