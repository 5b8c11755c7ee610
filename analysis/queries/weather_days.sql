-- The mean temperature of each day of a zone, from observations, with the hours that it rests on.
SELECT local_date, avg(temperature_c) AS temperature_c, count(*) AS hours
FROM (
    SELECT CAST(min(timezone($tz, observed_at)) AS DATE) AS local_date, avg(temperature_c) AS temperature_c
    FROM weather
    WHERE issued_at IS NULL AND temperature_c IS NOT NULL AND observed_at >= $start AND observed_at < $end AND {of_site}
    GROUP BY epoch_us(observed_at) // 3600000000
) AS by_hour
GROUP BY local_date
ORDER BY local_date
