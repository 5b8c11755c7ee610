-- All that people said of an outage, in the order in which it was said.
-- parameters: outage_id
SELECT word_id, said_at, said_by, act, outage_id, started_at, ended_at, reason, meters, taken_back, note
FROM outage_words
WHERE outage_id = ?
ORDER BY said_at, word_id
