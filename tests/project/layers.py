#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""layers.py BUILD-FOLDER: what the built libraries know of each other and of the world, read from their symbols.

kernels <- ops <- nn <- grad <- train, nn <- fer <- ferdraw, and ferexplain on fer and grad. An object uses only symbols of its own layer and of those it stands on."""

import re
import subprocess
import sys

LIBRARIES = {
    "nn": "nn/libnn.a",
    "grad": "nn/grad/libnn-grad.a",
    "train": "nn/train/libnn-train.a",
    "fer": "nn/fer/libfer.a",
    "ferdraw": "nn/fer/libferdraw.a",
    "ferexplain": "nn/fer/libferexplain.a",
}
STANDS_ON = {
    "base": [],
    "kernels": ["base"],
    "ops": ["base", "kernels"],
    "nn": ["base", "kernels", "ops"],
    "grad": ["base", "kernels", "ops", "nn"],
    "train": ["base", "kernels", "ops", "nn", "grad"],
    "fer": ["base", "kernels", "nn"],
    "ferdraw": ["base", "fer"],
    "ferexplain": ["base", "nn", "grad", "fer"],
}
BASE = "error.c.o"  # of nn/: sentences, for every layer

# Symbols of others, and the layers that may use them.
FOREIGN = [
    (r"gst_", []),
    (r"(g|json)_", ["fer", "ferdraw"]),
    (r"(cairo|pango)_", ["ferdraw"]),
    (r"(cblas|openblas|goto)_", []),
    (r"pthread_create$", ["nn"]),
    (r"(dl|g_module_)open$", []),
]
# A library neither prints, ends the process, nor reads the environment. One object asks it for NN_CPU.
FORBIDDEN = re.compile(r"(stdout|stderr|v?printf|__v?printf_chk|puts|putchar|perror|psignal|g_print|g_printerr|g_message|g_error|syslog|"
                       r"_?exit|quick_exit|abort|__assert_fail|raise|kill|signal|sigaction|getenv|secure_getenv|setenv|putenv|setlocale|srand|rand)$")
ALLOWED = {("kernels", "getenv"), ("kernels", "secure_getenv")}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def layer_of(library, path):
    if library != "nn":
        return library
    name = path.rsplit("/", 1)[-1]
    if "/kernels/" in path or name.startswith("kernels_"):
        return "kernels"
    if name.startswith("ops_"):
        return "ops"
    return "base" if name == BASE else "nn"


def read_symbols(build):
    """Yields (layer, object, symbol, defined) of every library."""
    for library, path in LIBRARIES.items():
        for line in run("nm", "-A", f"{build}/{path}").splitlines():
            _, where, symbol = line.rsplit(":", 2)
            kind, name = symbol.split()[-2:]
            if kind.isupper() or kind in "vw":  # global
                yield layer_of(library, where), where.rsplit("/", 1)[-1], name, kind not in "Uvw"


def uses_only_what_it_stands_on(symbols):
    home = {symbol: layer for layer, _, symbol, defined in symbols if defined}
    for layer, where, symbol, defined in symbols:
        owner = home.get(symbol, layer)  # not of the libraries: the embedded model, or libc
        if not defined and owner != layer and owner not in STANDS_ON[layer]:
            yield f"{layer}: {where} uses {symbol} of {owner}"


def uses_no_foreign_library_but_its_own(symbols):
    for layer, where, symbol, defined in symbols:
        for pattern, layers in FOREIGN:
            if not defined and re.match(pattern, symbol) and layer not in layers:
                yield f"{layer}: {where} uses {symbol}"


def prints_nothing_and_ends_nothing(symbols):
    for layer, where, symbol, defined in symbols:
        if not defined and FORBIDDEN.match(symbol) and (layer, symbol) not in ALLOWED:
            yield f"{layer}: {where} uses {symbol}"


def exports_only_its_prefix(symbols):
    for layer, where, symbol, defined in symbols:
        if defined and not re.match(r"fer_" if layer.startswith("fer") else r"nn_", symbol):
            yield f"{layer}: {where} defines {symbol}"


def keeps_no_state_and_runs_nothing_on_load(build):
    for library, path in LIBRARIES.items():
        where = ""
        for line in run("size", "-A", f"{build}/{path}").splitlines():
            fields = line.split()
            if line.endswith(":") or "(ex" in line:
                where = fields[0].rsplit("/", 1)[-1]
            elif len(fields) == 3 and fields[1].isdigit() and int(fields[1]):
                if re.match(r"\.(data|bss|tdata|tbss|init_array|ctors)(?!\.rel\.ro)", fields[0]):
                    yield f"{library}: {where} has {fields[1]} bytes in {fields[0]}"


def main(build):
    symbols = list(read_symbols(build))
    homes = {layer for layer, _, _, defined in symbols if defined}
    cases = [
        ("every layer is there", lambda: (f"no symbol of {layer}" for layer in STANDS_ON if layer not in homes)),
        ("each uses only what it stands on", lambda: uses_only_what_it_stands_on(symbols)),
        ("each uses no foreign library but its own", lambda: uses_no_foreign_library_but_its_own(symbols)),
        ("none prints, ends the process, or reads the environment", lambda: prints_nothing_and_ends_nothing(symbols)),
        ("each exports only its prefix", lambda: exports_only_its_prefix(symbols)),
        ("none keeps state or runs code on load", lambda: keeps_no_state_and_runs_nothing_on_load(build)),
    ]
    print(f"1..{len(cases)}")
    failed = 0
    for number, (name, faults) in enumerate(cases, 1):
        found = list(faults())
        for fault in found:
            print("#", fault)
        print("not ok" if found else "ok", number, "-", name)
        failed += bool(found)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
