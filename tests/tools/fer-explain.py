#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-explain.py FER-EXPLAIN TOY-MODEL SOURCE-FOLDER"""
import json
import os
import sys

import numpy
from PIL import Image
from tap import Skip, fails, main, run

EXPLAIN, TOY, SOURCE = sys.argv[1:4]
sys.path.insert(0, os.path.join(SOURCE, 'tests/peers'))
import cam  # noqa: E402

LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']
RELEASED = os.path.join(SOURCE, 'models/fer7-seed.onnx')


def face(size=48, seed=1):
    """A smooth grey picture."""
    y, x = numpy.mgrid[0:size, 0:size]
    a, b, c, d = numpy.random.RandomState(seed).uniform(0.05, 0.3, 4)
    return (127 + 60 * numpy.sin(a * x + b * y) + 60 * numpy.cos(c * y - d * x)).astype(numpy.uint8)


def save(folder, name, pixels):
    path = os.path.join(folder, name)
    Image.fromarray(pixels).save(path)
    return path


def toys(folder):
    """A model, and a finder of white squares (tests/fer/toy.h)."""
    model, finder = os.path.join(folder, 'toy.onnx'), os.path.join(folder, 'finder.onnx')
    run(TOY, model)
    run(TOY, finder, 'finder')
    return model, finder


def explain(folder, name, pixels, *options):
    out = os.path.join(folder, 'out')
    run(EXPLAIN, *options, '--output', out, save(folder, name, pixels))
    with open(os.path.join(out, name[:-4] + '.json'), encoding='utf-8') as file:
        return out, json.load(file)


def test_writes_all_pictures_of_all_faces(folder):
    model, finder = toys(folder)
    picture = numpy.zeros((224, 320, 3), numpy.uint8)
    for x, y in ((70, 80), (240, 150)):
        picture[y - 16:y + 16, x - 16:x + 16] = (255 - 60 * (numpy.indices((32, 32)).sum(0) % 2))[..., None]
    out, found = explain(folder, 'two.png', picture, '--model', model, '--finder', finder)
    wanted = {'two.png', 'two.json'}
    for i in (1, 2):
        wanted |= {f'two-{i}.png', f'two-{i}-crop.png'} | {f'two-{i}-{label}.png' for label in LABELS}
    assert set(os.listdir(out)) == wanted, os.listdir(out)
    assert len(found['faces']) == 2 and list(found['faces'][0]['maps']) == LABELS
    assert Image.open(os.path.join(out, 'two.png')).size == (320, 224)
    assert Image.open(os.path.join(out, 'two-1-crop.png')).size == (48, 48)
    assert Image.open(os.path.join(out, 'two-1-happy.png')).size == (448, 448)
    assert numpy.asarray(Image.open(os.path.join(out, 'two.png'))).astype(int).std() > 0


def test_numbers_fit_together(folder):
    model, _ = toys(folder)
    _, found = explain(folder, 'a.png', face(32), '--model', model, '--faces', 'frame')
    assert found['version'] == 1 and (found['width'], found['height'], found['method']) == (32, 32, 'layercam'), found
    one = found['faces'][0]
    logits = numpy.array([one['logits'][label] for label in LABELS])
    p = numpy.exp(logits - logits.max())
    numpy.testing.assert_allclose([one['probabilities'][label] for label in LABELS], p / p.sum(), atol=1e-5)
    assert one['label'] == LABELS[int(p.argmax())] and abs(one['confidence'] - p.max() / p.sum()) < 1e-5
    for label in LABELS:
        values = numpy.array(one['maps'][label]['values'])
        assert values.min() >= 0 and abs(values.max() - one['maps'][label]['max']) < 1e-9
        numpy.testing.assert_allclose(values.sum(), one['maps'][label]['sum'], rtol=1e-5)


def test_one_class_when_one_is_wanted(folder):
    model, _ = toys(folder)
    out, found = explain(folder, 'a.png', face(32), '--model', model, '--faces', 'frame', '--class', 'sad')
    assert list(found['faces'][0]['maps']) == ['sad'] and 'a-1-sad.png' in os.listdir(out) and 'a-1-happy.png' not in os.listdir(out)
    _, found = explain(folder, 'a.png', face(32), '--model', model, '--faces', 'frame', '--class', 'predicted')
    assert list(found['faces'][0]['maps']) == [found['faces'][0]['label']]


