#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-train-faces.py FER-TRAIN DRAWN-CSV: fer-train --task faces on pictures that are made here, its files, its interruptions and its errors."""
import csv
import json
import os
import subprocess
import sys

import numpy
import onnx
import onnx.numpy_helper
from PIL import Image
from tap import fails, main, run

TRAIN, DRAWN_CSV = sys.argv[1:3]
SMALL = '''input any any 1
conv 8 3x3 stride 2 pad 1 / bn / relu
conv 8 3x3 stride 2 pad 1 / bn / relu
conv 16 3x3 stride 2 pad 1 / bn / relu / conv 15 1x1 bias as a output
conv 16 3x3 stride 2 pad 1 / bn / relu / conv 15 1x1 bias as b output
conv 16 3x3 stride 2 pad 1 / bn / relu / conv 15 1x1 bias as c output
'''
HEADER = 'file,x,y,w,h,ignore,by\n'


def picture(path, random, square=None):
    """Noise with stripes, and a bright square with two dark ones in it where a face is to be."""
    pixels = 90 + 60 * numpy.sin(numpy.add.outer(numpy.arange(120), numpy.arange(160)) / random.uniform(3, 12)) + random.normal(0, 5, (120, 160))
    if square:
        x, y, side = square
        pixels[y:y + side, x:x + side] = 230
        for eye in (side // 5, 3 * side // 5):
            pixels[y + side // 4:y + side // 2, x + eye:x + eye + side // 5] = 20
    Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8)).save(path)


def prepare(folder, faces=40, empty=8):
    """Pictures in two folders, boxes, drawn faces to be pasted; returns the options that every training here has."""
    random = numpy.random.default_rng(1)
    images, negatives, text = (os.path.join(folder, name) for name in ('images', 'negatives', 'small.txt'))
    os.mkdir(images)
    os.mkdir(negatives)
    with open(os.path.join(folder, 'boxes.csv'), 'w', encoding='ascii') as file:
        file.write(HEADER)
        for i in range(faces):
            x, y, side = (int(n) for n in random.integers((5, 5, 20), (80, 50, 60)))
            picture(os.path.join(images, f'x_{i}.png'), random, (x, y, side))
            file.write(f'x_{i}.png,{x},{y},{side},{side},0,nobody\n')
    for i in range(empty):
        picture(os.path.join(negatives, f'{i}.png'), random)
    with open(text, 'w', encoding='ascii') as file:
        file.write(SMALL)
    with open(os.path.join(folder, 'cutouts.csv'), 'w', encoding='ascii') as file:
        file.write(run(DRAWN_CSV)[0])
    return ['--task', 'faces', '--data', os.path.join(folder, 'boxes.csv'), '--images', images, '--negatives', negatives,
            '--cutouts', os.path.join(folder, 'cutouts.csv'), '--architecture', text, '--batch', '8', '--set', 'height=96', '--set', 'width=96',
            '--set', 'ema=0.9']


def output(folder, name='net.onnx'):
    return os.path.join(folder, name)


def test_trains_and_says_where_the_model_comes_from(folder):
    said, _ = run(TRAIN, *prepare(folder), '--epochs', 2, '--output', output(folder))
    assert 'pictures with faces and' in said and 'held out' in said and 'epoch  2/2' in said and 'IoU' in said, said
    model = onnx.load(output(folder))
    onnx.checker.check_model(model)
    metas = {entry.key: entry.value for entry in model.metadata_props}
    assert metas['fer.task'] == 'faces' and json.loads(metas['fer.input']) == {'color': 'gray', 'mean': 128, 'sd': 64}
    trained = json.loads(metas['fer.trained'])
    assert trained['pictures'] + trained['held_out'] == 48 and trained['held_out'] > 0
    assert 0 <= trained['held_out_ap40'] <= 1 and ';mosaic=0.35;' in trained['recipe'] and ';smoothing=' not in trained['recipe']
    assert [value.name for value in model.graph.output] == ['a', 'b', 'c']
    with open(output(folder, 'net.csv'), encoding='ascii') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 and float(rows[1]['train_iou']) > 0 and rows[1]['held_out_loss'] == '' and 0 <= float(rows[1]['ema_ap40']) <= 1
    assert os.path.exists(output(folder, 'net.svg')) and not os.path.exists(output(folder, 'net.ckpt'))


