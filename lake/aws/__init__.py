"""The lake on AWS: Glue holds the catalogue, S3 the files and the lock, Athena answers."""
