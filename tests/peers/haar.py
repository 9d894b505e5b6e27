#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Faces by OpenCV's Haar cascade: haar.py OUT.csv reads pictures as `fer-eval --task faces --write -` writes them; `fer-eval --detections` scores it.

The score is n / (n + 5) of the n windows that agree on a face: 0.5 is what OpenCV's examples ask for (min-neighbors 5). Boxes are mapped to the
reference convention as the element does it (fer_box_map_facedetect). Prints {"haar": median ms on one thread}. Needs python3-opencv, opencv-data.
"""
import json
import statistics
import sys
import time

import cv2
import numpy

CASCADE = '/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml'
SCALE, DY = 1.183, 0.037  # fer_box_map_facedetect in nn/fer/box.c


def pictures(stream):
    while stream.readline():  # P6
        view, file = stream.readline().decode()[2:-1].split(' ', 1)
        w, h = map(int, stream.readline().split())
        stream.readline()  # 255
        yield view, file, numpy.frombuffer(stream.read(3 * w * h), numpy.uint8).reshape(h, w, 3)


def main(path):
    cv2.setNumThreads(1)
    cascade, times = cv2.CascadeClassifier(CASCADE), []
    with open(path, 'w', encoding='utf-8') as out:
        out.write('view,file,x,y,w,h,score\n')
        for view, file, rgb in pictures(sys.stdin.buffer):
            start = time.perf_counter()
            boxes, counts = cascade.detectMultiScale2(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), 1.1, 1)
            times.append(1000 * (time.perf_counter() - start))
            for (x, y, w, h), n in zip(boxes, counts):
                side = SCALE * w
                box = (x + w / 2 - side / 2, y + h * (0.5 + DY) - side / 2, side, side)
                print(view, file, *(f'{number:.2f}' for number in box), f'{n / (n + 5):.6f}', sep=',', file=out)
    print(json.dumps({'haar': statistics.median(times)}))


main(*sys.argv[1:])
