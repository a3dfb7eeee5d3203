"""Writes a corpus of image files of every kind that Fovea decodes, and the pixels that Pillow shows of them.

Over 400 lines: a table of formats, each with the code that writes it.

usage: codec_corpus.py FOLDER

FOLDER/corpus.json lists the files: name, format, width and height (upright), channels of the pixels, bits,
frames, alpha, orientation, and the largest difference allowed. NAME.pixels holds the pixels after
exif_transpose and convert("RGB"), or "L" where the file is gray; NAME.rgba those of convert("RGBA") where the
file has alpha.
"""

import io
import json
import os
import struct
import sys
import zlib

import numpy as np
import simplejpeg
from PIL import Image, ImageCms, ImageOps

FOLDER = sys.argv[1]
os.makedirs(FOLDER, exist_ok=True)
random = np.random.default_rng(20240607)
entries = []


def photo(width, height, channels=3):
    """Smooth colour with edges and a little noise: what codecs find both easy and hard."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for channel in range(channels):
        wave = 90 * np.sin((x + 11 * channel) / 9.0) + 70 * np.cos(y / (7.0 + channel)) + 120
        wave[(x // 16 + y // 16) % 5 == channel] += 60
        planes.append(wave + random.normal(0, 6, wave.shape))
    pixels = np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)
    return pixels[..., 0] if channels == 1 else pixels


def upright(image):
    return ImageOps.exif_transpose(image)


def is_gray(mode):
    return mode in ("1", "L", "LA", "La", "I", "F") or mode.startswith("I;")


def add(name, data, tolerance=0, bits=8, pixels=None, gray=None, **more):
    """Records one file; `pixels` overrides Pillow's where Pillow shows something else on purpose."""
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)
    image = Image.open(io.BytesIO(data))
    frames = getattr(image, "n_frames", 1)
    orientation = image.getexif().get(0x0112, 1)
    kind = image.format.lower()
    shown = upright(image)
    mode = shown.mode
    if gray is None:
        gray = is_gray(mode)
    if pixels is None:
        pixels = np.asarray(shown.convert("L" if gray else "RGB"))
    has_alpha = mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    entry = dict(
        name=name, format={"ppm": "pnm", "mpo": "jpeg"}.get(kind, kind), width=pixels.shape[1],
        height=pixels.shape[0], channels=1 if gray else 3, bits=bits, frames=frames, alpha=has_alpha,
        orientation=orientation, tolerance=tolerance,
    )
    entry.update(more)
    np.ascontiguousarray(pixels).tofile(os.path.join(FOLDER, name + ".pixels"))
    if has_alpha and not more.get("no_rgba"):
        np.asarray(shown.convert("RGBA")).tofile(os.path.join(FOLDER, name + ".rgba"))
        entry["rgba"] = True
    entries.append(entry)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def camera():
    """Everything that a telephone writes, and what is to be read of it."""
    tags = Image.Exif()
    tags[0x010F] = "Fovea Optics "
    tags[0x0110] = "Retina 3"
    tags[0x0112] = 1
    tags[0x0132] = "2024:06:01 00:00:00"
    tags[0x8769] = {
        0x9003: "2024:05:06 07:08:09", 0x9011: "+05:30", 0x9291: "123", 0x829A: 1 / 250, 0x8827: 400,
    }
    tags[0x8825] = {1: "S", 2: (33.0, 51.0, 24.84), 3: "E", 4: (151.0, 12.0, 36.0), 5: b"\1", 6: 12.5}
    read = Image.Exif()
    read.load(tags.tobytes())  # as a file's, which the TIFF writer expects
    facts = dict(make="Fovea Optics", model="Retina 3", captured_at="2024-05-06T07:08:09.123000+05:30",
                 latitude=-33.8569, longitude=151.21, altitude=-12.5)
    return read, facts


