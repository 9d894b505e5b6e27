#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-info.py FER-INFO FER-CLASSIFY TOY-MODEL"""
import json
import os
import subprocess
import sys

import onnx
from PIL import Image
from tap import fails, main, run

INFO, CLASSIFY, TOY = sys.argv[1:4]
SETS = ('--set', 'fer.labels=["angry","disgust","fear","happy","sad","surprise","neutral"]',
        '--set', 'fer.input={"color":"gray","size":48,"per_image":true,"sd_floor":10}', '--set', 'fer.crop={"scale":1.15,"dy":0.02}')


def path_in(folder, name):
    return os.path.join(folder, name)


def toy(folder, *arguments):
    path = path_in(folder, 'toy.onnx')
    run(TOY, path, *arguments)
    return path


def metas(path):
    return {entry.key: entry.value for entry in onnx.load(path).metadata_props}


def test_describes_a_model(folder):
    path = toy(folder)
    out, _ = run(INFO, path)
    rows = {line.split(maxsplit=1)[0]: line for line in out.splitlines()[1:] if not line.startswith(' ')}
    assert path in out.splitlines()[0]
    assert 'angry, disgust, fear, happy, sad, surprise, neutral' in rows['labels']
    assert '48x48 gray' in rows['input'] and '1.15' in rows['crop']
    assert 'conv 2' in rows['operators'] and 'softmax 1' in rows['operators'] and 'dense 1' in rows['operators']
    weights = 6 * 9 + 6 + 4 * 6 + 8 * 6 * 9 + 8 + 4 * 8 + 7 * 8 * 9 + 7  # with and without the biases of conv before bn
    assert any(f'{n:,}' in rows['parameters'] for n in (weights, weights - 14)), rows['parameters']
    macs = 48 * 48 * 6 * 9 + 12 * 12 * 8 * 6 * 9 + 7 * 8 * 9
    assert f'{macs:,}' in rows['MACs'], rows['MACs']
    assert metas(path)['fer.weights_crc32'] in rows['checksum']
    assert 'seed: 5' in out and 'data: fer2013.csv' in out
    assert 'FER-2013' in rows['terms'] and 'no picture' in out and 'commercially' in out


def test_describes_a_foreign_model_and_says_what_it_lacks(folder):
    out, _ = run(INFO, toy(folder, 'foreign'))
    assert 'operators' in out and 'parameters' in out and 'fer.labels' in out and 'fer-info --set' in out, out


def table(out):
    """The rows of --plan: [name, what stands between, MMAC, products, kB]; the latter where the row has numbers."""
    return [line.split() for line in out.splitlines()[2:]]


def test_describes_a_face_finder(folder):
    path, again = path_in(folder, 'finder.onnx'), path_in(folder, 'again.onnx')
    run(TOY, path, 'finder')
    out, _ = run(INFO, path)
    lines = dict(line.split(maxsplit=1) for line in out.splitlines()[1:] if line[0] != ' ')
    assert lines['task'].startswith('finds faces') and lines['input'] == 'any size, gray; (x - 128) / 64 of 0-255', out
    assert lines['trained'] == 'data: none' and len(lines['checksum']) == 8 and '320x320' in lines['MACs'], out
    run(INFO, '--set', 'fer.input={"color":"gray","mean":0,"sd":255}', path, again)
    assert '(x - 0) / 255' in run(INFO, again)[0]
    fails(INFO, '--set', 'fer.input={"color":"gray","mean":0}', path, again, says=[path, '"sd"'])


def test_shows_the_plan(folder):
    """A plain and a Winograd way to the same network, by name and by numbers that the sizes give."""
    path = toy(folder)
    exact, _ = run(INFO, '--plan', '--precision', 'exact', '--cpu', 'generic', path)
    assert 'kernels generic' in exact and 'precision exact' in exact and 'Winograd' not in exact, exact
    macs = [48 * 48 * 6 * 9 / 1e6, 12 * 12 * 8 * 6 * 9 / 1e6, 7 * 8 * 9 / 1e6]
    rows = [row for row in table(exact) if row[1] in ('conv', 'dense')]
    assert [row[-3:-1] for row in rows] == [[f'{n:.2f}', f'{n:.2f}'] for n in macs], rows
    assert all(float(row[-1]) > 0 for row in rows), rows
    assert table(exact)[-1][:3] == ['all', f'{sum(macs):.2f}', f'{sum(macs):.2f}'], exact
    assert max(map(len, exact.splitlines()[1:])) <= 100, exact


