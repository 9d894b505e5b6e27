#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-eval-pictures.py FER-EVAL FER-CLASSIFY TOY-MODEL: pictures in bulk, against what fer-classify reads in each of them."""
import json
import os
import sys
import zlib

import numpy
from tap import fails, main, run
from toys import finder, save

EVAL, CLASSIFY, TOY = sys.argv[1:4]
LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']
WORDS = ['anger', 'disgust', 'fear', 'Happiness', 'sadness', 'surprise', 'neutral']


def picture(seed, width, height):
    """Smooth and coloured."""
    y, x = numpy.mgrid[0:height, 0:width]
    random = numpy.random.RandomState(seed)
    planes = [127 + 120 * numpy.sin(random.uniform(-0.2, 0.2) * x + random.uniform(-0.2, 0.2) * y + random.uniform(0, 6)) for _ in range(3)]
    return numpy.stack(planes, -1).astype(numpy.uint8)


def model(folder):
    path = os.path.join(folder, 'toy.onnx')
    if not os.path.exists(path):
        run(TOY, path)
    return path


def evaluate(folder, *arguments):
    out, _ = run(EVAL, '--model', model(folder), '--json', '-', *arguments)
    return json.loads(out)


def read(folder, path, *way):
    """What fer-classify says of the first face, None: there is none."""
    out, _ = run(CLASSIFY, '--model', model(folder), '--json', *way, path)
    faces = json.loads(out)['faces']
    return LABELS.index(faces[0]['label']) if faces else None


def confusion(pairs):
    table = numpy.zeros((7, 7), int)
    for truth, predicted in pairs:
        table[truth][predicted] += 1
    return table.tolist()


def many(folder):
    """(path, class) of 21 pictures in folders whose names are words for the classes."""
    rows = []
    for i in range(21):
        os.makedirs(os.path.join(folder, 'tree', WORDS[i % 7]), exist_ok=True)
        name = f'tree/{WORDS[i % 7]}/{i}.' + ('jpg' if i % 3 else 'png')
        rows.append((save(folder, name, picture(i, 40 + 9 * i, 90 - 2 * i)), i % 7))
    return rows


def test_a_tree_of_classes(folder):
    rows = many(folder)
    save(folder, 'tree/readme.png', picture(1, 8, 8))
    got = evaluate(folder, '--images', os.path.join(folder, 'tree'), '--faces', 'frame')
    want = confusion((truth, read(folder, path, '--faces', 'frame')) for path, truth in rows)
    assert got['n'] == 21 and got['confusion'] == want and got['n_not_found'] == 0, got
    assert len([1 for row in want for n in row if n]) > 7, 'all read alike'
    assert got['data'] == 'tree' and got['split'] is None and got['accuracy_no_twins'] is None


def test_a_table_with_boxes_numbers_and_halves(folder):
    rows, table, boxes = many(folder), os.path.join(folder, 'table.csv'), {}
    with open(table, 'w', encoding='ascii') as file:
        file.write('emotion,file,h,w,x,y\n')
        for i, (path, truth) in enumerate(rows):
            boxes[path] = (3 + i / 4, 5 - i, 30 + i, 35)
            x, y, w, h = boxes[path]
            file.write(f'{truth},{os.path.relpath(path, folder)},{h},{w},{x},{y}\n')
        file.write(f',{os.path.relpath(rows[0][0], folder)},9,9,9,9\n')  # nobody said
    seen = {row[0]: (row[1], read(folder, row[0], '--box', ','.join(map(str, boxes[row[0]])))) for row in rows}
    for half, parity in (('even', 0), ('odd', 1), (None, None)):
        want = [pair for path, pair in seen.items() if parity in (None, zlib.crc32(os.path.basename(path).encode()) % 2)]
        got = evaluate(folder, '--manifest', table, *(('--half', half) if half else ()))
        assert got['n'] == len(want) > 0 and got['confusion'] == confusion(want) and got['split'] == half, got
    elsewhere = os.path.join(folder, 'elsewhere.csv')
    with open(table, encoding='ascii') as file, open(elsewhere, 'w', encoding='ascii') as out:
        out.write(file.read().replace('tree/', ''))
    again = evaluate(folder, '--manifest', elsewhere, '--images', os.path.join(folder, 'tree'))
    assert again['confusion'] == got['confusion']


