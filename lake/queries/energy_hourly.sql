-- Energy in hours of UTC that begin in [start, end), of the meters from one id to another; whole hours alone.
-- parameters: first_meter_id, last_meter_id, start, end
-- files: readings where meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT meter_id, bin_start AS interval_start, sum(value) AS energy_kwh
FROM (
    SELECT meter_id, date_trunc('hour', interval_start) AS bin_start, interval_start, interval_end, value
    FROM readings
    WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
) AS binned
WHERE interval_end <= bin_start + INTERVAL '1' HOUR AND value IS NOT NULL
GROUP BY meter_id, bin_start
HAVING sum(date_diff('second', interval_start, interval_end)) = 3600
