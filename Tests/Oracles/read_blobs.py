"""Lists the blobs in a directory from the layout that Sources/Blobs documents, sharing no code with it.

Prints "pack offset length sha256" for each record of each pack, "large length sha256" for each large file.
Any byte that does not fit the layout ends the program with an assertion.
"""

import hashlib
import os
import struct
import sys

TABLE = []
for index in range(256):
    crc = index
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    TABLE.append(crc)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def list_pack(path, name):
    data = open(path, "rb").read()
    magic, version, flags, number, salt, zero, checksum = struct.unpack_from("<8sHHIQII", data, 0)
    assert magic == b"fovpack\n" and (version, flags, zero) == (1, 0, 0)
    assert name == "%08d.pack" % number and checksum == crc32c(data[:28])
    offset = 32
    while offset < len(data):
        fields = struct.unpack_from("<4sHHQQQ32sII", data, offset)
        magic, version, flags, record_salt, place, length, digest, payload_checksum, checksum = fields
        payload = data[offset + 72 : offset + 72 + length]
        assert magic == b"\x46\x62\x9d\x0a" and (version, flags) == (1, 0)
        assert record_salt == salt and place == offset and len(payload) == length
        assert checksum == crc32c(data[offset : offset + 68]) and payload_checksum == crc32c(payload)
        assert digest == hashlib.sha256(payload).digest()
        print(number, offset, length, digest.hex())
        offset = (offset + 72 + length + 7) // 8 * 8


def list_large(path, name):
    data = open(path, "rb").read()
    sums = open(path + ".sums", "rb").read()
    magic, version, flags, block, length, digest = struct.unpack_from("<8sHHIQ32s", sums, 0)
    assert magic == b"fovsums\n" and (version, flags, block) == (1, 0, 1 << 20)
    assert length == len(data) and digest.hex() == name == hashlib.sha256(data).hexdigest()
    checksums = [crc32c(data[start : start + block]) for start in range(0, length, block)]
    assert sums[56:-4] == struct.pack("<%dI" % len(checksums), *checksums)
    assert sums[-4:] == struct.pack("<I", crc32c(sums[:-4]))
    print("large", length, name)


root = sys.argv[1]
for name in sorted(os.listdir(os.path.join(root, "packs"))):
    list_pack(os.path.join(root, "packs", name), name)
for directory, _, names in sorted(os.walk(os.path.join(root, "large"))):
    for name in sorted(names):
        if not name.endswith(".sums"):
            assert os.path.basename(directory) == name[:2]
            list_large(os.path.join(directory, name), name)
