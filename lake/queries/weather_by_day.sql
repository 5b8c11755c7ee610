-- The mean temperature of each UTC day in [start_date, end_date), over the sites, from observations alone.
-- parameters: start_date, end_date
SELECT CAST(observed_at AS DATE) AS local_date, avg(temperature_c) AS temperature_c,
       avg(apparent_temperature_c) AS apparent_temperature_c
FROM weather
WHERE issued_at IS NULL AND observed_at >= CAST(? AS TIMESTAMP WITH TIME ZONE) AND observed_at < CAST(? AS TIMESTAMP WITH TIME ZONE)
GROUP BY CAST(observed_at AS DATE)
ORDER BY local_date
