-- Whether something of a quantity of some meters lay under other readings at a moment, or has since; then what stood has to be laid anew.
-- parameters: quantity, first_meter_id, last_meter_id, as_of, as_of
-- files: covered where quantity = quantity and meter_id from first_meter_id to last_meter_id
SELECT count(*) AS readings
FROM covered
WHERE quantity = ? AND meter_id >= ? AND meter_id <= ?
  AND (covered_at <= ? OR ingest_id NOT IN (SELECT ingest_id FROM ingests WHERE finished_at > ?))
