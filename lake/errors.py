"""Everything Meterlake raises on purpose.

    MeterlakeError
    ├── BadInput            what was asked for or handed in cannot be used
    │   ├── UnreadableFile      a raw file that no format fits, or that is broken
    │   ├── BadParameter        a parameter that is missing, malformed or out of range
    │   ├── UnknownSetting      a key of the settings file that is no setting
    │   └── BadQuery            SQL that is not one read-only statement, or that fails
    ├── NotFound            a name that the lake does not hold
    │   ├── UnknownMeter
    │   ├── UnknownGroup
    │   ├── UnknownOutage
    │   ├── UnknownFiling
    │   ├── UnknownIngest
    │   ├── UnknownModel
    │   └── UnknownQuestion
    ├── NoModel             no model that could forecast
    ├── MissingLibrary      an extra that is not installed
    └── LakeTrouble         the lake itself cannot answer
        ├── NoLake              there is no lake at this place yet
        ├── ReadOnlyLake        it was opened to be read
        ├── LakeBusy            another writer holds the lake for too long
        │   └── LakeThrottled       the cloud takes no more queries just now
        ├── UnreadableLake      its catalogue is there and cannot be read
        ├── LostFile            a file that a table is made of is not there
        ├── ForeignFile         its catalogue names a file that is no lake's
        ├── UnfinishedCommit    a commit that broke off, which nobody can finish any more
        ├── NoSpace             the disk is full
        ├── CloudTrouble        a service of the cloud refused or failed
        └── QueryTooLong        a query was stopped at its time limit
            └── QueryTooWide        a query was stopped at the limit of what it may read

An error takes values and writes its own message: what was wrong, what was found, what to do next.
Bad rows are not errors: they go to quarantine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class MeterlakeError(Exception):
    """The base of everything raised on purpose; its text is meant for the user."""


class BadInput(MeterlakeError):
    """What was asked for or handed in cannot be used."""


class UnreadableFile(BadInput):
    """A raw file that no format fits, or that is broken."""

    def __init__(self, path: Path | str, found: str, advice: str) -> None:
        self.path = str(path)
        self.found = found
        self.advice = advice
        super().__init__(f"{path}: {found}. {advice}")


class BadParameter(BadInput):
    """A parameter that is missing, malformed or out of range."""

    def __init__(self, name: str, found: object, expected: str, example: str, *, nearest: Sequence[str] = ()) -> None:
        self.name = name
        self.found = found
        self.expected = expected
        self.example = example
        meant = f" Did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""
        super().__init__(f"{name}: expected {expected}, found {found!r}.{meant} Example: {name}={example}")


class UnknownSetting(BadInput):
    """A key of the settings file that is no setting."""

    def __init__(self, path: Path, name: str, nearest: Sequence[str]) -> None:
        super().__init__(f"{path}: there is no setting {name}. Nearest: {', '.join(nearest)}.")


class BadQuery(BadInput):
    """SQL that is not one read-only statement, or that fails."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The query was not run: {found}\nWrite one SELECT over the lake's tables; 'meterlake query --tables' lists them."
        )


class NotFound(MeterlakeError):
    """A name that the lake does not hold."""


class UnknownMeter(NotFound):
    """A meter that has no row in meters and no reading."""

    def __init__(self, meter_id: str, nearest: Sequence[str] = ()) -> None:
        self.meter_id = meter_id
        self.nearest = tuple(nearest)
        advice = f"Nearest: {', '.join(nearest)}." if nearest else "'meterlake status' says what it holds."
        super().__init__(f"There is no meter {meter_id!r} in this lake. {advice}")


class UnknownGroup(NotFound):
    """A group to which no meter belongs on the day that is asked for."""

    def __init__(self, by: str, group: str, nearest: Sequence[str] = ()) -> None:
        known = f"Nearest: {', '.join(nearest)}." if nearest else f"No meter has a {by}; a list of meters can say it."
        super().__init__(f"No meter belongs to the {by} {group!r} then. {known}")


class UnknownOutage(NotFound):
    """An outage that the lake does not hold."""

    def __init__(self, outage_id: str) -> None:
        super().__init__(f"There is no outage {outage_id!r} in this lake; 'meterlake outages --stored' lists them.")


class UnknownFiling(NotFound):
    """A filing that the lake does not hold, or that was withdrawn."""

    def __init__(self, filing_id: str) -> None:
        super().__init__(f"No filing {filing_id!r} stands in this lake; 'meterlake filing list' lists them.")


class UnknownIngest(NotFound):
    """An ingest id, or the start of one, that names no ingest or several."""

    def __init__(self, ingest_id: str, matches: int) -> None:
        found = "no ingest" if matches == 0 else f"{matches} ingests"
        super().__init__(f"{ingest_id!r} names {found}. 'meterlake ingests' lists them with their ids.")


class UnknownModel(NotFound):
    """A model, or a version of one, that the lake does not hold."""

    def __init__(self, name: str, version: int | None, known: list[str]) -> None:
        wanted = f"{name!r}" if version is None else f"version {version} of {name!r}"
        super().__init__(
            f"There is no model {wanted}. Known: {', '.join(known) or 'none'}; 'meterlake train' makes one."
        )


