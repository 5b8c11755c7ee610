-- Values over several days that touch [start_date, end_date), each with the group of its meter.
-- A meter belongs to the group that was known of it on the first of these days.
-- It is multiplied by what was known of the meter's transformers on that day, where `multiplied` is 'yes'.
-- parameters: attribute, multiplied, quantity, end_date, start_date
-- files: consumption_spans where quantity = quantity
SELECT group_of(?, known) AS member,
       spans.meter_id, spans.first_date, spans.last_date,
       spans.energy_kwh * CASE WHEN ? = 'yes' THEN factor_of(known) ELSE 1.0 END AS value_sum, CAST(1 AS BIGINT) AS intervals_present,
       spans.minutes AS minutes_present,
       CASE WHEN spans.quality = 'estimated' THEN spans.minutes ELSE CAST(0 AS BIGINT) END AS minutes_estimated,
       CASE WHEN spans.quality = 'edited' THEN spans.minutes ELSE CAST(0 AS BIGINT) END AS minutes_edited,
       CASE WHEN spans.quality = 'suspect' THEN spans.minutes ELSE CAST(0 AS BIGINT) END AS minutes_suspect
FROM consumption_spans AS spans
LEFT JOIN meters_by_day AS known ON known.meter_id = spans.meter_id
    AND (known.valid_from IS NULL OR known.valid_from <= spans.first_date)
    AND (known.valid_until IS NULL OR spans.first_date < known.valid_until)
WHERE spans.quantity = ? AND spans.first_date < ? AND spans.last_date >= ?
ORDER BY spans.meter_id, spans.first_date
