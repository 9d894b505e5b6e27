#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes the small ONNX files of tests/data/onnx: one for each operator and way to write it, and narrow networks in the shapes of VGG, ResNet-18, MobileNet-v2,
mini-Xception and the FER+ net as PyTorch and Keras export them. Weights are small random numbers of a fixed seed.

    /usr/bin/python3 tests/nn/onnx_models.py tests/data/onnx
    NN_RECORD=1 build/tests/nn/test-nn-onnx_write          # adds written_*.onnx, by our own writer
    node tests/nn/onnx_record.mjs tests/data/onnx tests/data/onnx/recorded.txt   # then records what ONNX Runtime makes of them all
"""
import os
import sys
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Net:
    """A graph under construction; every method adds nodes and returns the name of the last one's output."""

    def __init__(self, name, shape=("n", 3, 8, 9), opset=13, ir=8, x="x"):
        self.name, self.opset, self.ir, self.shape, self.x = name, opset, ir, shape, x
        self.nodes, self.tensors, self.count = [], [], 0
        self.random = np.random.RandomState(zlib.crc32(name.encode()) % 2**31)

    def new(self, hint):
        self.count += 1
        return f"{hint}_{self.count}"

    def tensor(self, value, dtype=np.float32, hint="t"):
        name = self.new(hint)
        self.tensors.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def ints(self, *values):
        return self.tensor(values, np.int64, "ints")

    def weight(self, *dims, scale=None):
        fan = max(1, int(np.prod(dims[1:])))
        return self.tensor(self.random.standard_normal(dims) * (scale or (2 / fan) ** 0.5))

    def op(self, kind, *inputs, **attributes):
        out = self.new(kind.lower())
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def conv(self, x, c, k, kernel=3, bias=True, groups=1, **attributes):
        kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        inputs = [x, self.weight(k, c // groups, kh, kw)] + ([self.weight(k, scale=0.1)] if bias else [])
        if groups > 1:
            attributes["group"] = groups
        return self.op("Conv", *inputs, kernel_shape=[kh, kw], **attributes)

    def bn(self, x, c, **attributes):
        scale, mean = self.random.uniform(0.5, 1.5, c), self.random.uniform(-0.2, 0.2, c)
        inputs = [self.tensor(v) for v in (scale, self.random.uniform(-0.2, 0.2, c), mean, self.random.uniform(0.5, 2, c))]
        return self.op("BatchNormalization", x, *inputs, epsilon=1e-3, **attributes)

    def gemm(self, x, c, k):
        return self.op("Gemm", x, self.weight(k, c), self.weight(k, scale=0.1), transB=1)

    def save(self, folder, *outputs):
        if os.path.exists(os.path.join(folder, self.name + ".onnx")):
            sys.exit(f"{self.name}: two models have this name")
        values = [helper.make_tensor_value_info(self.x, TensorProto.FLOAT, self.shape)]
        results = [helper.make_empty_tensor_value_info(name) for name in outputs]
        for value in results:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
        graph = helper.make_graph(self.nodes, self.name, values, results, self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], producer_name="feremotion tests")
        model.ir_version = self.ir
        onnx.save(model, os.path.join(folder, self.name + ".onnx"))


def operators(save):
    """One operator each; save (name, build, outputs...) as below."""

    def one(name, build, **options):
        net = Net(name, **options)
        outputs = build(net, net.x)
        save(net, *(outputs if isinstance(outputs, tuple) else (outputs,)))

    # Windows.
    one("conv_pads", lambda g, x: g.conv(x, 3, 4, pads=[1, 0, 2, 1]))
    one("conv_strides", lambda g, x: g.conv(x, 3, 4, (3, 2), strides=[2, 3], pads=[1, 1, 1, 1]))
    one("conv_dilations", lambda g, x: g.conv(x, 3, 4, dilations=[2, 3], pads=[2, 3, 2, 3]))
    one("conv_groups", lambda g, x: g.conv(x, 6, 4, groups=2, pads=[1, 1, 1, 1]), shape=("n", 6, 7, 5))
    one("conv_depthwise", lambda g, x: g.conv(x, 4, 8, groups=4, strides=[2, 2]), shape=("n", 4, 9, 9))
    one("conv_same_upper", lambda g, x: g.conv(x, 3, 4, (3, 4), auto_pad="SAME_UPPER", strides=[2, 2]))
    one("conv_same_lower", lambda g, x: g.conv(x, 3, 4, (2, 4), auto_pad="SAME_LOWER", strides=[2, 1]))
    one("conv_valid", lambda g, x: g.conv(x, 3, 4, auto_pad="VALID", bias=False))
    one("conv_opset7", lambda g, x: g.conv(x, 3, 2, 1), opset=7, ir=3)
    one("maxpool_pads", lambda g, x: g.op("MaxPool", x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]))
    one("maxpool_ceil", lambda g, x: g.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1))
    one("maxpool_ceil_pads", lambda g, x: g.op("MaxPool", x, kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1))
    one("maxpool_dilations", lambda g, x: g.op("MaxPool", x, kernel_shape=[2, 3], dilations=[3, 2]))
    one("maxpool_same_upper", lambda g, x: g.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"))
    one("maxpool_same_lower", lambda g, x: g.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_LOWER"))
    one("avgpool_pads", lambda g, x: g.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))
    one("avgpool_include", lambda g, x: g.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 0, 2, 1], count_include_pad=1))
    one("avgpool_ceil", lambda g, x: g.op("AveragePool", x, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1))
    one("avgpool_ceil_include",
        lambda g, x: g.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1, count_include_pad=1))
    one("avgpool_same_upper", lambda g, x: g.op("AveragePool", x, kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_UPPER"))
    one("avgpool_same_include",
        lambda g, x: g.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER", count_include_pad=1))

    # Channels and single numbers.
    one("batchnorm", lambda g, x: g.bn(x, 3))
    one("batchnorm_opset7", lambda g, x: g.bn(x, 3), opset=7, ir=3)
    one("batchnorm_opset15", lambda g, x: g.bn(x, 3, training_mode=0), opset=15)
    one("batchnorm_flat", lambda g, x: g.bn(g.op("Flatten", x), 36), shape=("n", 3, 3, 4))
    shift = lambda g, x: g.op("Mul", g.op("Sub", x, g.tensor(0.5)), g.tensor(8))
    one("relu", lambda g, x: g.op("Relu", shift(g, x)))
    one("leakyrelu", lambda g, x: g.op("LeakyRelu", shift(g, x), alpha=0.3))
    one("leakyrelu_default", lambda g, x: g.op("LeakyRelu", shift(g, x)))
    one("clip_attributes", lambda g, x: g.op("Clip", shift(g, x), min=-1.0, max=2.0), opset=10)
    one("clip_inputs", lambda g, x: g.op("Clip", shift(g, x), g.tensor(0), g.tensor(2.5)))
    one("clip_max", lambda g, x: g.op("Clip", shift(g, x), "", g.tensor(1)), opset=12)
    one("sigmoid", lambda g, x: g.op("Sigmoid", shift(g, x)))
    one("hardsigmoid", lambda g, x: g.op("HardSigmoid", shift(g, x), alpha=0.25, beta=0.4))
    one("hardsigmoid_default", lambda g, x: g.op("HardSigmoid", shift(g, x)))
    one("hardswish", lambda g, x: g.op("HardSwish", shift(g, x)), opset=14)
    one("hardswish_parts", lambda g, x: (lambda y: g.op(
        "Div", g.op("Mul", y, g.op("Clip", g.op("Add", y, g.tensor(3)), g.tensor(0), g.tensor(6))), g.tensor(6)))(shift(g, x)))
    one("dropout_opset7", lambda g, x: g.op("Dropout", x, ratio=0.4), opset=7, ir=3)
    one("dropout_opset13", lambda g, x: g.op("Dropout", x, g.tensor(0.3)))
    one("identity", lambda g, x: g.op("Relu", g.op("Identity", x)))

    # Means and softmax.
    one("gap", lambda g, x: g.op("GlobalAveragePool", x))
    one("reducemean", lambda g, x: g.op("ReduceMean", x, axes=[2, 3], keepdims=1))
    one("reducemean_flat", lambda g, x: g.op("ReduceMean", x, axes=[-1, -2], keepdims=0), opset=11)
    one("reducemean_opset18", lambda g, x: g.op("ReduceMean", x, g.ints(2, 3), keepdims=0), opset=18)
    one("reducemean_merged", lambda g, x: g.op("ReduceMean", g.op("Reshape", x, g.ints(0, 3, -1)), axes=[2], keepdims=0))
    one("reducemean_channels", lambda g, x: g.op("ReduceMean", x, axes=[1, 3], keepdims=0))
    for axis in (1, 2, 3):
        one(f"softmax_opset11_{axis}", lambda g, x: g.op("Softmax", shift(g, x), axis=axis), opset=11, shape=("n", 3, 4, 5))
    for axis in (1, 2, -1):
        one(f"softmax_opset13_{axis}", lambda g, x: g.op("Softmax", shift(g, x), axis=axis), shape=("n", 3, 4, 5))
    one("softmax_flat", lambda g, x: g.op("Softmax", g.op("Flatten", shift(g, x))), shape=("n", 3, 4, 5))

    # Shapes and orders.
    small = dict(shape=("n", 3, 4, 5))
    one("flatten", lambda g, x: g.op("Flatten", x), **small)
    one("flatten_gemm", lambda g, x: g.gemm(g.op("Flatten", x), 60, 5), **small)
    one("flatten_gemm_open", lambda g, x: g.gemm(g.op("Flatten", x), 297, 5), shape=("n", 3, "h", "w"))
    one("flatten_axis", lambda g, x: g.op("Flatten", g.op("Transpose", g.op("GlobalAveragePool", x), perm=[0, 2, 3, 1]), axis=-3), **small)
    one("gap_gemm_open", lambda g, x: g.gemm(g.op("Flatten", g.op("GlobalAveragePool", g.conv(x, 3, 6))), 6, 5), shape=("n", 3, "h", "w"))
    one("reshape_rest", lambda g, x: g.gemm(g.op("Reshape", x, g.ints(-1, 60)), 60, 4), **small)
    one("reshape_copy", lambda g, x: g.gemm(g.op("Reshape", x, g.ints(0, -1)), 60, 4), **small)
    one("reshape_fixed_batch", lambda g, x: g.gemm(g.op("Reshape", x, g.ints(1, 60)), 60, 4), shape=(1, 3, 4, 5))
    one("reshape_back", lambda g, x: g.conv(g.op("Reshape", g.op("Reshape", x, g.ints(0, 60)), g.ints(-1, 3, 4, 5)), 3, 2), **small)
    one("reshape_split", lambda g, x: g.conv(g.op("Reshape", x, g.ints(0, 6, 2, 5)), 6, 2, 2), **small)
    one("reshape_dense_to_plane", lambda g, x: g.conv(g.op("Reshape", g.gemm(g.op("Flatten", x), 60, 24), g.ints(0, 4, 2, 3)), 4, 3, 2), **small)
    one("transpose_output", lambda g, x: g.op("Reshape", g.op("Transpose", x, perm=[0, 2, 3, 1]), g.ints(0, -1, 3)), **small)
    one("transpose_real", lambda g, x: g.conv(g.op("Transpose", x, perm=[0, 2, 3, 1]), 4, 2, 2), **small)
    for order in ((0, 1, 3, 2), (0, 2, 1, 3), (0, 3, 1, 2), (0, 3, 2, 1)):
        k = (3, 4, 5)[order[1] - 1]
        one("transpose_" + "".join(map(str, order)), lambda g, x: (lambda t: (t, g.conv(g.op("Relu", t), k, 2, 2)))(
            g.op("Transpose", shift(g, x), perm=order)), **small)
    one("transpose_tokens", lambda g, x: g.conv(g.op("Reshape", g.op("Relu", g.op("Transpose", g.op("Reshape", x, g.ints(0, 3, 20)), perm=[0, 2, 1])),
                                                      g.ints(-1, 4, 5, 3)), 4, 2, 2), **small)
    one("transpose_reshape", lambda g, x: g.op("Softmax", g.op("Reshape", g.op("Transpose", g.conv(x, 3, 8, 1), perm=[0, 2, 3, 1]), g.ints(0, -1, 2)), axis=-1),
        shape=("n", 3, "h", "w"))
    one("reshape_any_plane", lambda g, x: g.op("Concat", *(g.op("Reshape", g.op("Transpose", y, perm=[0, 2, 3, 1]), g.ints(0, -1, 4)) for y in (
        g.conv(x, 3, 8, 1), g.conv(x, 3, 4, 3, strides=[2, 2]))), axis=1), shape=("n", 3, "h", "w"))
    one("reshape_wide", lambda g, x: g.conv(g.op("Reshape", g.op("Reshape", x, g.ints(0, 2, 30)), g.ints(0, 2, 5, 6)), 2, 3, 2), **small)
    one("reshape_merge_rows", lambda g, x: g.op("Relu", g.op("Reshape", x, g.ints(0, 12, 5, 1))), **small)
    one("transpose_there_and_back", lambda g, x: g.conv(
        g.op("Transpose", g.op("Relu", g.op("Transpose", x, perm=[0, 2, 3, 1])), perm=[0, 3, 1, 2]), 3, 2, 2), **small)
    one("transpose_gemm", lambda g, x: g.gemm(g.op("Flatten", g.op("Transpose", x, perm=[0, 3, 2, 1])), 60, 4), **small)
    one("squeeze_attribute", lambda g, x: g.gemm(g.op("Squeeze", g.op("GlobalAveragePool", x), axes=[2, 3]), 3, 4), opset=11)
    one("squeeze_input", lambda g, x: g.gemm(g.op("Squeeze", g.op("GlobalAveragePool", x), g.ints(-1, -2)), 3, 4))
    one("squeeze_all", lambda g, x: g.op("Squeeze", g.op("GlobalAveragePool", x)))
    one("unsqueeze_attribute", lambda g, x: g.op("Mul", x, g.op("Unsqueeze", g.op("ReduceMean", x, axes=[2, 3], keepdims=0), axes=[2, 3])), opset=11)
    one("unsqueeze_input", lambda g, x: g.op("Mul", x, g.op("Unsqueeze", g.op("ReduceMean", x, axes=[2, 3], keepdims=0), g.ints(-1, -2))))
    one("shape_gather", lambda g, x: g.gemm(g.op("Reshape", x, g.op(
        "Concat", g.op("Unsqueeze", g.op("Gather", g.op("Shape", x), g.tensor(0, np.int64), axis=0), axes=[0]), g.ints(-1), axis=0)), 60, 4),
        opset=11, **small)

    def shape_product(g, x):
        size = [g.op("Gather", g.op("Shape", x), g.tensor(i, np.int64)) for i in range(4)]
        features = g.op("Cast", g.op("Mul", g.op("Mul", size[1], size[2]), size[3]), to=TensorProto.INT64)
        parts = [g.op("Unsqueeze", v, g.ints(0)) for v in (size[0], g.op("Div", g.op("Sub", g.op("Add", features, features), features), g.tensor(1, np.int64)))]
        return g.gemm(g.op("Reshape", x, g.op("Concat", *parts, axis=0)), 60, 4)

    one("shape_product", shape_product, **small)
    one("shape_slice", lambda g, x: g.gemm(g.op("Reshape", x, g.op(
        "Concat", g.op("Slice", g.op("Shape", x), g.ints(0), g.ints(1), g.ints(0)), g.op("ConstantOfShape", g.ints(1), value=helper.make_tensor(
            "v", TensorProto.INT64, [1], [-1])), axis=0)), 60, 4), **small)
    one("shape_slice_opset9", lambda g, x: g.gemm(g.op("Reshape", x, g.op(
        "Concat", g.op("Slice", g.op("Shape", x), starts=[0], ends=[1], axes=[0]), g.ints(-1), axis=0)), 60, 4), opset=9, **small)
    one("shape_part", lambda g, x: g.gemm(g.op("Reshape", x, g.op("Concat", g.op("Shape", x, start=0, end=1), g.ints(60), axis=0)), 60, 4),
        opset=15, **small)

    # Products.
    flat = lambda g, x: g.op("Flatten", x)
    one("gemm", lambda g, x: g.op("Gemm", flat(g, x), g.weight(60, 5), g.weight(1, 5), alpha=0.5, beta=2.0), **small)
    one("gemm_scalar_bias", lambda g, x: g.op("Gemm", flat(g, x), g.weight(5, 60), g.tensor([0.7]), transB=1), **small)
    one("gemm_no_bias", lambda g, x: g.op("Gemm", flat(g, x), g.weight(60, 5)), **small)
    one("gemm_transposed_input", lambda g, x: g.op("Gemm", g.op("Transpose", flat(g, x), perm=[1, 0]), g.weight(60, 5), transA=1), **small)
    one("matmul_add", lambda g, x: g.op("Add", g.op("MatMul", flat(g, x), g.weight(60, 5)), g.weight(5)), **small)
    one("matmul_transposed_weight", lambda g, x: g.op("MatMul", flat(g, x), g.op("Transpose", g.weight(5, 60), perm=[1, 0])), **small)
    one("matmul_plane", lambda g, x: g.op("MatMul", x, g.weight(5, 4)), **small)
    one("matmul_tokens", lambda g, x: g.op("MatMul", g.op("Transpose", g.op("Reshape", x, g.ints(0, 3, -1)), perm=[0, 2, 1]), g.weight(3, 4)), **small)

    # Arithmetic.
    for kind in ("Add", "Sub", "Mul", "Div"):
        one(f"{kind.lower()}_scalar", lambda g, x: g.op(kind, x, g.tensor(1.5)), **small)
        one(f"{kind.lower()}_channels", lambda g, x: g.op(kind, g.weight(3, 1, 1), g.op("Add", x, g.tensor([1.0]))), **small)
    one("add_full", lambda g, x: g.op("Add", x, g.weight(1, 3, 4, 5)), **small)
    one("add_row", lambda g, x: g.op("Add", x, g.weight(5)), **small)
    one("add_column", lambda g, x: g.op("Add", x, g.weight(4, 1)), **small)
    one("add_flat", lambda g, x: g.op("Add", flat(g, x), g.weight(60)), **small)
    one("add_widens", lambda g, x: g.op("Add", g.conv(x, 3, 1, 1), g.weight(4, 1, 1)), **small)
    one("add_tensors", lambda g, x: g.op("Add", x, g.conv(x, 3, 3, pads=[1, 1, 1, 1])), **small)
    one("sub_tensor_of_channels", lambda g, x: g.op("Sub", g.op("GlobalAveragePool", x), x), **small)
    one("mul_orders", lambda g, x: g.op("Mul", g.op("Transpose", x, perm=[0, 3, 2, 1]), g.conv(x, 3, 5, (1, 3))), shape=("n", 3, 4, 5))
    one("div_tensors", lambda g, x: g.op("Div", x, g.op("Add", g.op("Sigmoid", g.conv(x, 3, 1, 1)), g.tensor(1))), **small)
    for axis in (1, 2, -1):
        one(f"concat_{axis}", lambda g, x: g.op("Concat", x, g.op("Relu", shift(g, x)), x, axis=axis), **small)
    one("concat_grey", lambda g, x: g.op("Concat", x, g.conv(x, 3, 1, 1), axis=1), **small)
    one("concat_flat", lambda g, x: g.gemm(g.op("Concat", flat(g, x), g.op("Flatten", g.op("GlobalAveragePool", x)), axis=1), 63, 4), **small)
    one("pad_attributes", lambda g, x: g.op("Pad", x, pads=[0, 0, 1, 2, 0, 0, 3, 0], value=0.5, mode="constant"), opset=10, **small)
    one("pad_inputs", lambda g, x: g.op("Pad", x, g.ints(0, 0, 1, 0, 0, 0, 0, 2), g.tensor(-1.0)), opset=11, **small)
    one("pad_channels", lambda g, x: g.op("Pad", x, g.ints(0, 1, 0, 0, 0, 2, 0, 0)), **small)
    one("pad_opset18", lambda g, x: g.op("Pad", x, g.ints(1, 2, 2, 1), "", g.ints(-2, -1)), opset=18, **small)

    # Other sizes of the plane: as each opset and each exporter writes them.
    no = lambda g: g.tensor([])
    scales = lambda g, *factors: g.tensor(factors)
    one("upsample_opset7", lambda g, x: g.op("Upsample", x, mode="nearest", scales=[1.0, 1.0, 2.0, 3.0]), opset=7, ir=3, **small)
    one("upsample_opset9", lambda g, x: g.op("Upsample", x, scales(g, 1, 1, 2, 2), mode="linear"), opset=9, ir=4, **small)
    one("resize_opset10", lambda g, x: g.op("Resize", x, scales(g, 1, 1, 1, 0.6), mode="nearest"), opset=10, **small)
    one("resize_torch", lambda g, x: g.op("Resize", g.conv(x, 3, 4, 1), no(g), scales(g, 1, 1, 2, 2), mode="nearest", nearest_mode="floor",
                                          coordinate_transformation_mode="asymmetric", cubic_coeff_a=-0.75), opset=11, shape=("n", 3, "h", "w"))
    one("resize_default", lambda g, x: g.op("Resize", x, "", scales(g, 1, 1, 1.5, 2)), **small)
    one("resize_linear", lambda g, x: g.op("Resize", x, "", scales(g, 1, 1, 2, 2), mode="linear"), **small)
    one("resize_corners", lambda g, x: g.op("Resize", x, no(g), no(g), g.ints(2, 3, 7, 9), mode="linear", coordinate_transformation_mode="align_corners"),
        shape=(2, 3, 4, 5), opset=11)
    one("resize_to_size", lambda g, x: g.op("Resize", x, "", "", g.op(
        "Concat", g.op("Slice", g.op("Shape", x), g.ints(0), g.ints(2)), g.ints(6, 6), axis=0), mode="linear",
        coordinate_transformation_mode="pytorch_half_pixel"), **small)
    one("resize_keras", lambda g, x: g.op("Transpose", g.op("Resize", g.op("Transpose", x, perm=[0, 3, 1, 2]), no(g), scales(g, 1, 1, 2, 2), mode="nearest",
        nearest_mode="floor", coordinate_transformation_mode="tf_half_pixel_for_nn"), perm=[0, 2, 3, 1]), opset=11, shape=("n", 4, 5, 3))
    one("resize_channels_last", lambda g, x: g.conv(g.op("Transpose", g.op("Resize", g.op("Transpose", g.conv(x, 3, 4), perm=[0, 2, 3, 1]), "",
        scales(g, 1, 2, 2, 1)), perm=[0, 3, 1, 2]), 4, 2), **small)
    one("resize_tokens", lambda g, x: g.op("Resize", g.op("Reshape", x, g.ints(0, 3, -1)), "", scales(g, 1, 1, 2), mode="linear"), **small)
    one("resize_opset18", lambda g, x: g.op("Resize", x, "", scales(g, 2, 3), axes=[2, 3], mode="nearest", antialias=0,
        keep_aspect_ratio_policy="stretch"), opset=18, **small)

    # Constants.
    def constants(g, x):
        weight = g.op("Constant", value=numpy_helper.from_array(g.random.standard_normal((2, 3, 3, 3)).astype(np.float32)))
        bias = g.op("Constant", value_floats=[0.25, -0.5])
        return g.op("Mul", g.op("Conv", x, g.op("Identity", weight), bias), g.op("Constant", value_float=1.5))

    one("constants", constants, **small)
    one("half_weights", lambda g, x: g.op("Conv", x, g.op("Cast", g.tensor(g.random.standard_normal((2, 3, 3, 3)), np.float16), to=TensorProto.FLOAT)),
        **small)
    one("zero_bias", lambda g, x: g.op("Conv", x, g.weight(2, 3, 3, 3), g.op("ConstantOfShape", g.ints(2))), **small)
    one("dropout_mask", lambda g, x: (g.nodes.append(helper.make_node("Dropout", [x], ["kept", "mask"])), g.op("Relu", "kept"))[1], opset=10, **small)
    one("shared_constant", lambda g, x: (lambda c: g.op("Mul", g.op("Add", x, c), c))(g.weight(3, 1, 1)), **small)
    one("two_outputs", lambda g, x: (lambda y: (y, g.op("Softmax", g.gemm(g.op("Flatten", y), 12, 4))))(g.conv(x, 3, 2)), **small)


def vgg(name, opset, style):
    g = Net(name, ("n", 1, 24, 24), opset, x="input")
    y, c = g.x, 1
    for k, convs in ((6, 2), (8, 2), (12, 3)):
        for _ in range(convs):
            y, c = g.op("Relu", g.bn(g.conv(y, c, k, bias=style != "shape", pads=[1, 1, 1, 1]), k)), k
        y = g.op("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2])
    if style == "shape":  # x.view (x.size (0), -1)
        batch = g.op("Unsqueeze", g.op("Gather", g.op("Shape", y), g.tensor(0, np.int64), axis=0), axes=[0])
        y = g.op("Reshape", y, g.op("Concat", batch, g.ints(-1), axis=0))
    else:
        y = g.op("Flatten", y, axis=1)
    y = g.op("Dropout", g.op("Relu", g.gemm(y, 108, 16)))
    y = g.op("Relu", g.bn(g.gemm(y, 16, 16), 16))
    return g, g.op("Softmax", g.gemm(y, 16, 7), axis=1)


def resnet(name, opset):
    g = Net(name, ("n", 3, "h", "w"), opset, x="input")
    y = g.op("Relu", g.bn(g.conv(g.x, 3, 4, 7, bias=False, strides=[2, 2], pads=[3, 3, 3, 3]), 4))
    y, c = g.op("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), 4
    for k in (4, 6, 8, 10):
        for block in range(2):
            s = 2 if k != c else 1
            z = g.op("Relu", g.bn(g.conv(y, c, k, bias=False, strides=[s, s], pads=[1, 1, 1, 1]), k))
            z = g.bn(g.conv(z, k, k, bias=False, pads=[1, 1, 1, 1]), k)
            shortcut = y if c == k else g.bn(g.conv(y, c, k, 1, bias=False, strides=[s, s]), k)
            y, c = g.op("Relu", g.op("Add", z, shortcut)), k
    return g, g.gemm(g.op("Flatten", g.op("GlobalAveragePool", y)), c, 7)


def mobilenet_torch(name):
    g = Net(name, ("n", 3, 32, 32), 11, x="input")
    low, high = g.tensor(0), g.tensor(6)
    relu6 = lambda v: g.op("Clip", v, low, high)
    y, c = relu6(g.bn(g.conv(g.x, 3, 4, bias=False, strides=[2, 2], pads=[1, 1, 1, 1]), 4)), 4
    for t, k, n, s in ((1, 4, 1, 1), (3, 6, 2, 2), (3, 8, 2, 2)):
        for i in range(n):
            z, e, stride = y, c * t, s if i == 0 else 1
            if t > 1:
                z = relu6(g.bn(g.conv(z, c, e, 1, bias=False), e))
            z = relu6(g.bn(g.conv(z, e, e, bias=False, groups=e, strides=[stride] * 2, pads=[1, 1, 1, 1]), e))
            z = g.bn(g.conv(z, e, k, 1, bias=False), k)
            y, c = g.op("Add", y, z) if stride == 1 and c == k else z, k
    y = relu6(g.bn(g.conv(y, c, 16, 1, bias=False), 16))
    y = g.op("ReduceMean", y, axes=[2, 3], keepdims=0)
    return g, g.gemm(y, 16, 7)


def mobilenet_keras(name):
    """As tf2onnx writes it: (n, h, w, c) in and out of every layer that is no convolution, MatMul + Add, ReduceMean."""
    g = Net(name, ("n", 32, 32, 3), 13, x="input_1")
    y = g.op("Transpose", g.op("Sub", g.op("Mul", g.x, g.tensor(2)), g.tensor([1.0, 0.9, 1.1])), perm=[0, 3, 1, 2])
    low, high = g.tensor(0), g.tensor(6)
    relu6 = lambda v: g.op("Clip", v, low, high)
    y, c = relu6(g.bn(g.conv(y, 3, 4, bias=False, strides=[2, 2], auto_pad="SAME_UPPER"), 4)), 4
    for t, k, s in ((2, 6, 2), (2, 6, 1), (3, 8, 2)):
        e = c * t
        z = relu6(g.bn(g.conv(y, c, e, 1, bias=False), e))
        if s == 2:
            z = g.op("Transpose", z, perm=[0, 2, 3, 1])
            z = g.op("Pad", z, g.ints(0, 0, 0, 0, 0, 1, 1, 0))
            z = g.op("Transpose", z, perm=[0, 3, 1, 2])
        z = relu6(g.bn(g.conv(z, e, e, bias=False, groups=e, strides=[s, s], **(dict(auto_pad="VALID") if s == 2 else dict(auto_pad="SAME_UPPER"))), e))
        z = g.bn(g.conv(z, e, k, 1, bias=False), k)
        y, c = g.op("Add", z, y) if s == 1 and c == k else z, k
    y = g.op("Transpose", y, perm=[0, 2, 3, 1])
    y = g.op("ReduceMean", y, axes=[1, 2], keepdims=0)
    return g, g.op("Softmax", g.op("Add", g.op("MatMul", y, g.weight(c, 7)), g.weight(7)), axis=-1)


def xception(name, keras):
    g = Net(name, ("n", 32, 32, 1) if keras else ("n", 1, 32, 32), 12, x="input_1")
    y = g.op("Transpose", g.x, perm=[0, 3, 1, 2]) if keras else g.x
    y = g.op("Relu", g.bn(g.conv(y, 1, 4, bias=False), 4))
    y, c = g.op("Relu", g.bn(g.conv(y, 4, 4, bias=False), 4)), 4
    for k in (6, 8, 12):
        shortcut = g.bn(g.conv(y, c, k, 1, bias=False, strides=[2, 2], auto_pad="SAME_UPPER"), k)
        z = g.conv(g.conv(y, c, c, bias=False, groups=c, auto_pad="SAME_UPPER"), c, k, 1, bias=False)
        z = g.op("Relu", g.bn(z, k))
        z = g.bn(g.conv(g.conv(z, k, k, bias=False, groups=k, auto_pad="SAME_UPPER"), k, k, 1, bias=False), k)
        z = g.op("MaxPool", z, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
        y, c = g.op("Add", z, shortcut), k
    y = g.op("GlobalAveragePool", g.conv(y, c, 7, auto_pad="SAME_UPPER"))
    y = g.op("Squeeze", g.op("Transpose", y, perm=[0, 2, 3, 1]), axes=[1, 2]) if keras else g.op("Reshape", y, g.ints(0, 7))
    return g, g.op("Softmax", y, axis=-1 if keras else 1)


def vgg_keras(name):
    """Flatten in (h, w, c) order before the dense layers; the one channel is moved by a Reshape."""
    g = Net(name, (None, 20, 16, 1), 9, ir=4, x="conv2d_input")
    y, c = g.op("Reshape", g.x, g.ints(-1, 1, 20, 16)), 1
    for k in (6, 8):
        y, c = g.op("Relu", g.conv(y, c, k, auto_pad="SAME_UPPER")), k
        y = g.op("MaxPool", g.bn(y, c), kernel_shape=[2, 2], strides=[2, 2])
    y = g.op("Reshape", g.op("Transpose", y, perm=[0, 2, 3, 1]), g.ints(-1, 160))
    y = g.op("Relu", g.op("Add", g.op("MatMul", y, g.weight(160, 16)), g.weight(16)))
    return g, g.op("Softmax", g.op("Add", g.op("MatMul", y, g.weight(16, 7)), g.weight(7)), axis=1)


def ferplus(name):
    """The FER+ net as CNTK wrote it: opset 7, batch 1, Conv and bias apart, dense weights of rank 4 behind a Reshape."""
    g = Net(name, (1, 1, 32, 32), 7, ir=3, x="Input3")
    y = g.op("Div", g.op("Sub", g.x, g.op("Constant", value=numpy_helper.from_array(np.float32(0.5)))), g.tensor(0.25))
    c = 1
    for k, convs in ((4, 2), (6, 2), (8, 3)):
        for _ in range(convs):
            y = g.op("Conv", y, g.weight(k, c, 3, 3), auto_pad="SAME_UPPER", dilations=[1, 1], group=1, kernel_shape=[3, 3], strides=[1, 1])
            y, c = g.op("Relu", g.op("Add", y, g.weight(k, 1, 1))), k
        y = g.op("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], auto_pad="NOTSET")
        y = g.op("Dropout", y, ratio=0.25)
    y = g.op("Reshape", y, g.ints(1, 128))
    weight = g.op("Reshape", g.weight(8, 4, 4, 16, scale=0.1), g.ints(128, 16))
    y = g.op("Dropout", g.op("Relu", g.op("Add", g.op("MatMul", y, weight), g.weight(16))), ratio=0.5)
    return g, g.op("Add", g.op("MatMul", y, g.weight(16, 8)), g.weight(8))


def squeeze_excite(name):
    """MobileNet-v3's block: hard swish and a gate."""
    g = Net(name, ("n", 3, 16, 16), 14, x="input")
    y = g.op("HardSwish", g.bn(g.conv(g.x, 3, 8, bias=False, strides=[2, 2], pads=[1, 1, 1, 1]), 8))
    gate = g.op("Relu", g.conv(g.op("GlobalAveragePool", y), 8, 4, 1))
    y = g.op("Mul", y, g.op("HardSigmoid", g.conv(gate, 4, 8, 1), alpha=1 / 6, beta=0.5))
    y = g.op("Concat", y, g.op("AveragePool", y, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), axis=1)
    return g, g.gemm(g.op("Flatten", g.op("GlobalAveragePool", y)), 16, 7)


def face_finder(name, size):
    """A pyramid with an anchor-free head for each stride, as YuNet has them, and heads whose boxes lie behind each other, as UltraFace has them: rows of
    cells by way of Transpose and Reshape, some with a name that only a layout gives them."""
    g = Net(name, (1, 3, *size), 11, x="input")
    down = lambda x, c, k: g.op("Relu", g.conv(x, c, k, strides=[2, 2], pads=[1, 1, 1, 1]))
    fine = down(down(g.x, 3, 6), 6, 8)
    coarse = down(fine, 8, 8)
    up = g.op("Resize", coarse, g.tensor([]), g.tensor([1, 1, 2, 2]), mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric")
    maps, outputs, rows = ((4, g.op("Add", fine, up)), (8, coarse)), [], {}
    for stride, features in maps:
        for kind, c in (("score", 1), ("box", 4)):
            y = g.op("Transpose", g.conv(features, 8, c, 1), perm=[0, 2, 3, 1])
            y = g.op("Reshape", y, g.ints(1, -1, c))
            if kind == "score":
                y = g.op("Sigmoid", y)
            g.nodes[-1].output[0] = g.nodes[-1].name = y = f"{kind}_{stride}"
            outputs.append(y)
        for kind, c in (("class", 2), ("anchor", 4)):
            y = g.op("Transpose", g.conv(features, 8, 2 * c, 3, pads=[1, 1, 1, 1]), perm=[0, 2, 3, 1])
            rows.setdefault(kind, []).append(g.op("Reshape", y, g.ints(1, -1, c)))
    classes = g.op("Softmax", g.op("Concat", *rows["class"], axis=1), axis=2)
    return g, (*outputs, classes, g.op("Concat", *rows["anchor"], axis=1))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        if name.endswith(".onnx") and not name.startswith("written_"):
            os.remove(os.path.join(folder, name))
    operators(lambda net, *outputs: net.save(folder, *outputs))
    networks = [vgg("net_vgg_torch", 17, "flatten"), vgg("net_vgg_torch_shape", 11, "shape"), vgg_keras("net_vgg_keras"),
                resnet("net_resnet18", 13), resnet("net_resnet18_opset7", 7), mobilenet_torch("net_mobilenet2_torch"),
                mobilenet_keras("net_mobilenet2_keras"), xception("net_xception_keras", True), xception("net_xception", False),
                ferplus("net_ferplus"), squeeze_excite("net_squeeze_excite"), face_finder("net_face_finder", (24, 32))]
    for net, outputs in networks:
        net.save(folder, *(outputs if isinstance(outputs, tuple) else (outputs,)))


if __name__ == "__main__":
    main(sys.argv[1])