class UnknownQuestion(NotFound):
    """A question that has no .sql file in lake/queries."""

    def __init__(self, question: str, known: list[str]) -> None:
        super().__init__(f"There is no query file for {question!r}. Known: {', '.join(known)}")


class NoModel(MeterlakeError):
    """No model that could forecast: none is trained, or none is approved."""

    def __init__(self, wanted: str, waiting: list[str]) -> None:
        advice = (
            f"Waiting for approval: {', '.join(waiting)}. Approve one with 'meterlake models approve NAME VERSION'"
            if waiting
            else "Train one with 'meterlake train', then approve it with 'meterlake models approve NAME VERSION'"
        )
        super().__init__(f"There is no approved model {wanted}. {advice}.")


class MissingLibrary(MeterlakeError):
    """An extra that is not installed."""

    def __init__(self, library: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs {library}. Install it with: pip install 'meterlake[{extra}]'")


class LakeTrouble(MeterlakeError):
    """The lake itself cannot answer.

    Attributes:
        names_its_place: Whether the text names folders and addresses, and is for whoever runs the server alone.
    """

    names_its_place = True


class NoLake(LakeTrouble):
    """There is no lake at this place yet."""

    def __init__(self, root: Path | str) -> None:
        super().__init__(
            f"There is no lake at {root}. Make one with 'meterlake ingest PATH', or name another with METERLAKE_LAKE or --lake."
        )


class ReadOnlyLake(LakeTrouble):
    """It was opened to be read."""

    def __init__(self, root: Path | str) -> None:
        super().__init__(f"The lake at {root} was opened to be read. Open it with read_only=False to write.")


class LakeBusy(LakeTrouble):
    """Another writer holds the lake for too long."""

    def __init__(self, root: Path | str, waited_seconds: float, holder: str) -> None:
        super().__init__(
            f"The lake at {root} is being written by {holder}; waited {waited_seconds:.0f} s. Try again when it has finished."
        )


class LakeThrottled(LakeBusy):
    """The cloud takes no more queries just now."""

    def __init__(self, root: Path | str, found: str) -> None:
        MeterlakeError.__init__(
            self,
            f"The lake at {root} takes no more queries just now: {found}. Try again in a few seconds; if it stays so,"
            " ask for a higher quota of the service.",
        )


class LostFile(LakeTrouble):
    """A file that a table is made of is not there."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The lake has lost a file: {found}. 'meterlake doctor' names what is missing; bring it back from a copy,"
            " or take the raw files into a new lake."
        )


class UnreadableLake(LakeTrouble):
    """Its catalogue is there and cannot be read."""

    def __init__(self, root: Path | str, found: str) -> None:
        super().__init__(
            f"The catalogue of the lake at {root} cannot be read: {found}. If the folder's rights are right, bring"
            " catalogue.sqlite back from a copy; the readings themselves are in the files below the folder."
        )


class ForeignFile(LakeTrouble):
    """The catalogue names a file that is no lake's."""

    def __init__(self, root: Path | str, address: str) -> None:
        super().__init__(
            f"The catalogue of the lake at {root} names {address}, which lies in no table's folder. Nothing was changed;"
            " bring catalogue.sqlite back from a copy."
        )


class UnfinishedCommit(LakeTrouble):
    """A commit that broke off, which nobody can finish any more."""

    def __init__(self, place: str, table: str, address: str) -> None:
        super().__init__(
            f"A commit over several tables broke off ({place} says what was left to do), and {table} has been changed by"
            f" something else since: {address} is no longer in it. Roll {table} back to its snapshot of before that change,"
            " with Athena or Spark, and run the same command again; let nothing but Meterlake write its tables."
        )


class NoSpace(LakeTrouble):
    """The disk is full."""

    def __init__(self, root: Path | str) -> None:
        super().__init__(
            f"There is no space left on the disk of {root}. Nothing half done was published: make room ('meterlake expire'"
            " removes what only old snapshots hold) and run the same command again."
        )


class QueryTooLong(LakeTrouble):
    """A query was stopped at its time limit."""

    names_its_place = False

    def __init__(self, limit_seconds: float) -> None:
        super().__init__(
            f"The query was stopped after {limit_seconds:g} s. Ask for less: a shorter time range or fewer meters."
        )


class QueryTooWide(QueryTooLong):
    """A query was stopped at the limit of what it may read."""

    def __init__(self, found: str) -> None:
        MeterlakeError.__init__(
            self, f"The query was stopped: {found}. Ask for less: a shorter time range or fewer meters."
        )


class CloudTrouble(LakeTrouble):
    """A service of the cloud refused or failed."""

    def __init__(self, root: Path | str, found: str) -> None:
        super().__init__(
            f"The lake at {root} was not answered for: {found}. Look at the region, the credentials and the role's rights;"
            " docs/how-to/run_on_aws.md says which it needs."
        )
