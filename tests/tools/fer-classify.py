#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-classify.py FER-CLASSIFY TOY-MODEL"""
import json
import os
import subprocess
import sys

import numpy
from PIL import Image
from tap import fails, main, run
from toys import finder, save

CLASSIFY, TOY = sys.argv[1:3]
LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']


def face(height=48, width=48, seed=1):
    """A smooth grey picture."""
    y, x = numpy.mgrid[0:height, 0:width]
    a, b, c, d = numpy.random.RandomState(seed).uniform(0.05, 0.3, 4)
    return (127 + 60 * numpy.sin(a * x + b * y) + 60 * numpy.cos(c * y - d * x)).astype(numpy.uint8)


def model(folder):
    path = os.path.join(folder, 'toy.onnx')
    if not os.path.exists(path):
        run(TOY, path)
    return path


def squares(*places, height=224, width=320):
    """White squares of 32 pixels with these middles, which is what that finder takes for faces; with some detail, as a face has."""
    picture = numpy.zeros((height, width), numpy.uint8)
    for x, y in places:
        picture[y - 16:y + 16, x - 16:x + 16] = 255 - 60 * (numpy.indices((32, 32)).sum(0) % 2)
    return picture


def read(folder, *arguments):
    """fer-classify --json as Python objects, one per picture, each of which is one face unless a box is given."""
    way = [] if '--box' in arguments else ['--faces', 'frame']
    out, _ = run(CLASSIFY, '--model', model(folder), *way, '--json', *arguments)
    return [json.loads(line) for line in out.splitlines()]


def test_seven_lines_of_label_percentage_and_bar(folder):
    out, _ = run(CLASSIFY, '--model', model(folder), '--faces', 'frame', save(folder, 'a.png', face()), env={**os.environ, 'LC_ALL': 'C.UTF-8'})
    head, *lines = out.splitlines()
    assert 'a.png' in head and 'whole picture' in head, head
    assert len(lines) == 7, out
    total = 0
    for label, line in zip(LABELS, lines):
        words = line.split()
        assert words[0] == label and words[2] == '%', line
        total += float(words[1])
        blocks = (words + [''])[3].count('█')
        assert abs(blocks - 0.4 * float(words[1])) <= 1, line
    assert abs(total - 100) < 0.5


def test_bars_without_unicode(folder):
    out, _ = run(CLASSIFY, '--model', model(folder), '--faces', 'frame', save(folder, 'a.png', face()), env={**os.environ, 'LC_ALL': 'C'})
    assert '#' in out and out.isascii(), out


def test_json_line(folder):
    (line,) = read(folder, save(folder, 'a.png', face(60, 80)))
    assert list(line) == ['version', 'pts', 'running_time', 'time', 'width', 'height', 'faces'], line
    assert line['version'] == 1 and line['pts'] is None and line['running_time'] is None and line['time'] is None
    assert line['width'] == 80 and line['height'] == 60
    (found,) = line['faces']
    assert list(found) == ['id', 'box', 'label', 'confidence', 'probabilities', 'source', 'age', 'fresh', 'margin', 'ranking'], found
    assert found['fresh'] and found['ranking'] == sorted(LABELS, key=found['probabilities'].get, reverse=True), found
    assert found['box'] == [0, 0, 80, 60] and found['source'] == 'frame' and found['id'] == 0 and found['age'] == 0
    assert list(found['probabilities']) == LABELS
    assert abs(sum(found['probabilities'].values()) - 1) < 1e-3
    assert found['label'] == max(found['probabilities'], key=found['probabilities'].get)
    assert found['confidence'] == max(found['probabilities'].values())


def test_one_line_per_picture_in_order(folder):
    paths = [save(folder, f'{i}.png', face(40 + i, 50)) for i in range(3)]
    assert [line['height'] for line in read(folder, *paths)] == [40, 41, 42]


def test_box_is_reported_and_cropped(folder):
    path = save(folder, 'a.png', face(200, 300))
    (line,) = read(folder, '--box', '40,50,60,80', path)
    assert line['faces'][0]['box'] == [40, 50, 60, 80] and line['faces'][0]['source'] == 'upstream'
    (line,) = read(folder, '--box', '-10,50.5,60,80', path)
    assert line['faces'][0]['box'] == [0, 50.5, 50, 80]
    out, _ = run(CLASSIFY, '--model', model(folder), '--box', '40,50,60,80', path)
    assert 'box 40,50,60,80' in out


def test_crop_of_a_face_of_the_network_s_size_is_the_face(folder):
    crop = os.path.join(folder, 'crop.png')
    run(CLASSIFY, '--model', model(folder), '--faces', 'frame', '--crop', crop, save(folder, 'a.png', face()))
    seen = Image.open(crop).convert('L')
    assert (numpy.asarray(seen) == face()).all()


