#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""needed.py BUILD-FOLDER: the shared libraries that each program and the plug-in load, read from their dynamic sections.

What draws nothing loads no drawing library, and nothing loads BLAS."""

import fnmatch
import glob
import os
import re
import subprocess
import sys

BASE = ["libc.so.*", "libm.so.*", "libpthread.so.*", "ld-linux*", "libglib-2.0.so.*", "libgobject-2.0.so.*", "libjson-glib-1.0.so.*"]
PICTURES = ["libgdk_pixbuf-2.0.so.*", "libgio-2.0.so.*"]
ARCHIVES = ["libarchive.so.*"]
DRAWING = ["libcairo.so.*", "libpango-1.0.so.*", "libpangocairo-1.0.so.*"]
MORE = {
    "fer-bench": [],
    "fer-classify": PICTURES,
    "fer-eval": PICTURES + ARCHIVES + DRAWING,
    "fer-explain": PICTURES + DRAWING,
    "fer-find": PICTURES + ["libcairo.so.*", "libgstreamer-1.0.so.*", "libgstapp-1.0.so.*", "libgstvideo-1.0.so.*"],
    "fer-info": [],
    "fer-ranges": PICTURES + ARCHIVES,
    "fer-train": PICTURES + ARCHIVES,
    "libgstferemotion.so": ["libgst*-1.0.so.*"] + DRAWING,
}


def needed(path):
    out = subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", out)


def main(build):
    paths = [path for path in glob.glob(f"{build}/tools/fer-*") if os.path.isfile(path)] + [f"{build}/gst-plugin/libgstferemotion.so"]
    print(f"1..{len(paths)}")
    failed = 0
    for number, path in enumerate(sorted(paths), 1):
        name = os.path.basename(path)
        # A program that is not in the list has not been thought of here: it may load the base alone.
        strangers = [library for library in needed(path) if not any(fnmatch.fnmatch(library, allowed) for allowed in BASE + MORE.get(name, []))]
        for library in strangers:
            print(f"# {name} loads {library}")
        print("not ok" if strangers else "ok", number, "-", name)
        failed += bool(strangers)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
