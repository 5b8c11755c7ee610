-- What one meter gives: each quantity, its first and last day and how many days have a reading; no row where none.
-- parameters: meter_id
-- files: consumption_daily where meter_id = meter_id
SELECT quantity, min(local_date) AS first_date, max(local_date) AS last_date, count(*) AS days_with_readings
FROM consumption_daily
WHERE meter_id = ?
GROUP BY quantity
ORDER BY quantity
