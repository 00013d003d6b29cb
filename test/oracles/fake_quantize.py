"""Makes fake-quantize.json: TensorFlow's FakeQuantWithMinMaxVars(PerChannel) and their gradients on random cases.

  python test/oracles/fake_quantize.py [CASES [SEED [FILE]]]      (TensorFlow 2.20)

A case is one range, bit width and narrow flag with VALUES values; 2,000 cases of 50 are 100,000 values for each of the two
ops. Both sides draw the same numbers from mulberry32, so only results are stored: a CRC-32 of each case's outputs and
input gradients (equal means equal to the bit), and the range gradients, which are sums and compared with a tolerance (those of the first 250 cases).
"""
import base64
import json
import os
import sys
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

VALUES = 50
CHANNELS = 5


def uniform(seed, count):
    """mulberry32: `count` numbers in [0, 1), float64."""
    state = (np.uint64(seed) + np.uint64(0x6D2B79F5) * np.arange(1, count + 1, dtype=np.uint64)) & np.uint64(0xFFFFFFFF)
    mask = np.uint64(0xFFFFFFFF)
    t = ((state ^ (state >> np.uint64(15))) * (state | np.uint64(1))) & mask
    t ^= (t + (((t ^ (t >> np.uint64(7))) * (t | np.uint64(61))) & mask)) & mask
    return ((t ^ (t >> np.uint64(14))) & mask).astype(np.float64) / 4294967296.0


def draw_range(u):
    """A range from 4 numbers: magnitudes 2^-10 to 2^10; one in 16 is [0, 0], one in 8 one-sided."""
    exponent = np.floor(20 * u[0])
    size = (1 + 20 * u[0] - exponent) * 2.0 ** (exponent - 10)
    low, high = -size * u[1], size * (1 - u[1])
    if u[2] < 1 / 16:
        low = high = 0.0
    elif u[2] < 1 / 8:
        low = 0.0
    elif u[2] < 3 / 16:
        high = 0.0
    return np.float32(low), np.float32(high)


def draw_values(u, low, high, steps):
    """Half anywhere in the range and a fifth beyond, half on or beside ties of the grid."""
    width = float(high) - float(low)
    anywhere = float(low) + width * (1.4 * u[:, 1] - 0.2)
    tie = np.float32(width / steps) * (np.floor(u[:, 1] * (steps + 4)) - 2 - np.floor((-float(low) / (width / steps) if width else 0) + 0.5) + 0.5)
    return np.where(u[:, 0] < 0.5, anywhere, tie).astype(np.float32)


def crc(*arrays):
    # −0 and 0 are equal: sign of zero is no part of a result.
    return zlib.crc32(b"".join((a + np.float32(0)).astype("<f4").tobytes() for a in arrays))


def case(index, seed):
    u = uniform((seed + index * 0x9E3779B9) & 0xFFFFFFFF, 2 + 4 * CHANNELS + 3 * VALUES)
    bits, narrow = 2 + int(u[0] * 15), bool(u[1] < 0.5)
    ranges = [draw_range(u[2 + 4 * c: 6 + 4 * c]) for c in range(CHANNELS)]
    v = u[2 + 4 * CHANNELS:].reshape(VALUES, 3)
    steps = 2**bits - 1 - narrow
    gradient = (2 * v[:, 2] - 1).astype(np.float32)

    low, high = ranges[0]
    x = draw_values(v, low, high, steps)
    out = tf.quantization.fake_quant_with_min_max_vars(x, low, high, bits, narrow).numpy()
    gx, glow, ghigh = tf.quantization.fake_quant_with_min_max_vars_gradient(gradient, x, low, high, bits, narrow)

    lows, highs = np.array([r[0] for r in ranges]), np.array([r[1] for r in ranges])
    rows = v.reshape(-1, CHANNELS, 3)
    xc = np.stack([draw_values(rows[:, c], lows[c], highs[c], steps) for c in range(CHANNELS)], 1)
    outc = tf.quantization.fake_quant_with_min_max_vars_per_channel(xc, lows, highs, bits, narrow).numpy()
    gxc, glows, ghighs = tf.quantization.fake_quant_with_min_max_vars_per_channel_gradient(
        gradient.reshape(-1, CHANNELS), xc, lows, highs, bits, narrow)
    ranges_out = np.concatenate([[glow, ghigh], np.stack([glows, ghighs], 1).ravel()]).astype(np.float32)
    inputs = crc(x, xc.ravel())
    return (inputs, crc(out, gx.numpy()), crc(outc.ravel(), gxc.numpy().ravel())), ranges_out


def main():
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    checks, gradients = [], []
    for index in range(cases):
        check, gradient = case(index, seed)
        checks.append(check)
        gradients.append(gradient)
    encode = lambda a, t: base64.b64encode(np.asarray(a).astype(t).tobytes()).decode()
    out = {
        "generator": "test/oracles/fake_quantize.py",
        "tensorflow": tf.__version__,
        "seed": seed, "cases": cases, "values": VALUES, "channels": CHANNELS,
        "checks": encode(checks, "<u4"), "rangeGradients": encode(gradients[:250], "<f4"),
    }
    path = sys.argv[3] if len(sys.argv) > 3 else os.path.join(os.path.dirname(__file__), "fake-quantize.json")
    with open(path, "w") as file:
        json.dump(out, file, indent=1)
    print(path)


if __name__ == "__main__":
    main()
