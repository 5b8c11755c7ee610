-- When the rows of an ingest were published; no row where there is none.
-- parameters: ingest_id
SELECT finished_at
FROM ingests
WHERE ingest_id = ?
