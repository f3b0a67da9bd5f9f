"""The JSON Schema that editors use."""

from __future__ import annotations

import json
from pathlib import Path

from bot.engine.definition import KINDS, MODELS, flow_schema

PUBLISHED = Path(__file__).resolve().parents[2] / "flows" / "schema.json"


def test_the_published_schema_is_that_of_the_models():
    assert json.loads(PUBLISHED.read_text("utf-8")) == json.loads(json.dumps(flow_schema()))


def test_the_schema_knows_every_kind_of_step_and_takes_a_plain_text_for_variants():
    schema = flow_schema()

    (steps,) = schema["properties"]["steps"]["patternProperties"].values()
    kinds = {entry["$ref"].rsplit("/", 1)[1] for entry in steps["oneOf"]}
    assert kinds == {model.__name__ for model in MODELS.values()}
    assert set(MODELS) == set(KINDS)
    assert {"type": "string"} in schema["$defs"]["Say"]["properties"]["say"]["anyOf"]
    assert "revision" not in schema["properties"]
