#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""parity.py FER-CLASSIFY TOY-MODEL PLUGIN-FOLDER: fer-classify and the element read the same probabilities in the same face, whatever the format."""
import json
import os
import sys
import tempfile

CLASSIFY, TOY, PLUGINS = sys.argv[1:4]
SCRATCH = tempfile.TemporaryDirectory()
os.environ.update(GST_PLUGIN_PATH_1_0=PLUGINS, GST_REGISTRY_1_0=os.path.join(SCRATCH.name, 'registry.bin'), GST_REGISTRY_FORK='no')

import gi  # noqa: E402
import numpy  # noqa: E402
from PIL import Image  # noqa: E402
from tap import main, run  # noqa: E402

gi.require_version('Gst', '1.0')
gi.require_version('GstVideo', '1.0')
from gi.repository import Gst, GstVideo  # noqa: E402

Gst.init(None)
WIDTH, HEIGHT = 320, 240
FORMATS = ['GRAY8', 'RGB', 'BGRx', 'I420', 'NV12', 'YUY2', 'Y444', 'P010_10LE', 'GRAY16_LE']


def picture(width=WIDTH, height=HEIGHT):
    """Grey, so that no format loses colour."""
    y, x = numpy.mgrid[0:height, 0:width]
    value = 127 + 60 * numpy.sin(0.07 * x + 0.03 * y) + 60 * numpy.cos(0.05 * y - 0.02 * x)
    return numpy.repeat(value.astype(numpy.uint8)[..., None], 3, axis=-1)


def element(model, pixels, video_format, properties, box=None):
    """Probabilities that feremotion attaches to one frame."""
    height, width = pixels.shape[:2]
    caps = f'video/x-raw,format=RGB,width={width},height={height},framerate=0/1'
    pipeline = Gst.parse_launch(f'appsrc name=src format=time caps={caps} ! videoconvert ! video/x-raw,format={video_format} ! '
                                f'feremotion {properties} ! feremotionjson ! appsink name=sink sync=false')
    next(e for e in pipeline.children if e.get_factory().get_name() == 'feremotion').set_property('model', model)
    buffer = Gst.Buffer.new_wrapped(pixels.tobytes())
    buffer.pts = 0
    if box:
        GstVideo.buffer_add_video_region_of_interest_meta(buffer, 'face', *box)
    source, sink = pipeline.get_by_name('src'), pipeline.get_by_name('sink')
    pipeline.set_state(Gst.State.PLAYING)
    source.emit('push-buffer', buffer)
    source.emit('end-of-stream')
    sample = sink.emit('try-pull-sample', 20 * Gst.SECOND)
    if sample is None:
        message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        raise AssertionError(message.parse_error() if message else 'no line came out')
    line = json.loads(sample.get_buffer().extract_dup(0, sample.get_buffer().get_size()))
    pipeline.set_state(Gst.State.NULL)
    (face,) = line['faces']
    return face


def tool(folder, model, pixels, *arguments):
    path = os.path.join(folder, 'picture.png')
    Image.fromarray(pixels).save(path)
    out, _ = run(CLASSIFY, *([] if arguments else ['--faces', 'frame']), '--json', '--model', model, *arguments, path)
    (face,) = json.loads(out)['faces']
    return face


def check(expected, got, tolerance, what):
    assert list(expected['probabilities']) == list(got['probabilities'])
    far = max(abs(expected['probabilities'][label] - got['probabilities'][label]) for label in expected['probabilities'])
    assert far <= tolerance, f'{what}: {far} apart: {expected} {got}'


def toy(folder):
    model = os.path.join(folder, 'toy.onnx')
    run(TOY, model)
    return model


def test_a_frame_is_one_face(folder):
    model = toy(folder)
    expected = tool(folder, model, picture(), '--faces', 'frame')
    for video_format in FORMATS:
        exact = video_format in ('GRAY8', 'RGB', 'BGRx')
        got = element(model, picture(), video_format, 'faces=frame')
        check(expected, got, 1e-4 if exact else 0.02, video_format)
        assert got['box'] == expected['box'] == [0, 0, WIDTH, HEIGHT]


def test_a_picture_of_the_network_s_size(folder):
    model, pixels = toy(folder), picture(48, 48)
    check(tool(folder, model, pixels), element(model, pixels, 'GRAY8', 'faces=frame'), 1e-4, '48x48')


def test_a_face_that_is_found(folder):
    """A bright square with a pattern, which the toy finder takes for a face (tests/fer/toy.h)."""
    model, finder, pixels = toy(folder), os.path.join(folder, 'finder.onnx'), numpy.zeros((HEIGHT, WIDTH, 3), numpy.uint8)
    run(TOY, finder, 'finder')
    pixels[100:134, 150:184] = 200 + picture(34, 34) // 5
    expected = tool(folder, model, pixels, '--finder', finder, '--min-quality', '0')
    for video_format in FORMATS:
        got = element(model, pixels, video_format, f'faces=finder finder-model={finder} min-quality=0')
        exact = video_format in ('GRAY8', 'RGB', 'BGRx')
        check(expected, got, 1e-3 if exact else 0.02, video_format)
        assert max(abs(a - b) for a, b in zip(expected['box'], got['box'])) < (0.01 if exact else 0.5), (video_format, expected, got)


def test_a_box_from_upstream(folder):
    model = toy(folder)
    for box in ((100, 60, 90, 120), (0, 0, 80, 80), (250, 150, 70, 90)):
        expected = tool(folder, model, picture(), '--box', ','.join(map(str, box)))
        for video_format in FORMATS:
            exact = video_format in ('GRAY8', 'RGB', 'BGRx')
            got = element(model, picture(), video_format, 'faces=upstream roi-scale=1', box)
            check(expected, got, 1e-4 if exact else 0.02, f'{video_format} {box}')
            assert got['box'] == list(box) and got['source'] == 'upstream'


main(globals())
