#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""own.py BUILD [PAGE]: what `make bench` measures without anybody else's engine, as Markdown; BUILD/bench.md and .json hold it; PAGE, a file, gets the tables
between its marks.

Start-up, inference, layers and training of the model inside the programs and of the four networks of tests/peers/nets, and the kernel tester with
times, which runs every level that this CPU has."""
import json
import os
import subprocess
import sys

from figures import NETS, Report, fer_bench, machine, precisions, table


def say_start(build, report):
    figures = report.figures['startup'] = fer_bench(build, '--startup')
    report.say('From `main` to the first face read, model inside the program, median of 21 processes:\n')
    report.say(table(['stage', 'ms'], [[stage, f'{times["median_ms"]:.2f}'] for stage, times in figures.items()]))


def say_inference(build, report, networks):
    threads = [1, 2] if os.cpu_count() > 1 else [1]
    rows, cells = [], []
    for name, arguments in networks.items():
        for way in precisions(build, *arguments):
            row = None
            for batch in (1, 8, 64):
                for n in threads:
                    cell = fer_bench(build, *arguments, '--batch', batch, '--threads', n, '--seconds', 0.3, '--precision', way)
                    cells.append(dict(cell, model=name))
                    if row is None:
                        row = [name, way, f'{cell["mmacs"]:.0f}', f'{cell["plan_bytes"] / 1e6:.1f}', f'{cell["runner_bytes"] / 1e6:.1f}']
                    row.append(f'{cell["median_ms_per_image"]:.3f}')
            rows.append(row)
    report.figures['inference'] = cells
    report.say('Inference: milliseconds a face by batch x threads; MMAC of a direct computation; MB of the plan, and of a runner of batch 1 x 1:\n')
    report.say(table(['network', 'precision', 'MMAC', 'plan', 'runner'] + [f'{b} x {n}' for b in (1, 8, 64) for n in threads], rows))


def say_training(build, report, networks):
    rows, cells = [], []
    for name, arguments in networks.items():
        figures = [fer_bench(build, *arguments, '--train', '--threads', n, '--rounds', 3, '--seconds', 1) for n in range(1, min(2, os.cpu_count()) + 1)]
        cells += [dict(cell, model=name) for cell in figures]
        rows.append([name] + [f'{cell["images_per_second"]:.0f}' for cell in figures] + [f'{figures[-1]["resident_bytes"] / 1e6:.0f}'])
    large = fer_bench(build, '--graph', NETS['m'], '--train', '--batch', 128, '--threads', min(2, os.cpu_count()), '--rounds', 1, '--seconds', 0)
    report.figures['training'] = cells + [dict(large, model='m')]
    report.say('Training: images a second by threads, batch 64, and the most memory that the process had, MB:\n')
    report.say(table(['network \\ threads'] + [f'{cell["threads"]}' for cell in figures] + ['MB'], rows))
    report.say(f'm at batch 128: {large["resident_bytes"] / 1e6:.0f} MB resident.\n')


def say_layers(build, report, networks):
    report.figures['layers'] = {}
    for name, arguments in networks.items():
        path = os.path.join(build, 'bench-layers.json')
        text = subprocess.run([os.path.join(build, 'tools', 'fer-bench'), *arguments, '--layers', '--json', path], check=True, capture_output=True,
                              text=True).stdout
        with open(path, encoding='utf-8') as file:
            report.figures['layers'][name] = json.load(file)
        os.remove(path)
        report.say('```\n' + text + '```\n', page=False)


def say_kernels(build, report):
    report.figures['kernels'] = {}
    for name in ('kernels', 'pool', 'winograd'):
        program = os.path.join(build, 'tests', 'nn', 'test-nn-' + name)
        lines = subprocess.run([program, '--bench'], check=True, capture_output=True, text=True).stdout.splitlines()
        report.figures['kernels'][name] = [line[2:] for line in lines if line.startswith('# ') and (' us' in line or ' ms' in line)]
        report.say(f'Every level of this CPU against plain loops ({name}):\n', page=False)
        report.say('```\n' + '\n'.join(report.figures['kernels'][name]) + '\n```\n', page=False)


def main(build, page=None):
    report = Report(build, 'bench')
    report.figures['machine'] = machine(build)
    report.say(report.figures['machine'] + '\n')
    networks = {'embedded': [], **{name: ['--graph', text] for name, text in NETS.items()}}
    say_start(build, report)
    say_inference(build, report, networks)
    say_training(build, report, networks)
    say_layers(build, report, networks)
    say_kernels(build, report)
    report.save(page)


if __name__ == '__main__':
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), *sys.argv[2:])
