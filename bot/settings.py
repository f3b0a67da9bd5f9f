"""Settings: the only reader of environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsInvalid


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
Optional = Annotated[str | None, BeforeValidator(_blank_is_none)]


def is_loopback(url: str) -> bool:
    """Whether an address can only be reached from this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseModel):
    """What whoever runs the program decides. The names in the environment are the field names in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: str = "sqlite:///data/gatepost.db"
    twilio_account_sid: Optional = None
    twilio_auth_token: Optional = None
    twilio_auth_token_previous: Optional = None
    twilio_from: Optional = None
    twilio_messaging_service_sid: Optional = None
    twilio_whatsapp_from: Optional = None
    twilio_base_url: str = "https://api.twilio.com"
    twilio_sends_per_second: float = Field(10, gt=0, allow_inf_nan=False)
    public_url: str = "http://127.0.0.1:8000"
    secret_key: Optional = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    tz_name: str = "Europe/London"
    clock: str = "real"
    flows_dir: Path = Path(__file__).resolve().parent.parent / "flows"

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        try:
            url = make_url(self.database_url)
        except ArgumentError:
            raise ValueError("DATABASE_URL is not a database address") from None
        if url.drivername not in _DRIVERS:
            raise ValueError("DATABASE_URL must begin with sqlite:// or postgresql+psycopg://")
        if (self.twilio_account_sid is None) != (self.twilio_auth_token is None):
            missing = "TWILIO_ACCOUNT_SID" if self.twilio_account_sid is None else "TWILIO_AUTH_TOKEN"
            raise ValueError(f"{missing} is missing: set both, or neither for the phone simulator")
        if self.twilio_account_sid and not (self.twilio_from or self.twilio_messaging_service_sid):
            raise ValueError("TWILIO_FROM (or TWILIO_MESSAGING_SERVICE_SID) is missing")
        for name in ("twilio_base_url", "public_url"):
            parts = urlsplit(getattr(self, name))
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{name.upper()} must begin with http:// or https:// and name a host")
        try:
            ZoneInfo(self.tz_name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"TZ_NAME {self.tz_name!r} is not a time zone, try Europe/London") from None
        if self.clock != "real":
            try:
                held = datetime.fromisoformat(self.clock)
            except ValueError:
                raise ValueError(
                    "CLOCK must be 'real' or an ISO time such as 2026-12-25T16:00:00+00:00"
                ) from None
            if held.tzinfo is None:
                raise ValueError("CLOCK needs an offset from UTC, such as +00:00")
            if not (self.uses_simulator or is_loopback(self.twilio_base_url)):
                raise ValueError("CLOCK can't be held while the provider is real")
        if not os.path.isdir(self.flows_dir):
            raise ValueError(f"FLOWS_DIR: there is no folder {self.flows_dir}")
        if not self.is_embedded and self.secret_key is None:
            raise ValueError("SECRET_KEY is missing: it is required with PostgreSQL")
        return self

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, dotenv: Path | None = None) -> Settings:
        """Read and check the settings; `environ` wins over the `.env` file.

        Raises:
            SettingsInvalid: a value is missing or wrong; the text is one line that names it.
        """
        found: dict[str, str | None] = dict(dotenv_values(dotenv)) if dotenv and dotenv.exists() else {}
        found.update(environ)
        values = {name: found[name.upper()] for name in cls.model_fields if found.get(name.upper())}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]).upper()
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsInvalid(f"settings: {where + ': ' if where else ''}{reason}") from None

    @property
    def uses_simulator(self) -> bool:
        return self.twilio_account_sid is None

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of ours (SQLite)."""
        return self.database_url.startswith("sqlite")

    @property
    def held_clock(self) -> datetime | None:
        """Where the clock starts when it only moves when told, none when it is the real one."""
        return None if self.clock == "real" else datetime.fromisoformat(self.clock).astimezone(UTC)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz_name)

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """Tokens a signature may be made with: the current one, and the one before while it is rotated."""
        return tuple(t for t in (self.twilio_auth_token, self.twilio_auth_token_previous) if t)
