-- Energy in half-hours of UTC that begin in [start, end), of the meters from one id to another; whole half-hours alone.
-- parameters: first_meter_id, last_meter_id, start, end
-- files: readings where meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT meter_id, bin_start AS interval_start, sum(value) AS energy_kwh
FROM (
    SELECT meter_id, CASE WHEN extract(minute FROM interval_start) < 30 THEN date_trunc('hour', interval_start)
                          ELSE date_trunc('hour', interval_start) + INTERVAL '30' MINUTE END AS bin_start,
           interval_start, interval_end, value
    FROM readings
    WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
) AS binned
WHERE interval_end <= bin_start + INTERVAL '30' MINUTE AND value IS NOT NULL
GROUP BY meter_id, bin_start
HAVING sum(date_diff('second', interval_start, interval_end)) = 1800
