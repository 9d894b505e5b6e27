#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-find.py FER-FIND TOY-MODEL"""
import json
import os
import shutil
import subprocess
import sys

import numpy
from PIL import Image
from tap import Skip, fails, main, run
from toys import finder, save

FIND, TOY = sys.argv[1:3]
SIDE = 32  # of the white squares that the toy finds (tests/fer/toy.h)
POINTS = [(-0.2, -0.25), (0.2, -0.2), (0, 0.05), (-0.15, 0.3), (0.15, 0.25)]
# Whole stacks, by which tests/lsan.supp knows what GLib leaves behind where GStreamer has loaded many plug-ins.
os.environ['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':fast_unwind_on_malloc=0'


def squares(*places, height=224, width=320):
    picture = numpy.zeros((height, width), numpy.uint8)
    for x, y in places:
        picture[y - SIDE // 2:y + SIDE // 2, x - SIDE // 2:x + SIDE // 2] = 255
    return picture


def find(folder, *arguments):
    out, _ = run(FIND, '--model', finder(TOY, folder), *arguments)
    return [json.loads(line) for line in out.splitlines()]


def check_face(face, x, y, scale=1, tolerance=1):
    left, top, width, height = face['box']
    assert abs(left + width / 2 - x) < tolerance and abs(top + height / 2 - y) < tolerance, (face, x, y)
    assert abs(width - scale * SIDE) < tolerance and abs(height - scale * SIDE) < tolerance, face
    for (got_x, got_y), (dx, dy) in zip(face['points'], POINTS):
        assert abs(got_x - x - dx * scale * SIDE) < tolerance and abs(got_y - y - dy * scale * SIDE) < tolerance, face
    assert 0.5 <= face['score'] <= 1 and 0 <= face['quality'] <= 1, face


def video(folder, name, pictures, rate=25):
    """The pictures as a lossless video."""
    if not shutil.which('gst-launch-1.0'):
        raise Skip('no gst-launch-1.0')
    for i, picture in enumerate(pictures):
        save(folder, f'frame{i:03}.png', numpy.stack([picture] * 3, axis=-1))
    path = os.path.join(folder, name)
    run('gst-launch-1.0', '-q', 'multifilesrc', f'location={folder}/frame%03d.png', f'caps=image/png,framerate={rate}/1', '!', 'pngdec', '!', 'videoconvert',
        '!', 'video/x-raw,format=I420', '!', 'avimux', '!', 'filesink', f'location={path}')
    return path


def test_a_line_of_json_per_picture(folder):
    paths = [save(folder, 'two.png', squares((80, 80), (240, 145))), save(folder, 'none.png', squares())]
    two, none = find(folder, *paths)
    assert list(two) == ['version', 'file', 'pts', 'running_time', 'time', 'width', 'height', 'faces'], two
    assert (two['version'], two['file'], two['pts'], two['width'], two['height']) == (1, paths[0], None, 320, 224)
    assert none['file'] == paths[1] and none['faces'] == []
    for face in two['faces']:
        assert list(face) == ['id', 'box', 'source', 'score', 'points', 'quality'], face
        assert face['id'] == 0 and face['source'] == 'finder'
    first, second = sorted(two['faces'], key=lambda face: face['box'][0])
    check_face(first, 80, 80)
    check_face(second, 240, 145)


def test_size_is_that_of_the_longer_side(folder):
    large = numpy.kron(squares((80, 80)), numpy.ones((4, 4), numpy.uint8))
    path = save(folder, 'large.png', large)
    (line,) = find(folder, path)  # 896 rows become 224
    check_face(line['faces'][0], 320, 320, 4, 4)
    assert all(face['box'][2] == SIDE for face in find(folder, '--size', 1280, path)[0]['faces'])  # corners of it at most


def test_threshold(folder):
    path = save(folder, 'a.png', squares((86, 75)) // 4 * 3)
    (score,) = [face['score'] for face in find(folder, path)[0]['faces']]
    assert 0.5 < score < 1
    assert len(find(folder, '--threshold', score - 1e-3, path)[0]['faces']) == 1
    assert find(folder, '--threshold', min(1, score + 1e-3), path)[0]['faces'] == []


def test_draws_boxes_and_points(folder):
    path, drawn = save(folder, 'a.png', squares((80, 80))), os.path.join(folder, 'drawn.png')
    find(folder, '--draw', drawn, path)
    before, after = (numpy.asarray(Image.open(name).convert('RGB'), int) for name in (path, drawn))
    assert before.shape == after.shape
    changed = numpy.abs(before - after).sum(axis=-1) > 60
    assert changed[60:100, 64].all() or changed[66:94, 63:66].any(axis=1).all(), 'no left edge'
    for dx, dy in POINTS:
        x, y = int(80 + dx * SIDE), int(80 + dy * SIDE)
        assert changed[y - 3:y + 4, x - 3:x + 4].any(), (x, y)
    assert not changed[140:].any() and not changed[:, 160:].any()


def test_draws_several_into_a_folder(folder):
    paths = [save(folder, f'{i}.png', squares((80, 80))) for i in range(2)]
    out = os.path.join(folder, 'new', 'drawn')
    find(folder, '--draw', out, *paths)
    assert sorted(os.listdir(out)) == ['0.png.png', '1.png.png']


def test_a_line_per_frame_of_a_video(folder):
    path, out = video(folder, 'a.avi', [squares((80 + 2 * i, 80)) for i in range(10)]), os.path.join(folder, 'drawn')
    lines = find(folder, '--draw', out, path)
    assert [line['pts'] for line in lines] == [40000000 * i for i in range(10)], lines
    for i, line in enumerate(lines):
        (face,) = line['faces']
        check_face(face, 80 + 2 * i, 80)
    assert len(os.listdir(out)) == 10 and 'a.avi-000010.png' in os.listdir(out)


def test_follows_the_faces_of_a_video(folder):
    path = video(folder, 'a.avi', [squares((80 + 2 * i, 80), (240, 145 - i)) for i in range(30)])
    lines = find(folder, '--track', path)
    assert {face['id'] for line in lines for face in line['faces']} == {1, 2}
    assert all(len(line['faces']) == 2 for line in lines[5:])
    fails(FIND, '--model', finder(TOY, folder), '--track', save(folder, 'a.png', squares()), says=['a.png', '--track'])


def test_what_is_no_video_is_named(folder):
    text, empty = os.path.join(folder, 'a.txt'), os.path.join(folder, 'empty.mp4')
    with open(text, 'w', encoding='ascii') as file:
        file.write('neither a picture nor a video\n' * 100)
    with open(empty, 'w', encoding='ascii'):
        pass
    for path in (text, empty, os.path.join(folder, 'missing.mp4'), folder):
        fails(FIND, '--model', finder(TOY, folder), path, says=[path])


def test_odd_pictures(folder):
    for height, width in ((1, 1), (1, 300), (300, 1), (9, 7)):
        (line,) = find(folder, save(folder, 'odd.png', numpy.zeros((height, width), numpy.uint8)))
        assert (line['width'], line['height'], line['faces']) == (width, height, [])


def test_usage_errors(folder):
    path = save(folder, 'a.png', squares())
    for arguments, words in (
            ((), ['nothing to search']), (('--threshold', '2', path), ['--threshold 2']), (('--track', '--threshold', '0.5', path), ['--track']),
            (('--draw', '-', path), ['--draw -']), (('--frobnicate', path), ['frobnicate'])):
        fails(FIND, *arguments, status=2, says=words)
    for size in ('-1', '100000'):
        fails(FIND, '--model', finder(TOY, folder), '--size', size, path, says=[path, size])


def test_other_models_are_named(folder):
    picture, model = save(folder, 'a.png', squares()), os.path.join(folder, 'expression.onnx')
    run(TOY, model)
    fails(FIND, '--model', model, picture, says=['expression.onnx', 'fer.task is expression', 'faces'])
    foreign = os.path.join(folder, 'foreign.onnx')
    run(TOY, foreign, 'foreign')
    fails(FIND, '--model', foreign, picture, says=['foreign.onnx', 'outputs', 'YuNet', 'UltraFace'])
    fails(FIND, '--model', os.path.join(folder, 'no.onnx'), picture, says=['no.onnx'])
    fails(FIND, '--model', picture, picture, says=['a.png'])


def test_what_cannot_be_written_is_an_error(folder):
    picture = save(folder, 'a.png', squares())
    fails(FIND, '--model', finder(TOY, folder), '--draw', '/proc/no/such.png', picture, picture, says=['/proc/no'])
    with open('/dev/full', 'w', encoding='ascii') as full:
        done = subprocess.run([FIND, '--model', finder(TOY, folder), picture], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1 and 'standard output' in done.stderr, done


main(globals())
