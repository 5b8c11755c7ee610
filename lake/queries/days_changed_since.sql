-- Which ingests that were published after a moment changed which days of which meters, on each meter's own clock: by a reading of theirs, or in place of another, or over it.
-- parameters: quantity, since, quantity, since, quantity, since
-- files: readings where quantity = quantity
-- files: covered where quantity = quantity
SELECT said.meter_id, said.ingest_id, CAST(at_timezone(said.interval_start, coalesce(known.time_zone, 'UTC')) AS DATE) AS local_date
FROM (
    SELECT meter_id, interval_start, ingest_id
    FROM readings
    WHERE quantity = ? AND ingest_id IN (SELECT ingest_id FROM ingests WHERE finished_at > ?)
    UNION ALL
    SELECT meter_id, interval_start, superseded_by AS ingest_id
    FROM superseded
    WHERE quantity = ? AND superseded_by IN (SELECT ingest_id FROM ingests WHERE finished_at > ?)
    UNION ALL
    SELECT meter_id, interval_start, covered_by AS ingest_id
    FROM covered
    WHERE quantity = ? AND covered_by IN (SELECT ingest_id FROM ingests WHERE finished_at > ?)
) AS said
LEFT JOIN meters AS known ON known.meter_id = said.meter_id
GROUP BY said.meter_id, said.ingest_id, CAST(at_timezone(said.interval_start, coalesce(known.time_zone, 'UTC')) AS DATE)
ORDER BY said.meter_id, local_date, said.ingest_id
