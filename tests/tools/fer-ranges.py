#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-ranges.py FER-RANGES FER-EVAL TOY-MODEL: a model learns to run with precision fast, and reads faces as before."""
import json
import os
import sys

import numpy
import onnx
from tap import fails, main, run

RANGES, EVAL, TOY = sys.argv[1:4]


def prepare(folder, split='Training'):
    model, table = os.path.join(folder, 'toy.onnx'), os.path.join(folder, 'faces.csv')
    run(TOY, model)
    random = numpy.random.RandomState(3)
    with open(table, 'w', encoding='ascii') as file:
        file.write('emotion,pixels,Usage\n')
        for i in range(120):
            picture = random.randint(0, 256, 48 * 48)
            file.write(f'{i % 7},{" ".join(map(str, picture))},{split if i < 40 else "PrivateTest"}\n')
    return model, table


def labels(table, model, precision):
    out, _ = run(EVAL, '--data', table, '--split', 'PrivateTest', '--model', model, '--precision', precision, '--json', '-')
    return numpy.array(json.loads(out)['confusion'])


def test_fits_ranges(folder):
    model, table = prepare(folder)
    out = os.path.join(folder, 'out.onnx')
    run(RANGES, '--data', table, '--faces', '16', model, out)
    before, after = onnx.load(model), onnx.load(out)
    text = {entry.key: entry.value for entry in after.metadata_props}['fer.ranges']
    assert all(float(line.split(' ', 1)[0]) >= 0 for line in text.splitlines()) and len(text.splitlines()) > 5
    assert before.graph == after.graph
    assert abs(labels(table, out, 'fast') - labels(table, out, 'full')).sum() <= 2


def test_says_what_is_missing(folder):
    model, table = prepare(folder)
    out = os.path.join(folder, 'out.onnx')
    fails(RANGES, model, out, status=2, says=['--data'])
    fails(RANGES, '--data', table, model, status=2, says=['files are named'])
    use = ('--data', table, '--split', 'PrivateTest')
    fails(EVAL, *use, '--model', model, '--precision', 'fast', says=['fer-ranges'])
    fails(EVAL, *use, '--precision', 'int8', status=2, says=['exact, full or fast'])
    _, other = prepare(folder, 'PublicTest')
    fails(RANGES, '--data', other, model, out, says=['Training'])
    assert not os.path.exists(out)


main(globals())
