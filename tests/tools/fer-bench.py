#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-bench.py FER-BENCH TOY-MODEL: that the figures are there and hang together; how large they are is nobody's promise."""
import json
import os
import sys

from tap import fails, main, run

BENCH, TOY = sys.argv[1:3]
QUICK = ('--seconds', '0.01', '--rounds', '3')
NET = 'input 12 12 3\nconv 8 3x3 / bn / relu / maxpool 2x2\nconv 8 3x3 / bn / relu / gap / dense 5\n'
NET_MACS = 12 * 12 * 8 * 9 * 3 + 6 * 6 * 8 * 9 * 8 + 5 * 8


def figures(*arguments):
    out, _ = run(BENCH, *QUICK, '--json', '-', *arguments)
    return json.loads(out)


def toy(folder, *arguments):
    path = os.path.join(folder, 'toy.onnx')
    run(TOY, path, *arguments)
    return path


def net(folder, text=NET):
    path = os.path.join(folder, 'net.txt')
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)
    return path


def check_times(f):
    assert 0 < f['min_ms_per_image'] <= f['median_ms_per_image'] < 1000, f
    assert f['runs'] >= 3, f


def test_runs_a_model(folder):
    f = figures('--model', toy(folder), '--batch', 3)
    check_times(f)
    assert (f['model'], f['batch'], f['threads']) == ('toy', 3, 1)
    assert (f['height'], f['width'], f['channels']) == (48, 48, 1)
    macs = 48 * 48 * 6 * 9 + 12 * 12 * 8 * 6 * 9 + 7 * 8 * 9
    assert abs(f['mmacs'] - macs / 1e6) < 1e-9, f
    assert abs(f['gflops'] * f['median_ms_per_image'] * 1e6 / (2 * macs) - 1) < 1e-6, f
    assert f['plan_bytes'] > 0 and f['runner_bytes'] >= 48 * 48 * 6 * 4, f


def test_shares_a_batch_among_threads(folder):
    f = figures('--model', toy(folder), '--batch', 16, '--threads', 2)
    check_times(f)
    assert f['threads'] == 2 and f['runner_bytes'] > figures('--model', toy(folder), '--batch', 16)['runner_bytes'], f


def test_takes_the_level_that_is_asked_for(folder):
    out, _ = run(BENCH, *QUICK, '--json', '-', '--model', toy(folder), env=dict(os.environ, NN_CPU='ref'))
    assert json.loads(out)['cpu'] == 'ref'


def test_takes_the_precision_that_is_asked_for(folder):
    wide = toy(folder, 'wide')
    full, exact = (figures('--model', wide, '--precision', precision, '--layers') for precision in ('full', 'exact'))
    assert (full['precision'], exact['precision']) == ('full', 'exact')
    assert [layer['kernel'] for layer in exact['layers'] if layer['op'].startswith('conv')] == ['direct', 'direct'], exact
    assert any('Winograd' in layer['kernel'] for layer in full['layers']), full
    fast = figures('--model', wide, '--precision', 'fast', '--layers')
    assert fast['precision'] == 'fast' and any(layer['kernel'].startswith('int16') for layer in fast['layers']), fast


def test_runs_a_foreign_model(folder):
    assert figures('--model', toy(folder, 'foreign'))['height'] == 48


def test_runs_a_graph_of_any_channels_and_size(folder):
    f = figures('--graph', net(folder))
    assert (f['model'], f['height'], f['width'], f['channels']) == ('net', 12, 12, 3)
    assert abs(f['mmacs'] - NET_MACS / 1e6) < 1e-9, f


def test_trains(folder):
    f = figures('--graph', net(folder), '--train', '--threads', 2, '--batch', 11)
    check_times(f)
    assert (f['batch'], f['threads']) == (11, 2)
    assert abs(f['images_per_second'] * f['median_ms_per_image'] / 1000 - 1) < 1e-6, f
    assert f['tape_bytes'] > 11 * 12 * 12 * 8 * 4 and f['resident_bytes'] > 1e6, f
    assert figures('--graph', net(folder), '--train')['batch'] == 64