def test_auto_takes_the_picture_where_no_face_is_found(folder):
    model, finder = toys(folder)
    black = numpy.zeros((64, 64), numpy.uint8)
    _, found = explain(folder, 'a.png', black, '--model', model, '--finder', finder)
    assert found['faces'][0]['square'] == [0, 0, 64], found
    _, found = explain(folder, 'a.png', black, '--model', model, '--finder', finder, '--faces', 'finder')
    assert found['faces'] == []


def test_means_are_those_of_the_maps(folder):
    """Each map scaled to its own most, over the faces that are read as the class, or over all for a class that is named."""
    model, _ = toys(folder)
    options = ['--model', model, '--faces', 'frame']
    paths = [save(folder, f'{seed}.png', face(32, seed)) for seed in range(4)]
    faces = [explain(folder, f'{seed}.png', face(32, seed), *options)[1]['faces'][0] for seed in range(4)]
    for choice in ([], ['--class', 'sad']):
        out = os.path.join(folder, 'mean' + ''.join(choice))
        run(EXPLAIN, *options, '--mean', *choice, '--output', out, *paths)
        assert sorted(os.listdir(out)) == ['mean.json', 'mean.png'], os.listdir(out)
        with open(os.path.join(out, 'mean.json'), encoding='utf-8') as file:
            mean = json.load(file)
        labels = ['sad'] if choice else [label for label in LABELS if any(one['label'] == label for one in faces)]
        assert mean['faces'] == 4 and list(mean['maps']) == labels, mean
        for label in labels:
            maps = [numpy.array(one['maps'][label]['values']) for one in faces if choice or one['label'] == label]
            assert mean['maps'][label]['faces'] == len(maps)
            wanted = sum(map_ / max(map_.max(), 1e-30) for map_ in maps) / len(maps)
            numpy.testing.assert_allclose(mean['maps'][label]['values'], wanted, atol=1e-5)


def test_no_mean_of_no_face(folder):
    model, finder = toys(folder)
    black = save(folder, 'a.png', numpy.zeros((64, 64), numpy.uint8))
    fails(EXPLAIN, '--model', model, '--finder', finder, '--faces', 'finder', '--mean', '--output', os.path.join(folder, 'out'), black, says=['no face'])


def test_errors(folder):
    model, _ = toys(folder)
    picture = save(folder, 'a.png', face())
    out = os.path.join(folder, 'out')
    fails(EXPLAIN, '--output', out, status=2, says=['no picture'])
    fails(EXPLAIN, picture, status=2, says=['--output'])
    fails(EXPLAIN, '--method', 'guided', '--output', out, picture, status=2, says=['guided', 'layercam'])
    fails(EXPLAIN, '--model', model, '--faces', 'frame', '--class', 'bored', '--output', out, picture, says=['bored'])
    fails(EXPLAIN, '--model', model, '--faces', 'frame', '--layer', 'nowhere', '--output', out, picture, says=['nowhere'])
    fails(EXPLAIN, '--model', model, '--faces', 'frame', '--layer', '49', '--output', out, picture, says=['49x49'])
    fails(EXPLAIN, '--model', model, '--faces', 'frame', '--output', out, os.path.join(folder, 'none.png'), says=['none.png'])
    fails(EXPLAIN, '--model', model, '--faces', 'frame', '--output', picture, picture, says=[picture])


def test_agrees_with_numpy_on_a_released_model(folder):
    """All methods and classes, at two stages of the network, to 1e-4 of each map's largest value."""
    if not os.path.exists(RELEASED):
        raise Skip('there is no models/fer7-seed.onnx')
    for seed in (1,):
        picture = face(48, seed)
        x = picture.astype(numpy.float64)
        x = (x - x.mean()) / max(x.std(), 10)
        for layer in (6, 12):
            logits, maps = cam.explain(RELEASED, x, layer)
            for method, wanted in maps.items():
                _, found = explain(folder, 'a.png', picture, '--model', RELEASED, '--faces', 'frame', '--method', method, '--layer', str(layer))
                one = found['faces'][0]
                numpy.testing.assert_allclose([one['logits'][label] for label in LABELS], logits, atol=1e-4)
                for label, map_ in zip(LABELS, wanted):
                    values = numpy.array(one['maps'][label]['values'])
                    assert values.shape == map_.shape, (values.shape, map_.shape)
                    assert abs(values - map_).max() < 1e-4 * max(map_.max(), 1e-3), (method, layer, label, abs(values - map_).max(), map_.max())


main(globals())