def draft(name, data):
    """The pixels that libjpeg makes at 1/2, 1/4 and 1/8."""
    for divisor in (2, 4, 8):
        image = Image.open(io.BytesIO(data))
        width, height = image.size
        image.draft(image.mode, (max(1, width // divisor), max(1, height // divisor)))
        np.asarray(image).tofile(os.path.join(FOLDER, f"{name}.draft{divisor}"))


SIZES = [(1, 1), (7, 5), (8, 8), (17, 33), (64, 48), (227, 149)]


def jpegs():
    for width, height in SIZES:
        color = Image.fromarray(photo(width, height))
        for subsampling, text in enumerate(["444", "422", "420"]):
            add(f"{width}x{height}-{text}.jpg", saved(color, "jpeg", quality=87, subsampling=subsampling))
        add(f"{width}x{height}-progressive.jpg", saved(color, "jpeg", quality=75, progressive=True))
        add(f"{width}x{height}-gray.jpg", saved(color.convert("L"), "jpeg", quality=60))
        pixels = np.ascontiguousarray(photo(width, height))
        add(f"{width}x{height}-440.jpg", simplejpeg.encode_jpeg(pixels, 85, "RGB", "440"))
        add(f"{width}x{height}-411.jpg", simplejpeg.encode_jpeg(pixels, 85, "RGB", "411"))
        cmyk = Image.fromarray(photo(width, height, 4), "CMYK")
        add(f"{width}x{height}-cmyk.jpg", saved(cmyk, "jpeg", quality=90))
        inks = np.ascontiguousarray(photo(width, height, 4))
        add(f"{width}x{height}-ycck.jpg", simplejpeg.encode_jpeg(inks, 90, "CMYK", "420"))
    color = Image.fromarray(photo(101, 67))
    add("progressive-gray.jpg", saved(color.convert("L"), "jpeg", progressive=True))
    add("progressive-cmyk.jpg", saved(color.convert("CMYK"), "jpeg", progressive=True))
    add("optimized.jpg", saved(color, "jpeg", optimize=True, quality=95))
    add("restarts.jpg", saved(color, "jpeg", restart_marker_blocks=3))
    add("stored-rgb.jpg", saved(color, "jpeg", keep_rgb=True))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    add("profile.jpg", saved(color, "jpeg", icc_profile=profile), icc=len(profile))
    add("long-profile.jpg", saved(color, "jpeg", icc_profile=profile + bytes(150_000)), icc=len(profile) + 150_000)
    for orientation in range(1, 9):
        add(f"turned-{orientation}.jpg", saved(color, "jpeg", exif=exif(orientation), subsampling=0))
        add(f"turned-gray-{orientation}.jpg", saved(color.convert("L"), "jpeg", exif=exif(orientation)))
    add("turned-beyond.jpg", saved(color, "jpeg", exif=exif(9)), orientation=1)
    tags, facts = camera()
    add("camera.jpg", saved(color, "jpeg", exif=tags), **facts)
    for name, mode, options in [
            ("color", "RGB", dict(subsampling=2)), ("gray", "L", {}), ("ladder", "RGB", dict(progressive=True))]:
        data = saved(Image.fromarray(photo(227, 149)).convert(mode), "jpeg", **options)
        add(f"draft-{name}.jpg", data)
        draft(f"draft-{name}.jpg", data)
    source = Image.fromarray(photo(75, 53))
    for mode in ("L", "RGB"):
        add(f"source-{mode}.png", saved(source.convert(mode), "png"))
        for quality in (1, 50, 85, 96, 100):
            for subsampling, text in enumerate(["444", "422", "420"]):
                data = saved(source.convert(mode), "jpeg", quality=quality, subsampling=subsampling)
                add(f"encoded-{mode}-{quality}-{text}.jpg", data)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed(samples, bits):
    """Rows × values to bytes as PNG and TIFF pack them."""
    if bits == 16:
        return samples.astype(">u2").tobytes(), samples.shape[1] * 2
    if bits == 8:
        return samples.astype(np.uint8).tobytes(), samples.shape[1]
    shifts = np.arange(bits - 1, -1, -1)
    expanded = (samples[..., None] >> shifts) & 1
    rows = np.packbits(expanded.reshape(samples.shape[0], -1).astype(np.uint8), axis=1)
    return rows.tobytes(), rows.shape[1]


def filtered(data, stride, step):
    """Each row with a filter of its own; the five take turns."""
    output = bytearray()
    previous = bytes(stride)
    for number in range(len(data) // stride):
        row = data[number * stride:(number + 1) * stride]
        kind = number % 5
        output.append(kind)
        for place, value in enumerate(row):
            a = row[place - step] if place >= step else 0
            b = previous[place]
            c = previous[place - step] if place >= step else 0
            if kind == 4:
                p = a + b - c
                nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            guess = [0, a, b, (a + b) // 2, nearest if kind == 4 else 0][kind]
            output.append((value - guess) & 255)
        previous = row
    return bytes(output)


def png(samples, color, bits, interlaced=False, before=b"", after=b""):
    """`samples` is height × width × values."""
    height, width, values = samples.shape
    step = max(1, bits * values // 8)
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    body = b""
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        if part.size:
            body += filtered(*packed(part.reshape(part.shape[0], -1), bits), step)
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, int(interlaced))
    data = zlib.compress(body)
    half = len(data) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data[:half])
            + chunk(b"IDAT", data[half:]) + after + chunk(b"IEND", b""))


def add_bomb(name, data, pixels):
    """A file that unpacks to far more than its image, which Pillow refuses."""
    place = data.index(b"IHDR")
    data = data[:place + 17] + struct.pack(">I", zlib.crc32(data[place:place + 17])) + data[place + 21:]
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)
    pixels.astype(np.uint8).tofile(os.path.join(FOLDER, name + ".pixels"))


def pngs():
    combinations = [(0, b) for b in (1, 2, 4, 8, 16)] + [(3, b) for b in (1, 2, 4, 8)]
    combinations += [(c, b) for c in (2, 4, 6) for b in (8, 16)]
    for color, bits in combinations:
        values = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
        for interlaced in (False, True):
            for width, height in [(1, 1), (5, 3), (33, 21), (64, 47)]:
                samples = random.integers(0, 1 << bits, (height, width, values))
                before = b""
                if color == 3:
                    before = chunk(b"PLTE", random.integers(0, 256, 3 << bits, dtype=np.uint8).tobytes())
                pixels = None
                if bits == 16 and color in (0, 4):
                    pixels = (samples[..., 0] >> 8).astype(np.uint8)
                name = f"{color}-{bits}-{width}x{height}{'-interlaced' if interlaced else ''}.png"
                data = png(samples, color, bits, interlaced, before)
                add(name, data, bits=bits, pixels=pixels, gray=color in (0, 4), no_rgba=bits == 16 and color == 4)
    samples = random.integers(0, 16, (21, 33, 1))
    palette = chunk(b"PLTE", random.integers(0, 256, 48, dtype=np.uint8).tobytes())
    add("palette-alpha.png", png(samples, 3, 4, before=palette + chunk(b"tRNS", bytes(range(0, 160, 20)))), bits=4)
    add("palette-short.png", png(samples % 9, 3, 4, before=chunk(b"PLTE", bytes(range(27)))), bits=4)
    rgb = random.integers(0, 3, (21, 33, 3))
    add("rgb-key.png", png(rgb, 2, 8, before=chunk(b"tRNS", struct.pack(">HHH", 1, 2, 0))))
    gray = random.integers(0, 4, (21, 33, 1))
    add("gray-key.png", png(gray, 0, 8, before=chunk(b"tRNS", struct.pack(">H", 2))), gray=True)
    color = Image.fromarray(photo(61, 43))
    for orientation in (3, 6, 7):
        add(f"turned-{orientation}.png", saved(color, "png", exif=exif(orientation)))
    tiff = exif(8).tobytes()
    text = b"\nexif\n%8d\n" % len(tiff) + b"\n".join(
        tiff.hex().encode()[start:start + 72] for start in range(0, 2 * len(tiff), 72)) + b"\n"
    profile = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))
    pixels = photo(61, 43).astype(int)
    add("turned-legacy.png", png(pixels, 2, 8, before=profile))
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="5"/></x:xmpmeta>'
    add("turned-xmp.png", png(pixels, 2, 8, before=chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)))
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    add("profile.png", saved(color, "png", icc_profile=icc), icc=len(icc))
    clear = color.copy()
    clear.putalpha(Image.linear_gradient("L").resize(color.size))
    add("profile-alpha.png", saved(clear, "png", icc_profile=icc), icc=len(icc))
    gamma = chunk(b"gAMA", struct.pack(">I", 100_000)) + chunk(b"sBIT", b"\5\5\5")
    add("gamma.png", png(pixels, 2, 8, before=gamma))
    tags, facts = camera()
    add("camera.png", saved(color, "png", exif=tags), **facts)
    bomb = zlib.compress(bytes(20 << 20))
    texts = b"".join(chunk(b"zTXt", b"Comment %d\0\0" % number + bomb) for number in range(100))
    texts += chunk(b"iCCP", b"huge\0\0" + bomb)
    profiles = (chunk(b"iCCP", b"huge\0\0" + bomb) + chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)) * 300
    add_bomb("profiles.png", png(pixels, 2, 8, before=profiles), pixels)
    add_bomb("texts.png", png(pixels, 2, 8, before=texts), pixels)
    add_bomb("more-rows.png", png(np.concatenate([pixels, np.zeros((200_000, 61, 3), int)]), 2, 8).replace(
        struct.pack(">II", 61, 200_043), struct.pack(">II", 61, 43)), pixels)
    add("animated.png", saved(color, "png", save_all=True, append_images=[ImageOps.invert(color)] * 2))


