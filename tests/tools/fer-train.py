#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fer-train.py FER-TRAIN DRAWN-CSV FER-EVAL: a training from the command line, its files, its interruptions and its errors."""
import csv
import json
import os
import pty
import random
import re
import signal
import subprocess
import sys

import numpy
import onnx
from onnx import numpy_helper
from tap import Skip, fails, main, run

TRAIN, DRAWN_CSV, EVAL = sys.argv[1:4]
INFO = os.path.join(os.path.dirname(EVAL), 'fer-info')
SMALL = 'input 48 48 1\nconv 8 5x5 stride 3 / bn / relu / maxpool 2x2 / dropout 0.1\nflatten / dense 7 / softmax\n'


def prepare(folder, architecture=SMALL):
    """Drawn faces and an architecture file in folder; returns the options that every training here has."""
    table, text = os.path.join(folder, 'faces.csv'), os.path.join(folder, 'small.txt')
    with open(table, 'w', encoding='ascii') as file:
        file.write(run(DRAWN_CSV)[0])
    with open(text, 'w', encoding='ascii') as file:
        file.write(architecture)
    return ['--data', table, '--architecture', text, '--batch', '8', '--set', 'ema=0.9']


def output(folder, name='net.onnx'):
    return os.path.join(folder, name)


def rows(path):
    with open(path, encoding='ascii') as file:
        return [{key: value for key, value in row.items() if key != 'seconds'} for row in csv.DictReader(file)]


def weights(path):
    return [numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer]


def same(folder, a, b):
    """Trainings a and b: equal weights and logs, to the last bit and digit."""
    one, other = weights(output(folder, a + '.onnx')), weights(output(folder, b + '.onnx'))
    assert len(one) == len(other) > 0
    assert all(numpy.array_equal(x, y) for x, y in zip(one, other)), 'weights differ'
    assert rows(output(folder, a + '.csv')) == rows(output(folder, b + '.csv')), 'logs differ'


def test_trains_and_says_where_the_model_comes_from(folder):
    options = prepare(folder)
    said, _ = run(TRAIN, *options, '--epochs', 3, '--seed', 5, '--output', output(folder))
    assert len(re.findall(r'^epoch +\d/3  loss [\d.]+  accuracy [\d.]+ %  PublicTest [\d.]+ % \(averaged weights [\d.]+ %\)', said, re.M)) == 3, said
    assert said.count('PrivateTest:') == 1 and '7 rows), read once' in said, said
    model = onnx.load(output(folder))
    onnx.checker.check_model(model)
    metas = {entry.key: entry.value for entry in model.metadata_props}
    assert metas['fer.version'] == '1' and metas['fer.task'] == 'expression'
    trained = json.loads(metas['fer.trained'])
    assert trained['seed'] == 5 and trained['epochs'] == 3 and trained['data'] == 'faces.csv' and trained['data_rows'] == 28
    assert trained['recipe'].startswith('architecture=input 48 48 1 / conv 8 5x5 stride 3 / bn') and ';batch=8;' in trained['recipe']
    assert trained['PrivateTest']['n'] == 7 and trained['PrivateTest']['low'] <= trained['PrivateTest']['accuracy'] <= trained['PrivateTest']['high']
    best = [row for row in rows(output(folder, 'net.csv')) if row['best'] == '1'][-1]
    assert int(best['epoch']) == trained['best_epoch']
    assert abs(float(best['ema_accuracy']) - trained['PublicTest']['accuracy']) < 1e-6
    assert [row['epoch'] for row in rows(output(folder, 'net.csv'))] == ['1', '2', '3']
    assert not os.path.exists(output(folder, 'net.ckpt')), 'a finished training needs no checkpoint'


def test_curves_need_gnuplot_and_nothing_else_does(folder):
    options = prepare(folder) + ['--epochs', '1']
    bare = dict(os.environ, PATH=folder)
    said, _ = run(TRAIN, *options, '--output', output(folder, 'a.onnx'), env=bare)
    assert said.count('gnuplot is not installed') == 1 and not os.path.exists(output(folder, 'a.svg'))
    assert len(rows(output(folder, 'a.csv'))) == 1
    for ending, start in ('svg', b'<?xml'), ('png', b'\x89PNG'):
        run(TRAIN, *options, '--output', output(folder, 'b.onnx'), '--plot', output(folder, 'b.' + ending))
        with open(output(folder, 'b.' + ending), 'rb') as file:
            assert file.read(5).startswith(start[:5])


