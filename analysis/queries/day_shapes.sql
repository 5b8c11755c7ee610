-- The load of each meter in each window of the days of 24 hours: meters as numbers in their order, days from the first.
-- with: chosen, loads, clock
WITH whole AS MATERIALIZED (
    SELECT slot, clock.local_date, clock.hour FROM clock
    JOIN (SELECT local_date FROM clock GROUP BY local_date HAVING count(*) = $windows) AS days USING (local_date)
), numbered AS MATERIALIZED (
    SELECT meter_id, CAST(row_number() OVER (ORDER BY meter_id) - 1 AS INTEGER) AS meter FROM meters
)
SELECT numbered.meter, CAST(whole.local_date - DATE '1970-01-01' AS INTEGER) AS day,
       CAST(whole.hour * $windows / 24 AS INTEGER) AS place, CAST(loads.kw AS FLOAT) AS kw
FROM loads JOIN whole ON whole.slot = loads.slot JOIN numbered ON numbered.meter_id = loads.meter_id
