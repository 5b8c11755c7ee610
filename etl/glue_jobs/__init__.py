"""The ingest on Spark: for uploads larger than one machine takes in a sitting, in AWS Glue or anywhere else.

Enters: the same raw files. Leaves: the same lake, row for row. Recognising files, accounts, the lock and the commit are
meterlake.etl.pipeline's; what a raw text means is the formats'; here is only what has to be spread over machines.
"""
