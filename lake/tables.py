"""Every table of the lake, declared once: columns, meanings, keys, partitions.

The Iceberg schemas, the field ids in the Parquet files, the data dictionary in docs/reference and the
checks of the .sql files all come from here. Column names end in their unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class ColumnType(StrEnum):
    """The types that tables use; each value is the DuckDB name of the type."""

    TEXT = "VARCHAR"
    NUMBER = "DOUBLE"
    COUNT = "BIGINT"
    DATE = "DATE"
    TIME = "TIMESTAMP WITH TIME ZONE"


# A file of as many rows is as large as one should be: some thirty megabytes of readings. What is written in one go is cut
# there, by meters, and upkeep leaves it alone.
FULL_FILE_ROWS = 8_000_000


@dataclass(frozen=True)
class Column:
    """One column: its name, type and meaning."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True)
class Partition:
    """How a table is partitioned: a column and an Iceberg transform (identity, month, year)."""

    column: str
    transform: str


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: The table's name, the same in SQL, in the catalogue and on disk.
        meaning: One sentence: what a row is.
        key: The columns that name a row.
        columns: All columns in order; a column's Iceberg field id is its place, from 1.
        partitions: What its files are partitioned by.
        sort: The columns by which each file is sorted.
        row_group_rows: Rows in a Parquet row group. The engine's default suits scans; a table that is asked for
            one meter at a time is faster in smaller groups (measured: 3.7 ms against 5.1 a meter's year).
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partitions: tuple[Partition, ...] = ()
    sort: tuple[str, ...] = ()
    row_group_rows: int = 122_880

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def field_ids(self) -> dict[str, int]:
        """The Iceberg field id of each column."""
        return {column.name: place for place, column in enumerate(self.columns, start=1)}

    @property
    def arrow_schema(self) -> pa.Schema:
        """The columns in Arrow's terms, each with the id by which Iceberg knows it."""
        import pyarrow as pa  # Imported here: what only names tables does not wait for it.

        types = {
            ColumnType.TEXT: pa.string(),
            ColumnType.NUMBER: pa.float64(),
            ColumnType.COUNT: pa.int64(),
            ColumnType.DATE: pa.date32(),
            ColumnType.TIME: pa.timestamp("us", tz="UTC"),
        }
        return pa.schema(
            pa.field(column.name, types[column.type], metadata={"PARQUET:field_id": str(place)})
            for place, column in enumerate(self.columns, start=1)
        )


_TEXT, _NUMBER, _COUNT, _DATE, _TIME = (
    ColumnType.TEXT,
    ColumnType.NUMBER,
    ColumnType.COUNT,
    ColumnType.DATE,
    ColumnType.TIME,
)

_METER = Column("meter_id", _TEXT, "the meter, as its owner names it")
_QUANTITY = Column("quantity", _TEXT, "what is measured; see the quantities")
_INGEST = Column("ingest_id", _TEXT, "the ingest that brought the row")
_SAID_BY = Column("said_by", _TEXT, "the ingest that said it")

_READING_COLUMNS = (
    _METER,
    _QUANTITY,
    Column("interval_start", _TIME, "start of the half-open interval, inclusive"),
    Column("interval_end", _TIME, "end of the half-open interval, exclusive"),
    Column("value", _NUMBER, "the measured value, in the quantity's unit"),
    Column("quality", _TEXT, "actual, estimated, edited or suspect; in covered withdrawn, too"),
    Column("reading_type", _TEXT, "interval, remainder of one, register or instant"),
    _INGEST,
)

READINGS = Table(
    "readings",
    "A value over a half-open interval; one row a meter, quantity and interval.",
    ("meter_id", "quantity", "interval_start"),
    _READING_COLUMNS,
    (Partition("quantity", "identity"), Partition("interval_start", "month")),
    ("meter_id", "interval_start"),
)

COVERED = Table(
    "covered",
    "A reading that does not stand, or not whole, because others that are better or newer lie over its interval.",
    ("meter_id", "quantity", "interval_start", "interval_end", "quality"),
    (
        *_READING_COLUMNS,
        Column("covered_by", _TEXT, "the ingest of the newest reading that lies over it"),
        Column("covered_at", _TIME, "when it was covered"),
    ),
    (Partition("quantity", "identity"), Partition("interval_start", "month")),
    ("meter_id", "interval_start"),
)

SUPERSEDED = Table(
    "superseded",
    "A reading that a newer one replaced: the old value, and what replaced it.",
    ("meter_id", "quantity", "interval_start", "ingest_id", "superseded_by", "superseded_at"),
    (
        *_READING_COLUMNS,
        Column("superseded_by", _TEXT, "the ingest whose value stands instead"),
        Column("superseded_at", _TIME, "when it was replaced"),
    ),
    (),
    ("meter_id", "interval_start"),
)

REPEATS = Table(
    "repeats",
    "Readings that an ingest said again, equal to what stood: a row is a run of them, each so many seconds after the other.",
    ("meter_id", "quantity", "first_start", "said_by"),
    (
        _METER,
        _QUANTITY,
        Column("first_start", _TIME, "start of the run's first interval"),
        Column("last_start", _TIME, "start of its last"),
        Column("step_seconds", _COUNT, "from one start to the next; 0 where there is one"),
        _SAID_BY,
        Column("interval_minutes", _COUNT, "how long each interval is; null of what was kept before this was"),
        Column("quality", _TEXT, "actual, estimated, edited or suspect; null with interval_minutes"),
    ),
    (Partition("first_start", "month"),),
    ("meter_id", "first_start"),
)

METER_EVENTS = Table(
    "meter_events",
    "Something a meter reported that is not a value: an error, a last gasp, a restoration.",
    ("meter_id", "at", "code"),
    (
        _METER,
        Column("at", _TIME, "when it happened"),
        Column("code", _TEXT, "the meter's own code"),
        Column("detail", _TEXT, "what else the file said"),
        _INGEST,
    ),
    (Partition("at", "year"),),
    ("meter_id", "at"),
)

METER_EVENT_HISTORY = Table(
    "meter_event_history",
    "An event that a later ingest reported again: what it said of it.",
    (*METER_EVENTS.key, "said_by"),
    (*METER_EVENTS.columns[:-1], _SAID_BY),
    METER_EVENTS.partitions,
    METER_EVENTS.sort,
)

QUARANTINE = Table(
    "quarantine",
    "A row that was read and not stored, with the reason.",
    ("ingest_id", "source_file", "row"),
    (
        _INGEST,
        Column("source_file", _TEXT, "the file, as it was named"),
        Column("row", _COUNT, "a running number within the ingest, from 1"),
        Column("line", _COUNT, "the line in the file, from 1; null where it cannot be known"),
        Column("reason", _TEXT, "why it was not stored; see the reasons"),
        Column("detail", _TEXT, "what was found"),
        Column("raw_text", _TEXT, "the row as it stood in the file"),
    ),
)

INGESTS = Table(
    "ingests",
    "One file taken in, with its accounts: rows_read = rows_stored + duplicates + superseded + quarantined.",
    ("ingest_id",),
    (
        _INGEST,
        Column("source_file", _TEXT, "the file, as it was named"),
        Column("content_hash", _TEXT, "BLAKE3 of the file's bytes"),
        Column("format", _TEXT, "the format it was read as"),
        Column("rows_read", _COUNT, "rows found in the file"),
        Column("rows_stored", _COUNT, "rows that went into a table"),
        Column("duplicates", _COUNT, "rows equal to one already there"),
        Column("superseded", _COUNT, "rows that a later row of the same run replaced"),
        Column("quarantined", _COUNT, "rows set aside with a reason"),
        Column("started_at", _TIME, "when reading it began"),
        Column("finished_at", _TIME, "when its rows were published"),
        Column("source_bytes", _COUNT, "the file's size"),
        Column("source_modified_at", _TIME, "when the file was last changed"),
        Column(
            "superseded_by_itself",
            _COUNT,
            "of the superseded, rows that a later row of the same file replaced; null in an ingest before they were counted",
        ),
        Column("assumed", _TEXT, "what was assumed of the file, because nobody said it; null where nothing was"),
    ),
)

_METER_COLUMNS = (
    _METER,
    Column("site_id", _TEXT, "the site it stands on"),
    Column("building_id", _TEXT, "the building it stands in"),
    Column("transformer_id", _TEXT, "the transformer that feeds it"),
    Column("time_zone", _TEXT, "the IANA zone of its days, weeks and months"),
    Column("latitude", _NUMBER, "degrees north, WGS 84"),
    Column("longitude", _NUMBER, "degrees east, WGS 84"),
    Column("tariff", _TEXT, "the tariff it is on"),
    Column("segment", _TEXT, "the customer segment"),
    Column("commissioned_at", _TIME, "when it came into service, where that is known"),
)
# A column's field id is its place, so what came later stands behind.
_LATER_METER_COLUMNS = (
    Column("service_point_id", _TEXT, "the customer's connection, which stays where a meter is exchanged"),
    Column("feeder_id", _TEXT, "the feeder of its transformer"),
    Column("substation_id", _TEXT, "the substation of that feeder"),
    Column("district_id", _TEXT, "the district of the network"),
)
# What a meter shows is multiplied by all three to have what flows on the primary side of its transformers.
_MULTIPLIER_COLUMNS = (
    Column("multiplier", _NUMBER, "what its values are multiplied by; null where by nothing"),
    Column("ct_ratio", _NUMBER, "the ratio of its current transformers, primary to secondary"),
    Column("vt_ratio", _NUMBER, "the ratio of its voltage transformers, primary to secondary"),
)
_LIMIT_COLUMNS = (
    Column(
        "highest_kw",
        _NUMBER,
        "the most power that can flow through it, such as what its connection bears; null where nobody says",
    ),
)
_VALID_FROM = Column("valid_from", _DATE, "the first local day on which it holds; null where it has always held")
_VALID_UNTIL = Column("valid_until", _DATE, "the day behind the last; null where no end is known")

METERS = Table(
    "meters",
    "Anything that gives a series: where it stands and what is known of it, of late where that changed.",
    ("meter_id",),
    (*_METER_COLUMNS, *_LATER_METER_COLUMNS, *_MULTIPLIER_COLUMNS, *_LIMIT_COLUMNS),
    (),
    ("meter_id",),
)

METER_FACTS = Table(
    "meter_facts",
    "What an ingest said of a meter; the rows of a meter, by their days and the order of their ingests, make its row of `meters`.",
    ("meter_id", "said_by", "counts", "valid_from"),
    (
        *_METER_COLUMNS,
        Column("said_by", _TEXT, "the ingest that said it; empty for what was known before such rows were kept"),
        Column("counts", _TEXT, "always, or if_new: only where no ingest before it named the meter"),
        *_LATER_METER_COLUMNS,
        _VALID_FROM,
        _VALID_UNTIL,
        *_MULTIPLIER_COLUMNS,
        *_LIMIT_COLUMNS,
    ),
    (),
    ("meter_id",),
)

# The columns of a meter that are multiplied with one another.
MULTIPLIERS = tuple(column.name for column in _MULTIPLIER_COLUMNS)
LIMITS = tuple(column.name for column in _LIMIT_COLUMNS)
# What of a meter is one for all time: where its clock stands, and its beginning.
LASTING_FACTS = ("time_zone", "commissioned_at")
METER_SPELLS = Table(
    "meter_spells",
    "What was known of a meter on some days; of a meter without such rows that of `meters` has always held.",
    ("meter_id", "valid_from"),
    (
        _METER,
        _VALID_FROM,
        _VALID_UNTIL,
        *(
            column
            for column in (*_METER_COLUMNS, *_LATER_METER_COLUMNS, *_MULTIPLIER_COLUMNS, *_LIMIT_COLUMNS)
            if column.name not in ("meter_id", *LASTING_FACTS)
        ),
    ),
    (),
    ("meter_id", "valid_from"),
)

WEATHER = Table(
    "weather",
    "The weather at a site at a time, observed or forecast.",
    ("site_id", "observed_at"),
    (
        Column("site_id", _TEXT, "the site, or 'default' where a file names none"),
        Column("observed_at", _TIME, "the time it holds for"),
        Column("temperature_c", _NUMBER, "air temperature"),
        Column("apparent_temperature_c", _NUMBER, "what it feels like"),
        Column("humidity_fraction", _NUMBER, "relative humidity, 0 to 1"),
        Column("wind_speed_mps", _NUMBER, "wind speed"),
        Column("issued_at", _TIME, "when a forecast was made; null for an observation"),
        _INGEST,
    ),
    (),
    ("site_id", "observed_at"),
)


WEATHER_HISTORY = Table(
    "weather_history",
    "What an ingest said of the weather and another's row stands for: an older value, or the same again.",
    (*WEATHER.key, "said_by"),
    (*WEATHER.columns[:-1], _SAID_BY),
    WEATHER.partitions,
    WEATHER.sort,
)


_DOUBTS = {"estimated": "estimated", "edited": "edited or substituted", "suspect": "suspect"}


def _summary(name: str, period: str, column: Column) -> Table:
    return Table(
        name,
        f"What a meter used in a {period} of its own time zone, and how much of it was measured.",
        ("meter_id", "quantity", column.name),
        (
            _METER,
            _QUANTITY,
            column,
            Column(
                "energy_kwh",
                _NUMBER,
                "the values present, added up exactly to a billionth; other quantities in their unit",
            ),
            Column("intervals_present", _COUNT, "readings with a value"),
            Column("intervals_expected", _COUNT, "those, and as many of their mean length as the missing minutes hold"),
            Column("minutes_present", _COUNT, f"minutes with a value; null in a {period} counted before minutes were"),
            Column("minutes_expected", _COUNT, f"the {period}'s minutes in the meter's zone; null as before"),
            *(
                Column(f"minutes_{quality}", _COUNT, f"of those present, {meaning}; null as before")
                for quality, meaning in _DOUBTS.items()
            ),
        ),
        (Partition("quantity", "identity"), Partition(column.name, "year")),
        ("meter_id", column.name),
        row_group_rows=20_480,
    )


CONSUMPTION_DAILY = _summary("consumption_daily", "day", Column("local_date", _DATE, "the day in the meter's zone"))
CONSUMPTION_WEEKLY = _summary(
    "consumption_weekly", "week", Column("week_start", _DATE, "the Monday on which the ISO week begins")
)
CONSUMPTION_MONTHLY = _summary(
    "consumption_monthly", "month", Column("month_start", _DATE, "the first day of the month")
)

CONSUMPTION_SPANS = Table(
    "consumption_spans",
    "A value over several days, which belongs to none of them, but to the weeks and months that hold them all.",
    ("meter_id", "quantity", "span_start"),
    (
        _METER,
        _QUANTITY,
        Column("span_start", _TIME, "start of the half-open interval, inclusive"),
        Column("span_end", _TIME, "end of the half-open interval, exclusive"),
        Column("first_date", _DATE, "the day of its start in the meter's zone"),
        Column("last_date", _DATE, "the last day that it covers"),
        Column("energy_kwh", _NUMBER, "the value; other quantities in their unit"),
        Column("minutes", _COUNT, "from start to end"),
        Column("quality", _TEXT, "actual, estimated, edited or suspect"),
    ),
    (Partition("quantity", "identity"), Partition("span_start", "year")),
    ("meter_id", "span_start"),
    row_group_rows=20_480,
)

ANOMALY_SCORES = Table(
    "anomaly_scores",
    "What a detector says of a meter's day.",
    ("meter_id", "detector", "local_date"),
    (
        _METER,
        Column("detector", _TEXT, "the detector's name"),
        Column("local_date", _DATE, "the day in the meter's zone; for a rule the day of its moment"),
        Column("consumption_kwh", _NUMBER, "what was measured; for a rule the figure that it judged"),
        Column("expected_kwh", _NUMBER, "what the model expects of the part of the day that was measured"),
        Column("lower_kwh", _NUMBER, "the lower limit; null where nothing can be said"),
        Column("upper_kwh", _NUMBER, "the upper limit; null where nothing can be said"),
        Column("anomaly", _COUNT, "1 above, -1 below, 0 neither; for a rule 1 or -1 where it holds"),
        Column("importance", _NUMBER, "the part of the consumption beyond the limit, as published; finite"),
        Column("severity", _NUMBER, "how far from expected and from all that the meter did before; ranks days"),
        Column("verdict", _TEXT, "judged, incomplete, short_history, no_data or error"),
        Column("detail", _TEXT, "what a rule found, in words"),
        Column("intervals_present", _COUNT, "intervals with a value when the day was scored"),
        Column("noise", _NUMBER, "standard deviation of a day on the model's scale; widths can change without a refit"),
        Column("offset_kwh", _NUMBER, "where that scale is log(1 + kWh / offset), the offset; else null"),
        Column("width_sigmas", _NUMBER, "half the band's width, in noises"),
        Column("model_version", _TEXT, "the detector's version and a hash of its parameters"),
        Column("run_id", _TEXT, "the run that wrote the row"),
        Column("fit_before", _DATE, "the day before which lie all days that the fit has seen; null for a rule"),
    ),
    (Partition("detector", "identity"), Partition("local_date", "year")),
    ("meter_id", "local_date"),
)

OUTAGES = Table(
    "outages",
    "A time without power, or without readings, at a place: how many meters, what caused it, on what evidence.",
    ("outage_id",),
    (
        Column("outage_id", _TEXT, "stays the same while the outage grows and closes"),
        Column(
            "cause",
            _TEXT,
            "power_cut, head_end_loss, meter_stopped, meter_gap, planned or rejected",
        ),
        Column("started_at", _TIME, "when it began, as exactly as the evidence allows"),
        Column("ended_at", _TIME, "when it ended; null while it lasts"),
        Column("meters", _COUNT, "meters without power or readings"),
        Column("customer_minutes", _NUMBER, "minutes without power, added up over the meters"),
        Column("confidence", _NUMBER, "how sure the cause is, 0 to 1"),
        Column("evidence", _TEXT, "what speaks for it, as JSON"),
        Column("site_id", _TEXT, "the site of most of the meters"),
        Column("transformer_id", _TEXT, "the transformer that feeds all of them, where there is one"),
        Column("latitude", _NUMBER, "middle of the meters, degrees north, WGS 84"),
        Column("longitude", _NUMBER, "middle of the meters, degrees east, WGS 84"),
        Column("radius_m", _NUMBER, "distance from the middle to the farthest meter, in metres"),
    ),
    (Partition("started_at", "year"),),
    ("started_at", "outage_id"),
)

_LOST_INTERVALS = (
    Column("first_lost_at", _TIME, "start of the first interval that it did not send; null where it sent all"),
    Column("interval_minutes", _NUMBER, "length of its intervals"),
    Column(
        "intervals_lost", _COUNT, "intervals that it owed and did not send, or sent as zeros of the time without power"
    ),
    Column("codes", _TEXT, "the codes that the meter reported, separated by blanks"),
)

OUTAGE_METERS = Table(
    "outage_meters",
    "A meter's part in an outage, from first to last; how long it had no power is said in interruptions.",
    ("outage_id", "meter_id"),
    (
        Column("outage_id", _TEXT, "the outage"),
        _METER,
        Column("started_at", _TIME, "when this meter was lost"),
        Column("ended_at", _TIME, "when it came back; null while it is away"),
        *_LOST_INTERVALS,
    ),
    (Partition("started_at", "year"),),
    ("meter_id", "started_at"),
)

_STOOD_AT = (
    Column("site_id", _TEXT, "where the meter stood then: its site"),
    Column("building_id", _TEXT, "its building"),
    Column("transformer_id", _TEXT, "its transformer"),
    Column("feeder_id", _TEXT, "its feeder"),
    Column("substation_id", _TEXT, "its substation"),
    Column("district_id", _TEXT, "its district"),
)

INTERRUPTIONS = Table(
    "interruptions",
    "A time for which one customer had no power; lost twice is two rows. All indices of reliability are made of these.",
    ("meter_id", "lost_at"),
    (
        Column("outage_id", _TEXT, "the outage that it belongs to"),
        Column(
            "customer_id", _TEXT, "the customer: the service point where one is known, else the first of its meters"
        ),
        _METER,
        Column("lost_at", _TIME, "when power failed"),
        Column("returned_at", _TIME, "when it came back; null while it is away"),
        Column(
            "lost_known_by",
            _TEXT,
            "message, reading, inferred: from what others of the outage reported, or person: who corrected it",
        ),
        Column("returned_known_by", _TEXT, "the same of its return; null while it is away"),
        Column("minutes_low", _NUMBER, "how long it lasted at least, by the meter's own messages and readings"),
        Column("minutes", _NUMBER, "how long it lasted; to the newest reading while it lasts"),
        Column("minutes_high", _NUMBER, "how long it lasted at most"),
        Column("duration", _TEXT, "momentary or sustained, by the setting"),
        Column("also_possible", _TEXT, "the other of the two, where the bounds allow it; else null"),
        Column("planned_minutes", _NUMBER, "how much of it was announced"),
        *_LOST_INTERVALS,
        *_STOOD_AT,
    ),
    (Partition("lost_at", "year"),),
    ("meter_id", "lost_at"),
)

SERVICES = Table(
    "services",
    "A time for which a meter served a customer at a place; one that was exchanged or moved has a row for each stay.",
    ("meter_id", "served_from"),
    (
        Column(
            "customer_id", _TEXT, "the customer: the service point where one is known, else the first of its meters"
        ),
        _METER,
        Column("served_from", _TIME, "from when: its first reading or message, or since it stands there"),
        Column("served_until", _TIME, "until when, exclusive; null while it lasts, with power or without"),
        Column("time_zone", _TEXT, "the IANA zone of its days"),
        *_STOOD_AT,
    ),
    (),
    ("meter_id", "served_from"),
)

OUTAGE_WORDS = Table(
    "outage_words",
    "What a person said of an outage: kept for good, and heeded in every run.",
    ("word_id",),
    (
        Column("word_id", _TEXT, "its name"),
        Column("said_at", _TIME, "when it was said"),
        Column("said_by", _TEXT, "by whom"),
        Column("act", _TEXT, "confirm, reject, correct, reason, merge, split or take_back"),
        Column("outage_id", _TEXT, "of which outage, as it was called then"),
        _METER,
        Column(
            "lost_at", _TIME, "when this meter was lost in it: by both it is found again, however it is called then"
        ),
        Column("started_at", _TIME, "where it is corrected, when it began; else null"),
        Column("ended_at", _TIME, "where it is corrected, when it ended; else null"),
        Column(
            "reason",
            _TEXT,
            "what it came of, a code of the setting METERLAKE_OUTAGE_REASONS; null where nothing is said",
        ),
        Column("other_meter_id", _TEXT, "where it is merged, a meter of the outage that it goes into; else null"),
        Column("other_lost_at", _TIME, "when that meter was lost in that one; else null"),
        Column("meters", _TEXT, "where it is split, the meters that make an outage of their own, as JSON; else null"),
        Column("taken_back", _TEXT, "where a word is taken back, its word_id; else null"),
        Column("note", _TEXT, "what else was said, or null"),
    ),
    (),
    ("said_at", "word_id"),
)

RECORDED_OUTAGES = Table(
    "recorded_outages",
    "An outage as an outage management system recorded it, to be compared with what meters say.",
    ("record_id",),
    (
        Column("record_id", _TEXT, "its name there"),
        Column("started_at", _TIME, "when it began"),
        Column("ended_at", _TIME, "when it ended; null while it lasts"),
        Column("places", _TEXT, "the places that it struck, as JSON: of each the columns that must all hold"),
        Column("customers", _COUNT, "how many customers it struck, or null"),
        Column("reason", _TEXT, "what it came of, in that system's words, or null"),
        Column("note", _TEXT, "what else is said of it, or null"),
        Column("imported_at", _TIME, "when it was taken in"),
        Column("imported_by", _TEXT, "by whom"),
    ),
    (),
    ("started_at", "record_id"),
)

FILED_INDICES = Table(
    "filed_indices",
    "Indices of reliability as they were filed: frozen, whatever readings come later. A row a filing and place.",
    ("filing_id", "place_id"),
    (
        Column("filing_id", _TEXT, "the filing"),
        Column("filed_at", _TIME, "when it was frozen"),
        Column("filed_by", _TEXT, "by whom"),
        Column("kind", _TEXT, "what the places are: site, building, transformer, feeder, substation or district"),
        Column("period", _TEXT, "day, month, quarter, year or rolling"),
        Column("period_start", _DATE, "the day that names the period"),
        Column("place_id", _TEXT, "the place; * is all together, empty are customers of no known one"),
        Column("indices", _TEXT, "the indices of IEEE Std 1366 as filed, as JSON"),
        Column("settings", _TEXT, "what was asked and what counted as an interruption, as JSON"),
        Column("snapshot", _TEXT, "the snapshots of interruptions and services that they were made of"),
        Column("note", _TEXT, "what else was said, or null"),
        Column("withdrawn_at", _TIME, "when it was withdrawn; null while it stands"),
        Column("withdrawn_by", _TEXT, "by whom, or null"),
    ),
    (),
    ("filed_at", "filing_id", "place_id"),
)

PLANNED_OUTAGES = Table(
    "planned_outages",
    "An outage that was announced: when, and which meters; the places that are given must all hold.",
    ("planned_id",),
    (
        Column("planned_id", _TEXT, "made from the time and the places"),
        Column("started_at", _TIME, "from when power may be off"),
        Column("ended_at", _TIME, "until when"),
        _METER,
        Column("building_id", _TEXT, "the building, or null"),
        Column("transformer_id", _TEXT, "the transformer, or null"),
        Column("site_id", _TEXT, "the site, or null"),
        Column("note", _TEXT, "what the announcement says"),
        Column("customer_id", _TEXT, "the customer, or null"),
        Column("feeder_id", _TEXT, "the feeder, or null"),
        Column("substation_id", _TEXT, "the substation, or null"),
        Column("district_id", _TEXT, "the district, or null"),
    ),
    (),
    ("started_at", "planned_id"),
)

FORECASTS = Table(
    "forecasts",
    "What a model says a meter will use in an interval: the mean and nine quantiles.",
    ("meter_id", "issued_at", "interval_start"),
    (
        _METER,
        Column("issued_at", _TIME, "the end of the history that the forecast knew"),
        Column("interval_start", _TIME, "start of the half-open interval, inclusive"),
        Column("interval_end", _TIME, "end of the half-open interval, exclusive"),
        Column("mean_kwh", _NUMBER, "expected energy"),
        *(
            Column(f"p{percent}_kwh", _NUMBER, f"energy that is not exceeded with probability 0.{percent // 10}")
            for percent in range(10, 100, 10)
        ),
        Column("flag", _TEXT, "ok, short_history or no_history: how much of the meter the model knew"),
        Column("model_name", _TEXT, "the model"),
        Column("model_version", _COUNT, "its version"),
        Column("run_id", _TEXT, "the run that wrote the row"),
    ),
    (Partition("issued_at", "month"),),
    ("meter_id", "issued_at", "interval_start"),
    row_group_rows=20_480,
)

MODELS = Table(
    "models",
    "A fitted forecaster, versioned, judged and approved or not.",
    ("name", "version"),
    (
        Column("name", _TEXT, "the model's name"),
        Column("version", _COUNT, "1, 2, 3 … in order of registration"),
        Column("status", _TEXT, "PendingApproval, Approved or Rejected"),
        Column("forecaster", _TEXT, "the forecaster that was fitted"),
        Column("interval_minutes", _COUNT, "length of an interval that it forecasts"),
        Column("horizon_intervals", _COUNT, "intervals that it forecasts at once"),
        Column("metrics", _TEXT, "the backtest's figures and the gate's verdict, as JSON"),
        Column("parameters", _TEXT, "the forecaster's parameters and seed, as JSON"),
        Column("trained_on", _TEXT, "data range, meters, snapshot and code version, as JSON"),
        Column("artefact", _TEXT, "where the fitted model lies, below the lake's root"),
        Column("created_at", _TIME, "when it was registered"),
        Column("decided_at", _TIME, "when it was approved or rejected; null before"),
        Column("notes", _TEXT, "what the person who decided wrote"),
    ),
    (),
    ("name", "version"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        READINGS,
        COVERED,
        SUPERSEDED,
        REPEATS,
        METER_EVENTS,
        METER_EVENT_HISTORY,
        QUARANTINE,
        INGESTS,
        METERS,
        METER_FACTS,
        METER_SPELLS,
        WEATHER,
        WEATHER_HISTORY,
        CONSUMPTION_DAILY,
        CONSUMPTION_WEEKLY,
        CONSUMPTION_MONTHLY,
        CONSUMPTION_SPANS,
        ANOMALY_SCORES,
        OUTAGES,
        OUTAGE_METERS,
        INTERRUPTIONS,
        SERVICES,
        PLANNED_OUTAGES,
        OUTAGE_WORDS,
        RECORDED_OUTAGES,
        FILED_INDICES,
        FORECASTS,
        MODELS,
    )
}