def test_threads_do_not_matter(folder):
    options = prepare(folder) + ['--epochs', '2']
    run(TRAIN, *options, '--threads', 1, '--output', output(folder, 'one.onnx'))
    run(TRAIN, *options, '--threads', 4, '--output', output(folder, 'four.onnx'))
    same(folder, 'one', 'four')


TWO_HEADS = ('input any any 1\nconv 8 5x5 stride 3 / bn / relu / gap as features\ndense 7 / softmax as label output\n'
             'from features / dense 8 / softmax as votes output\n')


def draw_votes(folder, options):
    """Votes for the faces of options: seven for what the label says, three for neutral; returns the file's name."""
    column = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral']
    header = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'contempt', 'unknown', 'NF']
    with open(options[1], encoding='ascii') as table, open(output(folder, 'votes.csv'), 'w', encoding='ascii') as file:
        print('Usage,Image name,' + ','.join(header), file=file)
        for row in csv.DictReader(table):
            votes = dict.fromkeys(header, 0)
            votes[column[int(row['emotion'])]] += 7
            votes['neutral'] += 3
            print(f"{row['Usage']},," + ','.join(str(votes[name]) for name in header), file=file)
    return output(folder, 'votes.csv')


def dense(path):
    """Matrix and bias of the last dense layer."""
    tensors = weights(path)
    return next(t for t in tensors[::-1] if t.ndim == 2), next(t for t in tensors[::-1] if t.ndim == 1)


def trained(folder, name):
    return json.loads({e.key: e.value for e in onnx.load(output(folder, name)).metadata_props}['fer.trained'])


def test_one_training_gives_a_model_for_each_head(folder):
    options = prepare(folder, TWO_HEADS)
    options += ['--votes', draw_votes(folder, options), '--epochs', 2, '--set', 'crop=44', '--checkpoint', output(folder, 'net.ckpt')]
    run(TRAIN, *options, '--head', 'both', '--keep-checkpoint', '--output', output(folder, 'both.onnx'))
    for head, more in ('label', []), ('votes', []), ('blend', ['--blend', 0.3]), ('blend', ['--blend', 0.3, '--prior', 'surprise=2', '--prior', 'fear=0.5']):
        name = head + ('-prior' if len(more) > 2 else '')
        said, _ = run(TRAIN, *options, '--resume', '--keep-checkpoint', '--head', head, *more, '--log', output(folder, 'both.csv'), '--output',
                      output(folder, name + '.onnx'))
        assert 'PublicTest: ' in said and said.count('read once') == 1, said
    (lw, lb), (vw, vb) = dense(output(folder, 'label.onnx')), dense(output(folder, 'votes.onnx'))
    assert lw.shape[0] == 7 and vw.shape[0] == 8
    order = [4, 5, 6, 1, 3, 2, 0]  # of FER-2013's classes among FER+'s
    bw, bb = dense(output(folder, 'blend.onnx'))
    assert numpy.allclose(bw, 0.7 * lw + 0.3 * vw[order], atol=1e-6) and numpy.allclose(bb, 0.7 * lb + 0.3 * vb[order], atol=1e-6)
    pw, pb = dense(output(folder, 'blend-prior.onnx'))
    assert numpy.array_equal(pw, bw) and numpy.allclose(pb - bb, numpy.log([1, 1, 0.5, 1, 1, 2, 1]), atol=1e-5)
    assert trained(folder, 'blend-prior.onnx')['prior'] == {'surprise': 2, 'fear': 0.5} and trained(folder, 'blend.onnx')['prior'] == {}
    metas = {entry.key: entry.value for entry in onnx.load(output(folder, 'votes.onnx')).metadata_props}
    assert json.loads(metas['fer.labels'])[7] == 'contempt' and json.loads(metas['fer.trained'])['head'] == 'votes'
    assert len(onnx.load(output(folder, 'both.onnx')).graph.output) == 2


