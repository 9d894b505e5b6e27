#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-eval-more.py FER-EVAL FER-CLASSIFY TOY-MODEL SOURCE: what may be asked for beside the headline, against the same counted here."""
import base64
import hashlib
import html.parser
import json
import math
import os
import re
import shutil
import sys
import xml.etree.ElementTree

import numpy
import onnx
from PIL import Image
from tap import fails, main, run

EVAL, CLASSIFY, TOY, SOURCE = sys.argv[1:5]
INFO = os.path.join(os.path.dirname(EVAL), 'fer-info')
LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']
VOTES = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'contempt', 'unknown', 'NF']
CLASS_OF_VOTE = [6, 3, 5, 4, 0, 1, 2, 7]
N = 120


def faces(mirrored=False):
    """(label, pixels, split): as many rows of each split, in turn."""
    random = numpy.random.RandomState(5)
    y, x = numpy.mgrid[0:48, 0:48]
    rows = []
    for i in range(N):
        a, b, c = random.uniform(-0.4, 0.4, 3)
        picture = (127 + random.uniform(10, 120) * numpy.sin(a * x + b * y + 9 * c)).astype(numpy.uint8)
        rows.append((int(random.randint(7)), picture[:, ::-1] if mirrored else picture, ('Training', 'PublicTest', 'PrivateTest')[i % 3]))
    return rows


def prepare(folder, **how):
    model, table = os.path.join(folder, 'toy.onnx'), os.path.join(folder, 'faces.csv')
    run(TOY, model)
    with open(table, 'w', encoding='ascii') as file:
        file.write('emotion,pixels,Usage\n')
        for label, picture, split in faces(**how):
            file.write(f'{label},{" ".join(map(str, picture.flatten()))},{split}\n')
    return ('--data', table, '--split', 'PrivateTest'), model


def evaluate(*arguments):
    return json.loads(run(EVAL, '--json', '-', *arguments)[0])


def readings(folder, model):
    """(label, reading) of PrivateTest by fer-classify."""
    paths, truth = [], []
    for i, (label, picture, split) in enumerate(faces()):
        if split == 'PrivateTest':
            paths.append(os.path.join(folder, f'{i}.png'))
            truth.append(label)
            Image.fromarray(picture).save(paths[-1])
    lines, _ = run(CLASSIFY, '--json', '--faces', 'frame', '--model', model, *paths)
    return list(zip(truth, (LABELS.index(json.loads(line)['faces'][0]['label']) for line in lines.splitlines())))


def test_majority_of_votes(folder):
    """FER+'s rule, written down here from the paper and the authors' code: single votes go, the most frequent of all ten columns counts when it has more
    than half of what is left, and is one of the eight expressions."""
    random, rows, truth = numpy.random.RandomState(2), [], []
    for i in range(N):
        votes = random.multinomial(10, random.dirichlet([0.25] * 10))
        rows.append(votes)
        left = numpy.where(votes > 1, votes, 0)
        winner = int(left.argmax())
        truth.append(CLASS_OF_VOTE[winner] if left[winner] > 0.5 * left.sum() and winner < 8 else -1)
    table = os.path.join(folder, 'votes.csv')
    data, model = prepare(folder)
    with open(table, 'w', encoding='ascii') as file:
        file.write('Usage,Image name,' + ','.join(VOTES) + '\n')
        for i, (votes, row) in enumerate(zip(rows, faces())):
            file.write(f'{row[2]},fer{i}.png,' + ','.join(map(str, votes)) + '\n')
    counted = [t for i, t in enumerate(truth) if i % 3 == 2]
    read = [r for _, r in readings(folder, model)]
    pairs = [(t, r) for t, r in zip(counted, read) if t >= 0]
    assert 0 < len(pairs) < len(counted) and any(t == 7 for t, _ in pairs), 'the test would not tell'
    got = evaluate(*data, '--model', model, '--votes', table, '--protocol', 'majority')
    assert list(got['classes']) == LABELS + ['contempt'] and got['protocol'] == 'majority'
    assert got['n'] == len(pairs) and got['n_left_out'] == len(counted) - len(pairs), got
    assert [got['classes'][c]['n'] for c in LABELS + ['contempt']] == [sum(t == k for t, _ in pairs) for k in range(8)]
    assert math.isclose(got['accuracy'], sum(t == r for t, r in pairs) / len(pairs))
    six = [(t, r) for t, r in pairs if t not in (2, 7)]
    assert got['n_six_classes'] == len(six) and math.isclose(got['accuracy_six_classes'], sum(t == r for t, r in six) / len(six))
    text, _ = run(EVAL, *data, '--model', model, '--votes', table)
    assert 'majority' in text and 'left out' in text