def test_the_plan_of_a_larger_network_takes_fewer_products(folder):
    net = path_in(folder, 'net.onnx')
    run(TOY, net, 'wide')
    full, fast, exact = (table(run(INFO, '--plan', '--precision', precision, net)[0])[-1] for precision in ('full', 'fast', 'exact'))
    assert full[1] == fast[1] == exact[1] == exact[2] and float(full[2]) < 0.7 * float(exact[2]), (full, exact)
    assert float(fast[2]) < float(exact[2]) and float(fast[3]) < float(full[3]), (full, fast)


def test_set_makes_a_foreign_model_run(folder):
    foreign, mine = toy(folder, 'foreign'), path_in(folder, 'mine.onnx')
    own = path_in(folder, 'own.onnx')
    run(TOY, own)
    run(INFO, *SETS, foreign, mine)
    onnx.checker.check_model(onnx.load(mine))
    assert metas(mine)['fer.version'] == '1' and metas(mine)['fer.weights_crc32'] == metas(own)['fer.weights_crc32']
    picture = path_in(folder, 'a.png')
    Image.radial_gradient('L').save(picture)
    results = [run(CLASSIFY, '--json', '--box', '60,60,120,120', '--model', model, picture)[0] for model in (mine, own)]
    assert results[0] == results[1]


def test_set_leaves_the_rest_byte_for_byte(folder):
    """Without the metadata the two files are the same; setting what is there already changes nothing."""
    before, after = toy(folder), path_in(folder, 'after.onnx')
    run(INFO, '--set', 'fer.crop={"scale":2}', before, after)
    assert metas(after)['fer.crop'] == '{"scale":2}'
    assert {k: v for k, v in metas(before).items() if k != 'fer.crop'} == {k: v for k, v in metas(after).items() if k != 'fer.crop'}
    models = [onnx.load(path) for path in (before, after)]
    for model in models:
        del model.metadata_props[:]
    assert models[0].SerializeToString() == models[1].SerializeToString()


def test_set_takes_any_key_and_reads_back(folder):
    once, twice = path_in(folder, 'once.onnx'), path_in(folder, 'twice.onnx')
    run(INFO, '--set', 'author=A = B', toy(folder), once)
    assert metas(once)['author'] == 'A = B'
    run(INFO, '--set', 'author=A = B', once, twice)
    assert metas(once) == metas(twice)


def test_half_is_half_as_large(folder):
    """Every engine sees floats: the halves stand behind Casts."""
    full, half = path_in(folder, 'full.onnx'), path_in(folder, 'half.onnx')
    run(TOY, full, 'wide')
    run(INFO, '--half', '--set', 'author=me', full, half)
    model = onnx.load(half)
    onnx.checker.check_model(model, True)
    operators = [node.op_type for node in model.graph.node]
    halves = sum(tensor.data_type == onnx.TensorProto.FLOAT16 for tensor in model.graph.initializer)
    assert halves == operators.count('Conv') + operators.count('Gemm') == operators.count('Cast') > 2
    assert os.path.getsize(half) < 0.55 * os.path.getsize(full), (os.path.getsize(full), os.path.getsize(half))
    assert metas(half) == {**metas(full), 'author': 'me'}


def test_half_reads_nearly_the_same(folder):
    """The checksum is that of the rounded weights. What is half already stays as it is."""
    full, half, again = toy(folder), path_in(folder, 'half.onnx'), path_in(folder, 'again.onnx')
    run(INFO, '--half', full, half)
    assert {key for key, value in metas(full).items() if metas(half)[key] != value} == {'fer.weights_crc32'}
    picture = path_in(folder, 'a.png')
    Image.radial_gradient('L').save(picture)
    one, other = (json.loads(run(CLASSIFY, '--json', '--box', '60,60,120,120', '--model', path, picture)[0]) for path in (full, half))
    one, other = (line['faces'][0]['probabilities'] for line in (one, other))
    assert one != other and all(abs(one[label] - other[label]) < 1e-3 for label in one), (one, other)
    run(INFO, '--half', half, again)
    with open(half, 'rb') as first, open(again, 'rb') as second:
        assert first.read() == second.read()


