#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""count.py TESTLOG.json...: adds up meson's test logs and ends with the line "N passed, N failed, N skipped".

A program that prints TAP counts once per case, another once. What a plan promised and did not come counts as failed, and a program that ended
badly without a failed case (a crash, a leak at exit, a timeout) counts as one failure more. With CI set, a skip is a failure unless the
machine cannot have what is missing: an instruction set, or FER-2013 and other people's models where they really are not there."""

import json
import os
import re
import sys

CASE = re.compile(r"(not )?ok\b *(\d*) *-? *([^#]*)(?:#\s*(skip|todo)\S*\s*(.*))?$", re.IGNORECASE)
PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.IGNORECASE)

NOTES = 20  # of a failed case; the rest is in meson's log


def is_here(variable, *path):
    """What an environment variable names, or else lies in ../shared."""
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return any(place and os.path.exists(place) for place in (os.environ.get(variable), os.path.join(source, "..", "shared", *path)))


def forgivable(why):
    if "FER-2013" in why or "FER2013_CSV" in why:
        return not is_here("FER2013_CSV", "data", "fer2013.csv.xz")
    if "PEER_MODELS" in why:
        return not is_here("PEER_MODELS", "peers")
    return why.startswith("this CPU")


def tap_cases(text):
    """Yields (name, result, why) of each case; result is passed, failed or skipped. A failed one's reason is the notes before it."""
    planned = seen = 0
    notes = []
    for line in text.splitlines():
        plan = PLAN.match(line)
        if plan:
            planned = int(plan[1])
            if planned == 0:
                yield "all cases", "skipped", plan[2] or "no reason given"
        elif line.startswith("Bail out!"):
            yield "bail out", "failed", line
        elif line.startswith("#"):
            notes.append("\n    " + line)
        else:
            case = CASE.match(line)
            if not case:
                continue
            seen += 1
            name = case[3].strip() or case[2]
            if case[4] and case[4].lower() == "skip":
                yield name, "skipped", case[5] or "no reason given"
            else:
                yield name, "failed" if case[1] else "passed", "".join(notes[:NOTES])
            notes = []
    for missing in range(seen, planned):
        yield f"case {missing + 1}", "failed", "planned, but it never came"


def program_cases(record):
    """The same of one program of meson's log."""
    output = record.get("stdout", "")
    cases = list(tap_cases(output)) if PLAN.search(output) or re.search(r"^1\.\.\d", output, re.MULTILINE) else []
    result = record["result"]
    if not cases:
        if result == "SKIP":
            return [("", "skipped", (output.strip().splitlines() or ["no reason given"])[-1])]
        return [("", "passed" if result in ("OK", "EXPECTEDFAIL") else "failed", result)]
    if result not in ("OK", "SKIP", "EXPECTEDFAIL") and not any(case[1] == "failed" for case in cases):
        cases.append(("", "failed", f"{result}, exit status {record.get('returncode')}"))
    return cases


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        try:
            with open(path, encoding="utf-8") as log:
                records = [json.loads(line) for line in log]
        except (OSError, ValueError) as error:
            print(f"failed: {path}: {error}")
            counts["failed"] += 1
            continue
        for record in records:
            for name, result, why in program_cases(record):
                if result == "skipped" and os.environ.get("CI") and not forgivable(why):
                    result, why = "failed", f"skipped, which CI does not allow: {why}"
                counts[result] += 1
                if result != "passed":
                    print(": ".join(part for part in (result, record["name"], name, why) if part))
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return counts["failed"] > 0 or counts["passed"] == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