def gifs():
    color = Image.fromarray(photo(83, 59))
    for count in (2, 3, 16, 256):
        for interlace in (0, 1):
            few = color.quantize(count, dither=0)
            add(f"{count}-colors-{interlace}.gif", saved(few, "gif", interlace=interlace))
            add(f"{count}-key-{interlace}.gif", saved(few, "gif", interlace=interlace, transparency=1))
    add("gray.gif", saved(color.convert("L"), "gif"))
    add("noise.gif", saved(Image.fromarray(random.integers(0, 256, (300, 311), dtype=np.uint8)), "gif", interlace=0))
    add("black.gif", saved(Image.new("P", (700, 500)), "gif"))
    add("one.gif", saved(Image.new("P", (1, 1)), "gif"))
    for height in (1, 2, 3, 4, 5, 7, 9):
        add(f"interlaced-{height}.gif", saved(color.crop((0, 0, 9, height)).quantize(32), "gif", interlace=1))
    frames = [Image.fromarray(photo(40, 30)).quantize(64) for _ in range(4)]
    add("animated.gif", saved(frames[0], "gif", save_all=True, append_images=frames[1:], duration=50))
    plain = bytearray(saved(color.quantize(16), "gif", interlace=0))
    struct.pack_into("<HH", plain, 6, 100, 90)
    add("small-frame.gif", bytes(plain))
    keyed = bytearray(saved(color.quantize(16), "gif", interlace=0, transparency=3))
    struct.pack_into("<HH", keyed, 6, 100, 90)
    add("small-frame-key.gif", bytes(keyed))
    place = plain.index(b"\x2c", 13 + 3 * 16)
    struct.pack_into("<HH", plain, place + 1, 30, 40)
    add("reaching-out.gif", bytes(plain))
    struct.pack_into("<HH", plain, place + 1, 5, 7)
    add("moved-frame.gif", bytes(plain))


