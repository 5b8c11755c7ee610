-- The mean load of the meters on each day at each time of the local clock; the hour that comes twice is the mean of both.
-- with: chosen, loads, clock
WITH together AS (
    SELECT slot, sum(kw) AS kw, count(*) AS meters FROM loads GROUP BY slot
)
SELECT clock.local_date, clock.hour, sum(together.kw) / sum(together.meters) AS kw, max(together.meters) AS meters
FROM together JOIN clock ON clock.slot = together.slot
GROUP BY clock.local_date, clock.hour
ORDER BY clock.local_date, clock.hour
