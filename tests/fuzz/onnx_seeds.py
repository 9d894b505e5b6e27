#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes the seeds of the ONNX fuzz target: whole models in few bytes, and files that nest, repeat and multiply.

    /usr/bin/python3 tests/fuzz/onnx_seeds.py tests/data/onnx tests/data/fuzz/onnx
"""
import os
import shutil
import sys

MODELS = ("conv_pads avgpool_ceil_include batchnorm clip_inputs concat_flat constants dropout_opset7 gemm half_weights hardswish matmul_plane maxpool_ceil "
          "pad_opset18 reducemean_opset18 reshape_split shape_product shape_slice softmax_opset11_2 squeeze_input transpose_real two_outputs "
          "flatten_gemm_open").split()


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def integer(number, value):
    return varint(number << 3) + varint(value)


def model(graph, opset=13):
    return integer(1, 8) + field(7, graph) + field(8, integer(2, opset))


def value(name, *dims):
    shape = b"".join(field(1, integer(1, d) if d else b"") for d in dims)
    return field(1, name) + field(2, field(1, integer(1, 1) + field(2, shape)))


def node(op, inputs, output, *attributes):
    return b"".join(field(1, i) for i in inputs) + field(2, output) + field(4, op) + b"".join(field(5, a) for a in attributes)


def ints(name, *values):
    return field(1, name) + field(8, b"".join(varint(v) for v in values)) + integer(20, 7)


def tensor(name, dims, raw, kind=1):
    return b"".join(integer(1, d) for d in dims) + integer(2, kind) + field(8, name) + field(9, raw)


def main(models, folder):
    os.makedirs(folder, exist_ok=True)
    for name in MODELS:
        shutil.copy(os.path.join(models, name + ".onnx"), os.path.join(folder, name))
    x, y = field(11, value(b"x", 0, 3, 8, 8)), field(12, value(b"y"))
    seeds = {"empty": b"", "no_graph": integer(1, 8), "two_graphs": field(7, b"") * 2}
    # A subgraph in an attribute in a node in a subgraph ...
    graph = b""
    for _ in range(400):
        graph = field(1, field(5, field(6, graph)))
    seeds["nested"] = model(graph)
    # A thousand messages of two bytes each that a careless reader turns into a thousand structures.
    for number, name in ((1, "nodes"), (5, "initialisers"), (11, "inputs"), (12, "outputs")):
        seeds["empty_" + name] = model(field(number, b"") * 1000)
    seeds["empty_attributes"] = model(field(1, field(5, b"") * 1000))
    seeds["empty_metas"] = model(x + y) + field(14, b"") * 1000
    # Sizes that multiply: dimensions, repeats of one weight, constants from nothing, windows and pads.
    seeds["dims"] = model(field(5, tensor(b"w", [2**31 - 1] * 3, b"")) + x + y)
    seeds["dims_zero"] = model(field(5, tensor(b"w", [0, 2**31 - 1], b"")) + x + y)
    seeds["constant_of_shape"] = model(field(1, node(b"ConstantOfShape", [b"s"], b"c")) + field(5, tensor(b"s", [2], (65536).to_bytes(8, "little") * 2, 7)) + x + y)
    shared = field(5, tensor(b"w", [1024, 3, 1, 1], bytes(12288)))
    seeds["shared_weight"] = model(b"".join(field(1, node(b"Conv", [b"x", b"w"], b"c%d" % i)) for i in range(100)) + shared + x + y)
    pads = ints(b"pads", 32767, 32767, 32767, 32767)
    conv = [node(b"Conv", [b"x", b"w3"], b"a", pads), node(b"Conv", [b"a", b"w3"], b"b", pads), node(b"Conv", [b"b", b"w3"], b"y", pads)]
    seeds["pads"] = model(b"".join(field(1, c) for c in conv) + field(5, tensor(b"w3", [3, 3, 1, 1], bytes(36))) + x + y)
    double = b"".join(field(1, node(b"Concat", [b"%d" % i] * 2, b"%d" % (i + 1), field(1, b"axis") + integer(3, 1) + integer(20, 2))) for i in range(40))
    seeds["doubling"] = model(field(1, node(b"Relu", [b"x"], b"0")) + double + x + field(12, value(b"40")))
    # Order and names.
    cycle = [node(b"Relu", [b"b"], b"a"), node(b"Relu", [b"a"], b"b"), node(b"Add", [b"x", b"b"], b"y")]
    seeds["cycle"] = model(b"".join(field(1, n) for n in cycle) + x + y)
    seeds["same_name"] = model(field(1, node(b"Relu", [b"x"], b"y")) * 2 + x + y)
    seeds["itself"] = model(field(1, node(b"Relu", [b"x"], b"x")) + x + y)
    seeds["unknown_operator"] = model(field(1, node(b"Foo", [b"x"], b"y")) + x + y)
    seeds["long_varint"] = b"\x08" + b"\xff" * 12
    seeds["group"] = b"\x3b\x3c"
    for name, content in seeds.items():
        with open(os.path.join(folder, "bad_" + name), "wb") as file:
            file.write(content)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
