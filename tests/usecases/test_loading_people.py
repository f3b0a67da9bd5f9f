"""Loading people and workers: all rows or none, what follows from a change, and nothing the second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.deps import Deps
from bot.domain.escalations import Escalation
from bot.domain.messages import InboundText
from bot.errors import InputInvalid, NotFound
from bot.store import escalations, numbers, people, person_areas
from bot.usecases.loading import load as load_file
from bot.usecases.receive_message import receive
from tests.usecases.enrolled import (
    AMINA,
    WORKERS,
    fingerprint,
    load,
    person,
    texts_to_worker,
    timers_of,
    wall,
)

ROTA = (
    "area,worker,starts_at,ends_at\nBolton,07700 900201,2026-06-05 09:00,2026-06-12 09:00\n"
    "Salford,07700 900202,2026-06-05 09:00,2026-06-12 09:00\n"
)
HEADER = "external_id,first_name,phone,area,consent\n"


def addresses(deps: Deps, external_id: str = "P1") -> list[tuple[str, bool]]:
    person_id = person(deps, external_id).id
    with deps.store.read() as conn:
        found = numbers.history(conn, person_id)
    return [(number.address, number.until_at is None) for number in found]


def open_offers(deps: Deps) -> list[Escalation]:
    person_id = person(deps).id
    with deps.store.read() as conn:
        return escalations.open_of_person(conn, person_id)


def test_a_person_with_phone_and_consent_is_welcomed_once_in_contact_hours(deps: Deps) -> None:
    report = load(deps, "people", AMINA, now=wall(deps, "2026-06-05 23:00"))

    assert (report.added, report.changed, report.unchanged) == (1, 0, 0)
    assert [(t.kind, t.due_at) for t in timers_of(deps)] == [("welcome", wall(deps, "2026-06-06 08:00"))]
    assert addresses(deps) == [("+447700900101", True)]


@pytest.mark.parametrize(
    "row", ["P1,Amina,07700 900101,Bolton,no", "P1,Amina,,Bolton,yes", "P1,Amina,07700 900101,Bolton,"]
)
def test_without_a_phone_or_consent_nobody_is_welcomed(deps: Deps, row: str) -> None:
    load(deps, "people", HEADER + row + "\n")

    assert timers_of(deps) == []


def test_consent_given_later_brings_the_welcome(deps: Deps) -> None:
    load(deps, "people", HEADER + "P1,Amina,07700 900101,Bolton,no\n")

    report = load(deps, "people", AMINA)

    assert report.changed == 1
    assert [t.kind for t in timers_of(deps)] == ["welcome"]


@pytest.mark.parametrize(("kind", "rows"), [("people", AMINA), ("workers", WORKERS), ("rota", ROTA)])
def test_loading_the_same_file_twice_changes_nothing(deps: Deps, clock, kind: str, rows: str) -> None:
    load(deps, "people", AMINA)
    load(deps, "workers", WORKERS)
    load(deps, kind, rows)
    before = fingerprint(deps)

    report = load(deps, kind, rows, now=clock.forward(days=1))

    assert (report.added, report.changed) == (0, 0)
    assert report.unchanged == rows.count("\n") - 1
    assert fingerprint(deps) == before


def test_what_a_person_has_told_us_since_stands_when_the_file_is_loaded_again(deps: Deps) -> None:
    load(deps, "people", AMINA)
    person_id = person(deps).id
    with deps.store.begin() as conn:
        people.change(conn, person_id, safe_to_text="discreet", language="pl", consent=False)
        numbers.link(conn, person_id, "+447700900155", now=deps.clock())
        person_areas.move(conn, person_id, "Salford", now=deps.clock())

    load(deps, "people", AMINA)
    load(deps, "people", AMINA.replace("Amina", "Aminah"))

    found = person(deps)
    assert (found.first_name, found.language, found.consent, found.area) == ("Aminah", "pl", False, "Salford")
    assert addresses(deps)[-1] == ("+447700900155", True)


def test_a_new_number_is_linked_and_the_old_one_kept_in_the_history(deps: Deps) -> None:
    load(deps, "people", AMINA)

    report = load(deps, "people", AMINA.replace("900101", "900155"))

    assert report.changed == 1
    assert addresses(deps) == [("+447700900101", False), ("+447700900155", True)]


def test_several_people_may_share_a_phone_and_a_note_says_so(deps: Deps) -> None:
    report = load(deps, "people", AMINA + "P2,Ben,+447700900101,Bolton,yes\nP3,Cy,,Bolton,yes\n")

    with deps.store.read() as conn:
        assert {p.first_name for p in numbers.owners(conn, "+447700900101")} == {"Amina", "Ben"}
    assert report.added == 3
    assert report.notes == ["people.csv: P1 (line 2) and P2 (line 3) share a phone"]


def test_a_phone_shared_with_people_of_another_file_is_noted_too(deps: Deps) -> None:
    assert load(deps, "people", AMINA).notes == []

    report = load(deps, "people", HEADER + "P9,Ida,07700 900101,Bolton,yes\nP2,Ben,07700900101,Bolton,no\n")

    assert report.notes == ["people.csv: P9 (line 2), P2 (line 3) and P1 (not in this file) share a phone"]


def test_who_has_another_number_by_now_shares_no_phone(deps: Deps) -> None:
    load(deps, "people", AMINA)
    load(deps, "people", AMINA.replace("900101", "900155"))

    assert load(deps, "people", HEADER + "P2,Ben,07700 900101,Bolton,yes\n").notes == []


def test_somebody_who_texted_before_we_knew_them_keeps_all_they_said(deps: Deps) -> None:
    receive(deps, InboundText("SM1", "+447700900101", "", "hello"), now=deps.clock())
    with deps.store.read() as conn:
        [stranger] = numbers.owners(conn, "+447700900101")

    load(deps, "people", AMINA)

    found = person(deps)
    assert found.id == stranger.id
    assert (found.is_known, found.first_name, found.area, found.consent) == (True, "Amina", "Bolton", True)


def test_a_new_number_that_a_stranger_texted_from_is_taken_over_with_their_stop(deps: Deps) -> None:
    load(deps, "people", AMINA)
    receive(deps, InboundText("SM1", "+447700900155", "", "stop texting me"), now=deps.clock())

    load(deps, "people", AMINA.replace("900101", "900155"))

    assert person(deps).is_opted_out
    with deps.store.read() as conn:
        assert [p.external_id for p in numbers.owners(conn, "+447700900155")] == ["P1"]


def test_another_area_is_an_offer_and_the_old_area_keeps_the_person_until_it_is_taken(deps: Deps) -> None:
    load(deps, "workers", WORKERS)
    load(deps, "rota", ROTA)
    load(deps, "people", AMINA)
    moved = AMINA.replace("Bolton", "Salford")

    assert load(deps, "people", moved).changed == 1
    assert load(deps, "people", moved).unchanged == 1

    [offer] = open_offers(deps)
    assert person(deps).area == "Bolton"
    assert (offer.area, offer.need) == ("Salford", "area:Salford")
    [page] = texts_to_worker(deps, "+447700900202")
    code = page.split()[1]
    assert texts_to_worker(deps, "+447700900201") == []

    receive(deps, InboundText("SM1", "+447700900202", "", code), now=deps.clock())

    assert person(deps).area == "Salford"


def test_an_offer_is_withdrawn_when_the_file_says_the_old_area_again(deps: Deps) -> None:
    load(deps, "people", AMINA)
    load(deps, "people", AMINA.replace("Bolton", "Salford"))

    load(deps, "people", AMINA)

    assert open_offers(deps) == []
    assert person(deps).area == "Bolton"


def test_one_bad_row_and_nothing_is_loaded(deps: Deps) -> None:
    before = fingerprint(deps)

    with pytest.raises(InputInvalid) as refused:
        load(deps, "people", AMINA + "P2,Ben,12,Bolton,yes\n")

    assert str(refused.value).startswith("people.csv: line 3, column phone: ")
    assert fingerprint(deps) == before


def test_a_blank_cell_says_nothing(deps: Deps) -> None:
    load(deps, "people", AMINA)

    report = load(deps, "people", HEADER + "P1,Amina,,Bolton,\n")

    assert report.unchanged == 1
    assert person(deps).consent
    assert addresses(deps) == [("+447700900101", True)]


def test_a_worker_is_changed_by_their_phone(deps: Deps) -> None:
    load(deps, "workers", WORKERS)

    report = load(deps, "workers", WORKERS.replace("Sam Okoro", "Samuel Okoro"))

    assert (report.added, report.changed, report.unchanged) == (0, 1, 2)


def test_a_shift_of_a_worker_who_is_not_there_is_named(deps: Deps) -> None:
    with pytest.raises(InputInvalid) as refused:
        load(deps, "rota", ROTA)

    assert [p.where for p in refused.value.problems] == ["line 2, column worker", "line 3, column worker"]
    assert "no worker has the phone +447700900201" in str(refused.value)


def test_another_end_is_a_change_of_the_shift(deps: Deps) -> None:
    load(deps, "workers", WORKERS)
    load(deps, "rota", ROTA)

    report = load(deps, "rota", ROTA.replace("2026-06-12 09:00\nSalford", "2026-06-13 09:00\nSalford"))

    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)


def test_a_file_that_is_not_there_and_a_kind_that_is_not_there_are_named(deps: Deps, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=r"no\.csv: file: can't be read"):
        load_file(deps, "people", tmp_path / "no.csv", now=deps.clock())
    with pytest.raises(NotFound, match="there is no kind 'shoes'"):
        load(deps, "shoes", "a\n1\n")
