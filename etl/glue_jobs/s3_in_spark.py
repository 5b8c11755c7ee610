"""How a Spark that is started here finds S3: the same server, region and credentials as all others who read and write.

Enters: the settings, through AWS's client. Leaves: settings of Spark's for `s3://` addresses. The libraries that read them,
hadoop-aws and the SDK that it was built with, are the user's to bring (docs/how-to/run_on_spark.md); Glue brings its own, and is
told nothing.
"""

from __future__ import annotations

from meterlake.lake.aws.s3_client import s3_client


def s3_in_spark(region: str | None = None) -> dict[str, str]:
    """Return settings for a session.

    Args:
        region: The buckets' region; as the AWS tools find it where absent.
    """
    found = s3_client(region).meta
    return {
        f"spark.hadoop.{name}": value
        for name, value in {
            # The lake's addresses are s3://, as on Glue.
            "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
            "fs.s3a.endpoint": found.endpoint_url,
            "fs.s3a.endpoint.region": found.region_name,
            "fs.s3a.path.style.access": "true",
            # Else each file that is written asks for the folders above it to be deleted, which a server over a file system
            # refuses, again and again.
            "fs.s3a.directory.marker.retention": "keep",
        }.items()
    }
