-- Every interruption of a customer, with its time zone.
-- parameters:
SELECT one.customer_id, one.meter_id, places.time_zone, one.lost_at, one.returned_at, one.minutes, one.planned_minutes,
       one.duration, one.site_id, one.building_id, one.transformer_id, one.feeder_id, one.substation_id, one.district_id, one.outage_id
FROM interruptions AS one
LEFT JOIN meters AS places ON places.meter_id = one.meter_id
ORDER BY one.lost_at, one.meter_id