def test_points_turn_a_face_upright(folder):
    """A face of three blobs, and the same turned by 40 degrees: with its points it is read as the upright one."""
    y, x = numpy.mgrid[0:200, 0:200] - 99.5
    def draw(angle):
        a, out = numpy.radians(angle), numpy.zeros((200, 200))
        for bx, by in ((-18, -15), (18, -15), (0, 20)):
            px, py = bx * numpy.cos(a) - by * numpy.sin(a), bx * numpy.sin(a) + by * numpy.cos(a)
            out += 200 * numpy.exp(-((x - px) ** 2 + (y - py) ** 2) / 60)
        return out.astype(numpy.uint8)
    def points(angle):
        a = numpy.radians(angle)
        return [100 + v for bx, by in ((-18, -15), (18, -15), (0, 0), (-8, 20), (8, 20))
                for v in (bx * numpy.cos(a) - by * numpy.sin(a), bx * numpy.sin(a) + by * numpy.cos(a))]
    turning = os.path.join(folder, 'turning.onnx')
    run(os.path.join(os.path.dirname(EVAL), 'fer-info'), '--set', 'fer.crop={"scale":1,"dx":0,"dy":0,"roll":true}', model(folder), turning)
    header = 'file,emotion,x,y,w,h,' + ','.join(f'{k}_{c}' for k in ('right_eye', 'left_eye', 'nose', 'mouth_right', 'mouth_left') for c in 'xy')
    probabilities = {}
    for angle, given in ((0, 0), (40, 40), (40, 0)):
        save(folder, 'blobs.png', draw(angle))
        table = os.path.join(folder, 'blobs.csv')
        side = 80 * numpy.hypot(0.8 * numpy.cos(a := numpy.radians(given)), numpy.sin(a)) if given else 80
        side = max(side, 80 * numpy.hypot(0.8 * numpy.sin(a), numpy.cos(a))) if given else 80
        with open(table, 'w', encoding='ascii') as file:
            file.write(f'{header}\nblobs.png,3,{100 - side / 2},{100 - side / 2},{side},{side},{",".join(map(str, points(given)))}\n')
        out, _ = run(EVAL, '--model', turning, '--manifest', table, '--json', '-')
        probabilities[angle, given] = json.loads(out)['nll']
    assert abs(probabilities[40, 40] - probabilities[0, 0]) < 0.1 and abs(probabilities[40, 0] - probabilities[0, 0]) > 1, probabilities
    for cells, says in (['x'] + ['1'] * 9, ['line 2', 'right_eye_x', '"x"']), (['1'] * 9 + [''], ['line 2', 'mouth_left_y', 'ten, or none']):
        with open(table, 'w', encoding='ascii') as file:
            file.write(f'{header}\nblobs.png,3,60,60,80,80,{",".join(cells)}\n')
        fails(EVAL, '--model', turning, '--manifest', table, says=says)
    with open(table, 'w', encoding='ascii') as file:
        file.write(f'{header}\nblobs.png,3,60,60,80,80{"," * 10}\n')
    run(EVAL, '--model', turning, '--manifest', table)


def test_the_finder_looks_where_no_box_is_given(folder):
    os.makedirs(os.path.join(folder, 'found/happy'))
    for i in range(4):
        black = numpy.zeros((224, 320), numpy.uint8)
        if i:
            black[64:96, 64 * i:64 * i + 32] = 255 - 20 * i * (numpy.indices((32, 32)).sum(0) % 2)
        save(folder, f'found/happy/{i}.png', black)
    use = ('--finder', finder(TOY, folder))
    want = [(3, read(folder, os.path.join(folder, f'found/happy/{i}.png'), *use, '--min-quality', 0)) for i in (1, 2, 3)]
    got = evaluate(folder, '--images', os.path.join(folder, 'found'), *use)
    assert got['n'] == 3 and got['n_not_found'] == 1 and got['confusion'] == confusion(want), got
    out, _ = run(EVAL, '--model', model(folder), '--images', os.path.join(folder, 'found'), *use)
    assert '1 of 4 pictures: no face was found' in out, out


def test_contempt(folder):
    """A model without it, on data that know it; and the other way round, where its probability is left out."""
    os.makedirs(os.path.join(folder, 'eight/contempt'))
    os.makedirs(os.path.join(folder, 'eight/happy'))
    for i in range(4):
        save(folder, f'eight/contempt/{i}.png', picture(i, 30, 30))
        save(folder, f'eight/happy/{i}.png', picture(i + 4, 30, 30))
    got = evaluate(folder, '--images', os.path.join(folder, 'eight'), '--faces', 'frame')
    assert got['n'] == 8 and list(got['classes']) == LABELS + ['contempt'] and got['classes']['contempt']['recall'] == 0
    assert [row[7] for row in got['confusion']] == [0] * 8 and sum(got['confusion'][7]) == 4


def test_bad_input_is_named(folder):
    many(folder)
    use = ('--model', model(folder))
    tree = os.path.join(folder, 'tree')
    fails(EVAL, *use, '--images', os.path.join(folder, 'no'), says=['no'])
    os.makedirs(os.path.join(folder, 'empty'))
    fails(EVAL, *use, '--images', os.path.join(folder, 'empty'), says=['empty', 'CLASS'])
    os.makedirs(os.path.join(tree, 'puzzled'))
    save(folder, 'tree/puzzled/a.png', picture(1, 20, 20))
    fails(EVAL, *use, '--images', tree, says=['puzzled', 'contempt'])
    with open(os.path.join(tree, 'puzzled/a.png'), 'wb') as file:
        file.write(b'no picture')
    os.rename(os.path.join(tree, 'puzzled'), os.path.join(tree, 'afraid'))
    fails(EVAL, *use, '--images', tree, '--faces', 'frame', says=['a.png'])
    table = os.path.join(folder, 'none.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write('path\ntree/fear/2.png\n')
    fails(EVAL, *use, '--manifest', table, says=['none.csv', 'no picture has a label'])


def test_usage_errors(folder):
    for arguments, words in ((('--images', 'x', '--data', 'y'), ['--data', '--images']), (('--images', 'x', '--split', 'PublicTest'), ['--split']),
                             (('--images', 'x', '--half', 'third'), ['third', 'even']), (('--images', 'x', '--faces', 'all'), ['all', 'finder']),
                             (('--data', 'x', '--split', 'PublicTest', '--half', 'odd'), ['--half']), (('--images', 'x', '--size', '0'), ['--task faces']),
                             (('--images', 'x', '--threshold', '0.4'), ['--task faces']), (('--images', 'x', '--resamples', '5000'), ['--groups']),
                             (('--images', 'x', '--together', '1'), ['--groups'])):
        fails(EVAL, *arguments, status=2, says=words)


main(globals())
