"""Runs the Python of a document, block after block: run_document.py DOCUMENT NAME=VALUE...

Prints, as JSON, the lengths of all lists and the texts that are left.
"""

import json
import re
import sys

names = dict(argument.split("=", 1) for argument in sys.argv[2:])
for block in re.findall(r"```python\n(.*?)```", open(sys.argv[1], encoding="utf-8").read(), re.DOTALL):
    exec(compile(block, sys.argv[1], "exec"), names)
print(json.dumps({name: len(value) for name, value in names.items() if isinstance(value, (list, str))}))
