# SPDX-License-Identifier: MIT
"""What tests in Python share: functions named test_* become TAP cases; a program of ours is run with a scratch folder around it."""
import subprocess
import sys
import tempfile
import traceback


class Skip(Exception):
    """raise Skip('why')"""


def run(program, *arguments, status=0, **options):
    """Runs program and checks its exit status; returns (stdout, stderr)."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=240, check=False, **options)
    assert done.returncode == status, f'{program} {arguments}: status {done.returncode}, expected {status}\n{done.stdout}{done.stderr}'
    return done.stdout, done.stderr


def fails(program, *arguments, status=1, says=()):
    """Runs program, which must fail with one sentence on stderr that holds all of says, and print nothing."""
    out, err = run(program, *arguments, status=status)
    assert not out, f'printed {out!r}'
    for word in says:
        assert word in err, f'{word!r} is not in {err!r}'
    assert len(err.splitlines()) == (2 if status == 2 else 1), err


def main(names):
    cases = [(name, case) for name, case in names.items() if name.startswith('test_')]
    print(f'1..{len(cases)}', flush=True)
    failed = False
    for i, (name, case) in enumerate(cases):
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(folder)
                print(f'ok {i + 1} - {name}', flush=True)
            except Skip as why:
                print(f'ok {i + 1} - {name} # SKIP {why}', flush=True)
            except Exception:  # a failed case must not hide the others
                for line in traceback.format_exc().splitlines():
                    print('#', line)
                print(f'not ok {i + 1} - {name}', flush=True)
                failed = True
    sys.exit(failed)