def bmp(width, height, bits, rows, palette=b"", compression=0, masks=b"", core=False, header=40, colors=0):
    if core:
        body = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        body = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(rows), 0, 0, colors, 0)
        body += (masks if header > 40 else b"").ljust(header - 40, b"\0") + (masks if header == 40 else b"")
    offset = 14 + len(body) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + body + palette + rows


def padded(rows, stride):
    wide = (stride + 3) // 4 * 4
    return b"".join(rows[start:start + stride].ljust(wide, b"\0") for start in range(0, len(rows), stride))


def bmps():
    color = Image.fromarray(photo(37, 23))
    for mode, bits in [("1", 1), ("L", 8), ("RGB", 8)]:
        add(f"mode-{mode}.bmp", saved(color.convert(mode), "bmp"), bits=bits)
    add("mode-P.bmp", saved(color.quantize(200), "bmp"), bits=8)
    add("mode-RGBA.bmp", saved(color.convert("RGBA"), "bmp"))
    for bits in (1, 4, 8):
        for width in (1, 7, 32, 37):
            samples = random.integers(0, 1 << bits, (11, width))
            palette = random.integers(0, 256, 4 << bits, dtype=np.uint8).tobytes()
            rows = padded(*packed(samples, bits))
            add(f"{bits}-{width}.bmp", bmp(width, 11, bits, rows, palette), bits=bits)
            add(f"{bits}-{width}-down.bmp", bmp(width, -11, bits, rows, palette), bits=bits)
    words = random.integers(0, 1 << 16, (11, 13), dtype=np.uint16)
    rows = padded(words.astype("<u2").tobytes(), 26)
    add("555.bmp", bmp(13, 11, 16, rows), bits=5)
    add("565.bmp", bmp(13, 11, 16, rows, compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)), bits=5)
    longs = random.integers(0, 1 << 32, (11, 13), dtype=np.uint32).astype("<u4").tobytes()
    add("32.bmp", bmp(13, 11, 32, longs))
    for number, masks in enumerate([
        (0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF00, 0xFF, 0),
        (0xFF000000, 0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0xFF000000, 0xFF00, 0xFF, 0xFF0000), (0, 0, 0, 0),
    ]):
        for header in (56, 108, 124):
            fields = struct.pack("<IIII", *masks)
            add(f"fields-{number}-{header}.bmp", bmp(13, 11, 32, longs, compression=3, masks=fields, header=header))
    pixels = photo(13, 11).tobytes()
    add("core-24.bmp", bmp(13, 11, 24, padded(pixels, 39), core=True))
    few = random.integers(0, 16, (11, 13))
    add("core-4.bmp", bmp(13, 11, 4, padded(*packed(few, 4)), bytes(range(48)), core=True), bits=4)
    colors = random.integers(0, 256, 40, dtype=np.uint8).tobytes()
    short = random.integers(0, 10, (11, 13))
    add("few-colors.bmp", bmp(13, 11, 8, padded(*packed(short, 8)), colors, colors=10))
    palette = random.integers(0, 256, 1024, dtype=np.uint8).tobytes()
    # Pillow 10.4 skips two bytes too many after a delta and halves odd counts of four bits: without these it is
    # asked, with them the rows are written down here, bottom row first.
    runs = b"\x05\x07\x08\x09\0\0" + b"\0\x05\1\2\3\4\5\0\x08\x63\0\0" + b"\x0d\x33\0\0\0\1"
    add("runs8.bmp", bmp(13, 3, 8, runs, palette, compression=1))
    halves = b"\x05\x78\x08\x9a\0\0" + b"\0\x04\x12\x34\x09\x63\0\0" + b"\x0d\x3c\0\0\0\1"
    add("runs4.bmp", bmp(13, 3, 4, halves, palette[:64], compression=2), bits=4)
    colors = np.frombuffer(palette, np.uint8).reshape(256, 4)[:, 2::-1]
    runs = b"\x02\x07\0\2\3\1\x04\x20\0\0" + b"\0\3\1\2\3\0\0\1"
    rows = [[0] * 13, [1, 2, 3] + [0] * 10, [0] * 5 + [32] * 4 + [0] * 4, [7, 7] + [0] * 11]
    add("delta8.bmp", bmp(13, 4, 8, runs, palette, compression=1), pixels=colors[np.array(rows)])
    halves = b"\x02\x78\0\2\3\1\x05\x21\0\0" + b"\0\3\x12\x30\0\1"
    rows = [[0] * 13, [1, 2, 3] + [0] * 10, [0] * 5 + [2, 1, 2, 1, 2] + [0] * 3, [7, 8] + [0] * 11]
    add("delta4.bmp", bmp(13, 4, 4, halves, palette[:64], compression=2), bits=4, pixels=colors[np.array(rows)])


