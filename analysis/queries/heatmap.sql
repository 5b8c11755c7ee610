-- The mean load of the meters on each day at each time of the local clock; the hour that comes twice is the mean of both.
-- with: chosen, loads, clock
SELECT clock.local_date, clock.hour, avg(loads.kw) AS kw, count(DISTINCT loads.meter_id) AS meters
FROM loads JOIN clock ON clock.slot = loads.slot
GROUP BY clock.local_date, clock.hour
ORDER BY clock.local_date, clock.hour