def test_half_names_what_is_too_large(folder):
    path, out = toy(folder), path_in(folder, 'out.onnx')
    model = onnx.load(path)
    weight = next(t for t in model.graph.initializer if len(t.dims) == 4)
    weight.raw_data = b'\0\0\x80\x47' + weight.raw_data[4:]  # 65536
    onnx.save(model, path)
    fails(INFO, '--half', path, out, says=[path, 'weight 0 is 65536', '65504'])
    assert not os.path.exists(out)


def test_set_to_standard_output(folder):
    done = subprocess.run([INFO, '--set', 'a=b', toy(folder), '-'], capture_output=True, check=True)
    assert {e.key: e.value for e in onnx.load_from_string(done.stdout).metadata_props}['a'] == 'b'


def test_nonsense_is_not_written(folder):
    path, out = toy(folder), path_in(folder, 'out.onnx')
    for entry, words in (('fer.crop={"scale":-1}', ['fer.crop', 'scale']), ('fer.labels=["a","b"]', ['7', '2']),
                         ('fer.input={"color":"gray","size":40,"mean":0,"sd":1}', ['48', '40']), ('fer.trained=x', ['fer.trained'])):
        fails(INFO, '--set', entry, path, out, says=[path, *words])
        assert not os.path.exists(out)


def test_provenance_is_broken_into_lines_and_steers_no_terminal(folder):
    path, out = toy(folder), path_in(folder, 'out.onnx')
    trained = json.dumps({'recipe': 'key=value;' * 60, 'evil': '\x1b[2J', 'word': 'x' * 300,
                          'PublicTest': {'n': 200, 'accuracy': 0.5, 'low': 0.4, 'high': 0.6}, 'other': {'accuracy': 'x'}})
    run(INFO, '--set', 'fer.trained=' + trained, path, out)
    text, _ = run(INFO, out)
    assert '\x1b' not in text and '?[2J' in text
    assert all(len(line) <= 130 for line in text.splitlines() if 'key=value' in line) and text.count('key=value') == 60
    assert 'x' * 300 in text and 'PublicTest: 50.00 % of 200, 95 % interval 40.00 to 60.00 %' in text


def test_damage_is_named(folder):
    path = toy(folder)
    model = onnx.load(path)
    entry = next(e for e in model.metadata_props if e.key == 'fer.weights_crc32')
    entry.value = '00000000'
    onnx.save(model, path)
    fails(INFO, path, says=[path, 'fer.weights_crc32'])
    with open(path, 'r+b') as file:
        file.truncate(os.path.getsize(path) // 2)
    fails(INFO, path, says=[path])


def test_usage_errors(folder):
    path = toy(folder)
    for arguments, words in (((), ['expected one model']), ((path, path), ['2 files']), (('--set', 'a=b', path), ['IN and OUT']),
                             (('--set', 'novalue', path, path), ['KEY=VALUE']), (('--set', '=x', path, path), ['KEY=VALUE']),
                             (('--plan',), ['expected one model']), (('--plan', *SETS, path, path), ['contradict']), (('--half', path), ['IN and OUT']),
                             (('--plan', '--half', path, path), ['contradict']),
                             (('--cpu', 'avx2', path), ['--plan']), (('--plan', '--precision', 'half', path), ['half', 'exact']),
                             (('--what',), ['what'])):
        fails(INFO, *arguments, status=2, says=words)


def test_a_level_that_is_none_is_named(folder):
    fails(INFO, '--plan', '--cpu', 'mmx', toy(folder), says=['mmx', 'generic'])


def test_missing_files_are_named(folder):
    fails(INFO, path_in(folder, 'no.onnx'), says=['no.onnx'])
    fails(INFO, '--set', 'a=b', path_in(folder, 'no.onnx'), path_in(folder, 'out.onnx'), says=['no.onnx'])
    fails(INFO, '--set', 'a=b', toy(folder), path_in(folder, 'no/such/out.onnx'), says=['out.onnx'])


main(globals())