def pnms():
    color = Image.fromarray(photo(19, 13))
    for mode, bits in [("1", 1), ("L", 8), ("RGB", 8)]:
        add(f"mode-{mode}.ppm", saved(color.convert(mode), "ppm"), bits=bits)
    bitmap = random.integers(0, 2, (13, 19))
    digits = "".join(map(str, bitmap.reshape(-1))).encode()
    add("plain-1.pbm", b"P1\n# a comment\n19 13\n" + digits, bits=1)
    add("plain-1-blanks.pbm", b"P1 19 13\n" + b" ".join(digits[i:i + 1] for i in range(len(digits))), bits=1)
    for maximum in (1, 15, 100, 255, 300, 1023, 65535):
        bits = 8 if maximum < 256 else 16
        for kind, values in ((2, 1), (3, 3)):
            samples = random.integers(0, maximum + 1, 19 * 13 * values)
            scaled = np.array([round(value / maximum * 255) for value in samples.tolist()], np.uint8)
            pixels = scaled.reshape((13, 19, 3) if values == 3 else (13, 19))
            head = b"19 # wide\n13\n%d\n" % maximum
            text = "\n".join(map(str, samples)).encode()
            # Pillow keeps gray of more than 8 bits in 32 and cuts it off: the formula is the netpbm manual's.
            shown = pixels if maximum > 255 and values == 1 else None
            add(f"plain-{kind}-{maximum}.ppm", b"P%d\n" % kind + head + text, bits=bits, pixels=shown)
            raw = samples.astype(">u2" if maximum > 255 else np.uint8).tobytes()
            add(f"raw-{kind + 3}-{maximum}.ppm", b"P%d " % (kind + 3) + head + raw, bits=bits, pixels=shown)


