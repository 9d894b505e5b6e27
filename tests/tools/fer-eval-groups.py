#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-eval-groups.py FER-EVAL TOY-MODEL SOURCE-ROOT: fer-eval --groups against groups whose gaps are known, and against scikit-learn, scipy and
statsmodels (groups_golden.py)."""
import base64
import hashlib
import json
import math
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy
from groups_fixture import LABELS, N, people, write
from tap import Skip, fails, main, run
from toys import finder, save

EVAL, TOY, ROOT = sys.argv[1:4]
RESAMPLES = 10000  # what fer-eval does unless it is told otherwise


def evaluate(folder, table, *arguments, status=0):
    """(JSON, text) of a run."""
    result = os.path.join(folder, 'result.json')
    out, _ = run(EVAL, '--groups', table, '--json', result, *arguments, status=status)
    with open(result, encoding='utf-8') as file:
        return json.load(file), out


def part(result, name):
    return next(p for p in result['by'] if p['name'] == name)


def group(result, name, which):
    return next(g for g in part(result, name)['groups'] if g['group'] == which)


def gaps(result, name):
    """Gaps of a part by what they are of, with the label where that is of one class."""
    whole = ('equal_opportunity', 'equalised_odds', 'demographic_parity')
    return {g['gap_of'] + (f' {g["label"]}' if 'label' in g and g['gap_of'] not in whole else ''): g for g in part(result, name)['gaps']}


def near(a, b, tolerance=1e-9):
    return a is b is None or abs(a - b) <= tolerance


def golden():
    with open(os.path.join(ROOT, 'tests/data/groups-golden.json'), encoding='ascii') as file:
        return json.load(file)


def test_figures_are_scikit_learn_s(folder):
    table, predictions = write(folder, people())
    result, _ = evaluate(folder, table, '--predictions', predictions, '--resamples', 2000)
    assert result['pictures'] == N and result['labels'] == LABELS
    for name, known in golden()['by'].items():
        assert [g['group'] for g in part(result, name)['groups']] == list(known['groups'])
        for which, figures in known['groups'].items():
            got = group(result, name, which)
            assert got['confusion'] == figures.pop('confusion')
            for key, (n, value, *interval) in figures.items():
                kind, _, label = key.partition(' ')
                one = got[kind][label] if label else got[kind]
                assert one['n'] == n and near(one['value'], value, 1e-6), (name, which, key, one, n, value)
                assert value is None or not interval or numpy.allclose(one['ci'], interval, atol=1e-9), (which, key)
    sizes = {g['group']: g['n'] for g in part(result, 'sex')['suppressed'] if 'figure' not in g}
    assert sizes == {'x': sum(row[0] == 'x' for row in people())} and 0 < sizes['x'] < 30
    assert part(result, 'sex')['undeclared'] == sum(row[0] == '' for row in people()) > 0
    few = [g for g in part(result, 'sex & age')['suppressed'] if g.get('figure') == 'tpr']
    assert few and all(g['n'] < 30 and g['label'] in LABELS for g in few)


def test_gaps_and_their_tests_are_scipy_s(folder):
    """Both sides are random numbers; four standard errors, and what the golden side has of its own."""
    table, predictions = write(folder, people())
    result, _ = evaluate(folder, table, '--predictions', predictions)
    compared = 0
    for name, known in golden()['by'].items():
        got = gaps(result, name)
        assert set(got) == set(known['gaps']), set(got) ^ set(known['gaps'])
        for key, value in known['gaps'].items():
            assert near(got[key]['gap'], value, 1e-6), (name, key)
        for key, test in known['tests'].items():
            one = got[key]
            assert near(one['expected'], test['expected'], 4 * 1.3 * test['sd'] / math.sqrt(RESAMPLES) + 1e-9), (name, key, one, test)
            if one['p'] is None:
                assert test['sd'] < 1e-9
                continue
            assert near(one['p'], test['p'], 4 * 1.3 * math.sqrt(max(test['p'] * (1 - test['p']), 1e-3) / RESAMPLES) + 2e-4), (name, key, one, test)
            if 'ci' in test:
                width = test['ci'][1] - test['ci'][0]
                assert numpy.allclose(one['ci'], test['ci'], rtol=0, atol=0.06 * width + 0.003), (name, key, one, test)
            compared += 1
    assert compared > 60
    old = gaps(result, 'age')
    assert old['accuracy']['lowest']['group'] == old['accuracy']['worst'] == 'old' and old['accuracy']['p_holm'] < 0.05
    assert gaps(result, 'sex')['negative_on_neutral']['highest']['group'] == 'm' and gaps(result, 'sex')['detection']['p_holm'] == 1


def test_holm_s_correction_is_over_all_tests(folder):
    table, predictions = write(folder, people())
    result, _ = evaluate(folder, table, '--predictions', predictions, '--resamples', 2000)
    tests = sorted((g for p in result['by'] for g in p['gaps'] if g['p'] is not None), key=lambda g: g['p'])
    assert result['tests'] == len(tests) > 80
    worst = 0
    for i, one in enumerate(tests):
        worst = max(worst, min(1, one['p'] * (len(tests) - i)))
        assert near(one['p_holm'], worst)


def exact(folder, labels=True):
    """Two groups of 40 neutral and 40 happy faces; women: 40 and 36 right, men: 30 and 36, the neutral ones read as angry."""
    rows = []
    for sex, right in (('f', (40, 36)), ('m', (30, 36))):
        for truth, hits in zip((6, 3), right):
            for i in range(40):
                p = [0.0] * 7
                p[truth if i < hits else 0 if truth == 6 else 6] = 1.0
                rows.append((sex, 'any', LABELS[truth] if labels else '', 'read', p))
    return write(folder, rows)


def test_known_gaps_are_found_and_limits_hold(folder):
    table, predictions = exact(folder)
    use = ('--predictions', predictions, '--columns', 'sex', '--resamples', 2000)
    result, out = evaluate(folder, table, *use)
    known = {'accuracy': 0.125, 'balanced_accuracy': 0.125, 'negative_on_neutral': 0.25, 'tpr neutral': 0.25, 'tpr happy': 0, 'fpr angry': 0.125,
             'fpr neutral': 0, 'odds neutral': 0.25, 'equal_opportunity': 0.25, 'equalised_odds': 0.25, 'predicted angry': 0.125,
             'predicted happy': 0, 'demographic_parity': 0.125, 'detection': 0, 'refusal': 0, 'calibration_error': 0.125, 'negative': 0.125}
    got = gaps(result, 'sex')
    for key, value in known.items():
        assert near(got[key]['gap'], value), (key, got[key])
    assert near(got['accuracy']['ratio'], 66 / 76) and got['accuracy']['worst'] == 'm' and got['detection']['p'] is None
    assert got['negative_on_neutral']['ratio'] == 0 and got['negative_on_neutral']['worst'] == 'm'
    assert got['tpr neutral']['p'] < 0.01 and got['tpr happy']['p'] == 1
    assert got['equal_opportunity']['label'] == 'neutral' and 'tpr angry' not in got
    for words in ('95.0 (', '82.5 (', 'What this does not show', 'Worst group by accuracy: m', '160 with a label'):
        assert words in out, words
    for limit, of, over in ((0.2, None, ['equalised_odds']), (0.25, None, []), (0.124, 'accuracy,negative', ['negative', 'accuracy']),
                            (0.125, 'accuracy', []), (0.1, 'detection', [])):
        arguments = [*use, '--max-gap', limit] + (['--gap-of', of] if of else [])
        result, out = evaluate(folder, table, *arguments, status=3 if over else 0)
        assert [g['gap_of'] for g in part(result, 'sex')['gaps'] if g['over']] == over and result['over'] == len(over)
        assert f'{len(over)} of ' in out
    _, err = run(EVAL, '--groups', table, *use, '--max-gap', 0.2, status=3)
    assert '1 of 3 gaps are larger than 0.2' in err


def test_without_labels_there_is_parity_only(folder):
    table, predictions = exact(folder, labels=False)
    use = ('--predictions', predictions, '--columns', 'sex', '--resamples', 2000)
    result, out = evaluate(folder, table, *use)
    with open(table, encoding='ascii') as file:
        text = file.read()
    with open(table, 'w', encoding='ascii') as file:
        file.write(text.replace('path,label,', 'path,').replace('.jpg,,', '.jpg,'))
    again, _ = evaluate(folder, table, *use)
    for one in (result, again):
        assert one['labelled'] == 0
        assert set(gaps(one, 'sex')) == {'detection', 'refusal', 'negative', 'demographic_parity', *(f'predicted {label}' for label in LABELS)}
        assert near(gaps(one, 'sex')['demographic_parity']['gap'], 0.125) and 'accuracy' not in group(one, 'sex', 'f')
        assert group(one, 'sex', 'm')['predicted']['angry']['n'] == 80 and near(group(one, 'sex', 'm')['predicted']['angry']['value'], 10 / 80)
    assert 'accuracy' not in out.split('What is left out')[0].split('read as negative')[1]
    evaluate(folder, table, *use, '--max-gap', 0.12, status=3)
    evaluate(folder, table, *use, '--max-gap', 0.13)


def squares(*places, height=224, width=320):
    """White squares of 32 pixels with these middles, which is what the toy finder takes for faces; with some detail, checks or bars."""
    picture = numpy.zeros((height, width), numpy.uint8)
    for x, y, bars in places:
        rows, columns = numpy.indices((32, 32))
        square = 255 - 60 * (columns // 3 % 2 if bars else (rows + columns) % 2)
        picture[max(y - 16, 0):y + 16, x - 16:x + 16] = square[max(16 - y, 0):]
    return picture


def draw_people(folder):
    """40 of each sex: of the men 10 without a face. Returns the table and its pictures' paths."""
    lines, paths = [], []
    for i in range(80):
        man = i >= 40
        places = [] if man and i % 4 == 0 else [(80, 80, i % 2)]
        paths.append(save(folder, f'{i}.png', squares(*places)))
        lines.append(f'{i}.png,{LABELS[i % 7]},{"m" if man else "f"}\n')
    table = os.path.join(folder, 'people.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write('path,label,sex\n' + ''.join(lines))
    return table, paths


def test_pictures_are_found_read_and_hashed(folder):
    model = os.path.join(folder, 'toy.onnx')
    run(TOY, model)
    table, paths = draw_people(folder)
    eyes = ('--model', model, '--finder', finder(TOY, folder), '--resamples', 2000)
    written = os.path.join(folder, 'written.csv')
    result, _ = evaluate(folder, table, *eyes, '--write-predictions', written)
    women, men = group(result, 'sex', 'f'), group(result, 'sex', 'm')
    assert (women['pictures'], women['found'], men['pictures'], men['found']) == (40, 40, 40, 30)
    assert near(gaps(result, 'sex')['detection']['gap'], 0.25) and gaps(result, 'sex')['detection']['worst'] == 'm'
    assert men['labelled'] == men['read'] == sum(map(sum, men['confusion'])) == 30

    def sha(data):
        return hashlib.sha256(data).hexdigest()

    def content(path):
        with open(path, 'rb') as file:
            return file.read()

    assert result['model_sha256'] == sha(content(model))
    assert result['data_sha256'] == sha(content(table) + b''.join(sha(content(path)).encode() + b'\n' for path in paths))
    assert result['command'].startswith('fer-eval --groups ')
    assert result['command'].endswith('--resamples 2000 --write-predictions ' + written)

    again, _ = evaluate(folder, table, '--predictions', written, '--resamples', 2000)
    assert again['by'] == result['by'] and again['predictions'] == 'written.csv' and 'model' not in again
    assert again['data_sha256'] == sha(content(table) + sha(content(written)).encode() + b'\n')
    one = evaluate(folder, table, *eyes, '--threads', 1)[0]
    three = evaluate(folder, table, *eyes, '--threads', 3)[0]
    assert one['by'] == three['by'] == result['by']
    other = evaluate(folder, table, *eyes, '--seed', 2)[0]
    assert other['seed'] == 2 and other['by'] != result['by']
    assert gaps(other, 'sex')['detection']['gap'] == gaps(result, 'sex')['detection']['gap']


def test_which_of_several_faces_is_meant(folder):
    """By the probabilities of the toy model, which depend on what it sees."""
    model = os.path.join(folder, 'toy.onnx')
    run(TOY, model)
    save(folder, 'cut.png', squares((80, 10, False)))  # its box ends at the picture's edge
    save(folder, 'whole.png', squares((240, 145, True)))
    save(folder, 'both.png', squares((80, 10, False), (240, 145, True)))
    table, written = os.path.join(folder, 'table.csv'), os.path.join(folder, 'written.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write('path,x,y,w,h,sex\ncut.png,,,,,f\nwhole.png,,,,,f\nboth.png,,,,,f\nboth.png,66,2,28,16,f\nboth.png,220,20,30,30,f\n')
    run(EVAL, '--groups', table, '--resamples', 2000, '--model', model, '--finder', finder(TOY, folder), '--write-predictions', written)
    with open(written, encoding='ascii') as file:
        rows = [line.split(',')[1:] for line in file.read().splitlines()[1:]]
    cut, whole, largest, boxed, elsewhere = rows
    assert cut[0] == whole[0] == 'read' and cut != whole
    assert largest == whole and boxed == cut and elsewhere[0] == 'none'
    run(EVAL, '--groups', table, '--resamples', 2000, '--model', model, '--faces', 'frame', '--write-predictions', written)
    with open(written, encoding='ascii') as file:
        assert all(',read,' in line for line in file.read().splitlines()[1:])


def test_pages_hold_what_was_said_and_no_mark_up(folder):
    evil = '<b>|*x*</b>'
    rows = [(evil if row[0] == 'f' else row[0], *row[1:]) for row in people()]
    table, predictions = write(folder, rows)
    page = os.path.join(folder, 'page.md')
    report = os.path.join(folder, 'report.html')
    _, out = evaluate(folder, table, '--predictions', predictions, '--resamples', 2000, '--page', page, '--report', report)
    with open(page, encoding='utf-8') as file:
        text = file.read()
    assert '\\<b\\>\\|\\*x\\*\\</b\\>' in text and '<b>' not in text.split('How this was made')[0]
    for words in ('# predictions.csv on people.csv, by group', '## sex \\& age', '## What is left out', '## What this does not show', 'x (',
                  'true positives of', 'True positives', 'False positives', 'faces of each label (rows) by what was read (columns)',
                  'seed 1, 2000 resamples', 'SHA-256'):
        assert words in text, words
    assert 'True positives' not in out and 'What this does not show' in out
    rows = [line for line in text.splitlines() if line.startswith('|')]
    assert len(rows) > 100 and all(line.endswith('|') for line in rows)
    with open(report, encoding='utf-8') as file:
        html = file.read()
    root = ElementTree.fromstring(re.sub(r'(<(meta|img)[^>]*)>', r'\1/>', html.split('\n', 1)[1]))  # but for void elements
    assert evil in [''.join(cell.itertext()) for cell in root.iter('th')] and len(list(root.iter('tr'))) > 100
    assert not re.search(r'(src|href)="(?!data:)', html) and 'What this does not show' in html
    if not subprocess.run(['sh', '-c', 'command -v gnuplot'], stdout=subprocess.DEVNULL, check=False).returncode:
        assert b'surprise' in base64.b64decode(root.find('.//img').get('src').split(',')[1])
    printed, _ = run(EVAL, '--groups', table, '--predictions', predictions, '--resamples', 2000, '--json', '-')
    json.loads(printed)


def test_draws_what_was_predicted(folder):
    if subprocess.run(['sh', '-c', 'command -v gnuplot'], stdout=subprocess.DEVNULL, check=False).returncode:
        raise Skip('gnuplot is not installed')
    table, predictions = write(folder, people())
    use = ('--groups', table, '--predictions', predictions, '--resamples', 2000)
    for name, start in (('a.png', b'\x89PNG'), ('a.svg', b'<?xml')):
        path = os.path.join(folder, name)
        run(EVAL, *use, '--plot', path)
        with open(path, 'rb') as file:
            data = file.read()
        assert data.startswith(start) and len(data) > 5000
    assert b'surprise' in data and b'young' in data
    ran = os.path.join(folder, 'ran')
    evil = f"`touch {ran}`'\"\\n@x"
    table, predictions = write(folder, [(evil, *row[1:]) for row in people()])
    run(EVAL, '--groups', table, '--predictions', predictions, '--resamples', 2000, '--plot', path)
    names = [''.join(one.itertext()) for one in ElementTree.parse(path).iter('{http://www.w3.org/2000/svg}text')]
    assert any(name.startswith(evil + ' (') for name in names), names
    assert not os.path.exists(ran), 'a name in a table was run as a command'
    run(EVAL, *use, '--plot', os.path.join(folder, 'no/such/a.png'), status=1)
    path = os.path.join(folder, 'b.png')
    _, err = run(EVAL, *use, '--plot', path, env={**os.environ, 'PATH': folder})
    assert 'gnuplot is not installed' in err and not os.path.exists(path)


def test_bad_input_is_named(folder):
    table, predictions = exact(folder)
    use = ('--predictions', predictions, '--resamples', 2000)
    fails(EVAL, '--groups', os.path.join(folder, 'no.csv'), says=['no.csv'])
    fails(EVAL, '--groups', table, *use, '--columns', 'skin', says=['people.csv', '"skin"'])
    fails(EVAL, '--groups', table, *use, '--max-gap', '0.1', '--gap-of', 'tpr', says=['--gap-of tpr'])
    fails(EVAL, '--groups', table, '--predictions', table, says=['people.csv'])
    fails(EVAL, '--groups', table, says=['0.jpg'])
    with open(table, 'a', encoding='ascii') as file:
        file.write('0.jpg,bored,f,any\n')
    fails(EVAL, '--groups', table, *use, says=['predictions.csv', 'nothing is said', '0.jpg'])
    with open(predictions, 'a', encoding='ascii') as file:
        file.write('0.jpg,read,1,0,0,0,0,0,0\n')
    fails(EVAL, '--groups', table, *use, says=['people.csv', 'line 162', '"bored"'])


def test_a_table_does_not_decide_how_much_memory_is_taken(folder):
    table = os.path.join(folder, 'many.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write('path,town\n' + ''.join(f'{i}.jpg,town {i // 30}\n' for i in range(30 * 500)))
    fails(EVAL, '--groups', table, '--resamples', 1000000, says=['many.csv', '500 groups by town', 'expected at most 4'])


def test_too_few_to_compare_is_no_pass(folder):
    table, predictions = write(folder, people()[:40])
    run(EVAL, '--groups', table, '--predictions', predictions, '--resamples', 2000)
    _, err = run(EVAL, '--groups', table, '--predictions', predictions, '--resamples', 2000, '--max-gap', 0.5, '--columns', 'sex', status=1)
    assert 'nothing to compare' in err


def test_usage_errors(folder):
    for arguments, words in ((('--max-gap', '2'), ['--max-gap']), (('--max-gap', 'nan'), ['--max-gap']), (('--gap-of', 'accuracy'), ['--gap-of']),
                             (('--resamples', '100'), ['2000']), (('--together', '0'), ['--together']), (('--faces', 'none'), ['--faces']),
                             (('--predictions', 'x', '--model', 'y'), ['--model']), (('--plot', 'x.gif'), ['x.gif']), (('--data', 'x'), ['--data']),
                             (('--threads', '-1'), ['--threads']), (('--threads', '1000000'), ['--threads'])):
        fails(EVAL, '--groups', 'x', *arguments, status=2, says=words)
    fails(EVAL, '--task', 'faces', '--groups', 'x', status=2, says=['--task'])
    fails(EVAL, '--data', 'x', '--split', 'PublicTest', '--max-gap', '0.1', status=2, says=['--max-gap', '--groups'])


main(globals())
