from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from pyathena.error import DatabaseError, OperationalError

from meterlake.lake.aws.athena_errors import naming_cloud_errors
from meterlake.lake.errors import CloudTrouble, LakeBusy, LakeThrottled, NoLake, QueryTooLong, QueryTooWide


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said AWS"}}, "GetTables")


@pytest.mark.parametrize(
    ("raised", "ours"),
    [
        (client_error("ThrottlingException"), LakeThrottled),
        (DatabaseError("An error occurred (TooManyRequestsException) when calling StartQueryExecution"), LakeThrottled),
        (client_error("EntityNotFoundException"), NoLake),
        (OperationalError("TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.meterlake.meters' does not exist"), NoLake),
        (OperationalError("Query exhausted resources at this scale factor"), QueryTooWide),
        (OperationalError("Query cancelled! : Bytes scanned limit was exceeded"), QueryTooWide),
        (client_error("AccessDeniedException"), CloudTrouble),
        (NoCredentialsError(), CloudTrouble),
    ],
)
def test_what_aws_raises_becomes_the_lake_s_own_error(raised: Exception, ours: type[Exception]) -> None:
    with pytest.raises(ours) as caught, naming_cloud_errors("s3://bucket/lake"):
        raise raised

    assert type(caught.value) is ours


def test_throttling_is_a_busy_lake_and_too_much_to_read_a_query_that_was_stopped() -> None:
    assert issubclass(LakeThrottled, LakeBusy) and issubclass(QueryTooWide, QueryTooLong)


def test_a_mistake_of_ours_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), naming_cloud_errors("s3://bucket/lake"):
        _ = 1 / 0