def tiff(samples, bits, photometric, order="<", tile=None, extras=None, palette=None, sample_format=None, more=()):
    """An uncompressed TIFF of `samples`, height × width × values, in one strip or in tiles."""
    height, width, values = samples.shape
    if tile:
        parts = []
        tall, wide = -(-height // tile) * tile, -(-width // tile) * tile
        grown = np.zeros((tall, wide, values), samples.dtype)
        grown[:height, :width] = samples
        for y in range(0, tall, tile):
            parts += [grown[y:y + tile, x:x + tile] for x in range(0, wide, tile)]
    else:
        parts = [samples]

    def encode(part):
        if bits >= 16:
            return part.astype(part.dtype.newbyteorder(order)).tobytes()
        return packed(part.reshape(part.shape[0], -1), bits)[0]

    bodies = [encode(part) for part in parts]
    offsets = [8 + sum(map(len, bodies[:number])) for number in range(len(bodies))]
    tags = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * values), (259, 3, [1]),
            (262, 3, [photometric]), (277, 3, [values]), (284, 3, [1])]
    if tile:
        tags += [(322, 4, [tile]), (323, 4, [tile]), (324, 4, offsets), (325, 4, list(map(len, bodies)))]
    else:
        tags += [(273, 4, offsets), (278, 4, [height]), (279, 4, list(map(len, bodies)))]
    if palette is not None:
        tags.append((320, 3, list(palette)))
    if extras is not None:
        tags.append((338, 3, extras))
    if sample_format is not None:
        tags.append((339, 3, [sample_format] * values))
    tags += list(more)
    data = b"".join(bodies)
    data += b"\0" * (len(data) % 2)
    place = 8 + len(data)
    directory = struct.pack(order + "H", len(tags))
    behind = b""
    behind_place = place + 2 + 12 * len(tags) + 4
    for tag, kind, numbers in sorted(tags):
        body = struct.pack(order + ("H" if kind == 3 else "I") * len(numbers), *numbers)
        if len(body) > 4:
            field = struct.pack(order + "I", behind_place + len(behind))
            behind += body + b"\0" * (len(body) % 2)
        else:
            field = body.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, kind, len(numbers)) + field
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(order + "I", place) + data + directory + struct.pack(order + "I", 0) + behind


