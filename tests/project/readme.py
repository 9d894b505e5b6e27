#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""readme.py SOURCE-FOLDER BUILD-FOLDER: runs the README's lines (its blocks marked sh) from an installation into a temporary folder.

The files that the lines speak of are made first: a picture, a clip of it, and a small CSV of drawn faces."""

import json
import os
import re
import subprocess
import sys
import tempfile

SOURCE, BUILD = (os.path.abspath(path) for path in sys.argv[1:3])


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def install(folder):
    """The environment in which the installed programs and the element are found."""
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", folder], check=True, stdout=subprocess.DEVNULL)
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            found[name] = path
    return dict(os.environ, PATH=found["fer-train"] + ":" + os.environ["PATH"], GST_PLUGIN_PATH=found["libgstferemotion.so"],
                GST_REGISTRY=os.path.join(folder, "registry"), OPENCV_LOG_LEVEL="FATAL")


def make_files(env):
    with open("face.jpg", "wb") as copy, open(os.path.join(SOURCE, "docs", "hopper.jpg"), "rb") as picture:
        copy.write(picture.read())
    subprocess.run("gst-launch-1.0 -q filesrc location=face.jpg ! jpegdec ! imagefreeze num-buffers=12 ! videoconvert ! x264enc ! mp4mux ! "
                   "filesink location=clip.mp4", shell=True, check=True, env=env, stdin=subprocess.DEVNULL)
    with open("fer2013.csv", "wb") as csv:
        subprocess.run([os.path.join(BUILD, "tests", "project", "drawn-csv")], check=True, stdout=csv)


def run_line(line, env):
    """What is wrong with a line, or None."""
    done = subprocess.run(line.replace("autovideosink", "fakesink"), shell=True, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        return f"exit status {done.returncode}: {(done.stderr or done.stdout).strip()}"
    if line.startswith("fer-") and not done.stdout.strip():
        return "it says nothing"
    return None


def reading_lines(name, source):
    lines = [json.loads(line) for line in read(name).splitlines()]
    if len(lines) != 12:
        return f"{len(lines)} lines for 12 frames"
    if not all(abs(sum(face["probabilities"].values()) - 1) < 0.01 for line in lines for face in line["faces"]):
        return "probabilities that do not add up to 1"
    if not all(face["source"] == source for line in lines for face in line["faces"]):
        return f"faces that are not from {source}"
    return None if all(line["faces"] for line in lines[2:]) else "frames without a face" # one that appears is waited for


def broken_links():
    missing = [f"{page}: {link}" for page in ("README.md", "CONTRIBUTING.md")
               for link in re.findall(r"\]\(([^)#:]+)\)", read(os.path.join(SOURCE, page))) if not os.path.exists(os.path.join(SOURCE, link))]
    return ", ".join(missing) or None


def figures_without_source():
    """Accuracies that the README states, and neither the cards that it names (the embedded model's is one) nor the page of all trainings do."""
    section = re.search(r"^## How accurate it is\n(.*?)^## ", read(os.path.join(SOURCE, "README.md")), re.MULTILINE | re.DOTALL)[1]
    model = re.search(r"^option\('model'.*value: '(models/[^']+)\.onnx'", read(os.path.join(SOURCE, "meson_options.txt")), re.MULTILINE)[1]
    cards = set(re.findall(r"\]\((models/[^)]+\.md)\)", section))
    if model + ".md" not in cards:
        return model + ".md is not named"
    stated = set(re.findall(r"\d+\.\d+", "".join(read(os.path.join(SOURCE, page)) for page in (*cards, "docs/training.md"))))
    return ", ".join(figure for figure in re.findall(r"\d+\.\d+", section) if figure not in stated) or None


def main():
    blocks = re.findall(r"^```sh\n(.*?)^```", read(os.path.join(SOURCE, "README.md")), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        env = install(os.path.join(folder, "root"))
        make_files(env)
        results += [(line, run_line(line, env)) for line in lines]
        results.append(("the readings are one line of JSON per frame", reading_lines("readings.jsonl", "finder")))
        results.append(("other elements' faces are read as well", reading_lines("upstream.jsonl", "upstream")))
        results.append(("every link leads somewhere", broken_links()))
        results.append(("the accuracies are those of the model's card", figures_without_source()))
        os.chdir("/")
    for number, (name, fault) in enumerate(results, 1):
        for note in (fault or "").splitlines():
            print("#", note)
        print("not ok" if fault else "ok", number, "-", name.replace("#", ""))
    print(f"1..{len(results)}")
    return any(fault for _, fault in results)


if __name__ == "__main__":
    sys.exit(main())
