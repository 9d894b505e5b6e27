#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures how the boxes of GStreamer's facedetect (OpenCV's haarcascade_frontalface_default) map to the reference boxes.

    tests/peers/boxes.py FOLDER CSV        pictures, and a CSV with columns file,x,y,w,h: one reference box a picture

A face counts when both found it (centres nearer than a third of the side). Prints medians and quartiles of
    scale = max (w, h) / side,  dx, dy = (centre of reference - centre of facedetect) / side
which fer_box_map_facedetect in nn/fer/box.c holds. Needs gstreamer1.0-opencv, opencv-data, python3-gi, python3-pil.
"""
import csv
import statistics
import sys

import gi
from PIL import Image

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402


class Finder:
    """facedetect fed picture by picture; its element messages hold the boxes."""

    def __init__(self):
        self.pipeline = Gst.parse_launch('appsrc name=src format=time ! facedetect display=false name=find ! fakesink sync=false async=false')
        self.source = self.pipeline.get_by_name('src')
        self.bus = self.pipeline.get_bus()
        self.pipeline.set_state(Gst.State.PLAYING)
        self.count = 0

    def boxes(self, picture):
        width, height = picture.size[0] & ~3, picture.size[1]  # rows of RGB without padding
        caps = Gst.Caps.from_string(f'video/x-raw,format=RGB,width={width},height={height},framerate=0/1')
        buffer = Gst.Buffer.new_wrapped(picture.crop((0, 0, width, height)).tobytes())
        buffer.pts = self.count * Gst.SECOND
        self.count += 1
        self.source.emit('push-sample', Gst.Sample.new(buffer, caps, None, None))
        message = self.bus.timed_pop_filtered(20 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
        if message is None or message.type == Gst.MessageType.ERROR:
            sys.exit(f'facedetect: {message.parse_error() if message else "no answer"}')
        _, array = message.get_structure().get_list('faces')
        faces = [array.get_nth(i) for i in range(array.n_values)]
        return [tuple(face.get_value(key) for key in ('x', 'y', 'width', 'height')) for face in faces]

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


def nearest(found, x, y):
    return min(found, key=lambda box: abs(box[0] + box[2] / 2 - x) + abs(box[1] + box[3] / 2 - y), default=None)


def main(folder, table):
    Gst.init(None)
    finder = Finder()
    scales, dxs, dys, missed = [], [], [], 0
    with open(table, encoding='utf-8') as file:
        for row in csv.DictReader(file):
            x, y, w, h = (float(row[key]) for key in 'xywh')
            centre_x, centre_y = x + w / 2, y + h / 2
            box = nearest(finder.boxes(Image.open(f'{folder}/{row["file"]}').convert('RGB')), centre_x, centre_y)
            if box is None or max(abs(box[0] + box[2] / 2 - centre_x), abs(box[1] + box[3] / 2 - centre_y)) > box[2] / 3:
                missed += 1
                continue
            scales.append(max(w, h) / box[2])
            dxs.append((centre_x - box[0] - box[2] / 2) / box[2])
            dys.append((centre_y - box[1] - box[3] / 2) / box[2])
    finder.close()
    print(f'{len(scales)} faces found by both, {missed} by the reference alone')
    for name, values in (('scale', scales), ('dx', dxs), ('dy', dys)):
        low, median, high = statistics.quantiles(values, n=4)
        print(f'{name:5} median {median:+.4f}   quartiles {low:+.4f} {high:+.4f}')


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
