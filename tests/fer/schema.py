#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""schema.py JSON-LINES SCHEMA PAGE: docs/feremotion-1.schema.json says what lines of JSON are, all that they have, and nothing else; so does docs/json.md."""
import copy
import json
import re
import sys
from pathlib import Path

import jsonschema

sys.path.insert(0, str(Path(__file__).parents[1] / 'tools'))
import tap

program, schema_path, page_path = sys.argv[1:]
schema = json.loads(Path(schema_path).read_text())
OWN = {'camera', 'on'}  # the user's fields in the lines


def lines():
    return [json.loads(line) for line in tap.run(program)[0].splitlines()]


def validator():
    return jsonschema.Draft7Validator(schema)


def test_the_schema_is_one(_):
    jsonschema.Draft7Validator.check_schema(schema)


def test_lines_are_valid(_):
    for line in lines():
        validator().validate(line)


def keys(things):
    return set().union(*things)


def test_every_key_is_described_and_written(_):
    faces = [face for line in lines() for face in line['faces']]
    changes = [change for line in lines() for change in line.get('changes', [])]
    assert keys(lines()) - OWN == set(schema['properties'])
    assert keys(faces) == set(schema['definitions']['face']['properties'])
    assert keys(changes) == set(schema['definitions']['change']['properties'])


def test_the_page_names_every_key(_):
    named = set(re.findall(r'`([a-z_]+)`', Path(page_path).read_text()))
    missing = keys(lines()) | keys(face for line in lines() for face in line['faces'])
    assert not missing - OWN - named, missing - OWN - named


def broken(change):
    line = copy.deepcopy(next(line for line in lines() if line['faces'] and 'label' in line['faces'][0]))
    change(line)
    return line


def test_other_lines_are_not_valid(_):
    def out_of_range(line):
        line['faces'][0]['confidence'] = 1.5

    def without_probabilities(line):
        del line['faces'][0]['probabilities']

    def short_box(line):
        line['faces'][0]['box'] = [1, 2, 3]

    def strange_source(line):
        line['faces'][0]['source'] = 'oracle'

    def negative_age(line):
        line['faces'][0]['age'] = -1

    def next_version(line):
        line['version'] = 2

    def local_time(line):
        line['time'] = '14.11.2023 22:13'

    for change in (out_of_range, without_probabilities, short_box, strange_source, negative_age, next_version, local_time):
        assert not validator().is_valid(broken(change)), change.__name__


def test_keys_may_be_added(_):
    line = broken(lambda line: line['faces'][0].update(valence=0.5))
    line['scene'] = {}
    validator().validate(line)


tap.main(globals())