def area(picture, left, top, side, size=48):
    """Exact means over the squares of a grid: differences of an interpolated integral image."""
    integral = numpy.pad(picture.astype(float).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    edges_x, edges_y = (start + side / size * numpy.arange(size + 1) for start in (left, top))
    rows = numpy.array([numpy.interp(edges_y, numpy.arange(integral.shape[0]), column) for column in integral.T]).T
    both = numpy.array([numpy.interp(edges_x, numpy.arange(integral.shape[1]), row) for row in rows])
    return numpy.diff(numpy.diff(both, axis=0), axis=1) / (side / size) ** 2


def test_crop_of_a_box_is_an_area_average(folder):
    """Box 100x80 at (60, 40): a square of 115 around (110, 80 + 0.02 * 115)."""
    picture, crop = face(200, 300), os.path.join(folder, 'crop.png')
    run(CLASSIFY, '--model', model(folder), '--box', '60,40,100,80', '--crop', crop, save(folder, 'a.png', picture))
    expected = area(picture, 110 - 57.5, 82.3 - 57.5, 115)
    difference = numpy.abs(numpy.asarray(Image.open(crop).convert('L'), float) - expected)
    assert difference.max() < 0.51, difference.max()  # half a grey level of rounding


def test_formats_agree(folder):
    grey = face(90, 120)
    rgb = numpy.stack([grey] * 3, axis=-1)
    rgba = numpy.concatenate([rgb, numpy.full((90, 120, 1), 255, numpy.uint8)], axis=-1)
    lines = [read(folder, save(folder, f'{i}.png', picture)) for i, picture in enumerate((grey, rgb, rgba))]
    assert lines[0] == lines[1] == lines[2], lines
    (jpeg,) = read(folder, save(folder, 'a.jpg', grey, quality=95))
    for label in LABELS:
        assert abs(jpeg['faces'][0]['probabilities'][label] - lines[0][0]['faces'][0]['probabilities'][label]) < 0.02


def test_transparent_is_white(folder):
    rgba = numpy.zeros((48, 48, 4), numpy.uint8)
    assert read(folder, save(folder, 'a.png', rgba)) == read(folder, save(folder, 'b.png', numpy.full((48, 48), 255, numpy.uint8)))


def test_exif_orientation_is_applied(folder):
    picture = Image.fromarray(face(64, 96))
    upright = save(folder, 'upright.png', picture)
    for orientation, turn in ((3, Image.ROTATE_180), (6, Image.ROTATE_90), (8, Image.ROTATE_270), (2, Image.FLIP_LEFT_RIGHT)):
        exif = Image.Exif()
        exif[0x0112] = orientation
        turned = save(folder, f'{orientation}.jpg', picture.transpose(turn), exif=exif, quality=100)
        (a,), (b,) = read(folder, upright), read(folder, turned)
        assert (b['width'], b['height']) == (96, 64), orientation
        for label in LABELS:
            assert abs(a['faces'][0]['probabilities'][label] - b['faces'][0]['probabilities'][label]) < 0.01, orientation


def test_finds_the_faces_by_itself(folder):
    path = save(folder, 'two.png', squares((80, 80), (240, 145)))
    out, _ = run(CLASSIFY, '--model', model(folder), '--finder', finder(TOY, folder), '--min-quality', 0, '--json', path)
    (line,) = [json.loads(line) for line in out.splitlines()]
    faces = line['faces']
    assert len(faces) == 2 and all(found['source'] == 'finder' and found['id'] == 0 and 0.5 <= found['score'] <= 1 for found in faces), line
    assert [found['score'] for found in faces] == sorted((found['score'] for found in faces), reverse=True)
    for (x, y), found in zip(((80, 80), (240, 145)), sorted(faces, key=lambda found: found['box'][0])):
        left, top, width, height = found['box']
        assert abs(left + width / 2 - x) < 1 and abs(top + height / 2 - y) < 1 and abs(width - 32) < 1, found
        # The toy's points say that it is upright, up to 7 degrees: the same crop as that of the box.
        (alone,) = read(folder, '--box', f'{left},{top},{width},{height}', path)
        for label in LABELS:
            assert abs(found['probabilities'][label] - alone['faces'][0]['probabilities'][label]) < 0.01, (found, alone)
    text, _ = run(CLASSIFY, '--model', model(folder), '--finder', finder(TOY, folder), '--min-quality', 0, path)
    assert '2 faces' in text and len(text.splitlines()) == 1 + 2 * 8, text


def test_too_little_quality_is_a_reason_and_no_guess(folder):
    path = save(folder, 'dark.png', squares((80, 80)) // 5 * 2)
    use = ('--model', model(folder), '--finder', finder(TOY, folder), '--min-quality', 1, path)
    out, _ = run(CLASSIFY, '--json', *use)
    (found,) = json.loads(out)['faces']
    assert found['label'] == 'unsure' and found['skipped'] and not any(found['probabilities'].values()) and found['quality'] < 1, found
    text, _ = run(CLASSIFY, *use)
    assert 'not read: ' + found['skipped'] in text and len(text.splitlines()) == 2, text


def test_no_face_says_so_and_has_a_status_of_its_own(folder):
    none, some = save(folder, 'none.png', squares()), save(folder, 'some.png', squares((80, 80)))
    use = ('--model', model(folder), '--finder', finder(TOY, folder))
    out, err = run(CLASSIFY, *use, none, some, status=3)
    assert 'no face' in out.splitlines()[0] and '1 face' in out and 'no face in 1 of 2' in err, (out, err)
    out, _ = run(CLASSIFY, *use, '--json', none, status=3)
    assert json.loads(out)['faces'] == []


def test_usage_errors(folder):
    path = save(folder, 'a.png', face())
    for arguments, words in (
            ((), ['no picture']), (('--box', '1,2,3', path), ['--box 1,2,3', 'X,Y,W,H']), (('--box', '1,2,0,5', path), ['--box']),
            (('--box', '1,2,3,4,5', path), ['--box']), (('--box', 'nan,2,3,4', path), ['--box']), (('--faces', 'all', path), ['all', 'finder', 'frame']),
            (('--finder', 'x.onnx', '--faces', 'frame', path), ['--finder', 'frame']), (('--min-quality', '2', path), ['--min-quality 2']),
            (('--box', '1,2,3,4', '--faces', 'frame', path), ['--box', '--faces']), (('--crop', 'x.png', path, path), ['--crop', '2']),
            (('--crop', '-', path), ['--crop']), (('--frobnicate', path), ['frobnicate'])):
        fails(CLASSIFY, *arguments, status=2, says=words)
    assert not os.path.exists('x.png')


def test_bad_pictures_are_named(folder):
    whole = {'png': save(folder, 'whole.png', face(100, 100)), 'jpg': save(folder, 'whole.jpg', face(100, 100)),
             'prog.jpg': save(folder, 'prog.jpg', face(100, 100), progressive=True)}
    use = ('--model', model(folder), '--finder', finder(TOY, folder))
    for kind, path in whole.items():
        with open(path, 'rb') as file:
            data = file.read()
        for share in (0, 0.01, 0.3, 0.6, 0.9, 0.99):
            cut = os.path.join(folder, f'cut.{kind}')
            with open(cut, 'wb') as file:
                file.write(data[:int(share * len(data))])
            fails(CLASSIFY, *use, cut, says=[cut])
    text = os.path.join(folder, 'a.txt')
    with open(text, 'w', encoding='ascii') as file:
        file.write('no picture')
    fails(CLASSIFY, *use, text, says=[text, 'JPEG', 'PNG'])
    fails(CLASSIFY, *use, os.path.join(folder, 'missing.png'), says=['missing.png'])
    fails(CLASSIFY, *use, folder, says=[folder])
    fails(CLASSIFY, '--model', model(folder), '--box', '300,300,50,50', whole['png'], says=['300,300,50,50', 'inside', '100x100'])
    fails(CLASSIFY, '--model', model(folder), '--box', '30,30,5,5', whole['png'], says=['12 pixels'])


def test_bad_models_are_named(folder):
    picture, good = save(folder, 'a.png', face()), model(folder)
    fails(CLASSIFY, '--model', os.path.join(folder, 'no.onnx'), picture, says=['no.onnx'])
    fails(CLASSIFY, '--model', picture, picture, says=['a.png'])
    with open(good, 'rb') as file:
        data = file.read()
    cut = os.path.join(folder, 'cut.onnx')
    with open(cut, 'wb') as file:
        file.write(data[:len(data) // 2])
    fails(CLASSIFY, '--model', cut, picture, says=['cut.onnx'])
    foreign = os.path.join(folder, 'foreign.onnx')
    run(TOY, foreign, 'foreign')
    fails(CLASSIFY, '--model', foreign, picture, says=['foreign.onnx', 'fer.labels', 'fer-info --set'])


def test_what_cannot_be_written_is_an_error(folder):
    picture = save(folder, 'a.png', face())
    fails(CLASSIFY, '--model', model(folder), '--faces', 'frame', '--crop', os.path.join(folder, 'no/such/folder.png'), picture, says=['folder.png'])
    with open('/dev/full', 'w', encoding='ascii') as full:
        done = subprocess.run([CLASSIFY, '--model', model(folder), '--faces', 'frame', picture], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1 and 'standard output' in done.stderr, done


main(globals())
