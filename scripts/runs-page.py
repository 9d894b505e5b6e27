#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""runs-page.py RUNS.CSV PAGE.MD: prints the page with the table of trainings between its marks made anew from the CSV file."""
import csv
import sys

BEGIN, END = '<!-- runs -->\n', '<!-- /runs -->\n'
COLUMNS = ['run', 'preset', 'network', 'what is different', 'seed', 'epochs', 'PublicTest, %', 'FER+, %', 'seconds', 'note']
SHOWN = ['minutes' if name == 'seconds' else name for name in COLUMNS]


def minutes(seconds):
    return str(round(float(seconds) / 60)) if seconds else ''


def cells(path, line, row):
    if len(row) != len(COLUMNS) or None in row.values():
        sys.exit(f'{path}: line {line}: expected {len(COLUMNS)} columns, as in the header')
    try:
        return [(minutes(text) if key == 'seconds' else text).replace('|', '\\|') for key, text in row.items()]
    except ValueError:
        sys.exit(f'{path}: line {line}: seconds are "{row["seconds"]}", expected a number')


def table(path):
    with open(path, newline='', encoding='utf-8') as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            sys.exit(f'{path}: columns {reader.fieldnames}, expected {COLUMNS}')
        rows = [cells(path, reader.line_num, row) for row in reader]
    return ''.join('| ' + ' | '.join(row) + ' |\n' for row in [SHOWN, ['---'] * len(COLUMNS), *rows])


def main(runs, page):
    with open(page, encoding='utf-8') as file:
        text = file.read()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f'{page}: expected one {BEGIN.strip()} and one {END.strip()}')
    before, rest = text.split(BEGIN)
    print(before + BEGIN + '\n' + table(runs) + '\n' + END + rest.split(END)[1], end='')


main(*sys.argv[1:])
