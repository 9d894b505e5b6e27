#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""groups_golden.py OUT.json: the figures of groups_fixture.py's people by scikit-learn, scipy and statsmodels instead of ours. Not run by the tests,
which compare fer-eval --groups with what it wrote: tests/data/groups-golden.json. Needs python3-sklearn and python3-statsmodels."""
import json
import sys

import numpy
import scipy
import sklearn
from groups_fixture import LABELS, people
from scipy.stats import binomtest, permutation_test
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, f1_score
from statsmodels.stats.multitest import multipletests

MIN_GROUP, RESAMPLES, BINS = 30, 10000, 15
NEGATIVE = [LABELS.index(name) for name in ('angry', 'disgust', 'fear', 'sad')]
NEUTRAL = LABELS.index('neutral')


class Table:
    def __init__(self, rows):
        self.sex = numpy.array([row[0] for row in rows])
        self.age = numpy.array([row[1] for row in rows])
        self.truth = numpy.array([LABELS.index(row[2]) if row[2] else -1 for row in rows])
        self.found = numpy.array([row[3] != 'none' for row in rows])
        self.read = numpy.array([row[3] == 'read' for row in rows])
        p = numpy.array([row[4] for row in rows], numpy.float32).astype(float)
        self.predicted, self.confidence = p.argmax(1), p.max(1)


def calibration_error(truth, predicted, confidence):
    which = numpy.digitize(confidence, numpy.linspace(0, 1, BINS + 1)[1:-1], right=True)
    return numpy.abs(numpy.bincount(which, (truth == predicted) - confidence)).sum() / len(truth)


def share(values):
    """[n, value, low, high]"""
    n, count = len(values), int(numpy.sum(values))
    if n < MIN_GROUP:
        return [n, None, None, None]
    interval = binomtest(count, n).proportion_ci(method='wilson')
    return [n, count / n, interval.low, interval.high]


def figures(t, of):
    """Of the people where of is true."""
    read, both = of & t.read, of & t.read & (t.truth >= 0)
    truth, predicted, n = t.truth[both], t.predicted[both], int(both.sum())
    matrix = confusion_matrix(truth, predicted, labels=range(7))
    out = {
        'detection': share(t.found[of]),
        'refusal': share(~t.read[of & t.found]),
        'negative': share(numpy.isin(t.predicted[read], NEGATIVE)),
        'accuracy': share(truth == predicted),
        'negative_on_neutral': share(numpy.isin(predicted[truth == NEUTRAL], NEGATIVE)),
        'balanced_accuracy': [n, balanced_accuracy_score(truth, predicted)],
        'macro_f1': [n, f1_score(truth, predicted, average='macro')],
        'calibration_error': [n, calibration_error(truth, predicted, t.confidence[both])],
        'confusion': matrix.tolist(),
    }
    assert abs(out['accuracy'][1] - accuracy_score(truth, predicted)) < 1e-12
    for c, label in enumerate(LABELS):
        out[f'tpr {label}'] = share(predicted[truth == c] == c)
        out[f'fpr {label}'] = share(predicted[truth != c] == c)
        out[f'predicted {label}'] = share(t.predicted[read] == c)
    return out


def gaps_of(groups):
    """Highest less lowest over the groups, of every figure that two of them have."""
    out = {}
    for key in groups[0]:
        values = [group[key][1] for group in groups if key != 'confusion' and group[key][1] is not None]
        if len(values) > 1:
            out[key] = max(values) - min(values)
    for label in LABELS:
        if f'tpr {label}' in out and f'fpr {label}' in out:
            out[f'odds {label}'] = max(out[f'tpr {label}'], out[f'fpr {label}'])
    for name, kind in (('equal_opportunity', 'tpr'), ('equalised_odds', 'odds'), ('demographic_parity', 'predicted')):
        out[name] = max(value for key, value in out.items() if key.startswith(kind + ' '))
    return out


def quick_gaps(t, groups, keys):
    """The gaps named keys for many resamples: groups is a list of index arrays of labelled faces that were read."""
    counts = [numpy.bincount(t.truth[g] * 7 + t.predicted[g], minlength=49).reshape(7, 7) for g in groups]
    out, tpr, fpr = {}, {}, {}
    for key in keys:
        kind, _, label = key.partition(' ')
        c = LABELS.index(label) if label else -1
        if key == 'accuracy':
            values = [numpy.trace(m) / m.sum() for m in counts]
        elif key == 'macro_f1':
            values = [numpy.mean([2 * m[k][k] / (m[k].sum() + m[:, k].sum()) for k in range(7) if m[k].sum() + m[:, k].sum()]) for m in counts]
        elif key == 'balanced_accuracy':
            values = [numpy.mean([m[k][k] / m[k].sum() for k in range(7) if m[k].sum()]) for m in counts]
        elif key == 'negative_on_neutral':
            values = [m[NEUTRAL][NEGATIVE].sum() / m[NEUTRAL].sum() for m in counts if m[NEUTRAL].sum() >= MIN_GROUP]
        elif key == 'calibration_error':
            values = [calibration_error(t.truth[g], t.predicted[g], t.confidence[g]) for g in groups]
        elif kind == 'tpr':
            values = [m[c][c] / m[c].sum() for m in counts if m[c].sum() >= MIN_GROUP]
        elif kind == 'fpr':
            values = [(m[:, c].sum() - m[c][c]) / (m.sum() - m[c].sum()) for m in counts]
        else:
            continue
        out[key] = max(values) - min(values)
        if kind in ('tpr', 'fpr'):
            (tpr if kind == 'tpr' else fpr)[label] = out[key]
    out['equal_opportunity'] = max(tpr.values())
    out['equalised_odds'] = max(max(tpr[label], fpr[label]) for label in tpr)
    return out


def resampled(t, members, observed):
    """Bootstrap within group and label, permutation within label, of the gaps that compare with labels."""
    random = numpy.random.default_rng(5)
    kinds = ('accuracy', 'balanced_accuracy', 'macro_f1', 'calibration_error', 'negative_on_neutral', 'tpr', 'fpr')
    keys = [key for key in observed if key.split(' ')[0] in kinds]
    labelled = [m[t.read[m] & (t.truth[m] >= 0)] for m in members]
    strata = [[m[t.truth[m] == c] for c in range(7)] for m in labelled]
    everybody = numpy.concatenate(labelled)
    by_label = [everybody[t.truth[everybody] == c] for c in range(7)]
    sizes = [[int((t.truth[m] == c).sum()) for m in labelled] for c in range(7)]
    drawn, dealt = [], []
    for i in range(RESAMPLES):
        groups = [numpy.concatenate([s[random.integers(0, len(s), len(s))] for s in stratum if len(s)]) for stratum in strata]
        drawn.append(quick_gaps(t, groups, keys))
        cuts = [numpy.split(random.permutation(of), numpy.cumsum(size)[:-1]) for of, size in zip(by_label, sizes)]
        dealt.append(quick_gaps(t, [numpy.concatenate([cut[g] for cut in cuts]) for g in range(len(labelled))], keys))
    out = {}
    for key in dealt[0]:
        null, boot = numpy.array([gaps[key] for gaps in dealt]), numpy.array([gaps[key] for gaps in drawn])
        out[key] = {'expected': null.mean(), 'sd': null.std(), 'p': (1 + (null >= observed[key] - 1e-12).sum()) / (1 + RESAMPLES),
                    'ci': numpy.percentile(boot, [2.5, 97.5]).tolist()}
    return out


def among_all(t, members, observed):
    """The same for what needs no label, by scipy."""
    def gap(*samples):
        means = [numpy.mean(sample) for sample in samples]
        return max(means) - min(means)
    values = {
        'detection': [t.found[m].astype(float) for m in members],
        'refusal': [(~t.read[m[t.found[m]]]).astype(float) for m in members],
        'negative': [numpy.isin(t.predicted[m[t.read[m]]], NEGATIVE).astype(float) for m in members],
        **{f'predicted {label}': [(t.predicted[m[t.read[m]]] == c).astype(float) for m in members] for c, label in enumerate(LABELS)},
    }
    out = {}
    for key, samples in values.items():
        test = permutation_test(samples, gap, permutation_type='independent', alternative='greater', n_resamples=RESAMPLES, random_state=7)
        assert abs(test.statistic - observed[key]) < 1e-12
        out[key] = {'expected': test.null_distribution.mean(), 'sd': test.null_distribution.std(), 'p': test.pvalue}
    return out


def main():
    t, out = Table(people()), {'made_with': {'sklearn': sklearn.__version__, 'scipy': scipy.__version__, 'numpy': numpy.__version__}, 'by': {}}
    both = numpy.array([f'{s} & {a}' if s else '' for s, a in zip(t.sex, t.age)])
    for name, column in (('sex', t.sex), ('age', t.age), ('sex & age', both)):
        names = sorted(g for g in set(column) if g and (column == g).sum() >= MIN_GROUP)
        groups = [figures(t, column == g) for g in names]
        members, observed = [numpy.flatnonzero(column == g) for g in names], gaps_of(groups)
        out['by'][name] = {'groups': dict(zip(names, groups)), 'gaps': observed,
                           'tests': {**resampled(t, members, observed), **among_all(t, members, observed)}}
    p = [0.01, 0.04, 0.03, 0.005, 0.5, 0.02]
    out['holm'] = {'p': p, 'adjusted': multipletests(p, method='holm')[1].tolist()}
    with open(sys.argv[1], 'w', encoding='ascii') as file:
        json.dump(json.loads(json.dumps(out), parse_float=lambda x: round(float(x), 10)), file, separators=(',', ':'))
        file.write('\n')


main()
