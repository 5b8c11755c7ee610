-- How many rows stand in quarantine, by reason and file.
-- parameters:
SELECT reason, source_file, count(*) AS quarantined_rows
FROM quarantine
GROUP BY reason, source_file
ORDER BY quarantined_rows DESC, reason, source_file
