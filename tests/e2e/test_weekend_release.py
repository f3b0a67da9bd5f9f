"""The main job from end to end: a real server, a real HTTP client, the provider's SDK against a stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import GatepostServer
from tests.standin.provider import StandInProvider
from tests.standin.twiml import Answer

AMINA, SAM, LEE, KAY = "+447700900101", "+447700900201", "+447700900202", "+447700900203"
OPEN_HERE, SHUT_HERE, OPEN_ELSEWHERE = "0161 496 0101", "0161 496 0102", "0161 496 0103"
FRIDAY_4PM = "2026-06-05T15:00:00+00:00"


class Phones:
    """People and workers with phones, and the clock over them."""

    def __init__(self, server: GatepostServer, provider: StandInProvider) -> None:
        self.server, self.provider = server, provider
        self._read: dict[str, int] = {}

    def text(self, sender: str, body: str, **more: str) -> Answer:
        answer = self.provider.text_in(self.server.url, body, sender=sender, **more)
        assert answer.status == 200
        return answer

    def new_texts(self, address: str) -> list[str]:
        """What reached a phone since it was last looked at, after what is due has been sent."""
        self.server.move_clock(advance_seconds=1)
        texts = self.provider.texts_to(address)
        new = texts[self._read.get(address, 0) :]
        self._read[address] = len(texts)
        return new


@pytest.fixture
def provider() -> Iterator[StandInProvider]:
    with StandInProvider() as provider:
        yield provider


@pytest.fixture
def phones(tmp_path: Path, provider: StandInProvider) -> Iterator[Phones]:
    settings = {name.upper(): str(value) for name, value in provider.settings().items()}
    with GatepostServer(tmp_path, CLOCK=FRIDAY_4PM, **settings) as server:
        for kind, rows in rows_to_load().items():
            done = server.load(kind, rows)
            assert done.returncode == 0, done.stderr
        yield Phones(server, provider)


def rows_to_load() -> dict[str, list[dict[str, str]]]:
    service = {
        "what_for": "A bed for tonight", "category": "housing", "verified": "yes", "free_to_call": "no",
        "checked_on": "2026-05-20", "checked_by": "Kay",
    }  # fmt: skip
    return {
        "workers": [
            {"name": "Sam Okoro", "phone": SAM, "role": "peer_mentor", "areas": "Bolton"},
            {"name": "Lee Marsh", "phone": LEE, "role": "key_worker", "areas": "Bolton"},
            {"name": "Kay Idris", "phone": KAY, "role": "coordinator", "areas": "Bolton"},
        ],
        "rota": [
            {"area": "Bolton", "worker": SAM, "starts_at": "2026-06-05 09:00", "ends_at": "2026-06-08 09:00",
             "level": "1"},
            {"area": "Bolton", "worker": LEE, "starts_at": "2026-06-05 09:00", "ends_at": "2026-06-08 09:00",
             "level": "2"},
        ],
        "services": [
            {"id": "night-beds", "name": "Night Beds", "area": "Bolton", "phone": OPEN_HERE,
             "opening_hours": "Mo-Su 16:00-23:00", **service},
            {"id": "day-desk", "name": "Day Desk", "area": "Bolton", "phone": SHUT_HERE,
             "opening_hours": "Mo-Fr 09:00-16:00", **service},
            {"id": "elsewhere", "name": "Far Beds", "area": "Oldham", "phone": OPEN_ELSEWHERE,
             "opening_hours": "24/7", **service},
        ],
        "people": [
            {"external_id": "P1", "first_name": "Amina", "phone": AMINA, "area": "Bolton", "consent": "yes"},
        ],
        "releases": [
            {"person": "P1", "release_date": "2026-06-05", "release_time": "16:05", "address_tonight": "no"},
        ],
    }  # fmt: skip


def code_in(texts: list[str]) -> str:
    found = [match[1] for text in texts if (match := re.search(r"\b([A-Z]\d{1,2})\b", text))]
    assert found, texts
    return found[0]


def test_a_friday_release_finds_what_is_open_and_a_human_who_texts_back(phones: Phones) -> None:
    phones.server.move_clock(set="2026-06-05T15:06:00+00:00")
    first = phones.new_texts(AMINA)
    assert any(OPEN_HERE in text for text in first), first

    answer = phones.text(AMINA, "nowhere to stay")

    said = " ".join(text.body for text in answer.texts)
    assert OPEN_HERE in said
    assert SHUT_HERE not in said
    assert OPEN_ELSEWHERE not in said
    page = phones.new_texts(SAM)
    assert "Amina" in page[0]
    assert "Bolton" in page[0]
    assert AMINA not in page[0]
    assert "07700" not in page[0]

    phones.new_texts(AMINA)
    taken = phones.text(SAM, code_in(page))
    assert taken.texts
    assert any("Sam" in text for text in phones.new_texts(AMINA))

    phones.text(AMINA, "can you come and meet me")
    assert any("can you come and meet me" in text for text in phones.new_texts(SAM))
    phones.text(SAM, "Go to Night Beds, I will ring ahead")
    to_amina = phones.new_texts(AMINA)
    assert any("I will ring ahead" in text for text in to_amina), to_amina
    assert not any(SAM in text or "900201" in text for text in to_amina)

    closed = phones.text(SAM, f"{code_in(page)} done got a bed at Night Beds")
    assert closed.texts

    phones.server.move_clock(set="2026-06-06T12:00:00+00:00")
    phones.new_texts(SAM)
    phones.new_texts(AMINA)
    phones.text(AMINA, "again nowhere to stay")
    again = phones.new_texts(SAM)
    assert "Amina" in again[0], again
    assert code_in(again) != code_in(page)


def test_when_nobody_answers_the_person_hears_the_truth_and_it_stays_red(phones: Phones) -> None:
    phones.text(AMINA, "nowhere to stay")
    assert phones.new_texts(SAM)
    phones.server.move_clock(advance_seconds=15 * 60)
    assert phones.new_texts(LEE)
    phones.new_texts(AMINA)

    phones.server.move_clock(advance_seconds=40 * 60)

    truth = phones.new_texts(AMINA)
    assert any(OPEN_HERE in text or "116 123" in text for text in truth), truth
    assert any("Amina" in text for text in phones.new_texts(KAY))
    doctor = phones.server.run("doctor")
    assert "1 that nobody has answered" in doctor.stdout
    assert doctor.returncode == 1
