-- How many meters of each zone sent for the first time on a day before end_date: from then on they are expected.
-- parameters: quantity, end_date, first_meter_id, last_meter_id, quantity, end_date, first_meter_id, last_meter_id
-- files: consumption_daily where quantity = quantity and meter_id from first_meter_id to last_meter_id
-- files: consumption_spans where quantity = quantity and meter_id from first_meter_id to last_meter_id
SELECT coalesce(known.time_zone, 'UTC') AS time_zone, begun.first_date, count(*) AS meters
FROM (
    SELECT meter_id, min(first_date) AS first_date
    FROM (
        SELECT meter_id, local_date AS first_date
        FROM consumption_daily
        WHERE quantity = ? AND local_date < ? AND meter_id >= ? AND meter_id <= ?
        UNION ALL
        SELECT meter_id, first_date
        FROM consumption_spans
        WHERE quantity = ? AND first_date < ? AND meter_id >= ? AND meter_id <= ?
    ) AS sent
    GROUP BY meter_id
) AS begun
LEFT JOIN meters AS known ON known.meter_id = begun.meter_id
GROUP BY coalesce(known.time_zone, 'UTC'), begun.first_date
ORDER BY begun.first_date, time_zone