def test_calibration_is_part_of_the_model(folder):
    data, model = prepare(folder)
    out = os.path.join(folder, 'calibrated.onnx')
    public = data[:3] + ('PublicTest',)
    got = evaluate(*public, '--model', model, '--calibrate', out)
    it = got['calibrated']
    assert it['nll'] < got['nll'] and it['fitted_on'] == 'PublicTest' and it['n_fitted'] == N // 3 and abs(it['temperature'] - 1) > 0.05, it
    again = evaluate(*public, '--model', out, '--calibrate', os.path.join(folder, 'twice.onnx'))
    assert again['confusion'] == got['confusion'] and math.isclose(again['ece'], it['ece'], abs_tol=1e-6) and math.isclose(again['nll'], it['nll'], abs_tol=1e-6)
    assert abs(again['calibrated']['temperature'] - 1) < 1e-3, 'there is no better temperature'
    private = evaluate(*data, '--model', model, '--calibrate', out)
    assert math.isclose(private['calibrated']['temperature'], it['temperature']), 'fitted on PublicTest whatever is evaluated'
    assert math.isclose(private['calibrated']['ece'], evaluate(*data, '--model', out)['ece'], abs_tol=1e-6)
    text, _ = run(INFO, out)
    assert 'calibration' in text and 'angry, disgust' in text, text
    fails(EVAL, *data, '--model', model, '--calibrate', os.path.join(folder, 'no/such.onnx'), says=['such.onnx'])


def test_logits_that_somebody_else_reads_are_not_calibrated(folder):
    data, model = prepare(folder)
    network, shared = onnx.load(model), os.path.join(folder, 'shared.onnx')
    last = next(node for node in network.graph.node if node.op_type == 'Softmax')
    network.graph.node.insert(len(network.graph.node) - 1, onnx.helper.make_node('Identity', [last.input[0]], ['same']))
    network.graph.node.append(onnx.helper.make_node('Softmax', ['same'], ['other'], axis=1))
    last.input[0] = 'same'
    network.graph.output.append(onnx.helper.make_tensor_value_info('other', onnx.TensorProto.FLOAT, ['n', 7]))
    onnx.save(network, shared)
    evaluate(*data, '--model', shared)
    fails(EVAL, *data, '--model', shared, '--calibrate', os.path.join(folder, 'out.onnx'), says=['dense layer of their own'])


def test_mcnemar(folder):
    data, model = prepare(folder)
    other = os.path.join(folder, 'other.onnx')
    run(INFO, '--set', 'fer.labels=' + json.dumps(LABELS[3:] + LABELS[:3]), model, other)
    one, two = readings(folder, model), readings(folder, other)
    b = sum(t == r and t != s for (t, r), (_, s) in zip(one, two))
    c = sum(t != r and t == s for (t, r), (_, s) in zip(one, two))
    got = evaluate(*data, '--model', model, '--compare', other)['compared']
    m = got['mcnemar']
    assert got['model'] == 'other' and (m['n'], m['right_by_first_alone'], m['right_by_second_alone']) == (len(one), b, c) and 0 < b + c < 25, m
    p = min(1, 2 * sum(math.comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c))
    assert m['test'] == 'exact' and m['chi2'] is None and math.isclose(m['p'], p) and math.isclose(m['difference'], (b - c) / len(one))
    assert math.isclose(got['accuracy'], sum(t == s for t, s in two) / len(two))


