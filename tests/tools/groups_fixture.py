# SPDX-License-Identifier: MIT
"""People that never were, with declared groups, labels, and what a model might have said of them: what tests of fer-eval --groups are run on."""
import os

import numpy

LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']
N = 1200


def people():
    """(sex, age, label, face, probabilities) of each; label and face as the files have them. Drawn with a known bias: the old are read worse and
    found less often, and neutral men are read as angry."""
    random = numpy.random.RandomState(20)
    rows = []
    for _ in range(N):
        sex = random.choice(['f', 'm', 'x', ''], p=[0.5, 0.46, 0.02, 0.02])
        age = random.choice(['young', 'middle', 'old'], p=[0.4, 0.35, 0.25])
        truth = random.choice(7, p=[0.15, 0.03, 0.12, 0.28, 0.14, 0.08, 0.2])
        face = 'none' if random.uniform() < (0.09 if age == 'old' else 0.03) else 'refused' if random.uniform() < 0.03 else 'read'
        logits = random.normal(0, 1, 7)
        logits[truth] += 1.2 if age == 'old' else 2.0
        if sex == 'm' and truth == 6:
            logits[0] += 1.5
        p = numpy.exp(logits) / numpy.exp(logits).sum()
        label = LABELS[truth] if random.uniform() < 0.95 else ''
        rows.append((sex, age, label, face, [round(float(x), 6) for x in p]))
    return rows


def write(folder, rows):
    """Writes the table and the predictions; returns their paths."""
    table, predictions = os.path.join(folder, 'people.csv'), os.path.join(folder, 'predictions.csv')
    with open(table, 'w', encoding='ascii') as file:
        file.write('path,label,sex,age\n' + ''.join(f'{i}.jpg,{row[2]},{row[0]},{row[1]}\n' for i, row in enumerate(rows)))
    with open(predictions, 'w', encoding='ascii') as file:
        file.write(f'path,face,{",".join(LABELS)}\n')
        for i, row in enumerate(rows):
            p = [f'{x:.6f}' for x in row[4]] if row[3] == 'read' else [''] * 7
            file.write(f'{i}.jpg,{row[3]},{",".join(p)}\n')
    return table, predictions