def test_calibrates_as_fer_eval_does(folder):
    options = prepare(folder, TWO_HEADS)
    votes = ['--votes', draw_votes(folder, options)]
    options += [*votes, '--epochs', 2, '--set', 'crop=44', '--checkpoint', output(folder, 'net.ckpt'), '--log', output(folder, 'net.csv')]
    run(TRAIN, *options, '--head', 'both', '--keep-checkpoint', '--output', output(folder, 'both.onnx'))
    for head, of_votes in ('label', []), ('votes', votes):
        plain, ours, evals = (output(folder, f'{head}-{name}.onnx') for name in ('plain', 'ours', 'evals'))
        again = [*options, '--resume', '--keep-checkpoint', '--half', '--head', head]
        run(TRAIN, *again, '--output', plain)
        said, _ = run(TRAIN, *again, '--calibrate', '--output', ours)
        run(EVAL, '--data', options[1], *of_votes, '--split', 'PublicTest', '--model', plain, '--calibrate', evals)
        one, other = (trained(folder, f'{head}-{name}.onnx') for name in ('ours', 'evals'))
        temperature = one['calibration'].pop('temperature')
        assert abs(temperature / other['calibration'].pop('temperature') - 1) < 1e-3 and abs(temperature - 1) > 0.01, (one, other)
        assert one['calibration'] == other['calibration'] and f'divided by {temperature:.3f}' in said, (one, other, said)
        assert all(numpy.allclose(a, b, rtol=2e-3) for a, b in zip(dense(ours), dense(evals)))
    fails(TRAIN, *options, '--head', 'both', '--calibrate', '--output', output(folder), status=2, says=['--head both'])


def test_a_card_gives_the_command_of_a_preset(folder):
    table = prepare(folder)[1]
    card, whole = output(folder, 'card.md'), output(folder, 'whole.onnx')
    run(TRAIN, '--data', table, '--preset', 'seed', '--epochs', 1, '--output', output(folder))
    short = trained(folder, 'net.onnx')
    complete = re.sub(r'\bepochs=[^;]+', 'epochs=55', re.sub(r'\bstep_epochs=[^;]+', 'step_epochs=20', short['recipe']))
    complete = dict(short, recipe=complete)  # as 55 epochs, which would take a minute, leave it
    other = dict(complete, recipe=re.sub(r'\brate=0.001\b', 'rate=0.002', complete['recipe']))
    named = dict(complete, data='fer2013 $(date).csv')
    deduped = dict(complete, dedupe=True)
    for said, line in ((complete, '```\nfer-train --data faces.csv --preset seed --seed 1 --output whole.onnx\n'), (short, None), (other, None), (deduped, None),
                       (named, "```\nfer-train --data 'fer2013 $(date).csv' --preset seed")):
        run(INFO, '--set', 'fer.trained=' + json.dumps(said), output(folder), whole)
        run(EVAL, '--data', table, '--split', 'PublicTest', '--model', whole, '--card', card)
        with open(card, encoding='utf-8') as file:
            text = file.read()
        assert (line in text if line else 'fer-train --data' not in text), text
        assert '```\ninput 48 48 1\nconv 16 3x3 / bn' in text and '| seed | 1 |' in text and ' rate=' in text, text


