-- One meter and what is known of it; no row where it is unknown.
-- parameters: meter_id
-- files: meters where meter_id = meter_id
SELECT meter_id, site_id, building_id, transformer_id, time_zone, latitude, longitude, tariff, segment, commissioned_at,
       service_point_id, feeder_id, substation_id, district_id, multiplier, ct_ratio, vt_ratio, highest_kw
FROM meters
WHERE meter_id = ?
