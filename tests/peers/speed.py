#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs and trains the same networks with fer-bench and with others, by turns, and prints the tables of docs/performance.md.

    tests/peers/speed.py [options] [FILE.onnx...]       without files: the four networks of tests/peers/nets, random weights

Inference is compared with ONNX Runtime on the same file, training with PyTorch on the same operators (channels_last, Adam, batch 64; bf16 autocast as well
from 2.1 on). The two are measured one after the other, round by round, whoever was first being second in the next; a ratio is the median of the
rounds' own ratios. Result: BUILD/bench-peers.md and .json.

The peers are installed where they are missing: onnxruntime-node by npm into BUILD/peers, PyTorch as Debian 13's python3-torch into a Debian of its own
in build-torch/ (root, debootstrap), else whatever torch /usr/bin/python3 has. Environment: ORT=FOLDER names an installed package onnxruntime-node,
TORCH_DEBIAN=FOLDER a Debian that has python3-torch and python3-onnx.
"""
import argparse
import base64
import json
import os
import shlex
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), 'bench'))
from figures import NETS, SOURCE, Report, fer_bench, machine, precisions, table  # noqa: E402

OWN_SETTINGS = ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE')  # of this machine, not of the peer: they slow it down


# ---- peers ---------------------------------------------------------------------------------------------------------------------

class Peer:
    """A program that answers a line of JSON with a line of JSON; its first line says its version."""

    def __init__(self, command, env=None):
        clean = {key: value for key, value in dict(os.environ, **(env or {})).items() if key not in OWN_SETTINGS}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean)
        self.facts = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f'{shlex.join(self.process.args)[:60]} ended with status {self.process.wait()}')
        answer = json.loads(line)
        if 'error' in answer:
            sys.exit(answer['error'])
        return answer

    def ask(self, **job):
        self.process.stdin.write(json.dumps(job) + '\n')
        self.process.stdin.flush()
        return self.read()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def find_ort(build):
    """Folder and version of the package onnxruntime-node, which is installed where it is missing."""
    package = os.environ.get('ORT')
    if not package:
        folder = os.path.join(build, 'peers')
        package = os.path.join(folder, 'node_modules', 'onnxruntime-node')
        if not os.path.isdir(package):
            os.makedirs(folder, exist_ok=True)
            subprocess.run(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, 'onnxruntime-node'], check=True,
                           stdout=sys.stderr)
    with open(os.path.join(package, 'package.json'), encoding='utf-8') as file:
        return os.path.abspath(package), json.load(file)['version']


def start_ort(build):
    package, version = find_ort(build)
    peer = Peer(['node', os.path.join(HERE, 'ort.mjs')], {'ORT': package})
    peer.name = f'ONNX Runtime {version}'
    return peer


def make_debian(folder):
    """Debian 13 with PyTorch, once."""
    done = os.path.join(folder, '.complete')
    if not os.path.exists(done):
        subprocess.run([os.path.join(SOURCE, 'scripts', 'deps.sh'), 'trixie'], check=True, stdout=sys.stderr)
        subprocess.run(['debootstrap', '--variant=minbase', '--include=python3-torch,python3-onnx', 'trixie', folder]
                       + ([os.environ['MIRROR']] if os.environ.get('MIRROR') else []), check=True, stdout=sys.stderr)
        open(done, 'w', encoding='ascii').close()


def start_torch():
    with open(os.path.join(HERE, 'torch_steps.py'), encoding='utf-8') as file:
        program = file.read()
    folder = os.environ.get('TORCH_DEBIAN')
    if not folder and os.getuid() == 0:
        folder = os.path.join(SOURCE, 'build-torch')
        make_debian(folder)
    if folder:
        # A mount of /proc that ends with the program: PyTorch reads there what the processor can do.
        inside = 'mount -t proc proc "$0/proc" && exec chroot "$0" /usr/bin/python3 -c "$1"'
        command = ['unshare', '--mount', 'sh', '-c', inside, folder, program]
    else:
        command = ['/usr/bin/python3', '-c', program]
    peer = Peer(command)
    peer.name = f'PyTorch {peer.facts["version"]}'
    return peer


# ---- networks ------------------------------------------------------------------------------------------------------------------

def make_networks(build, files):
    """{name: path of an ONNX file}: those named, or ours."""
    if files:
        return {os.path.splitext(os.path.basename(path))[0]: os.path.abspath(path) for path in files}
    folder = os.path.join(build, 'peers')
    os.makedirs(folder, exist_ok=True)
    subprocess.run(['ninja', '-C', build, 'tests/peers/net'], check=True, stdout=subprocess.DEVNULL)
    for name, text in NETS.items():
        subprocess.run([os.path.join(build, 'tests', 'peers', 'net'), text, os.path.join(folder, name + '.onnx')], check=True)
    return {name: os.path.join(folder, name + '.onnx') for name in NETS}


# ---- rounds --------------------------------------------------------------------------------------------------------------------

def take_turns(contestants, rounds):
    """{name: [figure of each round]} of {name: function}: all of them in each round, the order turned round by round."""
    figures = {name: [] for name in contestants}
    names = list(contestants)
    for i in range(rounds):
        for name in names if i % 2 == 0 else reversed(names):
            figures[name].append(contestants[name]())
    return figures


def median_ratio(ours, theirs):
    return statistics.median(a / b for a, b in zip(ours, theirs))


def infer(args, ort, networks, report):
    ways = precisions(args.build, '--model', next(iter(networks.values())))
    heads = ['network', 'batch', 'threads', ort.name] + [part for way in ways for part in (way, 'ratio')]
    rows, cells = [], []
    for name, path in networks.items():
        for batch in args.batch:
            for threads in args.threads:
                limits = {'rounds': 3, 'seconds': args.seconds}
                contestants = {'ort': lambda: ort.ask(model=path, batch=batch, threads=threads, **limits)['median_ms_per_image']}
                for way in ways:
                    options = ['--model', path, '--batch', batch, '--threads', threads, '--rounds', 3, '--seconds', args.seconds]
                    options += ['--precision', way]
                    contestants[way] = lambda options=options: fer_bench(args.build, *options)['median_ms_per_image']
                figures = take_turns(contestants, args.rounds)
                row = [name, batch, threads, f'{statistics.median(figures["ort"]):.3f}']
                cell = {'network': name, 'batch': batch, 'threads': threads, 'rounds_ms': figures, 'ratio': {}}
                for way in list(contestants)[1:]:
                    cell['ratio'][way] = median_ratio(figures[way], figures['ort'])
                    row += [f'{statistics.median(figures[way]):.3f}', f'{cell["ratio"][way]:.2f}']
                rows.append(row)
                cells.append(cell)
                print(table(heads, [row]).splitlines()[-1], file=sys.stderr, flush=True)
    report.figures['inference'] = cells
    report.say(f'Inference: milliseconds a face, and our time over that of {ort.name} (less than 1: faster); median of {args.rounds} paired rounds.\n')
    report.say(table(heads, rows))


def train(args, torch, networks, report):
    modes = ['fp32'] + (['bf16'] if tuple(map(int, torch.facts['version'].split('.')[:2])) >= (2, 1) and not args.no_bf16 else [])
    heads = ['network'] + [f'{torch.name} {mode}' for mode in modes] + ['fer-bench'] + [f'ratio to {mode}' for mode in modes]
    clean = {key: value for key, value in os.environ.items() if key not in OWN_SETTINGS}
    rows, cells = [], []
    threads = max(args.threads)
    for name, path in networks.items():
        with open(path, 'rb') as file:
            onnx = base64.b64encode(file.read()).decode('ascii')
        contestants = {}
        for mode in modes:
            slow = mode == 'bf16' and not torch.facts['bf16']  # emulated: seconds a step
            job = {'name': name, 'onnx': onnx, 'batch': 64, 'threads': threads, 'mode': mode, 'rounds': 1 if slow else 3, 'seconds': 0}
            contestants[mode] = lambda job=job: torch.ask(**job)['images_per_second']
        options = ['--model', path, '--train', '--threads', threads, '--rounds', 3, '--seconds', 0.5]
        contestants['ours'] = lambda options=options: fer_bench(args.build, *options, env=clean)['images_per_second']
        figures = take_turns(contestants, args.rounds)
        ratios = {mode: median_ratio(figures['ours'], figures[mode]) for mode in modes}
        cells.append({'network': name, 'batch': 64, 'threads': threads, 'rounds_images_per_second': figures, 'ratio': ratios})
        rows.append([name] + [f'{statistics.median(figures[key]):.0f}' for key in modes + ['ours']] + [f'{ratios[mode]:.2f}' for mode in modes])
        print(table(heads, rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    report.figures['training'] = cells
    emulated = '' if torch.facts['bf16'] or 'bf16' not in modes else ' This processor has no bf16 of its own.'
    report.say(f'Training: images a second, batch 64, {threads} threads, and our speed over that of {torch.name} (more than 1: faster); median of '
               f'{args.rounds} paired rounds.{emulated}\n')
    report.say(table(heads, rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('files', nargs='*', metavar='FILE.onnx')
    parser.add_argument('--build', default=os.path.join(SOURCE, 'build'), help='release build (build)')
    parser.add_argument('--rounds', type=int, default=5, help='paired rounds (5)')
    parser.add_argument('--seconds', type=float, default=0.2, help='of a measurement of inference, at least (0.2)')
    parser.add_argument('--batch', type=int, nargs='+', default=[1, 8, 64], help='batch sizes of inference (1 8 64)')
    parser.add_argument('--threads', type=int, nargs='+', default=[1, 2] if os.cpu_count() > 1 else [1], help='threads (1 2); training: the most')
    parser.add_argument('--only', choices=('inference', 'training'), help='leave the other out')
    parser.add_argument('--no-bf16', action='store_true', help='leave PyTorch\'s bf16 out: minutes where the processor has none')
    parser.add_argument('--page', help='file that gets the tables between its marks')
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    report = Report(args.build, 'bench-peers')
    networks = make_networks(args.build, args.files)
    report.figures['machine'] = machine(args.build)
    report.say(report.figures['machine'] + '\n')
    for part, start, measure in (('inference', lambda: start_ort(args.build), infer), ('training', start_torch, train)):
        if args.only in (None, part):
            peer = start()
            report.figures[part + '_peer'] = peer.name
            measure(args, peer, networks, report)
            peer.end()
    report.save(args.page)


if __name__ == '__main__':
    main()
