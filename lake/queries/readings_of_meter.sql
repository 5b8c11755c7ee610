-- One meter's readings in a time range, in order, a page at a time: start inclusive, end exclusive.
-- parameters: meter_id, quantity, start, end, page_size
-- files: readings where meter_id = meter_id and quantity = quantity and interval_start from start to end
SELECT interval_start, interval_end, value, quality, reading_type, ingest_id
FROM readings
WHERE meter_id = ? AND quantity = ? AND interval_start >= ? AND interval_start < ?
ORDER BY interval_start
LIMIT ?
