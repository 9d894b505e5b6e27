#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""cookbook.py SOURCE-FOLDER BUILD-FOLDER: runs every block of docs/cookbook.md, and looks at what came of it.

Blocks run in the page's order in one folder with a clip and a picture. A camera is that picture over and over, a window is a fakesink, the RTSP
server's port is a free one; servers run until the test ends."""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SOURCE, BUILD = (os.path.abspath(path) for path in sys.argv[1:3])
FRAMES = 90
CAMERA = "multifilesrc location=face.jpg loop=true num-buffers=30 caps=image/jpeg,framerate=30/1 ! jpegdec ! identity sync=true"
PATIENCE = 60  # seconds: a machine may be busy


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def recipes():
    """(heading, language, block) of the page."""
    page = read(os.path.join(SOURCE, "docs", "cookbook.md"))
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        blocks = re.findall(r"^```(\w+)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        yield from ((section.split("\n", 1)[0], language, block) for language, block in blocks)


def start(language, block):
    command = ["sh", "-ec", block] if language == "sh" else ["/usr/bin/python3", "-c", block]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def stop(process, how):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    return process.communicate(timeout=PATIENCE)[0]


def run(language, block):
    """What it prints, if it ends by itself and well."""
    process = start(language, block)
    try:
        out = process.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        raise AssertionError("it does not end:\n" + stop(process, signal.SIGKILL)) from None
    assert process.returncode == 0 and "ERROR" not in out and "CRITICAL" not in out and "WARNING **" not in out, f"exit status {process.returncode}:\n{out}"
    return out


def interrupt(language, block):
    """What it prints in ten seconds. None if it can't be interrupted then: rtspsrc's task and the thread that stops it can lock each other out (seen with
    GStreamer 1.22, both inside rtspsrc and rtpbin), and killed, filesink loses what it has not written yet."""
    process = start(language, "exec " + block)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    try:
        return stop(process, signal.SIGINT)
    except subprocess.TimeoutExpired:
        stop(process, signal.SIGKILL)
        return None


# ---- what must have come of a block ------------------------------------------------------------------------------------------


def readings(name, source="finder", least=FRAMES):
    lines = [json.loads(line) for line in read(name).splitlines()]
    assert len(lines) >= least, f"{name}: {len(lines)} lines"
    with_face = [line for line in lines if line["faces"]]
    assert len(with_face) >= 0.9 * len(lines), f"{name}: {len(with_face)} of {len(lines)} lines have a face"
    assert all(face["source"] == source for line in with_face for face in line["faces"]), f"{name}: not from {source}"
    return lines


def film(name, width=None):
    """Frames that a player gets of a film."""
    out = subprocess.run(["gst-launch-1.0", "-v", "filesrc", f"location={name}", "!", "decodebin", "!", "videoconvert", "!", "identity", "silent=false", "!",
                          "fakesink"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    n = out.count("chain")
    assert n >= FRAMES, f"{name}: {n} frames"
    assert width is None or f"width=(int){width}" in out, f"{name}: not {width} pixels wide"


def cues(name):
    text = read(name)
    assert text.startswith("WEBVTT") and " --> " in text and "neutral" in text, text[:200]


def subtitles(name):
    film(name)
    out = subprocess.run(["gst-launch-1.0", "-v", "filesrc", f"location={name}", "!", "matroskademux", "name=d", "d.subtitle_0", "!", "queue", "!", "fakesink",
                          "silent=false"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    assert "text/x-raw" in out and "chain" in out, f"{name} has no subtitles"


def events(out):
    assert re.search(r"face 1 appeared None -> \w+", out), out


def fields(lines):
    assert all(line["camera"] == 3 and line["room"] == "hall" for line in lines)


def nothing(_):
    pass


CHECKS = {
    "File to file": [lambda _: film("labelled.mp4", 512)],
    "Webcam": [nothing],
    "A picture": [lambda _: readings("face.jsonl", least=1)],
    "JSON to a file, and to whoever listens": [lambda _: fields(readings("faces.jsonl"))],
    "Two branches": [lambda _: (film("copy.mp4", 512), readings("branch.jsonl"))],
    "Subtitles in Matroska": [lambda _: subtitles("subtitled.mkv"), lambda _: cues("clip.vtt")],
    "Heat map side by side": [lambda _: film("both.mp4", 1024)],
    "Nobody is to be recognised": [lambda _: (film("anonymous.mp4", 512), readings("anonymous.jsonl"))],
    "Faces that somebody else found": [lambda _: readings("upstream.jsonl", "upstream")],
    "Events in Python": [events],
    "An RTSP server": ["server"],
    "An RTSP camera": [lambda _: readings("rtsp.jsonl", least=10)],
    "WebRTC": ["conversation"],
}


# ---- running them ------------------------------------------------------------------------------------------------------------


def wait_for(port):
    for _ in range(10 * PATIENCE):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


def listen(process, least):
    """Reads faces that process prints, until there are enough."""
    n = 0
    signal.alarm(PATIENCE)
    for line in process.stdout:
        n += bool(line.startswith("{") and json.loads(line)["faces"])
        if n == least:
            break
    signal.alarm(0)
    stop(process, signal.SIGKILL)
    assert n == least, f"{n} faces"


def do(check, language, block, port, servers):
    block = block.replace("v4l2src", CAMERA).replace("autovideosink", "fakesink").replace("8554", str(port))
    if check == "server":
        servers.append(start(language, block))
        wait_for(port)
    elif check == "conversation":
        listen(start(language, block), 10)
    elif "rtspsrc" in block:  # which may never end
        out = interrupt(language, block) or interrupt(language, block)
        assert out and "ERROR" not in out, out
        check(out)
    else:
        check(run(language, block))


def make_files():
    shutil.copy(os.path.join(SOURCE, "docs", "hopper.jpg"), "face.jpg")
    run("sh", f"gst-launch-1.0 -q filesrc location=face.jpg ! jpegdec ! imagefreeze num-buffers={FRAMES} ! video/x-raw,framerate=30/1 ! videoscale ! "
              "video/x-raw,width=512,height=512,pixel-aspect-ratio=1/1 ! videoconvert ! x264enc ! mp4mux ! filesink location=clip.mp4")


def missing():
    """An element that a recipe needs and that is not there. Not by --exists, which also asks for GStreamer's own version."""
    needed = ("webrtcbin", "nicesrc", "facedetect", "x264enc", "avdec_h264", "vp8enc", "rtspsrc", "compositor")
    return next((name for name in needed if subprocess.run(["gst-inspect-1.0", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                                          check=False).returncode), None)


def main():
    found = list(recipes())
    print(f"1..{len(found)}", flush=True)
    os.environ.update(GST_PLUGIN_PATH=os.path.join(BUILD, "gst-plugin"), OPENCV_LOG_LEVEL="FATAL", PYTHONDONTWRITEBYTECODE="1")
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(AssertionError("nothing comes any more")))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lacks, failed, servers, seen = missing(), False, [], {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        if not lacks:
            make_files()
        for number, (heading, language, block) in enumerate(found, 1):
            seen[heading] = seen.get(heading, -1) + 1
            name = f"{number} - {heading.replace('#', '')}"
            if lacks:
                print(f"ok {name} # SKIP there is no element {lacks}")
                continue
            try:
                do(CHECKS[heading][seen[heading]], language, block, port, servers)
                print(f"ok {name}", flush=True)
            except Exception as error:  # one that fails must not hide the others
                print("\n".join("# " + line for line in (str(error) or repr(error)).splitlines()))
                print(f"not ok {name}", flush=True)
                failed = True
        for server in servers:
            stop(server, signal.SIGKILL)
        os.chdir("/")
    sys.exit(failed)


if __name__ == "__main__":
    main()
