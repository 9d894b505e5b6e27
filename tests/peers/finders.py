#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds faces with this project's finder and with others in the same pictures, and prints the tables of docs/evaluation.md.

    tests/peers/finders.py [--model FILE] [--data FOLDER] [--peers FOLDER] [--ours | --times]

--data holds bench/, bench.csv, train/, train.csv, negatives/ (../shared/data/faces), --peers yunet_n_320_320.onnx, yunet_n_640_640.onnx and
ultraface_rfb_320.onnx (../shared/peers). `fer-eval --task faces --write` shows every finder the same pictures, upright, turned and in less light, at
640 and at 320 pixels; what each finds is scored by `fer-eval --detections`. YuNet and UltraFace run in ONNX Runtime (finders.mjs), OpenCV's Haar
cascade in python3-opencv (haar.py; without that package it is left out). Times are medians of one thread over the upright pictures of bench, one
finder after the other (`chrt -r 30 make bench-faces ARGS=--times` for a machine that others use). --ours asks this project's finder alone again,
beside what BUILD/bench-faces.json has of the others, --times none. Result: BUILD/bench-faces.md and .json. Environment: ORT=FOLDER names an
installed package onnxruntime-node.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), 'bench'))
from figures import SOURCE, Report, machine, table  # noqa: E402
from speed import find_ort  # noqa: E402

THRESHOLDS = {'yunet': 0.6, 'ultraface': 0.7, 'haar': 0.5}  # what their own examples ask for; 0.5: min-neighbors 5
OURS = 'feremotion'
NAMES = {'yunet_n_640_640': 'YuNet-n', 'yunet_n_320_320': 'YuNet-n', 'ultraface_rfb_320': 'UltraFace RFB-320', 'haar': 'OpenCV, Haar'}
SETS = {'bench': ['--images', 'bench', '--boxes', 'bench.csv'],
        'held out': ['--images', 'train', '--boxes', 'train.csv', '--negatives', 'negatives', '--held-out',
                     '--views', 'plain,turned-15,turned-30,turned-45']}


