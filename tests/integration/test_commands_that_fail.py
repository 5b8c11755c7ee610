"""Commands that do not come to their end: one sentence on stderr, a code, no traceback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.landing import take_in

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("failing")
    raw = folder / "raw.csv"
    raw.write_text(HEADER + "M1,Std,2013-01-01 00:00:00.0000000, 0.25 ,ACORN-A,Affluent\n")
    take_in(folder / "lake", raw)
    return folder / "lake"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "meterlake", *words]


def run(root: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "METERLAKE_LAKE": str(root), **settings}
    return subprocess.run(
        command(*words), env=environment, capture_output=True, text=True, timeout=120, cwd=root.parent
    )


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["consumption", "M2"], "There is no meter 'M2'", 2),
        (["query", "SELEKT 1"], "syntax error at or near", 2),
        (["query", "SELECT 1", "--out", "nowhere/x.csv"], "a file in a folder that is there", 2),
        (["query", "SELECT 1", "--out", "x.xlsx"], "an ending of .parquet", 2),
        (["status", "--nonsense"], "No such option", 2),
        (["nonsense"], "No such command", 2),
        (["ingest", "nowhere"], "a file or a folder that exists", 2),
        (["ingest", "raw.csv", "--mapping", "nowhere.yaml"], "a YAML file that can be read", 2),
    ],
)
def test_what_was_asked_wrongly_is_one_sentence(root: Path, words: list[str], said: str, code: int) -> None:
    done = run(root, *words)

    assert done.returncode == code
    assert said in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_setting_that_cannot_be_used_is_named_without_its_value(root: Path) -> None:
    done = run(root, "status", METERLAKE_THREADS="0")

    assert done.returncode == 2
    assert "METERLAKE_THREADS" in done.stderr and "a number of at least 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said(root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(root, "serve", "--port", str(taken.getsockname()[1]))

    assert done.returncode != 0
    assert "Traceback" not in done.stderr and "address already in use" in done.stderr.lower()


def test_a_reader_that_has_read_enough_ends_the_command_quietly(root: Path) -> None:
    sql = "SELECT range AS number FROM range(3000000)"
    with subprocess.Popen(
        command("--lake", str(root), "query", sql, "--format", "csv"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b'"number"\n'
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_command_that_is_stopped_says_so_and_leaves_130(root: Path) -> None:
    sql = "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b"
    environment = {**os.environ, "METERLAKE_QUERY_SECONDS": "3600"}
    with subprocess.Popen(
        command("--lake", str(root), "query", sql), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stderr is not None
        for _ in range(100):  # until it has loaded what it needs and the query runs
            time.sleep(0.1)
            if processor_seconds(process.pid) > 2.0 or process.poll() is not None:
                break
        for _ in range(3):  # a library may swallow one that comes while it loads; who waits presses again
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
                break
        process.kill()  # one that has not heard it
        said = process.stderr.read().decode()
    assert process.returncode == 130, said
    # Where the signal found no query at work, a line of its own stands behind the terminal's ^C.
    assert (
        said.lstrip("\n")
        == "meterlake: stopped. Nothing half done was published; the same command goes on where this one was.\n"
    )


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
