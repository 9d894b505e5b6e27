#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-eval-faces.py FER-EVAL TOY-MODEL: what --task faces writes for other finders, and how it scores what they say."""
import json
import os
import re
import sys
import zlib

import numpy
from PIL import Image
from tap import fails, main, run

EVAL, TOY = sys.argv[1:3]
N, W, H = 30, 120, 80
BOX = (60, 20, 24, 30)
VIEWS = ['plain', 'turned-15', 'turned-30', 'turned-45', 'light-1/4', 'light-1/16', 'light-1/64']


def picture(i):
    """A bright ellipse in BOX, on noise."""
    y, x = numpy.mgrid[0:H, 0:W] + 0.5
    grey = numpy.random.RandomState(i).uniform(0, 60, (H, W))
    inside = ((x - BOX[0] - BOX[2] / 2) / (BOX[2] / 2)) ** 2 + ((y - BOX[1] - BOX[3] / 2) / (BOX[3] / 2)) ** 2 < 1
    return numpy.where(inside, 250, grey).astype(numpy.uint8)


def prepare(folder):
    for name in ('faces', 'empty'):
        os.mkdir(os.path.join(folder, name))
    with open(os.path.join(folder, 'faces.csv'), 'w', encoding='ascii') as table:
        table.write('file,x,y,w,h,ignore\n')
        for i in range(N):
            Image.fromarray(picture(i)).save(os.path.join(folder, 'faces', f'{"ab"[i % 2]}_{i}.png'))
            table.write(f'{"ab"[i % 2]}_{i}.png,{",".join(map(str, BOX))},0\n')
    for i, name in enumerate(('room_1.png', 'room_2.png', 'cat_1.png')):
        Image.fromarray(picture(i)).save(os.path.join(folder, 'empty', name))
    return ['--task', 'faces', '--images', os.path.join(folder, 'faces'), '--boxes', os.path.join(folder, 'faces.csv'), '--negatives',
            os.path.join(folder, 'empty')]


def shown(folder, use, *more):
    """(view, file, pixels) of every picture that --write gives."""
    path = os.path.join(folder, 'shown.ppm')
    run(EVAL, *use, '--write', path, *more)
    with open(path, 'rb') as file:
        rest = file.read()
    while rest:
        head = re.match(rb'P6\n# (\S+) (.*)\n(\d+) (\d+)\n255\n', rest)
        w, h = int(head[3]), int(head[4])
        pixels = numpy.frombuffer(rest[head.end():head.end() + 3 * w * h], numpy.uint8).reshape(h, w, 3)
        yield head[1].decode(), head[2].decode(), pixels
        rest = rest[head.end() + 3 * w * h:]


def find(pixels):
    """Box of what is brighter than all noise."""
    y, x = numpy.nonzero(pixels[:, :, 0] > 0.6 * float(pixels.max()) + 40)
    return x.min(), y.min(), x.max() + 1 - x.min(), y.max() + 1 - y.min()


