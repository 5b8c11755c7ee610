-- What the meters of each group used in periods of whole days of their own clocks, from the days' sums, and how much of that was measured.
-- A meter belongs on each day to the group that was known of it then; null is that of no known group, 'all' that of all.
-- Periods come as runs of equal ones, see period_totals, in days since 1970. Values are added up as decimals, which is exact.
-- Each value is multiplied by what was known of its meter's transformers on its day, where `multiplied` is 'yes'.
-- parameters: attribute, multiplied, runs, quantity, start_date, end_date
-- files: consumption_daily where quantity = quantity and local_date from start_date to end_date
SELECT member, first_day + place * step_days AS starts_day, step_days AS length_days,
       CAST(sum(CAST(energy_kwh * factor AS DECIMAL(38, 9))) AS DOUBLE) AS value_sum, count(DISTINCT meter_id) AS meters,
       CAST(sum(CASE WHEN minutes_present IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS days_unknown, count(*) AS days_present,
       CAST(sum(intervals_present) AS BIGINT) AS intervals_present, CAST(sum(minutes_present) AS DOUBLE) AS minutes_present,
       CAST(sum(minutes_estimated) AS DOUBLE) AS minutes_estimated, CAST(sum(minutes_edited) AS DOUBLE) AS minutes_edited,
       CAST(sum(minutes_suspect) AS DOUBLE) AS minutes_suspect
FROM (
    SELECT listed.first_day, listed.step_days,
           CAST(floor(CAST(daily.day - listed.first_day AS DOUBLE) / listed.step_days) AS BIGINT) AS place,
           daily.*,
           group_of(?, known) AS member,
           CASE WHEN ? = 'yes' THEN factor_of(known) ELSE 1.0 END AS factor
    FROM (
        SELECT CAST(split_part(run, ':', 1) AS BIGINT) AS first_day, CAST(split_part(run, ':', 2) AS BIGINT) AS step_days,
               CAST(split_part(run, ':', 3) AS BIGINT) AS end_day
        FROM UNNEST(split(?, ' ')) AS texts(run)
    ) AS listed
    JOIN (
        SELECT meter_id, local_date, date_diff('day', DATE '1970-01-01', local_date) AS day, energy_kwh, intervals_present,
               minutes_present, minutes_estimated, minutes_edited, minutes_suspect
        FROM consumption_daily
        WHERE quantity = ? AND local_date >= ? AND local_date < ? AND intervals_present > 0
    ) AS daily ON daily.day >= listed.first_day AND daily.day < listed.end_day
    LEFT JOIN meters_by_day AS known ON known.meter_id = daily.meter_id
        AND (known.valid_from IS NULL OR known.valid_from <= daily.local_date)
        AND (known.valid_until IS NULL OR daily.local_date < known.valid_until)
) AS placed
GROUP BY member, first_day, step_days, place
ORDER BY member, starts_day
