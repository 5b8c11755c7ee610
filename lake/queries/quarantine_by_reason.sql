-- How many rows stand in quarantine, by reason and file; a file that was taken in twice stands once for each ingest.
-- parameters:
SELECT reason, source_file, count(*) AS quarantined_rows, ingest_id
FROM quarantine
GROUP BY reason, source_file, ingest_id
ORDER BY quarantined_rows DESC, reason, ingest_id, source_file