def test_several_seeds_give_their_mean_and_the_best(folder):
    options = prepare(folder) + ['--epochs', 2, '--seed', 4, '--seeds', 3, '--output', output(folder)]
    said, _ = run(TRAIN, *options)
    figures = [trained(folder, f'net-{seed}.onnx') for seed in (4, 5, 6)]
    assert [f['seed'] for f in figures] == [4, 5, 6]
    public, private = ([f[split]['accuracy'] for f in figures] for split in ('PublicTest', 'PrivateTest'))
    for split, values in ('PublicTest', public), ('PrivateTest', private):
        line = f'{split}: mean of 3 seeds {100 * numpy.mean(values):.2f} %, standard deviation {100 * numpy.std(values, ddof=1):.2f}'
        assert line in said, (line, said)
    with open(output(folder), 'rb') as one, open(output(folder, f'net-{4 + public.index(max(public))}.onnx'), 'rb') as other:
        assert one.read() == other.read()
    again, _ = run(TRAIN, *options, '--resume')  # nothing is left to do
    assert 'epoch' not in again and again.splitlines()[0] in said
    fails(TRAIN, *options, '--resume', '--rate', '0.002', says=['net-4.onnx', 'the recipe differs: "rate=0.002" here'])
    for more, says in (['--dedupe'], 'dedupe is true here, not given there'), (['--limit-train', 20], 'limit_train is 20 here'), (['--half'], 'half is true here'), \
            (['--prior', 'sad=2'], 'prior is {"sad":2.0} here, {} there'), (['--calibrate'], 'not calibrated'):
        fails(TRAIN, *options, '--resume', *more, says=['net-4.onnx', says])
    os.remove(output(folder, 'net-5.onnx'))
    again, _ = run(TRAIN, *options, '--resume')
    assert again.count('epoch  2/2') == 1 or again.count('epoch 2/2') == 1 or again.count('/2  loss') == 2, again


def test_a_preset_trains_its_teachers_first(folder):
    table = prepare(folder)[1]
    options = ['--data', table, '--votes', draw_votes(folder, ['--data', table]), '--epochs', 1, '--batch', 8, '--no-private-test']
    run(TRAIN, *options, '--preset', 'ferplus-s', '--output', output(folder))
    teacher, pupil = trained(folder, 'net-teacher-1.onnx'), trained(folder, 'net.onnx')
    assert [teacher['seed'], trained(folder, 'net-teacher-2.onnx')['seed']] == [1, 2]
    assert 'calibration' in pupil and 'calibration' not in teacher
    assert all(any(t.data_type == onnx.TensorProto.FLOAT16 for t in onnx.load(output(folder, name)).graph.initializer) for name in ('net.onnx', 'net-teacher-1.onnx'))
    assert teacher['head'] == 'both' and pupil['head'] == 'votes' and pupil['teachers'] == ['net-teacher-1.onnx', 'net-teacher-2.onnx']
    run(TRAIN, *options, '--preset', 's', '--distill', output(folder, 'net-teacher-1.onnx'), '--distill', output(folder, 'net-teacher-2.onnx'), '--output',
        output(folder, 's.onnx'))
    assert rows(output(folder, 's.csv')) == rows(output(folder, 'net.csv')), 'one training, two heads'


