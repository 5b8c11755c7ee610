"""Engines that are not Python's, for tests: Trino, Spark's way to S3, and a server that is S3 in all but its address.

`make engines` brings them where Maven, Go and a Java 25 are; tests that need them skip elsewhere and say so.
"""
