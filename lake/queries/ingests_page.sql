-- Ingests, newest first, with their accounts; from before a given moment and id on.
-- parameters: before_finished_at, before_finished_at, before_ingest_id, page_size
SELECT ingest_id, source_file, content_hash, format, rows_read, rows_stored, duplicates, superseded, quarantined,
       started_at, finished_at, source_bytes, superseded_by_itself, assumed
FROM ingests
WHERE finished_at < ? OR (finished_at = ? AND ingest_id < ?)
ORDER BY finished_at DESC, ingest_id DESC
LIMIT ?
