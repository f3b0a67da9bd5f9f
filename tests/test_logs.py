"""Logs carry ids, and an exception its type and its place: nothing that points to a person."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot import logs
from bot.domain.phone_numbers import normalise
from tests.postgres import postgres
from tests.store.conftest import conn, migrated_file, migrated_postgres, store, url
from tests.store.rows import a_person

__all__ = ["conn", "migrated_file", "migrated_postgres", "postgres", "store", "url"]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    out = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(out)
    yield out
    structlog.reset_defaults()
    logging.basicConfig(handlers=before, level=level, force=True)


def log_a_wrong_number() -> None:
    try:
        normalise("07700 900101x")
    except ValueError:
        structlog.get_logger().exception("turn_failed", provider_id="SM1")


def test_an_exception_is_logged_without_its_words(written: io.StringIO) -> None:
    log_a_wrong_number()

    line = written.getvalue()
    assert "900101" not in line
    assert "level=error event=turn_failed provider_id=SM1" in line
    assert "ValueError at tests/test_logs.py:" in line
    assert "bot/domain/phone_numbers.py:" in line
    assert line.count("\n") == 1


def test_what_libraries_log_has_no_words_of_exceptions_either(written: io.StringIO) -> None:
    try:
        normalise("07700 900101x")
    except ValueError:
        logging.getLogger("apscheduler.executors.default").exception("Job %s failed", "due_texts")
    logging.getLogger("urllib3.connectionpool").warning("retrying /Messages.json?To=+447700900101")

    line = written.getvalue()
    assert "900101" not in line
    assert "due_texts" in line
    assert "ValueError at tests/test_logs.py:" in line


def test_an_error_of_the_database_names_no_number(conn: Connection, written: io.StringIO) -> None:
    a_person(conn, "amina", external_id="+447700900101")
    with pytest.raises(IntegrityError) as caught, conn.begin_nested():
        a_person(conn, "ben", external_id="+447700900101")

    structlog.get_logger().error("failed", exc_info=caught.value)

    line = written.getvalue()
    assert "900101" not in line
    assert "IntegrityError at" in line
    assert "SQLITE_CONSTRAINT_UNIQUE" in line or "UniqueViolation(23505)" in line


def raised_from(cause: bool) -> BaseException:
    try:
        try:
            normalise("07700 900101x")
        except ValueError as error:
            raise KeyError("gone") from (error if cause else None)
    except KeyError as error:
        return error
    return AssertionError()


def test_a_cause_is_named_and_one_that_was_set_aside_is_not() -> None:
    def names(error: BaseException) -> list[str]:
        return [part.split(" at ")[0] for part in logs.in_short(error).split(" < ")]

    assert names(raised_from(True)) == ["KeyError", "ValueError"]
    assert names(raised_from(False)) == ["KeyError"]