def score(folder, use, lines, *more):
    table = os.path.join(folder, 'found.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write('view,file,x,y,w,h,score\n' + ''.join(lines))
    return json.loads(run(EVAL, *use, '--detections', table, '--json', '-', *more)[0])


def test_what_is_found_in_the_shown_pictures_is_right(folder):
    use, lines, views = prepare(folder), [], set()
    for view, file, pixels in shown(folder, use, '--size', '240'):
        assert max(pixels.shape[:2]) == 240
        views.add(view)
        if view in VIEWS[:4] and file[1] == '_':
            lines.append(f'{view},{file},{",".join(map(str, find(pixels)))},0.9\n')
    assert views == set(VIEWS) and len(lines) == 4 * N
    got = score(folder, use, lines, '--size', '240')
    assert got['n_images'] == N and got['n_faces'] == N and got['ap40'] == 1 and got['recall'] == 1 and got['false_positives_per_image'] == 0
    assert [got['views'][view]['recall'] for view in VIEWS] == [1, 1, 1, 1, 0, 0, 0]
    assert got['views']['turned-45']['ap50'] == 1, 'boxes turn with their faces'
    assert got['recall_by_size']['48-80'] == {'n': N, 'recall': 1} and got['recall_by_size']['0-12'] == {'n': 0, 'recall': None}
    assert got['ms_per_image'] is None and got['negatives']['all'] == {'n': 3, 'false_positives': 0, 'per_100': 0}


def test_false_and_weak_ones_are_counted(folder):
    use = prepare(folder)
    box = ','.join(map(str, BOX))
    lines = [f'plain,a_{i}.png,{box},0.9\n' for i in range(0, N, 2)] + [f'plain,b_{i}.png,{box},0.3\n' for i in range(1, N, 2)]
    lines += ['plain,a_0.png,0,0,10,10,0.95\n', 'plain,cat_1.png,0,0,9,9,0.6\n', 'plain,cat_1.png,30,0,9,9,0.5\n', 'plain,room_1.png,0,0,9,9,0.4\n']
    got = score(folder, use, lines, '--size', '0')
    assert got['recall'] == 0.5 and got['false_positives_per_image'] == 1 / N and got['n_faces_40px'] == 0 and got['recall_40px'] is None
    assert abs(got['ap40'] - N / (N + 1)) < 1e-9, 'the best one is false'
    assert got['negatives'] == {'all': {'n': 3, 'false_positives': 2, 'per_100': 200 / 3}, 'cat': {'n': 1, 'false_positives': 2, 'per_100': 200},
                                'room': {'n': 2, 'false_positives': 0, 'per_100': 0}}
    assert score(folder, use, lines, '--size', '0', '--threshold', '0.2')['recall'] == 1
    part = score(folder, use, lines, '--size', '0', '--sources', 'b', '--views', 'plain')
    assert part['n_faces'] == N / 2 and part['recall'] == 0 and part['ap40'] == 1 and list(part['views']) == ['plain']


def test_a_model_is_asked(folder):
    """The toy finds white squares of 32 pixels and puts their points where tests/fer/toy.h says."""
    model, table = os.path.join(folder, 'finder.onnx'), os.path.join(folder, 'squares.csv')
    names = ('right_eye', 'left_eye', 'nose', 'mouth_right', 'mouth_left')
    points = [(-0.2, -0.25), (0.2, -0.2), (0, 0.05), (-0.15, 0.3), (0.15, 0.25)]
    run(TOY, model, 'finder')
    with open(table, 'w', encoding='ascii') as file:
        file.write('file,x,y,w,h,' + ','.join(f'{name}_{axis}' for name in names for axis in 'xy') + '\n')
        for i in range(6):
            x, y, picture = 48 + 32 * i, 80, numpy.zeros((224, 320), numpy.uint8)
            picture[y - 16:y + 16, x - 16:x + 16] = 255
            Image.fromarray(picture).save(os.path.join(folder, f'square_{i}.png'))
            places = [c + 32 * d for point in points for c, d in zip((x, y), point)]
            file.write(','.join(map(str, [f'square_{i}.png', x - 16, y - 16, 32, 32, *places])) + '\n')
    use = ('--task', 'faces', '--images', folder, '--boxes', table, '--model', model, '--size', '320', '--views', 'plain', '--json', '-')
    got = json.loads(run(EVAL, *use)[0])
    assert got['n_faces'] == 6 and got['recall'] == 1 and got['ap50'] == 1 and got['false_positives_per_image'] == 0, got
    assert got['ms_per_image'] > 0 and got['point_error']['eyes']['n'] == 6
    assert all(got['point_error'][part]['mean'] < 0.08 for part in ('eyes', 'nose', 'mouth')), got['point_error']
    fails(EVAL, *use[:6], '--model', table, says=['squares.csv'])


def test_held_out_is_by_name(folder):
    use = prepare(folder)
    held = {f'{"ab"[i % 2]}_{i}.png' for i in range(N) if zlib.crc32(f'{"ab"[i % 2]}_{i}.png'.encode()) % 10 == 0}
    assert 0 < len(held) < N
    got = [file for view, file, _ in shown(folder, use, '--held-out', '--views', 'plain') if file[1] == '_']
    assert set(got) == held and len(got) == len(held)


def test_the_table_is_readable(folder):
    use = prepare(folder)
    table = os.path.join(folder, 'found.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write(f'view,file,x,y,w,h,score\nplain,a_0.png,{",".join(map(str, BOX))},0.9\n')
    out, _ = run(EVAL, *use, '--detections', table, '--size', '0')
    for word in (*VIEWS, 'AP@0.4', '20-32', 'room', 'cat'):
        assert word in out, word


def test_bad_input_is_named(folder):
    use, table = prepare(folder), os.path.join(folder, 'found.csv')
    for text, words in (('', ['found.csv', 'empty']), ('file,x,y,w,h,score\n', ['line 1', 'view']),
                        ('view,file,x,y,w,h,score\nplain,a_0.png,1,2,3,4,high\n', ['line 2']),
                        ('view,file,x,y,w,h,score\nplain,a_0.png,1,2,3,nan,1\n', ['line 2']),
                        ('view,file,x,y,w,h,score\nplain,a_0.png,1,2,3,4\n', ['line 2']),
                        ('view,file,x,y,w,h,score\n\0plain,a_0.png,1,2,3,4,1\n', ['0 byte', '24'])):
        with open(table, 'w', encoding='ascii') as file:
            file.write(text)
        fails(EVAL, *use, '--detections', table, says=words)
    fails(EVAL, *use, '--detections', os.path.join(folder, 'no.csv'), says=['no.csv'])
    with open(table, 'w', encoding='ascii') as file:
        file.write('view,file,x,y,w,h,score\n')
    fails(EVAL, *use, '--detections', table, '--views', 'upside-down', says=['upside-down', 'turned-45'])
    fails(EVAL, *use, '--detections', table, '--sources', 'none', says=['faces.csv'])
    fails(EVAL, *use[:-1], os.path.join(folder, 'nowhere'), '--detections', table, says=['nowhere'])
    os.remove(os.path.join(folder, 'faces', 'a_0.png'))
    fails(EVAL, *use, '--detections', table, says=['a_0.png'])


def test_usage_errors(folder):
    use = ('--task', 'faces', '--images', folder, '--boxes', 'x.csv')
    for arguments, words in ((use[:2], ['--images']), (use[:4], ['--boxes']), ((*use, '--size', '-1'), ['--size']),
                             ((*use, '--threshold', '0'), ['--threshold']),
                             ((*use, '--write', 'a', '--detections', 'b'), ['contradict']), (('--task', 'cats'), ['cats', 'faces'])):
        fails(EVAL, *arguments, status=2, says=words)


main(globals())