class Bench:
    def __init__(self, options):
        self.tool = os.path.join(options.build, 'tools', 'fer-eval')
        self.options, self.folder = options, os.path.join(options.build, 'peers-faces')
        os.makedirs(self.folder, exist_ok=True)
        self.env = dict(os.environ, ORT=find_ort(options.build)[0])

    def arguments(self, pictures, size):
        named = [os.path.join(self.options.data, word) if before in ('--images', '--boxes', '--negatives') else word
                 for before, word in zip([''] + SETS[pictures], SETS[pictures])]
        return [self.tool, '--task', 'faces', '--size', str(size), *named]

    def figures(self, pictures, size, *extra):
        done = subprocess.run([*self.arguments(pictures, size), '--json', '-', *extra], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr.strip())
        return json.loads(done.stdout)

    def ours(self, pictures, size, *extra):
        return {'finder': OURS, 'at': size, **self.figures(pictures, size, *(['--model', self.options.model] if self.options.model else []), *extra)}

    def programs(self, size, haar):
        """Command lines of the others."""
        models = [f'yunet_n_{size}_{size}.onnx'] + (['ultraface_rfb_320.onnx'] if size == 320 else [])
        yield ['node', os.path.join(HERE, 'finders.mjs'), self.folder, *(os.path.join(self.options.peers, model) for model in models)]
        if haar and subprocess.run(['/usr/bin/python3', '-c', 'import cv2'], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            yield [os.path.join(HERE, 'haar.py'), os.path.join(self.folder, 'haar.csv')]

    def ask(self, program, arguments):
        """Pictures through another program; its median times by name."""
        writer = subprocess.Popen([*arguments, '--write', '-'], stdout=subprocess.PIPE)
        done = subprocess.run(program, stdin=writer.stdout, stdout=subprocess.PIPE, text=True, env=self.env, check=False)
        writer.stdout.close()
        if writer.wait() or done.returncode:
            sys.exit(f'{shlex.join(program)} ended with status {done.returncode}, fer-eval with {writer.returncode}')
        return json.loads(done.stdout)

    def others(self, pictures, size):
        for program in self.programs(size, (pictures, size) == HAAR):
            for name in self.ask(program, self.arguments(pictures, size)):
                threshold = str(THRESHOLDS[name.split('_')[0]])
                found = os.path.join(self.folder, name + '.csv')
                yield {'finder': NAMES[name], 'at': size, **self.figures(pictures, size, '--detections', found, '--threshold', threshold)}

    def find(self, report):
        """{pictures: [row, ...]}, saved as it comes."""
        for pictures in SETS:
            before, report.figures[pictures] = report.figures.get(pictures, []), []
            for size in (640, 320):
                report.figures[pictures].append(self.ours(pictures, size))
                others = [row for row in before if row['at'] == size and row['finder'] != OURS]
                for row in others if self.options.ours else self.others(pictures, size):
                    report.figures[pictures].append(row)
                    report.save_figures()

    def time(self, rows):
        """Upright pictures of bench, one finder after the other."""
        for size in (640, 320):
            plain = [*self.arguments('bench', size), '--views', 'plain']
            times = {OURS: self.ours('bench', size, '--views', 'plain')['ms_per_image']}
            for program in self.programs(size, size == HAAR[1]):
                times.update({NAMES[name]: ms for name, ms in self.ask(program, plain).items()})
            for row in rows:
                if row['at'] == size:
                    row['ms_per_image'] = times.get(row['finder'], row['ms_per_image'])


HAAR = ('bench', 320)  # it takes seven times as long as YuNet


def number(value, digits, scale=1):
    return '' if value is None else f'{scale * value:.{digits}f}'


def show(report, rows, views, more):
    """more: heads and what is under them in a row, [(head, function), ...]."""
    heads = ['finder', 'longer side, px', 'AP@0.4', 'AP@0.5', *views, *(head for head, _ in more)]
    cells = [[row['finder'], row['at'], number(row['ap40'], 3), number(row['ap50'], 3),
              *(number(row['views'][view]['recall_40px'], 3) for view in views), *(value(row) for _, value in more)] for row in rows]
    report.say(table(heads, cells))


TURNED = ['plain', 'turned-15', 'turned-30', 'turned-45']
DARK = ['light-1/4', 'light-1/16', 'light-1/64']
BENCH = [('recall, all', lambda row: number(row['recall'], 3)), ('false a picture', lambda row: number(row['false_positives_per_image'], 3)),
         ('ms', lambda row: number(row['ms_per_image'], 1))]
HELD_OUT = [('false per 100', lambda row: number(row['negatives']['all']['per_100'], 1)),
            ('on animals-hard', lambda row: number(row['negatives']['animals-hard']['per_100'], 1)),
            ('eyes off, %', lambda row: number(row['point_error']['eyes']['mean'], 1, 100))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', default=os.path.join(SOURCE, 'build'))
    parser.add_argument('--model', help='a finder instead of the one inside fer-eval')
    parser.add_argument('--data', default=os.path.join(SOURCE, '..', 'shared', 'data', 'faces'))
    parser.add_argument('--peers', default=os.path.join(SOURCE, '..', 'shared', 'peers'))
    parser.add_argument('--ours', action='store_true', help='only this finder again')
    parser.add_argument('--times', action='store_true', help='only the times again')
    parser.add_argument('--page', help='write the tables between its marks as well')
    options = parser.parse_args()
    bench, report = Bench(options), Report(options.build, 'bench-faces')
    report.say(f'{machine(options.build)}; times of one thread, medians.\n')
    if options.ours or options.times:
        with open(os.path.join(options.build, 'bench-faces.json'), encoding='utf-8') as file:
            report.figures = json.load(file)
    if not options.times:
        bench.find(report)
    results = report.figures
    bench.time(results['bench'])
    first, second = results['bench'][0], results['held out'][0]
    report.say(f'bench: {first["n_images"]} colour pictures, {first["n_faces"]} faces; recall of those of 40 px and more by view\n')
    show(report, results['bench'], TURNED + DARK, BENCH)
    report.say(f'held out: {second["n_images"]} grey pictures, {second["n_faces"]} faces, and {second["negatives"]["all"]["n"]} without any\n')
    show(report, results['held out'], TURNED, HELD_OUT)
    report.save(options.page)


main()
