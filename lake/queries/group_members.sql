-- How many meters of each group and zone are expected in periods of whole days, and for how many days: from the first on which they sent.
-- parameters: attribute, quantity, end_date, quantity, end_date, end_date, periods
-- files: consumption_daily where quantity = quantity
-- files: consumption_spans where quantity = quantity
SELECT member, time_zone, first_day AS starts_day, count(DISTINCT meter_id) AS meters_expected, CAST(sum(days) AS BIGINT) AS days_expected
FROM (
    SELECT spells.meter_id, spells.time_zone, spells.member, periods.first_day,
           CASE WHEN spells.until_day < periods.end_day THEN spells.until_day ELSE periods.end_day END
           - CASE WHEN spells.from_day > periods.first_day THEN spells.from_day ELSE periods.first_day END AS days
    FROM (
        SELECT begun.meter_id, coalesce(places.time_zone, 'UTC') AS time_zone,
               group_of(?, known) AS member,
               date_diff('day', DATE '1970-01-01', CAST(CASE WHEN known.valid_from > begun.first_date THEN known.valid_from
                                                             ELSE begun.first_date END AS DATE)) AS from_day,
               date_diff('day', DATE '1970-01-01', CAST(CASE WHEN known.valid_until < until.end_date THEN known.valid_until
                                                             ELSE until.end_date END AS DATE)) AS until_day
        FROM (
            SELECT meter_id, min(first_date) AS first_date
            FROM (
                SELECT meter_id, local_date AS first_date
                FROM consumption_daily
                WHERE quantity = ? AND local_date < ?
                UNION ALL
                SELECT meter_id, first_date
                FROM consumption_spans
                WHERE quantity = ? AND first_date < ?
            ) AS sent
            GROUP BY meter_id
        ) AS begun
        CROSS JOIN (SELECT CAST(? AS DATE) AS end_date) AS until
        LEFT JOIN meters AS places ON places.meter_id = begun.meter_id
        LEFT JOIN meters_by_day AS known ON known.meter_id = begun.meter_id
    ) AS spells
    JOIN (
        SELECT CAST(split_part(run, ':', 1) AS BIGINT) AS first_day, CAST(split_part(run, ':', 3) AS BIGINT) AS end_day
        FROM UNNEST(split(?, ' ')) AS listed(run)
    ) AS periods ON spells.from_day < periods.end_day AND periods.first_day < spells.until_day
) AS counted
WHERE days > 0
GROUP BY member, time_zone, first_day
ORDER BY member, starts_day, time_zone
