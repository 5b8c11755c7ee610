-- Meters in order of their ids, from after a given id on.
-- parameters: after_meter_id, page_size
SELECT meter_id, site_id, building_id, transformer_id, time_zone, latitude, longitude, tariff, segment, commissioned_at,
       service_point_id, feeder_id, substation_id, district_id, multiplier, ct_ratio, vt_ratio, highest_kw
FROM meters
WHERE meter_id > ?
ORDER BY meter_id
LIMIT ?
