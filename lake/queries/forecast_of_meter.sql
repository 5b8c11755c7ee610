-- One meter's forecasts by one model, issued in [issued_from, issued_to], of intervals of so many minutes, in order.
-- parameters: meter_id, model_name, issued_from, issued_to, interval_minutes
-- files: forecasts where meter_id = meter_id and issued_at from issued_from to issued_to
SELECT meter_id, issued_at, interval_start, interval_end, mean_kwh, p10_kwh, p20_kwh, p30_kwh, p40_kwh, p50_kwh, p60_kwh,
       p70_kwh, p80_kwh, p90_kwh, flag, model_version
FROM forecasts
WHERE meter_id = ? AND model_name = ? AND issued_at >= ? AND issued_at <= ?
  AND date_diff('minute', interval_start, interval_end) = ?
ORDER BY issued_at, interval_start
