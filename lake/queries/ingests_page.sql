-- Ingests, newest first, with their accounts, and how many of their stored rows lie under others now; from before a given moment and id on.
-- parameters: before_finished_at, before_finished_at, before_ingest_id, page_size
SELECT listed.ingest_id, source_file, content_hash, format, rows_read, rows_stored, duplicates, superseded, quarantined,
       started_at, finished_at, source_bytes, superseded_by_itself, assumed, coalesce(under.rows_covered, 0) AS covered
FROM (
    SELECT * FROM ingests
    WHERE finished_at < ? OR (finished_at = ? AND ingest_id < ?)
    ORDER BY finished_at DESC, ingest_id DESC
    LIMIT ?
) AS listed
LEFT JOIN (SELECT ingest_id, count(*) AS rows_covered FROM covered GROUP BY ingest_id) AS under ON under.ingest_id = listed.ingest_id
ORDER BY finished_at DESC, listed.ingest_id DESC
