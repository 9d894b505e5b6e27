# SPDX-License-Identifier: MIT
"""What `make bench` and `make bench-peers` share: fer-bench's figures, tables in Markdown, the machine."""
import json
import os
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NETS = {name: os.path.join(SOURCE, 'tests', 'peers', 'nets', name + '.txt') for name in ('s', 'm', 'res142', 'vgg117')}


def fer_bench(build, *arguments, env=None):
    """The figures that fer-bench writes; what it says when it cannot ends the program."""
    done = subprocess.run([os.path.join(build, 'tools', 'fer-bench'), '--json', '-', *map(str, arguments)], capture_output=True, text=True, check=False,
                          env=env)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, arguments))}: {done.stderr.strip()}')
    return json.loads(done.stdout)


def precisions(build, *network):
    """Those that fer-bench has for this network on this CPU."""
    program = [os.path.join(build, 'tools', 'fer-bench'), *network, '--seconds', '0', '--rounds', '1', '--json', '-', '--precision']
    return [name for name in ('full', 'fast') if subprocess.run(program + [name], capture_output=True, check=False).returncode == 0]


def machine(build):
    """One line: processor, cores, kernel level."""
    with open('/proc/cpuinfo', encoding='utf-8', errors='replace') as file:
        names = [line.split(':', 1)[1].strip() for line in file if line.startswith(('model name', 'Processor'))]
    return f'{names[0] if names else os.uname().machine}, {os.cpu_count()} cores, kernels {fer_bench(build, "--seconds", 0)["cpu"]}'


def table(heads, rows):
    """Markdown: the first column to the left, all others to the right."""
    lines = [heads, ['---' if i == 0 else '---:' for i in range(len(heads))], *rows]
    return '\n'.join('| ' + ' | '.join(str(cell) for cell in line) + ' |' for line in lines) + '\n'


class Report:
    """Markdown on standard output as it comes; at the end Markdown and figures in the build folder and, where a page is named, between its marks
    <!-- NAME --> and <!-- /NAME -->."""

    def __init__(self, build, name):
        self.path, self.name, self.text, self.paged, self.figures = os.path.join(build, name), name, '', '', {}

    def say(self, text, page=True):
        print(text, flush=True)
        self.text += text + '\n'
        self.paged += text + '\n' if page else ''

    def save_figures(self):
        with open(self.path + '.json', 'w', encoding='utf-8') as file:
            json.dump(self.figures, file, indent=1)
            file.write('\n')

    def save(self, page=None):
        self.save_figures()
        with open(self.path + '.md', 'w', encoding='utf-8') as file:
            file.write(self.text)
        print(f'{self.path}.md and {self.path}.json hold this')
        if page:
            with open(page, encoding='utf-8') as file:
                before, rest = file.read().split(f'<!-- {self.name} -->\n')
            after = rest.split(f'<!-- /{self.name} -->')[1]
            with open(page, 'w', encoding='utf-8') as file:
                file.write(f'{before}<!-- {self.name} -->\n{self.paged}<!-- /{self.name} -->{after}')
