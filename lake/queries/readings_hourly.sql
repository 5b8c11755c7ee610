-- One meter's readings added up to hours of UTC, a page at a time; hours that begin in [start, end).
-- A reading that is longer than an hour, or lies across its end, belongs to no one hour and is left out. Values up to a million are added up as whole billionths, which is exact.
-- parameters: meter_id, quantity, start, end, page_size
-- files: readings where meter_id = meter_id and quantity = quantity and interval_start from start to end
SELECT bin_start AS interval_start, bin_start + INTERVAL '1' HOUR AS interval_end,
       CASE WHEN count(billionths) = count(value) THEN CAST(sum(billionths) AS DOUBLE) / 1e9 ELSE sum(value) END AS value_sum,
       CASE WHEN sum(seconds) > 0 THEN CAST(sum(value * seconds) AS DOUBLE) / nullif(sum(seconds), 0) ELSE avg(value) END AS value_mean,
       max_by(value, interval_start) AS value_last, count(value) AS intervals_present,
       sum(CASE WHEN value IS NULL THEN 0.0 ELSE seconds END) AS seconds_present
FROM (
    SELECT date_trunc('hour', interval_start) AS bin_start, interval_start, interval_end, value,
           CAST(to_unixtime(interval_end) - to_unixtime(interval_start) AS DOUBLE) AS seconds,
           CASE WHEN value > -1e6 AND value < 1e6 THEN CAST(round(value * 1e9) AS BIGINT) END AS billionths
    FROM readings
    WHERE meter_id = ? AND quantity = ? AND interval_start >= ? AND interval_start < ?
) AS binned
WHERE interval_end <= bin_start + INTERVAL '1' HOUR
GROUP BY bin_start
ORDER BY bin_start
LIMIT ?
