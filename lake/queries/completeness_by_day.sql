-- How complete each day is over the fleet: meters that sent something, intervals present and expected of those.
-- parameters: quantity, start_date, end_date
-- files: consumption_daily where quantity = quantity and local_date from start_date to end_date
SELECT local_date, count(*) AS meters, CAST(sum(intervals_present) AS BIGINT) AS intervals_present,
       CAST(sum(intervals_expected) AS BIGINT) AS intervals_expected
FROM consumption_daily
WHERE quantity = ? AND local_date >= ? AND local_date < ?
GROUP BY local_date
ORDER BY local_date
