"""Errors as a person at a terminal sees them: one line, and the exit status that says who must act."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from bot.errors import BotError, SettingsInvalid

INPUT_WRONG, SETTINGS_WRONG = 1, 2


def for_people(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show our errors as one line each, with the exit status that says who must act."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SettingsInvalid as error:
            click.echo(str(error), err=True)
            sys.exit(SETTINGS_WRONG)
        except BotError as error:
            click.echo(str(error), err=True)
            sys.exit(INPUT_WRONG)
        except OperationalError as error:
            # Not its text: that may name the user, the host and what was asked.
            why = type(error.orig).__name__ if error.orig else type(error).__name__
            click.echo(f"settings: DATABASE_URL: the database can't be used now ({why})", err=True)
            sys.exit(SETTINGS_WRONG)

    return wrapped


class WrongInput(click.BadParameter):
    """The command is right, what it is given is not."""

    exit_code = INPUT_WRONG


class InputFile(click.Path):
    """A file that must be there; a missing one is wrong input, not wrong usage."""

    def __init__(self, *, or_dash: bool = False) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path, allow_dash=or_dash)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            raise WrongInput(error.message, ctx=ctx, param=param) from None
