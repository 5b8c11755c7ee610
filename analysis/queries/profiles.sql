-- The mean day of a meter in each group, and the band in which most meters' mean days lie: a meter counts once, however much it sent.
-- with: chosen, loads, clock
WITH of_meters AS (
    SELECT {clock_keys}loads.meter_id, clock.hour, avg(loads.kw) AS kw
    FROM loads JOIN clock ON clock.slot = loads.slot
    GROUP BY ALL
), of_sizes AS (
    SELECT of_meters.*, CASE WHEN $normalise THEN kw / nullif(avg(kw) OVER (PARTITION BY meter_id), 0) ELSE kw END AS sized
    FROM of_meters
)
SELECT {keys}hour, avg(sized) AS mean, quantile_cont(sized, $low) AS low, quantile_cont(sized, $high) AS high,
       count(DISTINCT meter_id) AS meters
FROM of_sizes LEFT JOIN meters AS known USING (meter_id)
GROUP BY ALL
ORDER BY {names}hour
