"""What every table shares: names of constraints, column types, ids."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Json = JSON().with_variant(JSONB(), "postgresql")
RowId = BigInteger().with_variant(Integer(), "sqlite")


def row_id() -> Column[int]:
    """An id that grows, for rows that arrive many at a time."""
    return Column("id", RowId, primary_key=True, autoincrement=True)


def person(*, nullable: bool = False) -> Column[str]:
    """Whose row it is."""
    return Column("person_id", String, ForeignKey("people.id"), nullable=nullable)
