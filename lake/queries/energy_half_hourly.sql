-- Energy in half-hours of UTC that begin in [start, end), of the meters from one id to another; whole half-hours alone.
-- A reading that is a half-hour already is not added up, which would cost ten times as much.
-- parameters: first_meter_id, last_meter_id, start, end, first_meter_id, last_meter_id, start, end
-- files: readings where meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT meter_id, interval_start, value AS energy_kwh
FROM readings
WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
  AND to_unixtime(interval_end) - to_unixtime(interval_start) = 1800
  AND mod(CAST(to_unixtime(interval_start) AS BIGINT), 1800) = 0 AND value IS NOT NULL
UNION ALL
SELECT meter_id, from_unixtime(bin * 1800) AS interval_start, sum(value) AS energy_kwh
FROM (
    SELECT meter_id, value, to_unixtime(interval_start) AS start_second, to_unixtime(interval_end) AS end_second,
           CAST(floor(to_unixtime(interval_start) / 1800) AS BIGINT) AS bin
    FROM readings
    WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
      AND to_unixtime(interval_end) - to_unixtime(interval_start) < 1800 AND value IS NOT NULL
) AS measured
WHERE end_second <= (bin + 1) * 1800
GROUP BY meter_id, bin
HAVING sum(end_second - start_second) = 1800
