-- What one meter gives, by its readings: each quantity, the days of its first and last reading in a zone, and how many days have one. What has no daily sums, such as temperatures, is known from here alone.
-- parameters: time_zone, meter_id
-- files: readings where meter_id = meter_id
SELECT quantity, min(local_date) AS first_date, max(local_date) AS last_date, count(DISTINCT local_date) AS days_with_readings
FROM (
    SELECT quantity, CAST(at_timezone(interval_start, ?) AS DATE) AS local_date FROM readings WHERE meter_id = ?
) AS dated
GROUP BY quantity
ORDER BY quantity
