"""Arrays as NumPy itself writes them, for test/host/numpy: python test/oracles/numpy_files.py"""
import base64
import io
import json
import os

import numpy as np

cases = []
for dtype in ["|b1", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    values = np.array([[0, 1, 2], [3, 100, 1]]).astype(dtype)
    if values.dtype.kind in "if":
        values[0, 0] = -5
    if values.dtype.kind == "f":
        values[1, 2] = 0.333251953125
    for order in "CF":
        file = io.BytesIO()
        np.save(file, np.asarray(values, order=order))
        cases.append({"dtype": dtype, "order": order, "shape": [2, 3], "values": [float(v) for v in values.ravel()], "file": base64.b64encode(file.getvalue()).decode()})
for shape in [(), (0, 2), (4,)]:
    file = io.BytesIO()
    np.save(file, np.ones(shape, "<f4"))
    cases.append({"dtype": "<f4", "order": "C", "shape": list(shape), "values": [1.0] * int(np.prod(shape)), "file": base64.b64encode(file.getvalue()).decode()})
with open(os.path.join(os.path.dirname(__file__), "numpy_files.json"), "w") as out:
    json.dump(cases, out, indent=0)
