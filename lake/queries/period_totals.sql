-- What readings of some meters add to periods of any length: each is put whole to the period that it starts in, with its minutes by quality.
-- Periods come as runs of equal ones: `first:length:end first:length:end …` in seconds since 1970; readings longer than a limit are left out. Values up to a million are added up as whole billionths, which is exact.
-- parameters: runs, quantity, first_meter_id, last_meter_id, start, end, longest_seconds
-- files: readings where quantity = quantity and meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT meter_id, starts_second, min(step_seconds) AS length_seconds,
       CASE WHEN min(value) > -1e6 AND max(value) < 1e6 THEN CAST(sum(billionths) AS DOUBLE) / 1e9 ELSE sum(value) END AS value_sum,
       sum(value * seconds) AS value_seconds, min(value) AS value_min, max(value) AS value_max,
       max_by(value, interval_start) AS value_last, max(interval_start) AS last_start, max(interval_end) AS last_end,
       count(*) AS intervals_present, sum(seconds) AS seconds_present,
       sum(CASE WHEN quality = 'estimated' THEN seconds ELSE 0.0 END) AS seconds_estimated,
       sum(CASE WHEN quality = 'edited' THEN seconds ELSE 0.0 END) AS seconds_edited,
       sum(CASE WHEN quality = 'suspect' THEN seconds ELSE 0.0 END) AS seconds_suspect
FROM (
    SELECT measured.meter_id, runs.step_seconds, measured.interval_start, measured.interval_end,
           measured.value, measured.quality,
           runs.first_second + runs.step_seconds * CAST(floor(CAST(to_unixtime(measured.interval_start) - runs.first_second AS DOUBLE) / runs.step_seconds) AS BIGINT) AS starts_second,
           CAST(to_unixtime(measured.interval_end) - to_unixtime(measured.interval_start) AS DOUBLE) AS seconds,
           CASE WHEN measured.value > -1e6 AND measured.value < 1e6
                THEN CAST(measured.value * 1e9 AS BIGINT) END AS billionths
    FROM readings AS measured
    CROSS JOIN (
        SELECT CAST(split_part(run, ':', 1) AS BIGINT) AS first_second, CAST(split_part(run, ':', 2) AS BIGINT) AS step_seconds,
               CAST(split_part(run, ':', 3) AS BIGINT) AS end_second
        FROM UNNEST(split(?, ' ')) AS listed(run)
    ) AS runs
    WHERE measured.quantity = ? AND measured.meter_id >= ? AND measured.meter_id <= ?
      AND measured.interval_start >= ? AND measured.interval_start < ?
      AND to_unixtime(measured.interval_start) >= runs.first_second
      AND to_unixtime(measured.interval_start) < runs.end_second
      AND to_unixtime(measured.interval_end) - to_unixtime(measured.interval_start) <= ? AND measured.value IS NOT NULL
) AS placed
GROUP BY meter_id, starts_second
ORDER BY meter_id, starts_second
