-- Every meter that has energy, with what is known of it, in order of the ids; the first and the last of its days.
-- parameters: first_meter_id, last_meter_id
-- files: consumption_daily where meter_id from first_meter_id to last_meter_id
SELECT measured.meter_id, measured.first_date, measured.last_date, known.time_zone, known.tariff, known.segment
FROM (
    SELECT meter_id, min(local_date) AS first_date, max(local_date) AS last_date
    FROM consumption_daily
    WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ?
    GROUP BY meter_id
) AS measured
LEFT JOIN meters AS known ON known.meter_id = measured.meter_id
ORDER BY measured.meter_id