def test_a_stopped_teacher_does_not_stop_its_pupil(folder):
    options = prepare(folder)
    options += ['--votes', draw_votes(folder, options), '--preset', 's', '--epochs', 200, '--batch', 8, '--no-private-test']
    with open(options[3], 'w', encoding='ascii') as file:
        file.write(TWO_HEADS)
    with subprocess.Popen([TRAIN, *map(str, options), '--output', output(folder)], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith('epoch'):
                process.send_signal(signal.SIGTERM)
        process.wait()
    assert process.returncode == 130 and os.path.exists(output(folder, 'net-teacher-1.ckpt')) and not os.path.exists(output(folder, 'net.ckpt'))
    _, err = run(TRAIN, *options, '--output', output(folder), status=1)
    assert 'net-teacher-1.ckpt exists' in err, err
    os.remove(output(folder, 'net-teacher-1.ckpt'))
    options[options.index('--epochs') + 1] = 1
    run(TRAIN, *options, '--output', output(folder))
    teacher, pupil = trained(folder, 'net-teacher-1.onnx'), trained(folder, 'net.onnx')
    assert 'conv 8 5x5 stride 3' in pupil['recipe'] and 'conv 8 5x5 stride 3' not in teacher['recipe'], 'the network is the pupil\'s alone'
    os.remove(output(folder))  # as if it had been stopped after the teacher
    run(TRAIN, *options, '--resume', '--output', output(folder))
    assert trained(folder, 'net.onnx')['teachers'] == ['net-teacher-1.onnx', 'net-teacher-2.onnx']
    said, _ = run(TRAIN, *options, '--resume', '--output', output(folder))
    assert not said, 'nothing is left to do'
    options[options.index('s')] = 'default'
    fails(TRAIN, *options, '--resume', '--output', output(folder), says=['net.onnx', 'head is "blend" here, "label" there'])


def test_heads_are_checked_before_the_training(folder):
    options = prepare(folder) + ['--epochs', 100000, '--output', output(folder)]
    for more, says in (('--head', 'votes'), 'no head of 8 classes'), (('--head', 'blend'), 'no head of 8 classes'):
        fails(TRAIN, *options, *more, says=[says])
    options = prepare(folder, TWO_HEADS) + ['--epochs', 100000, '--output', output(folder)]
    fails(TRAIN, *options, '--votes', draw_votes(folder, options), '--head', 'votes', '--prior', 'sad=2', says=['no head of 7 classes'])
    fails(TRAIN, *prepare(folder, 'input 48 48 1\nconv 7 3x3 / gap / softmax\n'), '--epochs', 100000, '--calibrate', '--output', output(folder),
          says=['dense layer'])


def test_a_teacher_changes_what_is_learned_and_the_data_hash(folder):
    options = prepare(folder) + ['--epochs', 1, '--no-private-test']
    run(TRAIN, *options, '--output', output(folder, 'teacher.onnx'))
    fails(TRAIN, *options, '--distill', output(folder, 'teacher.onnx'), '--output', output(folder, 'pupil.onnx'), says=['distill is 0'])
    said, _ = run(TRAIN, *options, '--distill', output(folder, 'teacher.onnx'), '--set', 'distill=0.5', '--output', output(folder, 'pupil.onnx'))
    assert 'PrivateTest: left unread' in said
    alone, taught = trained(folder, 'teacher.onnx'), trained(folder, 'pupil.onnx')
    assert taught['teachers'] == ['teacher.onnx'] and alone['data_hash'] != taught['data_hash'] and 'PrivateTest' not in taught
    assert rows(output(folder, 'teacher.csv')) != rows(output(folder, 'pupil.csv'))
    distill = [*options, '--set', 'distill=0.5', '--output', output(folder, 'other.onnx'), '--distill']
    fails(TRAIN, *distill, output(folder, 'teacher.onnx'), '--set', 'per_image=0', says=['teacher.onnx', 'one by one'])
    for what, says in (('fer.labels=["disgust","angry","fear","happy","sad","surprise","neutral"]', 'in their order'),
                       ('fer.input={"color":"gray","size":48,"mean":100,"sd":50}', 'one by one')):
        run(INFO, '--set', what, output(folder, 'teacher.onnx'), output(folder, 'strange.onnx'))
        fails(TRAIN, *distill, output(folder, 'strange.onnx'), says=['strange.onnx', says])


def test_dedupe_leaves_out_what_a_test_set_has(folder):
    options = prepare(folder) + ['--epochs', 1]
    with open(options[1], encoding='ascii') as file:
        lines = file.read().splitlines()
    private = next(i for i, line in enumerate(lines) if line.endswith('PrivateTest'))
    lines[3] = lines[private].replace('PrivateTest', 'Training')
    with open(options[1], 'w', encoding='ascii') as file:
        file.write('\n'.join(lines) + '\n')
    for more, n in ([], 28), (['--dedupe'], 27):
        said, _ = run(TRAIN, *options, *more, '--output', output(folder))
        assert f': {n} Training' in said, said


def interrupt(folder, options, name, how, patience):
    """Starts or resumes training name and sends it the signal after patience seconds; True when it got to its end before."""
    resume = ['--resume'] if os.path.exists(output(folder, name + '.ckpt')) else []
    if not resume and os.path.exists(output(folder, name + '.csv')):
        os.remove(output(folder, name + '.csv'))
    with subprocess.Popen([TRAIN, *options, *resume, '--output', output(folder, name + '.onnx')], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.send_signal(how)
            said, _ = process.communicate(timeout=120)
    early = process.returncode == -how and not said  # before main could ask for the signal
    assert early or process.returncode in (0, 130 if how != signal.SIGKILL else -9), said
    assert early or how == signal.SIGKILL or process.returncode == 0 or os.path.exists(output(folder, name + '.ckpt')), said
    return process.returncode == 0


def interrupted(folder, how, seed, options):
    dice = random.Random(seed)
    run(TRAIN, *options, '--output', output(folder, 'whole.onnx'))
    tries, patience = 0, 0.15
    while not interrupt(folder, options, 'parts', how, patience * dice.uniform(0.5, 1.5)):
        tries += 1
        patience *= 1.15
        assert tries < 60
    print(f'# {tries} interruptions', flush=True)
    assert tries > 0
    same(folder, 'whole', 'parts')


def test_ctrl_c_saves_and_resuming_changes_no_bit(folder):
    interrupted(folder, signal.SIGINT, 1, prepare(folder) + ['--epochs', '60', '--threads', '2'])


def test_nor_does_being_killed(folder):
    interrupted(folder, signal.SIGKILL, 2, prepare(folder) + ['--epochs', '60', '--threads', '2'])


def test_heads_teachers_and_mixtures_go_on_as_well(folder):
    options = prepare(folder, TWO_HEADS)
    options += ['--votes', draw_votes(folder, options), '--set', 'crop=40', '--set', 'votes=0.5', '--class-balance', 'sqrt']
    run(TRAIN, *options, '--epochs', '1', '--head', 'both', '--output', output(folder, 'teacher.onnx'))
    more = ['--distill', output(folder, 'teacher.onnx'), '--set', 'distill=0.5', '--set', 'views=3', '--set', 'mixup=0.2']
    interrupted(folder, signal.SIGINT, 3, options + more + ['--epochs', '40', '--soft-labels', '0.3', '--threads', '2'])


def stopped(folder, options):
    """A training that was stopped after its first epoch."""
    with subprocess.Popen([TRAIN, *options, '--output', output(folder)], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith('epoch'):
                process.send_signal(signal.SIGTERM)
        process.wait()
    assert process.returncode == 130


def test_a_checkpoint_is_neither_lost_nor_mixed_up(folder):
    options = prepare(folder) + ['--epochs', '2000']
    stopped(folder, options)
    fails(TRAIN, *options, '--output', output(folder), says=['net.ckpt exists', '--resume'])
    said, err = run(TRAIN, *options, '--resume', '--rate', '0.002', '--output', output(folder), status=1)
    assert 'net.ckpt: the recipe differs: "rate=' in err, err
    _, err = run(TRAIN, *options, '--resume', '--limit-train', '20', '--output', output(folder), status=1)
    assert 'net.ckpt: the data differ' in err, err
    with open(output(folder, 'net.csv'), 'w', encoding='ascii'):
        pass
    _, err = run(TRAIN, *options, '--resume', '--output', output(folder), status=1)
    assert 'net.csv has 0 bytes' in err, err
    with open(output(folder, 'net.ckpt'), 'r+b') as file:
        file.truncate(1000)
    _, err = run(TRAIN, *options, '--resume', '--output', output(folder), status=1)
    assert 'net.ckpt' in err and len(err.splitlines()) == 1, err
    assert not os.path.exists(output(folder))


def test_nothing_is_written_over_what_is_read(folder):
    options = prepare(folder) + ['--epochs', 1]
    with open(options[1], encoding='ascii') as file:
        before = file.read()
    os.link(options[1], output(folder, 'same.csv'))
    for more, says in (['--output', output(folder, 'faces.onnx')], ['faces.csv (--log) is --data as well']), \
            (['--output', output(folder), '--log', output(folder, 'same.csv')], ['same.csv (--log) is --data']), \
            (['--output', output(folder), '--checkpoint', options[3]], ['small.txt (--checkpoint) is --architecture']), \
            (['--output', output(folder), '--plot', output(folder, 'a.svg'), '--log', output(folder, 'a.svg')], ['a.svg (--plot) is --log']):
        fails(TRAIN, *options, *more, says=says)
    with open(options[1], encoding='ascii') as file:
        assert file.read() == before
    assert sorted(os.listdir(folder)) == ['faces.csv', 'same.csv', 'small.txt']


def test_usage_errors(folder):
    options = prepare(folder) + ['--output', output(folder)]
    for more, says in [(['--colour', 'red'], 'colour'), (['more'], 'more'), (['--preset', 'tree'], 'tree'), (['--epochs', '-1'], 'epochs'),
                       (['--epochs', '0'], 'epochs'), (['--limit-train', '0'], '--limit-train'), (['--threads', '-1'], '--threads'),
                       (['--set', 'rate'], 'KEY=VALUE'), (['--set', 'colour=1'], 'colour'), (['--rate', 'fast'], 'rate'), (['--batch', '1'], 'batch'),
                       (['--plot', 'curves.pdf'], '.svg or .png'), (['--log', '-'], 'name of a file'), (['--soft-labels', '2'], 'soft_labels'), (['--head', 'tail'], '--head'), (['--blend', '2'], '--blend'), (['--blend', '0.3'], '--head blend'), (['--prior', 'glee=2'], 'glee'), (['--prior', 'sad=0'], '100 times'), (['--seed', '-1'], 'seed')]:
        fails(TRAIN, *options, *more, status=2, says=[says])
    fails(TRAIN, *options[2:], status=2, says=['--data'])
    fails(TRAIN, *options[:-2], status=2, says=['--output'])
    fails(TRAIN, '--data', 'x', '--output', 'y', status=2, says=['--preset'])
    fails(TRAIN, '--data', 'x', '--preset', 's', '--output', 'y', status=2, says=['--votes is missing', '--preset s'])
    fails(TRAIN, *options, '--seeds', 2, '--log', output(folder, 'one.csv'), status=2, says=['--seeds', '--log'])
    fails(TRAIN, *options[:2], '--votes', 'z', '--preset', 's', '--output', '-', status=2, says=['--preset s', '--distill'])
    assert sorted(os.listdir(folder)) == ['faces.csv', 'small.txt']


def test_errors_name_the_file_and_leave_nothing(folder):
    options = prepare(folder)
    table, text = options[1], options[3]
    fails(TRAIN, '--data', output(folder, 'none.csv'), *options[2:], '--output', output(folder), says=['none.csv'])
    fails(TRAIN, *options, '--output', output(folder, 'none/net.onnx'), says=['none/net.onnx'])
    with open(text, 'w', encoding='ascii') as file:
        file.write('input 48 48 1\nconv eight 3x3\n')
    fails(TRAIN, *options, '--output', output(folder), says=['small.txt', 'line 2', 'eight'])
    with open(text, 'w', encoding='ascii') as file:
        file.write('input 48 48 1\nflatten / dense 6 / softmax\n')
    fails(TRAIN, *options, '--output', output(folder), says=['small.txt', '1x1x7'])
    with open(table, 'a', encoding='ascii') as file:
        file.write('3,1 2 3,Training\n')
    fails(TRAIN, *options, '--output', output(folder), says=['faces.csv', 'line 44'])
    assert sorted(os.listdir(folder)) == ['faces.csv', 'small.txt']


def test_output_may_be_a_pipe(folder):
    done = subprocess.run([TRAIN, *prepare(folder), '--epochs', '1', '--output', '-'], capture_output=True, timeout=120, check=True)
    onnx.checker.check_model(onnx.load_model_from_string(done.stdout))
    assert b'epoch  1/1' in done.stderr
    assert sorted(os.listdir(folder)) == ['faces.csv', 'small.txt']


def test_the_bar_is_for_terminals(folder):
    options = prepare(folder) + ['--epochs', '3', '--output', output(folder)]
    try:
        ours, theirs = pty.openpty()
    except OSError as why:  # a chroot without /dev/pts
        raise Skip(f'no terminal to be had: {why}') from why
    with subprocess.Popen([TRAIN, *options], stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b''
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how Linux says that the other side is closed
            pass
        said = process.stdout.read()
    os.close(ours)
    assert b'epoch 1/3 [' in shown and b'images/s' in shown and b' left' in shown, shown
    assert b'images/s' not in said and said.count(b'\nepoch') == 3, said


def test_help_names_every_option(folder):
    said, _ = run(TRAIN, '--help')
    for option in ('--data', '--preset', '--architecture', '--output', '--epochs', '--resume', '--votes', '--limit-train', 'momentum', 'rotation'):
        assert option in said, option


if __name__ == '__main__':
    main(dict(globals()))
