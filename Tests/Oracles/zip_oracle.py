"""Python's zipfile: an archive for the tests of what reads wheels.

Prints the bytes of an archive with `a/stored.txt` (stored), `a/packed.bin` (deflated: the bytes 0 to 255, a thousand
times), `empty`, and a comment at its end.
"""

import io
import sys
import zipfile

file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("a/stored.txt", "stored as it is", zipfile.ZIP_STORED)
    archive.writestr("a/packed.bin", bytes(range(256)) * 1000, zipfile.ZIP_DEFLATED)
    archive.writestr("empty", b"", zipfile.ZIP_DEFLATED)
    archive.comment = b"PK\5\6 is not the end here"
sys.stdout.buffer.write(file.getvalue())
