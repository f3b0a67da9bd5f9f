"""What was published of a flow, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Origin = Literal["file", "editor"]


@dataclass(frozen=True)
class FlowRevision:
    """One revision of one flow, as its author wrote it. `content_hash` tells whether a file has changed."""

    flow_id: str
    revision: int
    source: str
    content_hash: str
    status: str
    origin: str
    created_at: datetime
    published_at: datetime | None
