"""An ingest taken back, table by table: what the others said is judged anew as if it had not been taken in."""
