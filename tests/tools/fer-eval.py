#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-eval.py FER-EVAL FER-CLASSIFY TOY-MODEL: the figures against the same ones counted here, from what fer-classify reads in the same faces."""
import json
import math
import os
import subprocess
import sys

import numpy
from PIL import Image
from tap import Skip, fails, main, run

EVAL, CLASSIFY, TOY = sys.argv[1:4]
LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']
N_TRAIN, N_TEST = 20, 60


def faces():
    """(label, pixels, split) rows: every fifth test row is a training row again, disgust never occurs in the test."""
    random = numpy.random.RandomState(3)
    y, x = numpy.mgrid[0:48, 0:48]
    rows = []
    for i in range(N_TRAIN + N_TEST):
        a, b, c = random.uniform(-0.4, 0.4, 3)
        picture = (127 + random.uniform(10, 120) * numpy.sin(a * x + b * y + 9 * c)).astype(numpy.uint8)
        label = [0, 2, 3, 4, 5, 6, 3][i % 7]
        if i >= N_TRAIN and i % 5 == 0:
            picture = rows[i % N_TRAIN][1]
        rows.append((label, picture, 'Training' if i < N_TRAIN else 'PrivateTest'))
    return rows


def prepare(folder):
    model, table = os.path.join(folder, 'toy.onnx'), os.path.join(folder, 'faces.csv')
    run(TOY, model)
    with open(table, 'w', encoding='ascii') as file:
        file.write('emotion,pixels,Usage\n')
        for label, picture, split in faces():
            file.write(f'{label},{" ".join(map(str, picture.flatten()))},{split}\n')
    return model, table


def wilson(count, n):
    z, p = 1.959963984540054, count / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [(middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)]


def near(a, b):
    return numpy.allclose(a, b, atol=1e-9)


def test_figures_agree_with_what_fer_classify_reads(folder):
    model, table = prepare(folder)
    result, paths = os.path.join(folder, 'result.json'), []
    out, _ = run(EVAL, '--data', table, '--split', 'PrivateTest', '--model', model, '--json', result)
    with open(result, encoding='utf-8') as file:
        got = json.load(file)

    rows = [row for row in faces() if row[2] == 'PrivateTest']
    for i, (_, picture, _) in enumerate(rows):
        paths.append(os.path.join(folder, f'{i}.png'))
        Image.fromarray(picture).save(paths[-1])
    lines, _ = run(CLASSIFY, '--json', '--faces', 'frame', '--model', model, *paths)
    read = [LABELS.index(json.loads(line)['faces'][0]['label']) for line in lines.splitlines()]
    truth = [row[0] for row in rows]
    known = {row[1].tobytes() for row in faces() if row[2] == 'Training'}
    plain = [i for i, row in enumerate(rows) if row[1].tobytes() not in known]
    assert 0 < len(plain) < len(rows)

    confusion = numpy.zeros((7, 7), int)
    for t, r in zip(truth, read):
        confusion[t][r] += 1
    hits = int(numpy.trace(confusion))
    assert 0 < hits < len(rows), 'the test would not tell a wrong count'
    assert got['n'] == len(rows) and got['confusion'] == confusion.tolist()
    assert near(got['accuracy'], hits / len(rows)) and near(got['accuracy_ci'], wilson(hits, len(rows)))
    plain_hits = sum(truth[i] == read[i] for i in plain)
    assert got['n_no_twins'] == len(plain) and near(got['accuracy_no_twins'], plain_hits / len(plain))
    assert near(got['accuracy_no_twins_ci'], wilson(plain_hits, len(plain)))
    assert list(got['classes']) == LABELS
    scores = []
    for c, label in enumerate(LABELS):
        one, n, predicted = got['classes'][label], int(confusion[c].sum()), int(confusion[:, c].sum())
        assert one['n'] == n
        assert near(one['recall'], confusion[c][c] / n) if n else one['recall'] is None
        assert near(one['precision'], confusion[c][c] / predicted) if predicted else one['precision'] is None
        if n + predicted:
            scores.append(2 * confusion[c][c] / (n + predicted))
            assert near(one['f1'], scores[-1])
    assert near(got['macro_f1'], numpy.mean(scores))

    assert f'{100 * hits / len(rows):.2f} %' in out and f'{100 * plain_hits / len(plain):.2f} %' in out
    for label in LABELS:
        assert label in out


