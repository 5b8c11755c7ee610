-- Stored forecasts beside what was measured in just their intervals; null where not all of it was.
WITH asked AS (
    SELECT * EXCLUDE (run_id), epoch_us(interval_end) - epoch_us(interval_start) AS window_us
    FROM forecasts
    WHERE {of_issue} AND interval_start >= $start AND interval_start < $end AND {of_meters}
), measured AS (
    SELECT readings.meter_id, lengths.window_us, epoch_us(readings.interval_start) // lengths.window_us AS slot,
           sum(readings.value) AS kwh
    FROM readings CROSS JOIN (SELECT DISTINCT window_us FROM asked) AS lengths
    WHERE readings.quantity = 'energy' AND readings.interval_start >= (SELECT min(interval_start) FROM asked)
      AND readings.interval_start < (SELECT max(interval_end) FROM asked) AND readings.value IS NOT NULL
    GROUP BY ALL
    HAVING sum(epoch_us(readings.interval_end) - epoch_us(readings.interval_start)) = lengths.window_us
)
SELECT asked.* EXCLUDE (window_us), measured.kwh AS actual_kwh
FROM asked LEFT JOIN measured ON measured.meter_id = asked.meter_id AND measured.window_us = asked.window_us
    AND measured.slot = epoch_us(asked.interval_start) // asked.window_us
ORDER BY asked.meter_id, asked.issued_at, asked.interval_start