def test_seeds_are_seen_side_by_side(folder):
    data, model = prepare(folder)
    models = [model]
    for i in (1, 3):
        models.append(os.path.join(folder, f'seed{i}.onnx'))
        run(INFO, '--set', 'fer.labels=' + json.dumps(LABELS[i:] + LABELS[:i]), model, models[-1])
    alone = [evaluate(*data, '--model', one) for one in models]
    got = evaluate(*data, '--model', model, '--seed-model', models[1], '--seed-model', models[2])
    seeds = got['seeds']
    assert seeds['models'] == ['toy', 'seed1', 'seed3'] and got['accuracy'] == alone[0]['accuracy']
    for key in ('accuracy', 'accuracy_no_twins', 'macro_f1', 'macro_f1_no_twins', 'ece', 'ece_no_twins'):
        values, it = [one[key] for one in alone], seeds[key]
        half = 4.302652730 * numpy.std(values, ddof=1) / 3 ** 0.5
        assert it['values'] == values and len(set(values)) > 1 and math.isclose(it['mean'], numpy.mean(values)) and math.isclose(it['sd'], numpy.std(values, ddof=1)), key
        numpy.testing.assert_allclose(it['ci'], [it['mean'] - half, it['mean'] + half], rtol=1e-8)
    assert [seeds['f1'][label]['values'] for label in LABELS] == [[one['classes'][label]['f1'] for one in alone] for label in LABELS]
    card, page = (os.path.join(folder, name) for name in ('card.md', 'page.html'))
    text, _ = run(EVAL, *data, '--model', model, '--seed-model', models[1], '--card', card, '--report', page)
    mean = 50 * (alone[0]['accuracy'] + alone[1]['accuracy'])
    assert f'2 seeds         mean {mean:.2f} %' in text, text
    for path, row in (card, f'| accuracy | {100 * alone[0]["accuracy"]:.2f} | {100 * alone[1]["accuracy"]:.2f} | {mean:.2f} |'), (page, f'<td>{mean:.2f}</td>'):
        with open(path, encoding='utf-8') as file:
            assert row in file.read(), (path, row)
    fails(EVAL, *data, '--model', model, *['--seed-model', model] * 16, status=2, says=['--seed-model', '15'])
    fails(EVAL, *data, '--model', model, '--seed-model', os.path.join(folder, 'none.onnx'), says=['none.onnx'])


def test_averages_are_an_extra_row(folder):
    """With two looks it does not matter whether the faces are mirrored."""
    data, model = prepare(folder)
    plain = evaluate(*data, '--model', model)
    got, ten = (evaluate(*data, '--model', model, '--tta', looks) for looks in ('flip', 'ten'))
    assert got['nll'] == plain['nll'] == ten['nll'] and 'tta' not in plain and got['tta']['looks'] == 'flip' and ten['tta']['looks'] == 'ten'
    assert len({plain['nll'], got['tta']['nll'], ten['tta']['nll']}) == 3
    data, model = prepare(folder, mirrored=True)
    mirrored = evaluate(*data, '--model', model, '--tta', 'flip')
    assert mirrored['nll'] != plain['nll'] and math.isclose(mirrored['tta']['nll'], got['tta']['nll'], abs_tol=1e-5)
    assert mirrored['tta']['accuracy'] == got['tta']['accuracy']


def test_robustness(folder):
    data, model = prepare(folder)
    got = evaluate(*data, '--model', model, '--robustness')
    table = got['robustness']
    assert list(table) == ['rotation', 'blur', 'noise', 'darkness', 'JPEG', 'occlusion', 'low resolution']
    assert all(len(row) == 5 and all(0 <= one['accuracy_ci'][0] <= one['accuracy'] <= one['accuracy_ci'][1] <= 1 for one in row) for row in table.values())
    assert len({one['accuracy'] for row in table.values() for one in row}) > 5
    assert table == evaluate(*data, '--model', model, '--robustness', '--threads', '3')['robustness']
    assert table != evaluate(*data, '--model', model, '--robustness', '--seed', '2')['robustness']


