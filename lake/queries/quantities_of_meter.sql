-- What one meter gives: each quantity, its first and last day and how many days have a reading; no row where none.
-- A value over several days counts with its first and last day, and is a reading of no day.
-- parameters: meter_id, meter_id
-- files: consumption_daily where meter_id = meter_id
-- files: consumption_spans where meter_id = meter_id
SELECT quantity, min(first_date) AS first_date, max(last_date) AS last_date, CAST(sum(days) AS BIGINT) AS days_with_readings
FROM (
    SELECT quantity, local_date AS first_date, local_date AS last_date, 1 AS days
    FROM consumption_daily
    WHERE meter_id = ?
    UNION ALL
    SELECT quantity, first_date, last_date, 0 AS days
    FROM consumption_spans
    WHERE meter_id = ?
) AS covered
GROUP BY quantity
ORDER BY quantity
