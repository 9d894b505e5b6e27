#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes ops_golden.h: single operators with what ONNX Runtime makes of them, in memory order (n, h, w, c).

    npm i --ignore-scripts onnxruntime-node && NODE_PATH=$PWD/node_modules /usr/bin/python3 tests/nn/ops_golden.py

Inputs and weights follow from their index (values below, pattern () in ops.c), so that only results are recorded."""
import json
import os
import subprocess
import tempfile

import numpy as np
from onnx import TensorProto, helper, numpy_helper

N = 2  # images
JS = """
const ort = require ('onnxruntime-node');
const cases = JSON.parse (require ('fs').readFileSync (process.argv[1]));
(async () => {
  const results = [];
  for (const c of cases) {
    const session = await ort.InferenceSession.create (c.model);
    const feeds = {};
    c.inputs.forEach ((x, i) => feeds['x' + i] = new ort.Tensor ('float32', Float32Array.from (x.data), x.dims));
    const y = (await session.run (feeds)).y;
    results.push ({ dims: y.dims, data: Array.from (y.data) });
  }
  console.log (JSON.stringify (results));
}) ();
"""


def values(count, which):
    """Multiples of 1/16 in [-2, 2), another order for each which; which 9 for parameters that must be positive: [0.5, 2.5)."""
    i = np.arange(count)
    x = (((i * 37 + which * 11) % 61 + i // 61 * 7) % 64 - 32) / 16
    return (x * 0.5 + 1.5 if which == 9 else x).astype(np.float32)


class Case:
    """op: ONNX operator; node: the same as a C initialiser; shapes: (h, w, c) of the inputs; params: ONNX initialisers; weights: ours, flat order."""

    def __init__(self, name, op, node, shapes, attrs=None, params=(), raw=False, opset=13):
        self.name, self.op, self.node, self.shapes = name, op, node, shapes
        self.attrs, self.params, self.raw, self.opset = attrs or {}, params, raw, opset

    def inputs(self):
        for i, (h, w, c) in enumerate(self.shapes):
            x = values(N * h * w * c, i + 1).reshape(N, h, w, c)
            yield x.reshape(N, -1) if self.op == "Gemm" else x if self.raw else x.transpose(0, 3, 1, 2)

    def model(self, path):
        inputs = list(self.inputs())
        names = ["x%d" % i for i in range(len(inputs))]
        params = [numpy_helper.from_array(np.ascontiguousarray(p), "p%d" % i) for i, p in enumerate(self.params)]
        node = helper.make_node(self.op, names + [p.name for p in params], ["y"], **self.attrs)
        graph = helper.make_graph([node], "g", [helper.make_tensor_value_info(n, TensorProto.FLOAT, x.shape) for n, x in zip(names, inputs)],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], params)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        with open(path, "wb") as f:
            f.write(model.SerializeToString())
        return {"model": path, "inputs": [{"dims": x.shape, "data": x.ravel().tolist()} for x in inputs]}


def window(kernel, strides=(1, 1), dilations=(1, 1), pads=(0, 0, 0, 0), auto_pad="NOTSET", ceil=False, include=False):
    """The C initialiser and the ONNX attributes of a window; pads: top, left, bottom, right."""
    c = "{ %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %s, %s, %s }" % (
        *kernel, *strides, *dilations, *pads,
        {"NOTSET": "NN_PAD_GIVEN", "SAME_UPPER": "NN_PAD_SAME_UPPER", "SAME_LOWER": "NN_PAD_SAME_LOWER"}[auto_pad],
        str(ceil).lower(), str(include).lower())
    attrs = {"kernel_shape": kernel, "strides": strides, "dilations": dilations, "auto_pad": auto_pad}
    if auto_pad == "NOTSET":
        attrs["pads"] = pads
    return c, attrs


def conv(name, shape, k, groups=1, bias=False, **options):
    c, attrs = window(**options)
    kh, kw = options["kernel"]
    w = values(k * kh * kw * shape[2] // groups, 5).reshape(k, kh, kw, shape[2] // groups)
    params = [w.transpose(0, 3, 1, 2)]
    if bias:  # behind the filters in the flat vector
        params.append(values(w.size + k, 5)[w.size:])
    return Case(name, "Conv", ".op = NN_OP_conv, .u.conv = { %d, %d, %d, %s, %s }" % (k, shape[2], groups, str(bias).lower(), c), [shape],
                dict(attrs, group=groups), params)


def pool(name, shape, kind="max", opset=13, **options):
    c, attrs = window(**options)
    if options.get("ceil"):
        attrs["ceil_mode"] = 1
    if kind == "avg":
        attrs["count_include_pad"] = int(options.get("include", False))
        if opset < 19:
            del attrs["dilations"]
    return Case(name, "MaxPool" if kind == "max" else "AveragePool", ".op = NN_OP_%s_pool, .u.pool.window = %s" % (kind, c), [shape], attrs, opset=opset)


def plain(name, op, node, shapes, params=(), opset=13, raw=False, **attrs):
    return Case(name, op, ".op = NN_OP_" + node, shapes, attrs, params, raw, opset)


def resize(name, shape, mode, grid, rounding="floor", scales=None, size=None):
    """By scales (h, w) or to size (h, w)."""
    node = "resize, .u.resize = { NN_RESIZE_%s, NN_GRID_%s, NN_ROUND_%s, %s }" % (
        mode.upper(), grid.upper(), rounding.replace("round_", "").upper(), "%rf, %rf, 0, 0" % scales if scales else "0, 0, %d, %d" % size)
    params = [np.zeros(0, np.float32), np.array((1, 1) + scales if scales else (), np.float32)]
    if size:
        params.append(np.array((N, shape[2]) + size, np.int64))
    return plain(name, "Resize", node, [shape], params, mode=mode, coordinate_transformation_mode=grid, nearest_mode=rounding)


def scalar(x):
    return np.array(x, np.float32)


A = (3, 4, 3)
CASES = [
    conv("conv 3x3", (5, 4, 3), 2, kernel=(3, 3), pads=(1, 1, 1, 1), bias=True),
    conv("conv, four pads, strides", (5, 6, 2), 2, kernel=(3, 2), strides=(2, 3), pads=(0, 1, 2, 1)),
    conv("conv, dilations", (7, 6, 2), 2, kernel=(3, 2), dilations=(2, 3), pads=(1, 1, 0, 1), bias=True),
    conv("conv, groups", (4, 4, 4), 6, groups=2, kernel=(3, 3), pads=(1, 1, 1, 1), bias=True),
    conv("conv, depthwise", (4, 5, 5), 5, groups=5, kernel=(3, 3), pads=(1, 1, 1, 1), bias=True),
    conv("conv, depthwise, two filters a channel", (4, 4, 3), 6, groups=3, kernel=(2, 2)),
    conv("conv, same_upper", (5, 6, 2), 2, kernel=(3, 4), strides=(2, 2), auto_pad="SAME_UPPER"),
    conv("conv, same_lower", (5, 6, 2), 2, kernel=(3, 4), strides=(2, 2), auto_pad="SAME_LOWER"),
    conv("conv 1x1", (3, 3, 5), 3, kernel=(1, 1)),
    conv("conv, 1x1 stride 2", (5, 4, 3), 2, kernel=(1, 1), strides=(2, 2), bias=True),
    plain("dense", "Gemm", "dense, .u.dense = { 3, 6, true }", [(2, 1, 3)], params=[values(18, 5).reshape(3, 6), values(21, 5)[18:]], transB=1, raw=True),
    plain("batch_norm", "BatchNormalization", "batch_norm, .u.batch_norm = { 3, 1e-3f }", [A],
          params=[values(12, 9)[i * 3:i * 3 + 3] for i in range(4)], epsilon=1e-3),
    plain("relu", "Relu", "relu", [A]),
    plain("leaky_relu", "LeakyRelu", "leaky_relu, .act_a = 0.1f", [A], alpha=0.1),
    plain("clip", "Clip", "clip, .act_a = -0.5f, .act_b = 1.25f", [A], params=[scalar(-0.5), scalar(1.25)]),
    plain("sigmoid", "Sigmoid", "sigmoid", [A]),
    plain("hard_sigmoid", "HardSigmoid", "hard_sigmoid, .act_a = 0.6f, .act_b = 0.4f", [A], alpha=0.6, beta=0.4),
    plain("hard_swish", "HardSwish", "hard_swish", [A], opset=14),
    pool("max_pool", (4, 5, 3), kernel=(2, 2), strides=(2, 2)),
    pool("max_pool, ceil_mode", (5, 6, 2), kernel=(2, 3), strides=(2, 2), ceil=True),
    pool("max_pool, ceil_mode, last window outside", (4, 4, 2), kernel=(1, 1), strides=(3, 4), ceil=True),
    pool("max_pool, pads and dilations", (6, 5, 2), kernel=(3, 2), dilations=(2, 3), pads=(2, 1, 1, 0)),
    pool("max_pool, same_upper", (5, 5, 2), kernel=(2, 3), strides=(2, 2), auto_pad="SAME_UPPER"),
    pool("max_pool, same_lower", (5, 5, 2), kernel=(2, 3), strides=(2, 2), auto_pad="SAME_LOWER"),
    pool("avg_pool", (4, 5, 3), "avg", kernel=(2, 2), strides=(2, 2)),
    pool("avg_pool, pads", (4, 5, 2), "avg", kernel=(3, 3), strides=(2, 2), pads=(1, 1, 0, 2)),
    pool("avg_pool, count_include_pad", (4, 5, 2), "avg", kernel=(3, 3), strides=(2, 2), pads=(1, 1, 0, 2), include=True),
    pool("avg_pool, ceil_mode", (5, 6, 2), "avg", kernel=(2, 3), strides=(2, 2), ceil=True),
    pool("avg_pool, ceil_mode, count_include_pad", (5, 6, 2), "avg", kernel=(3, 3), strides=(2, 2), pads=(1, 1, 0, 1), ceil=True, include=True, opset=19),
    pool("avg_pool, same_upper", (5, 5, 2), "avg", kernel=(2, 3), strides=(2, 2), auto_pad="SAME_UPPER"),
    pool("avg_pool, same_lower, count_include_pad", (5, 5, 2), "avg", kernel=(2, 3), strides=(2, 2), auto_pad="SAME_LOWER", include=True),
    pool("avg_pool, dilations", (6, 5, 2), "avg", kernel=(3, 2), dilations=(2, 3), pads=(2, 1, 1, 0), opset=19),
    pool("avg_pool, dilations, count_include_pad", (6, 5, 2), "avg", kernel=(3, 2), dilations=(2, 3), pads=(2, 1, 1, 0), include=True, opset=19),
    plain("global_avg_pool", "GlobalAveragePool", "global_avg_pool", [A]),
    plain("add", "Add", "add", [A, A]),
    plain("sub, one value a channel", "Sub", "sub", [A, (1, 1, 3)]),
    plain("mul, one value a pixel, on the left", "Mul", "mul", [(3, 4, 1), A]),
    plain("div, a scalar on the left", "Div", "div", [(1, 1, 1), (2, 2, 3)]),
    plain("add, both sides repeated", "Add", "add", [(3, 1, 3), (1, 4, 1)]),
    plain("concat, rows", "Concat", "concat, .u.along.axis = NN_AXIS_H", [A, (2, 4, 3)], axis=2),
    plain("concat, columns", "Concat", "concat, .u.along.axis = NN_AXIS_W", [A, (3, 1, 3)], axis=3),
    plain("concat, channels", "Concat", "concat, .u.along.axis = NN_AXIS_C", [A, (3, 4, 2)], axis=1),
    plain("pad", "Pad", "pad, .u.pad = { 1, 2, 0, 1, 0.5f }", [(2, 2, 3)], params=[np.array([0, 0, 1, 2, 0, 0, 0, 1], np.int64), scalar(0.5)]),
    resize("resize, 2x3", A, "nearest", "asymmetric", scales=(2.0, 3.0)),
    resize("resize, nearest of half pixels, below", (5, 4, 1), "nearest", "half_pixel", "round_prefer_floor", scales=(1.5, 2.0)),
    resize("resize, nearest of half pixels, above", (5, 4, 1), "nearest", "half_pixel", "round_prefer_ceil", scales=(1.5, 2.0)),
    resize("resize, nearest with corners in place", (4, 5, 1), "nearest", "align_corners", "round_prefer_ceil", size=(7, 9)),
    resize("resize, nearest of fewer", (7, 6, 2), "nearest", "asymmetric", "ceil", scales=(0.5, 0.7)),
    resize("resize, linear", A, "linear", "half_pixel", scales=(2.0, 2.0)),
    resize("resize, linear to a size", (5, 4, 2), "linear", "asymmetric", size=(8, 6)),
    resize("resize, linear to fewer", (5, 7, 2), "linear", "pytorch_half_pixel", size=(1, 4)),
    resize("resize, linear with corners in place", (3, 4, 2), "linear", "align_corners", scales=(1.7, 2.0)),
    plain("permute", "Transpose", "permute, .u.permute.axes = { NN_AXIS_C, NN_AXIS_H, NN_AXIS_W }", [A], perm=(0, 3, 1, 2), raw=True),
    plain("reshape", "Reshape", "reshape, .u.reshape.shape = { 2, -1, 3 }", [(4, 3, 1)], params=[np.array([2, 2, 2, 3], np.int64)], raw=True),
    plain("softmax, rows", "Softmax", "softmax, .u.along.axis = NN_AXIS_H", [A], axis=2),
    plain("softmax, columns", "Softmax", "softmax, .u.along.axis = NN_AXIS_W", [A], axis=3),
    plain("softmax, channels", "Softmax", "softmax, .u.along.axis = NN_AXIS_C", [A], axis=1),
    plain("dropout", "Dropout", "dropout, .u.dropout.rate = 0.5f", [A]),
    plain("identity", "Identity", "identity", [A]),
]


def write(case, result, out):
    y = np.array(result["data"], np.float32).reshape(result["dims"])
    if not case.raw:
        y = y.transpose(0, 2, 3, 1)
    h, w, c = y.shape[1:] if y.ndim == 4 else (1, 1, y.shape[1])
    shapes = ", ".join("{ %d, %d, %d }" % s for s in case.shapes)
    ins = ", ".join(str(i) for i in range(len(case.shapes)))
    out.write('  { "%s", { %s, .n_in = %d, .in = { %s } },\n    { %s }, { %d, %d, %d },\n    {' % (case.name, case.node, len(case.shapes), ins, shapes, h, w, c))
    numbers = ["%.7g" % x for x in y.ravel()]
    for i in range(0, len(numbers), 16):
        out.write("\n      " + ", ".join(numbers[i:i + 16]) + ",")
    out.write("\n    } },\n")


def main():
    with tempfile.TemporaryDirectory() as folder:
        runs = [case.model(os.path.join(folder, "%d.onnx" % i)) for i, case in enumerate(CASES)]
        with open(os.path.join(folder, "cases.json"), "w") as f:
            json.dump(runs, f, default=int)
        results = json.loads(subprocess.run(["node", "-e", JS, f.name], check=True, stdout=subprocess.PIPE, text=True).stdout)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ops_golden.h"), "w") as out:
        out.write("/* SPDX-License-Identifier: MIT\n * Written by ops_golden.py: what ONNX Runtime makes of single operators, two images each, (n, h, w, c). */\n")
        out.write("static const golden goldens[] = {\n")
        for case, result in zip(CASES, results):
            write(case, result, out)
        out.write("};\n")


if __name__ == "__main__":
    main()
