-- How complete each meter is between two days: intervals present and expected on the days with readings, and days without.
-- parameters: quantity, start_date, end_date, after_meter_id, page_size
-- files: consumption_daily where quantity = quantity and local_date from start_date to end_date
SELECT meter_id, min(local_date) AS first_date, max(local_date) AS last_date, count(*) AS days_with_readings,
       date_diff('day', min(local_date), max(local_date)) + 1 - count(*) AS days_missing,
       CAST(sum(intervals_present) AS BIGINT) AS intervals_present, CAST(sum(intervals_expected) AS BIGINT) AS intervals_expected
FROM consumption_daily
WHERE quantity = ? AND local_date >= ? AND local_date < ? AND meter_id > ?
GROUP BY meter_id
ORDER BY meter_id
LIMIT ?
