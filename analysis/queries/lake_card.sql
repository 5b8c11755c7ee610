-- What a lake holds, in one row.
SELECT (SELECT count(*) FROM meters) AS meters, min(local_date) AS first_date, max(local_date) AS last_date,
       sum(intervals_present) / nullif(sum(intervals_expected), 0) AS coverage,
       (SELECT strftime(max(finished_at), '%Y-%m-%d %H:%M UTC') FROM ingests) AS last_ingest
FROM consumption_daily
WHERE quantity = 'energy'