def test_training_learns(folder):
    """More steps, less loss: the steps are real ones."""
    few, many = (figures('--graph', net(folder), '--train', '--batch', 8, '--rounds', n)['loss'] for n in (3, 300))
    assert 0 < many < few / 2, (few, many)


def test_layers_add_up(folder):
    f = figures('--graph', net(folder), '--layers', '--batch', 10)
    layers = f['layers']
    assert [layer['op'] for layer in layers] == ['conv 3x3 +relu', 'max_pool 2x2/2', 'conv 3x3 +relu', 'global_avg_pool', 'dense'], layers
    assert [(layer['height'], layer['width'], layer['channels']) for layer in layers[:2]] == [(12, 12, 8), (6, 6, 8)], layers
    assert abs(sum(layer['share'] for layer in layers) - 1) < 1e-9 and f['peak_gflops'] > 1
    macs = sum(layer['gflops'] * layer['us'] * 1e3 / 2 for layer in layers)
    assert abs(macs / NET_MACS - 1) < 1e-6, (macs, NET_MACS)
    out, _ = run(BENCH, *QUICK, '--graph', net(folder), '--layers')
    assert 'global_avg_pool' in out and max(map(len, out.splitlines()[3:])) <= 100, out


def test_measures_the_start(folder):
    out, _ = run(BENCH, '--startup', '--rounds', 3, '--json', '-')
    f = json.loads(out)
    stages = [f[name]['median_ms'] for name in ('options', 'parse', 'plan', 'runner', 'run')]
    assert all(time > 0 for time in stages) and f['total']['min_ms'] >= max(f[name]['min_ms'] for name in f if name != 'total'), f


def test_prints_the_same_for_people(folder):
    path = os.path.join(folder, 'figures.json')
    out, _ = run(BENCH, *QUICK, '--model', toy(folder), '--json', path)
    with open(path, encoding='utf-8') as file:
        f = json.load(file)
    assert f'{f["median_ms_per_image"]:.4f} ms' in out and f'kernels {f["cpu"]}' in out and 'runner' in out, out


def test_any_size_is_rows_and_columns(folder):
    path = net(folder, 'input any any 1\nconv 4 3x3 stride 2 as a output\nrelu / conv 3 1x1 output\n')
    for arguments in ((), ('--train', '--batch', 2)):
        f = figures('--graph', path, '--size', '20x36', *arguments)
        assert (f['height'], f['width']) == (20, 36), f


def test_usage_errors(folder):
    path = toy(folder)
    for arguments, words in ((('x',), ['x']), (('--model', path, '--graph', path), ['contradict']), (('--train', '--startup'), ['contradict']),
                             (('--layers', '--threads', 2), ['--layers']),
                             (('--size', '48y64'), ['48y64', '48x64']), (('--size', 0), ['--size 0']), (('--size', '48x-2'), ['48x-2']),
                             (('--batch', -1), ['--batch']), (('--threads', 0), ['--threads']), (('--rounds', -2), ['--rounds']),
                             (('--precision', 'half'), ['half', 'exact']), (('--train', '--precision', 'full'), ['--train']),
                             (('--startup', '--model', path), ['embedded'])):
        fails(BENCH, *arguments, status=2, says=words)


def test_what_cannot_run_is_named(folder):
    fails(BENCH, '--model', os.path.join(folder, 'no.onnx'), says=['no.onnx'])
    fails(BENCH, '--graph', os.path.join(folder, 'no.txt'), says=['no.txt'])
    fails(BENCH, '--graph', net(folder, 'input 8 8 1\nconv x\n'), says=['net.txt', 'line 2'])
    fails(BENCH, '--model', toy(folder), '--size', 47, says=['47'])
    _, err = run(BENCH, '--model', toy(folder), '--json', os.path.join(folder, 'no', 'x.json'), *QUICK, status=1)
    assert 'x.json' in err, err


main(globals())
