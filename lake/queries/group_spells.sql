-- By the days for which it holds: to which group each meter belongs, by an attribute, and the zone of its days; null is no known group.
-- parameters: attribute
SELECT known.meter_id, known.valid_from, known.valid_until, coalesce(places.time_zone, 'UTC') AS time_zone,
       group_of(?, known) AS member
FROM meters_by_day AS known
LEFT JOIN meters AS places ON places.meter_id = known.meter_id
ORDER BY known.meter_id, known.valid_from NULLS FIRST
