-- The medians of one meter's forecasts by one model, issued in [issued_from, issued_to], in order.
-- parameters: meter_id, model_name, issued_from, issued_to, interval_minutes
-- files: forecasts where meter_id = meter_id and issued_at from issued_from to issued_to
SELECT issued_at, interval_start, p50_kwh, flag, model_version
FROM forecasts
WHERE meter_id = ? AND model_name = ? AND issued_at >= ? AND issued_at <= ?
  AND date_diff('minute', interval_start, interval_end) = ?
ORDER BY issued_at, interval_start
