-- Energy in half-hours of UTC that begin in [start, end), of the meters from one id to another; whole half-hours alone.
-- Where an interval belongs is found once for each interval there is, not once a row: all meters have the same few.
-- parameters: first_meter_id, last_meter_id, start, end, first_meter_id, last_meter_id, start, end
-- files: readings where meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT measured.meter_id, spans.bin_start AS interval_start, sum(measured.value) AS energy_kwh
FROM (
    SELECT interval_start, interval_end, CASE WHEN extract(minute FROM interval_start) < 30 THEN date_trunc('hour', interval_start)
                ELSE date_trunc('hour', interval_start) + INTERVAL '30' MINUTE END AS bin_start,
           date_diff('second', interval_start, interval_end) AS seconds
    FROM (
        SELECT DISTINCT interval_start, interval_end
        FROM readings
        WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
    ) AS distinct_intervals
) AS spans
JOIN readings AS measured ON measured.interval_start = spans.interval_start AND measured.interval_end = spans.interval_end
WHERE measured.quantity = 'energy' AND measured.meter_id >= ? AND measured.meter_id <= ?
  AND measured.interval_start >= ? AND measured.interval_start < ?
  AND spans.interval_end <= spans.bin_start + INTERVAL '30' MINUTE AND measured.value IS NOT NULL
GROUP BY measured.meter_id, spans.bin_start
HAVING sum(spans.seconds) = 1800