def test_threads_do_not_matter(folder):
    model, table = prepare(folder)
    use = ('--data', table, '--split', 'PrivateTest', '--model', model, '--json', '-')
    results = {run(EVAL, *use, '--threads', n)[0] for n in (1, 2, 5)}
    assert len(results) == 1
    json.loads(results.pop())


def test_labels_in_another_order_are_matched_by_name(folder):
    model, table = prepare(folder)
    other = os.path.join(folder, 'other.onnx')
    info = os.path.join(os.path.dirname(EVAL), 'fer-info')
    run(info, '--set', 'fer.labels=' + json.dumps(LABELS[::-1]), model, other)
    read = [json.loads(run(EVAL, '--data', table, '--split', 'PrivateTest', '--model', path, '--json', '-')[0]) for path in (model, other)]
    assert [row[::-1] for row in read[0]['confusion']] == read[1]['confusion']
    run(info, '--set', 'fer.labels=' + json.dumps(['smile'] + LABELS[1:]), model, other)
    fails(EVAL, '--data', table, '--split', 'PrivateTest', '--model', other, says=['smile'])


def test_draws_the_confusion_matrix(folder):
    model, table = prepare(folder)
    if subprocess.run(['sh', '-c', 'command -v gnuplot'], stdout=subprocess.DEVNULL, check=False).returncode:
        raise Skip('gnuplot is not installed')
    for name, start in (('a.png', b'\x89PNG'), ('a.svg', b'<?xml')):
        path = os.path.join(folder, name)
        run(EVAL, '--data', table, '--split', 'PrivateTest', '--model', model, '--plot', path)
        with open(path, 'rb') as file:
            data = file.read()
        assert data.startswith(start) and len(data) > 5000
    assert b'surprise' in data  # the SVG's labels are text
    fails_to_draw = os.path.join(folder, 'no/such/a.png')
    run(EVAL, '--data', table, '--split', 'PrivateTest', '--model', model, '--plot', fails_to_draw, status=1)


def test_without_gnuplot_a_line_says_so(folder):
    model, table = prepare(folder)
    path = os.path.join(folder, 'a.png')
    _, err = run(EVAL, '--data', table, '--split', 'PrivateTest', '--model', model, '--plot', path, env={**os.environ, 'PATH': folder})
    assert 'gnuplot is not installed' in err and not os.path.exists(path)


def test_bad_input_is_named(folder):
    model, table = prepare(folder)
    use = ('--split', 'PrivateTest', '--model', model)
    fails(EVAL, *use, '--data', os.path.join(folder, 'no.csv'), says=['no.csv'])
    fails(EVAL, *use, '--data', model, says=['toy.onnx'])
    fails(EVAL, '--split', 'PublicTest', '--model', model, '--data', table, says=['faces.csv', 'PublicTest'])
    fails(EVAL, '--split', 'PrivateTest', '--model', table, '--data', table, says=['faces.csv'])
    result = os.path.join(folder, 'no/such/result.json')
    run(EVAL, *use, '--data', table, '--json', result, status=1)


def test_usage_errors(folder):
    for arguments, words in (((), ['--data']), (('--data', 'x'), ['--split']), (('--data', 'x', '--split', 'Test'), ['Test', 'PublicTest']),
                             (('--data', 'x', '--split', 'PublicTest', '--threads', '-1'), ['--threads']),
                             (('--data', 'x', '--split', 'PublicTest', '--plot', 'x.gif'), ['x.gif', '.svg']), (('extra',), ['extra'])):
        fails(EVAL, *arguments, status=2, says=words)


main(globals())
