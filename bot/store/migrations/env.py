"""What Alembic runs: migrations on the connection that `migrate` hands in, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.store.schema import metadata
from bot.store.schema.base import Json
from bot.store.types import UtcDateTime


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Migrations stay as they were when our own types change, so they name the plain types below them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.BigInteger()"
    if kind == "type" and item is Json:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
