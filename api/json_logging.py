"""What libraries log, as the JSON lines in which the API logs its requests."""

from __future__ import annotations

import datetime as dt
import logging

import orjson


class JsonLines(logging.Formatter):
    """Writes a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line; an error with all of its traceback."""
        line = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=repr).decode()


def log_as_json(level: int) -> None:
    """Send all records from a level on to standard error as JSON, in place of what was set up before."""
    lines = logging.StreamHandler()
    lines.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[lines], force=True)
