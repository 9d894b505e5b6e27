# SPDX-License-Identifier: MIT
# Thin: every target calls meson or a script of scripts/, where the work is. CI=1 makes warnings and missing tools failures.
.PHONY: help build deps demo docs check shell bench bench-peers bench-faces bench-chain install uninstall check-asan check-cpu check-cross check-avx512 check-tsan check-valgrind check-trixie soak format clean
.NOTPARALLEL:

build: ## everything under build/ (the default)
	@scripts/build.sh build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 18

deps: ## install what building and using the tools needs
	@scripts/deps.sh build

demo: ## a real picture through the element: demo/out.mp4 and demo/out.jsonl
	@scripts/deps.sh build demo
	@scripts/build.sh build
	@scripts/demo.sh build demo

docs: build ## docs/element.md anew from the element's own description, the table of trainings from docs/training-runs.csv
	@scripts/deps.sh check
	@GST_PLUGIN_PATH=build/gst-plugin scripts/element-page.py docs/element.md >build/element.md
	@cp build/element.md docs/element.md
	@scripts/runs-page.py docs/training-runs.csv docs/training.md >build/training.md
	@cp build/training.md docs/training.md

check: ## every test on the release build
	@scripts/deps.sh build demo check
	@scripts/check.sh build

shell: build ## a shell that finds the tools and the element of build/
	@scripts/shell.sh build

bench: build ## how fast everything is here, as Markdown; build/bench.json
	@tests/bench/own.py build $(ARGS)
	@meson test -C build --benchmark --verbose

bench-peers: build ## the same networks in ONNX Runtime and PyTorch, by turns; ARGS="FILE.onnx ..." for others; build/bench-peers.json
	@tests/peers/speed.py $(ARGS)

bench-faces: build ## faces found by this finder, YuNet, UltraFace and OpenCV in ../shared/data/faces, or ARGS="--data FOLDER ..."; build/bench-faces.json
	@scripts/deps.sh peers || true # without OpenCV its row is left out
	@tests/peers/finders.py $(ARGS)

bench-chain: build ## what finding, turning and cropping cost in accuracy; ARGS="fer2013.csv SPLIT FOLDER-OF-SCENES"
	@ninja -C build tests/peers/chain >/dev/null
	@build/tests/peers/chain $(or $(ARGS),../shared/data/fer2013.csv.xz PublicTest ../shared/data/faces/negatives)

install: build ## as root into /usr/local, else into ~/.local
	@scripts/install.sh build

uninstall: ## remove what install put there, and nothing else
	@scripts/uninstall.sh

check-asan: ## the tests under the address and undefined-behaviour sanitizers
	@scripts/deps.sh build demo check
	@scripts/check.sh build-asan asan

check-cpu: ## the kernels' tests at every instruction-set level
	@scripts/deps.sh build
	@scripts/check.sh build cpu

check-cross: ## libnn's tests for aarch64 and for older x86-64 processors, under QEMU
	@scripts/deps.sh build
	@scripts/deps.sh cross || true # what is still missing is a skip
	@scripts/cross.sh build

check-avx512: ## the kernels' tests on a PC with AVX-512 that Bochs emulates
	@scripts/deps.sh build avx512
	@scripts/avx512.sh build-avx512

check-tsan: ## the tests with threads under the thread sanitizer
	@scripts/deps.sh build demo check
	@scripts/check.sh build-tsan tsan

check-valgrind: ## the tests of nn/fer and of the elements under valgrind
	@scripts/deps.sh build demo check valgrind
	@scripts/check.sh build valgrind

check-trixie: ## the elements' tests of the last commit with Debian 13's GStreamer 1.26, in ../feremotion-trixie or TRIXIE=FOLDER (root)
	@scripts/deps.sh trixie
	@scripts/fresh.sh trixie $(or $(TRIXIE),../feremotion-trixie) "scripts/deps.sh build demo check && scripts/check.sh build gst"

soak: build ## an hour of frames through the element, or DURATION=120 seconds: memory, descriptors and threads stay level
	@scripts/deps.sh build demo
	@scripts/soak.sh build $(DURATION)

format: ## lay out the C files that differ from the last commit
	@git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h' | xargs -r clang-format -i

clean: ## remove the build folders and the demo's files
	rm -rf build build-aarch64 build-asan build-avx512 build-tsan demo
