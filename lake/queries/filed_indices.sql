-- Every index as it was filed.
-- parameters:
SELECT filing_id, filed_at, filed_by, kind, period, period_start, place_id, indices, settings, snapshot, note, withdrawn_at, withdrawn_by
FROM filed_indices
ORDER BY filed_at, filing_id, place_id