def test_sources_choose_pictures(folder):
    options = prepare(folder)
    _, err = run(TRAIN, *options, '--sources', 'y,z', '--epochs', 1, '--output', output(folder), status=1)
    assert '0 with faces (0 to be found)' in err, err


def test_resumes(folder):
    options = prepare(folder) + ['--epochs', '400', '--output', output(folder)]
    with subprocess.Popen([TRAIN, *options], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith('epoch'):
                process.terminate()
        process.wait()
    assert process.returncode == 130
    _, err = run(TRAIN, *options, '--resume', '--set', 'mosaic=0.25', status=1)
    assert 'net.ckpt: the recipe differs: "mosaic=0.25" here, "mosaic=0.35" there' in err, err
    picture(os.path.join(folder, 'images', 'x_0.png'), numpy.random.default_rng(5))
    _, err = run(TRAIN, *options, '--resume', status=1)
    assert 'net.ckpt: the data differ' in err, err


def test_begins_with_a_model(folder):
    options = prepare(folder) + ['--epochs', 1, '--set', 'final_rate=0', '--set', 'rate=1e-12', '--set', 'ema=0']
    run(TRAIN, *options, '--output', output(folder, 'a.onnx'))
    run(TRAIN, *options, '--seed', 2, '--init', output(folder, 'a.onnx'), '--half', '--output', output(folder, 'b.onnx'))
    models = [onnx.load(output(folder, name)) for name in ('a.onnx', 'b.onnx')]
    kernels = [[onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer if len(tensor.dims) == 4] for model in models]
    assert len(kernels[0]) == 8 and all(a.dtype == numpy.float32 and b.dtype == numpy.float16 for a, b in zip(*kernels))
    assert all(numpy.allclose(a, b, rtol=1e-3, atol=1e-6) for a, b in zip(*kernels))
    assert json.loads({entry.key: entry.value for entry in models[1].metadata_props}['fer.trained'])['init'] == 'a.onnx'
    with open(os.path.join(folder, 'small.txt'), 'w', encoding='ascii') as file:
        file.write(SMALL.replace('conv 8', 'conv 4', 1))
    fails(TRAIN, *options, '--init', output(folder, 'a.onnx'), '--output', output(folder, 'c.onnx'), says=['a.onnx: node 1 is conv', '72 weights', '36'])


def test_usage_errors(folder):
    options = ['--task', 'faces', '--data', 'boxes.csv', '--images', 'images', '--preset', 'finder', '--output', output(folder)]
    for more, says in [(['--task', 'tree'], 'tree'), (['--votes', 'votes.csv'], '--votes'), (['--blend', '0.3'], '--blend'), (['--no-private-test'], '--no-private-test'), (['--seeds', '2'], '--seeds'), (['--preset', 'seed'], 'seed'),
                       (['--set', 'smoothing=0.1'], 'smoothing'), (['--set', 'smallest=300'], 'smallest')]:
        fails(TRAIN, *options, *more, status=2, says=[says])
    fails(TRAIN, *options[:4], *options[6:], status=2, says=['--images'])
    fails(TRAIN, '--data', 'faces.csv', '--preset', 'seed', '--negatives', 'folder', '--output', output(folder), status=2, says=['--negatives'])


def test_errors_name_the_file(folder):
    options = prepare(folder) + ['--output', output(folder)]
    with open(os.path.join(folder, 'boxes.csv'), 'a', encoding='ascii') as file:
        file.write('none.png,1,2,3,4,0,nobody\n')
    fails(TRAIN, *options, says=['images/none.png'])
    with open(os.path.join(folder, 'boxes.csv'), 'a', encoding='ascii') as file:
        file.write('none.png,1,2,3\n')
    fails(TRAIN, *options, says=['boxes.csv', 'line 43', '4 columns'])
    fails(TRAIN, *options, '--negatives', os.path.join(folder, 'nowhere'), says=['boxes.csv'])
    assert not os.path.exists(output(folder))


if __name__ == '__main__':
    main(dict(globals()))
