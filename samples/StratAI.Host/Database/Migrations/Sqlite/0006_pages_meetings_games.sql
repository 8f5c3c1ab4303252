CREATE TABLE pages (
    id         text PRIMARY KEY,
    user_id    text NOT NULL,
    space_id   text REFERENCES spaces ON DELETE CASCADE,
    area_id    text REFERENCES areas ON DELETE CASCADE,
    title      text NOT NULL,
    version    integer NOT NULL,
    created_at text NOT NULL,
    updated_at text NOT NULL
);
CREATE INDEX pages_by_updated ON pages (user_id, updated_at, id);
CREATE INDEX pages_by_created ON pages (user_id, created_at, id);
CREATE INDEX pages_by_title ON pages (user_id, title, id);
CREATE INDEX pages_by_space ON pages (space_id, updated_at, id) WHERE space_id IS NOT NULL;
CREATE INDEX pages_by_area ON pages (area_id, updated_at, id) WHERE area_id IS NOT NULL;

-- Every version with the current one, whose content is nowhere else. Nothing is looked up in it.
CREATE TABLE page_versions (
    page_id    text NOT NULL REFERENCES pages ON DELETE CASCADE,
    version    integer NOT NULL,
    title      text NOT NULL,
    content    text NOT NULL,
    created_by text NOT NULL,
    created_at text NOT NULL,
    PRIMARY KEY (page_id, version)
);

CREATE TABLE meetings (
    id         text PRIMARY KEY,
    user_id    text NOT NULL,
    title      text NOT NULL,
    starts_at  text NOT NULL,
    ends_at    text NOT NULL,
    location   text NOT NULL,
    notes      text NOT NULL,
    attendees  text NOT NULL,
    area_id    text REFERENCES areas ON DELETE SET NULL,
    created_at text NOT NULL,
    updated_at text NOT NULL
);
CREATE INDEX meetings_by_start ON meetings (user_id, starts_at, id);
CREATE INDEX meetings_by_created ON meetings (user_id, created_at, id);
CREATE INDEX meetings_by_title ON meetings (user_id, title, id);
CREATE INDEX meetings_by_area ON meetings (area_id) WHERE area_id IS NOT NULL;

CREATE TABLE game_scores (
    id          text PRIMARY KEY,
    game        text NOT NULL,
    user_id     text NOT NULL,
    player      text NOT NULL,
    score       integer NOT NULL,
    achieved_at text NOT NULL
);
CREATE INDEX game_scores_by_score ON game_scores (game, score DESC, achieved_at, id);
