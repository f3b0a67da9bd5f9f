"""Keep what this process holds in memory (flows, the service directory) in step with the database."""

from __future__ import annotations

import hashlib

import structlog
from sqlalchemy import Connection

from bot.deps import Deps
from bot.domain.flow_revisions import FlowRevision
from bot.engine.book import FlowBook
from bot.engine.checks import check_flows
from bot.engine.definition import Flow
from bot.engine.load import flow_files, load_flow
from bot.errors import FlowInvalid, Problem
from bot.store import flow_revisions, services, versions

log = structlog.get_logger()


def publish_files(deps: Deps, conn: Connection) -> list[Problem]:
    """Publish every flow file whose content changed since it was last published; give back what is wrong.

    A flow that does not load or pass its checks is not published: the revision before it goes on. A file that
    has not changed does not undo what the editor has published since.
    """
    now = deps.clock()
    known = {row.flow_id: row for row in flow_revisions.current(conn)}
    hashes = flow_revisions.file_hashes(conn)
    sources: dict[str, tuple[Flow, str, str]] = {}
    problems: list[Problem] = []
    changed = False
    for path in flow_files(deps.settings.flows_dir):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if hashes.get(path.stem) == digest:
            continue
        changed = True
        try:
            source = content.decode()
            flow = load_flow(source, path.name)
        except UnicodeDecodeError:
            problems.append(Problem(path.name, "file", "is not saved as UTF-8"))
            continue
        except FlowInvalid as error:
            problems += error.problems
            continue
        sources[flow.id] = (flow, source, digest)
    if not changed:
        return problems
    together = {row.flow_id: load_flow(row.source, f"{row.flow_id}.yaml") for row in known.values()}
    together.update({flow_id: flow for flow_id, (flow, _, _) in sources.items()})
    wrong: dict[str, list[Problem]] = {}
    for problem in check_flows(list(together.values()), deps.flows.placeholders):
        if not problem.warning:
            wrong.setdefault(problem.file.removesuffix(".yaml"), []).append(problem)
    for flow_id, (_, source, digest) in sources.items():
        if flow_id in wrong:
            problems += wrong[flow_id]
            continue
        flow_revisions.publish(conn, flow_id, source, digest, origin="file", now=now)
    versions.bump(conn, "flows")
    return problems


def refresh(deps: Deps, conn: Connection) -> None:
    """Reload what has been published since this process last looked: one small query, rarely more."""
    found = versions.all(conn)
    seen = deps.seen_versions
    if found == seen:
        return
    if found.get("flows") != seen.get("flows"):
        load_published(deps.flows, conn)
    if found.get("directory") != seen.get("directory"):
        deps.directory.replace(services.all(conn))
    deps.seen_versions = found


def load_published(book: FlowBook, conn: Connection) -> None:
    """Put every current revision into the book, and every older one that a conversation still runs on."""
    for row in flow_revisions.in_use(conn):
        if not book.has(row.flow_id, row.revision):
            flow = _read(row)
            if flow is not None:
                book.keep(flow)
    for row in flow_revisions.current(conn):
        flow = _read(row)
        if flow is not None:
            book.publish(flow)


def _read(row: FlowRevision) -> Flow | None:
    try:
        return load_flow(row.source, f"{row.flow_id}.yaml").published(row.revision)
    except FlowInvalid:
        log.error("flow_revision_unreadable", flow=row.flow_id, revision=row.revision)
        return None
