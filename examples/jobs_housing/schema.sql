CREATE TABLE IF NOT EXISTS listings (
    id TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('job', 'home')),
    title TEXT NOT NULL,
    offered_by TEXT NOT NULL,
    park TEXT,
    ward TEXT NOT NULL,
    amount_from INTEGER NOT NULL,
    amount_to INTEGER NOT NULL,
    places INTEGER NOT NULL,
    summary TEXT NOT NULL,
    details TEXT NOT NULL,
    search_key TEXT NOT NULL
) STRICT;

-- A person is known here by the subject that Thai Nguyen ID gave this application alone.
CREATE TABLE IF NOT EXISTS saved (
    sub TEXT NOT NULL,
    listing_id TEXT NOT NULL REFERENCES listings (id) ON DELETE CASCADE,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (sub, listing_id)
) STRICT, WITHOUT ROWID;