def tiffs():
    color = Image.fromarray(photo(83, 59))
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK"):
            image = color.quantize(200) if mode == "P" else color.convert(mode)
            data = saved(image, "tiff", compression=None if compression == "raw" else compression)
            add(f"{mode}-{compression}.tif", data, bits=1 if mode == "1" else 8)
    add("jpeg.tif", saved(color, "tiff", compression="jpeg", quality=90), tolerance=0)
    add("jpeg-gray.tif", saved(color.convert("L"), "tiff", compression="jpeg", quality=90))
    for fax in ("group3", "group4"):
        add(f"{fax}.tif", saved(color.convert("1"), "tiff", compression=fax), bits=1)
    for order, text in (("<", "little"), (">", "big")):
        words = random.integers(0, 1 << 16, (21, 33, 1), dtype=np.uint16)
        add(f"gray16-{text}.tif", tiff(words, 16, 1, order), bits=16, pixels=(words[..., 0] >> 8).astype(np.uint8))
        wide = random.integers(0, 1 << 16, (21, 33, 3), dtype=np.uint16)
        add(f"rgb16-{text}.tif", tiff(wide, 16, 2, order), bits=16)
        for tile in (None, 16, 48):
            add(f"rgb-{text}-{tile}.tif", tiff(photo(83, 59), 8, 2, order, tile))
        for bits in (1, 2, 4, 8):
            few = random.integers(0, 1 << bits, (21, 33, 1))
            add(f"gray{bits}-{text}.tif", tiff(few, bits, 1, order), bits=bits)
            add(f"white{bits}-{text}.tif", tiff(few, bits, 0, order), bits=bits)
        for bits in (4, 8):
            few = random.integers(0, 1 << bits, (21, 33, 1))
            ramp = random.integers(0, 1 << 16, 3 << bits)
            add(f"palette{bits}-{text}.tif", tiff(few, bits, 3, order, palette=ramp), bits=bits)
        rgba = random.integers(0, 256, (21, 33, 4))
        for extra in (0, 1, 2):
            # Colours multiplied by alpha: libvips divides in floating point, Pillow in integers.
            add(f"extra-{extra}-{text}.tif", tiff(rgba, 8, 2, order, extras=[extra]), tolerance=int(extra == 1))
        rgba16 = random.integers(0, 1 << 16, (21, 33, 4), dtype=np.uint16)
        add(f"extra16-2-{text}.tif", tiff(rgba16, 16, 2, order, extras=[2]), bits=16)
        alpha = np.maximum(rgba16[..., 3:].astype(int), 1)
        divided = np.minimum(65535, rgba16[..., :3].astype(int) * 65535 // alpha) >> 8
        # Pillow divides the upper bytes, which is off by ten where alpha is small.
        add(f"extra16-1-{text}.tif", tiff(rgba16, 16, 2, order, extras=[1]), bits=16, tolerance=1,
            pixels=divided.astype(np.uint8), no_rgba=True)
        floats = random.uniform(-50, 300, (21, 33, 1)).astype(np.float32)
        add(f"float-{text}.tif", tiff(floats, 32, 1, order, sample_format=3), bits=32)
        ints = random.integers(-400, 400, (21, 33, 1)).astype(np.int32)
        add(f"int-{text}.tif", tiff(ints, 32, 1, order, sample_format=2), bits=32)
        shorts = random.integers(-400, 400, (21, 33, 1)).astype(np.int16)
        add(f"short-{text}.tif", tiff(shorts, 16, 1, order, sample_format=2), bits=16)
    for orientation in range(1, 9):
        data = tiff(photo(41, 29), 8, 2, more=[(274, 3, [orientation])])
        add(f"turned-{orientation}.tif", data, orientation=orientation)
    tags, facts = camera()
    add("camera.tif", saved(color, "tiff", exif=tags), **facts)
    tall = Image.fromarray(photo(83, 1200))
    add("strips.tif", saved(tall, "tiff", compression="tiff_lzw"))
    pages = [Image.fromarray(photo(31 + n, 20)) for n in range(3)]
    add("pages.tif", saved(pages[0], "tiff", save_all=True, append_images=pages[1:]))
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    add("profile.tif", saved(color, "tiff", icc_profile=icc), icc=len(icc))


def webps():
    for width, height in SIZES:
        color = Image.fromarray(photo(width, height))
        alpha = Image.fromarray(photo(width, height, 4), "RGBA")
        add(f"{width}x{height}-lossless.webp", saved(color, "webp", lossless=True))
        add(f"{width}x{height}-lossless-alpha.webp", saved(alpha, "webp", lossless=True, exact=True))
        add(f"{width}x{height}-lossy.webp", saved(color, "webp", quality=80))
        add(f"{width}x{height}-lossy-alpha.webp", saved(alpha, "webp", quality=60))
    color = Image.fromarray(photo(61, 43))
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    add("profile.webp", saved(color, "webp", icc_profile=icc), icc=len(icc))
    for orientation in (2, 6):
        add(f"turned-{orientation}.webp", saved(color, "webp", exif=exif(orientation)))
    tags, facts = camera()
    add("camera.webp", saved(color, "webp", exif=tags), **facts)
    frames = [Image.fromarray(photo(40, 30, 4), "RGBA") for _ in range(3)]
    add("animated.webp", saved(frames[0], "webp", save_all=True, append_images=frames[1:], lossless=True))
    add("animated-lossy.webp", saved(color, "webp", save_all=True, append_images=[ImageOps.invert(color)] * 2))


for make in (jpegs, pngs, gifs, bmps, pnms, tiffs, webps):
    make()
with open(os.path.join(FOLDER, "corpus.json"), "w") as file:
    json.dump(entries, file)
