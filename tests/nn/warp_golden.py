#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes warp_golden.h: what Pillow makes of warp.c's picture. Run it by hand: python3 warp_golden.py > warp_golden.h

Shrinking by a whole number is Pillow's BOX. Pillow's BOX weighs whole pixels, so for other ratios the picture is first enlarged by NEAREST
until the ratio is whole: the exact area average. Enlarging is BILINEAR; turning is an AFFINE transform with BILINEAR, in which what lies
outside is -1 and not compared; turning and shrinking is that at a 16-fold size, then BOX."""
import math
import PIL
from PIL import Image

W, H = 20, 15


def pattern(rough):
    image = Image.new("F", (W, H))
    for y in range(H):
        for x in range(W):
            smooth = 128 + 80 * math.sin(0.5 * x) * math.cos(0.4 * y) + 2 * x
            image.putpixel((x, y), (x * 37 + y * 59 + x * y * 11) % 256 if rough else smooth)
    return image


def area(image, w, h):
    image = image.resize((W * w // math.gcd(W, w), H * h // math.gcd(H, h)), Image.NEAREST)
    return image.resize((w, h), Image.BOX)


def turned(image, w, h, affine, fine):
    a, b, c, d, e, f = affine
    step = 1 / fine
    big = image.transform((w * fine, h * fine), Image.AFFINE, (a * step, b * step, c, d * step, e * step, f), Image.BILINEAR, fillcolor=-1)
    small = big.resize((w, h), Image.BOX)
    for y in range(h):
        for x in range(w):
            if big.crop((x * fine, y * fine, (x + 1) * fine, (y + 1) * fine)).getextrema()[0] < 0:
                small.putpixel((x, y), -1)
    return small


def rotation(degrees, scale, w, h):
    c, s = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    return (c, -s, W / 2 - c * w / 2 + s * h / 2, s, c, H / 2 - s * w / 2 - c * h / 2)


def emit(image, rough, affine, tolerance):
    w, h = image.size
    numbers = [f"{round(image.getpixel((x, y)), 3):g}" for y in range(h) for x in range(w)]
    print(f"  {{ {w}, {h}, {str(rough).lower()}, {{ {{ {', '.join(f'{v:.17g}' for v in affine)} }} }}, {tolerance},")
    print("    (const float[]) {")
    for y in range(h):
        print("      " + ", ".join(numbers[y * w:(y + 1) * w]) + ",")
    print("    } },")


print(f"/* SPDX-License-Identifier: MIT\n * Written by warp_golden.py with Pillow {PIL.__version__}. */")
print(f"enum {{ GOLDEN_W = {W}, GOLDEN_H = {H} }};\n")
print("static const struct golden {\n  int w, h;\n  bool rough;\n  nn_affine map;\n  double tolerance; /* of 255 */\n  const float *out; /* -1: outside */\n} goldens[] = {")
rough, smooth = pattern(True), pattern(False)
for w, h in ((10, 5), (5, 3), (4, 15), (8, 9), (13, 7)):
    emit(area(rough, w, h), True, (W / w, 0, 0, 0, H / h, 0), 0.01)
for w, h in ((40, 30), (23, 19), (20, 15)):
    emit(rough.resize((w, h), Image.BILINEAR), True, (W / w, 0, 0, 0, H / h, 0), 0.01)
for degrees, scale in ((30, 1), (-12, 0.7), (90, 1)):
    affine = rotation(degrees, scale, 16, 12)
    emit(turned(rough, 16, 12, affine, 1), True, affine, 0.01)
for degrees, scale in ((15, 1.3), (-40, 1.8)):
    affine = rotation(degrees, scale, 10, 8)
    emit(turned(smooth, 10, 8, affine, 16), False, affine, 2)
print("};")
