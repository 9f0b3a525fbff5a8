"""The JSON schema of rule files, for editors."""

import json

import jsonschema
import pytest
import yaml

from matchers.rules.json_schema import rules_schema
from tests.matchers.rules.test_load import GOOD, RULES


def test_schema_file_is_the_loaders_own():
    assert json.loads((RULES / "schema.json").read_text(encoding="utf-8")) == rules_schema()


def test_schema_accepts_what_loads_and_refuses_unknown_keys():
    validator = jsonschema.Draft202012Validator(rules_schema())
    data = yaml.safe_load(GOOD)

    assert list(validator.iter_errors(data)) == []
    data["rules"][0]["severty"] = "high"
    assert list(validator.iter_errors(data)) != []


@pytest.mark.parametrize("shape", ["whole", "list", "one"])
def test_schema_tells_a_fault_where_it_stands(shape):
    rule = yaml.safe_load(GOOD)["rules"][0]
    good = {"whole": {"rules": [rule]}, "list": [rule], "one": rule}[shape]
    validator = jsonschema.Draft202012Validator(rules_schema())
    assert list(validator.iter_errors(good)) == []

    rule["severty"] = rule.pop("severity")

    messages = [fault.message for fault in validator.iter_errors(good)]
    assert "'severity' is a required property" in messages
    assert "Additional properties are not allowed ('severty' was unexpected)" in messages
