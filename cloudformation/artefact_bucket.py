"""The bucket that a stack's code and templates lie in; deploy makes it, because a template cannot upload itself.

Enters: an account, a region, a stack's name. Leaves: a bucket, encrypted, private, TLS only, and in it what was uploaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from cloudformation.artefacts import Artefact
from cloudformation.stack_changes import Say


def artefact_bucket_name(stack: str, account: str, region: str) -> str:
    """Return the bucket's name, which is another one for each stack, account and region."""
    return f"{stack}-artefacts-{account}-{region}"


def make_artefact_bucket(client: Any, name: str, *, account: str, region: str, partition: str, say: Say) -> None:
    """Make the bucket where it is not there, and make sure that it is ours and shut."""
    try:
        client.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        say(f"making the bucket {name}")
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=name, **where)
    client.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=encryption)
    arn = f"arn:{partition}:s3:::{name}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    client.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def upload_artefacts(client: Any, bucket: str, artefacts: Iterable[Artefact], say: Say) -> int:
    """Upload what is not there yet; return how many objects that was."""
    uploaded = 0
    for one in artefacts:
        try:
            client.head_object(Bucket=bucket, Key=one.key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            say(f"uploading {one.name}, {len(one.body) / 1e6:.1f} MB")
            client.put_object(Bucket=bucket, Key=one.key, Body=one.body)
            uploaded += 1
    return uploaded


def bucket_url(bucket: str, region: str, url_suffix: str) -> str:
    """Return the address under which CloudFormation reads the bucket's objects."""
    return f"https://{bucket}.s3.{region}.{url_suffix}"


def empty_bucket(client: Any, name: str, say: Say) -> int:
    """Delete every version of every object; return how many there were. A bucket that is gone has none."""
    deleted = 0
    try:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            if not found:
                continue
            keys = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
            failed = client.delete_objects(Bucket=name, Delete={"Objects": keys, "Quiet": True}).get("Errors", [])
            if failed:
                raise RuntimeError(f"{name}: {failed[0]['Key']} could not be deleted: {failed[0].get('Message')}")
            deleted += len(keys)
            say(f"emptying {name}: {deleted:,} versions")
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
    return deleted