def test_intervals_hold_the_figures(folder):
    data, model = prepare(folder)
    got = evaluate(*data, '--model', model)
    boot = got['bootstrap']
    assert boot['repeats'] == 2000 and boot['seed'] == 1 and boot == evaluate(*data, '--model', model, '--threads', 1)['bootstrap']
    for key in ('accuracy', 'macro_f1'):
        assert boot[key][0] <= got[key] <= boot[key][1]
    for label in LABELS:
        assert boot['recall'][label][0] <= got['classes'][label]['recall'] <= boot['recall'][label][1]
        low, high = got['classes'][label]['recall_ci']
        assert low - 1e-12 <= got['classes'][label]['recall'] <= high + 1e-12 and high - low < 1
    assert 'accuracy' in boot['no_twins']
    assert abs((boot['accuracy'][1] - boot['accuracy'][0]) / (got['accuracy_ci'][1] - got['accuracy_ci'][0]) - 1) < 0.2


def test_the_surest_mistakes_are_drawn(folder):
    data, model = prepare(folder)
    path = os.path.join(folder, 'mistakes.png')
    run(EVAL, *data, '--model', model, '--mistakes', path)
    n = min(40, sum(t != r for t, r in readings(folder, model)))
    sheet = Image.open(path).convert('RGB')
    assert sheet.size == (8 * 160 + 16, math.ceil(n / 8) * 200 + 16), sheet.size
    pixels = numpy.asarray(sheet)
    for i in range(n):
        tile = pixels[16 + i // 8 * 200:, 16 + i % 8 * 160:][:144, :144]
        assert tile[10:-10, 10:-10].std() > 1, f'no face in tile {i}'
        assert pixels[16 + i // 8 * 200 + 144:, 16 + i % 8 * 160:][:40, :144].max() > 150, f'no words under tile {i}'


class Checker(html.parser.HTMLParser):
    """Tags are closed in the order of their opening; what is inside is kept."""

    def __init__(self):
        super().__init__()
        self.open, self.tables, self.rows, self.words, self.pictures = [], 0, 0, [], []

    def handle_starttag(self, tag, attrs):
        if tag == 'img':
            self.pictures.append(dict(attrs))
        if tag not in ('img', 'meta', 'link', '!doctype', 'br'):
            self.open.append(tag)
        self.tables += tag == 'table'
        self.rows += tag == 'tr'

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.words.append(data.strip())


def test_the_report_is_one_page(folder):
    data, model = prepare(folder)
    path, other = os.path.join(folder, 'report.html'), os.path.join(folder, '<b>.onnx')
    shutil.copy(model, other)
    run(EVAL, *data, '--model', model, '--report', path, '--robustness', '--compare', other, '--tta', 'ten')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    page = Checker()
    page.feed(text)
    assert not page.open and page.tables == 5 and page.rows > 30, (page.open, page.tables, page.rows)
    assert '<b>' not in text and '<b>' in ' '.join(page.words) and 'http://' not in text.replace('http://www.w3.org', ''), 'a page of its own'
    got = evaluate(*data, '--model', model)
    assert f'{100 * got["accuracy"]:.2f}' in page.words and f'{100 * got["macro_f1"]:.2f}' in page.words
    assert all(p['src'].startswith('data:image/') and p['alt'] for p in page.pictures)
    drawn = [base64.b64decode(p['src'].partition(',')[2]) for p in page.pictures]
    for svg in drawn:
        xml.etree.ElementTree.fromstring(svg)
    assert len(drawn) == (4 if shutil.which('gnuplot') else 1) and b'data:image/png' in drawn[-1]


def test_the_card_says_what_the_file_says(folder):
    data, model = prepare(folder)
    path, runs = os.path.join(folder, 'card.md'), os.path.join(folder, 'runs.csv')
    with open(runs, 'w', encoding='ascii') as file:
        file.write('run,public,note\nr1,61.5,"first, as it came"\nr2,62.5,a | b\n')
    run(EVAL, *data, '--model', model, '--card', path, '--runs', runs)
    with open(path, encoding='utf-8') as file:
        card = file.read()
    got = evaluate(*data, '--model', model)
    with open(model, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    for words in ('# toy', digest, ', '.join(LABELS), 'from a grey', '| data | fer2013.csv |', '62 %', '436', '8.1 %', 'Article 5', f'| {100 * got["accuracy"]:.2f} |', 'LICENSE.md',
                  '| r1 | 61.5 | first, as it came |', 'a \\| b', '--card card.md', '--split PrivateTest'):
        assert words in card, words
    assert folder not in card, 'a folder of this machine'
    for label in LABELS:
        one = got['classes'][label]
        assert f'| {label} | {one["n"]} | ' in card
    with open(runs, 'a', encoding='ascii') as file:
        file.write('r3\n')
    fails_late = run(EVAL, *data, '--model', model, '--card', path, '--runs', runs, status=1)[1]
    assert 'runs.csv' in fails_late and 'line 4' in fails_late, fails_late


def test_a_card_knows_the_faults_of_no_other_data(folder):
    model, other, path = (os.path.join(folder, name) for name in ('toy.onnx', 'other.onnx', 'card.md'))
    run(TOY, model)
    run(INFO, '--set', 'fer.trained={"data":"mine.csv","seconds":{},"calibration":{"temperature":[]}}', model, other)
    os.makedirs(os.path.join(folder, 'faces', 'happy'))
    Image.fromarray(faces()[0][1]).save(os.path.join(folder, 'faces', 'happy', 'one.png'))
    _, err = run(EVAL, '--images=' + os.path.join(folder, 'faces'), '--faces', 'frame', '--model', other, '--card', path, '--seed', '2')
    with open(path, encoding='utf-8') as file:
        card = file.read()
    assert not err and 'Trained on mine.csv' in card and '436' not in card and 'FER-2013' not in card, (err, card)
    assert '```\nfer-eval --images=faces --faces frame --model other.onnx --card card.md --seed 2\n' in card, card


def test_only_strangers_of_training_may_be_twins(folder):
    data, model = prepare(folder)
    own = evaluate(*data[:3], 'Training', '--model', model)
    assert own['n'] == N // 3 and own['n_no_twins'] == 0 and own['accuracy_no_twins'] is own['ece_no_twins'] is None and 'no_twins' not in own['bootstrap']
    with open(data[1], encoding='ascii') as file:
        lines = [line for line in file if not line.endswith('Training\n')]
    with open(data[1], 'w', encoding='ascii') as file:
        file.writelines(lines)
    alone = evaluate(*data, '--model', model)
    assert alone['n'] == N // 3 and alone['n_no_twins'] == 0 and alone['accuracy_no_twins'] is None


def test_shipped_cards_are_of_the_shipped_files(_):
    """Of each card that names its file's SHA-256, which generated ones do."""
    models = os.path.join(SOURCE, 'models')
    for name in sorted(os.listdir(models)):
        card, model = os.path.join(models, name), os.path.join(models, name[:-3] + '.onnx')
        if not name.endswith('.md') or not os.path.exists(model):
            continue
        with open(card, encoding='utf-8') as file:
            text = file.read()
        assert text.startswith('# ' + name[:-3]), name
        said = re.search('^- SHA-256: ([0-9a-f]{64})$', text, re.M)
        with open(model, 'rb') as file:
            assert not said or said[1] == hashlib.sha256(file.read()).hexdigest(), f'{name} is of another file: write it again'
        weights = re.search('([0-9.]+) million weights', text)
        told = re.search('parameters +([0-9,]+)', run(INFO, model)[0])[1].replace(',', '')
        assert not weights or abs(float(weights[1]) - int(told) / 1e6) < 0.006, name


def test_usage_errors(folder):
    use = ('--data', 'x', '--split', 'PublicTest')
    for arguments, words in (((*use, '--protocol', 'majority'), ['--votes']), ((*use, '--votes', 'v', '--protocol', 'mean'), ['mean', 'majority']),
                             ((*use, '--tta', 'five'), ['five', 'flip']), ((*use, '--reliability', 'a.gif'), ['a.gif']),
                             (('--images', 'x', '--calibrate', 'y'), ['--calibrate']), ((*use, '--runs', 'x'), ['--runs', '--card']),
                             ((*use, '--boxes', 'x'), ['--boxes', '--task faces']), (('--task', 'faces', '--card', 'x'), ['--task faces', '--card'])):
        fails(EVAL, *arguments, status=2, says=words)


main(globals())
