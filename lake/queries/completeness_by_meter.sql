-- How complete each meter is between two days: intervals present and expected, first and last day with a reading.
-- parameters: quantity, start_date, end_date, after_meter_id, page_size
-- files: consumption_daily where quantity = quantity and local_date from start_date to end_date
SELECT meter_id, sum(intervals_present) AS intervals_present, sum(intervals_expected) AS intervals_expected,
       min(local_date) AS first_date, max(local_date) AS last_date, count(*) AS days_with_readings
FROM consumption_daily
WHERE quantity = ? AND local_date >= ? AND local_date < ? AND meter_id > ?
GROUP BY meter_id
ORDER BY meter_id
LIMIT ?
