"""Does one thing to all images of a folder, round by round, with one of the peers, on one thread.

usage: pixels.py TASK FOLDER

The tasks are the functions below that take the bytes of a file. Beside `round` the line `write PATH` is
answered: what became of each image goes there, one after the other.
"""

import io
import os
import sys

os.environ["VIPS_CONCURRENCY"] = "1"  # read by libvips when it starts

import numpy  # noqa: E402
import rounds  # noqa: E402

SIZE = (224, 224)


# MARK: - Pillow, which imagehash needs too

def pillow_decode(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def pillow_resize(data):
    return pillow_decode(data).resize(SIZE, Image.Resampling.BILINEAR)


def pillow_scaled(data):
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", SIZE)
    return image.convert("RGB").resize(SIZE, Image.Resampling.BILINEAR)


def pillow_tensor(data):
    return normalised(pillow_resize(data))


def imagehash_phash(data):
    return imagehash.phash(Image.open(io.BytesIO(data)))


def imagehash_phash_gray(data):
    """The same hash from the luma that the file holds, so that no colour is decoded."""
    image = Image.open(io.BytesIO(data))
    image.draft("L", None)
    return imagehash.phash(image)


# MARK: - simplejpeg and OpenCV

def simplejpeg_decode(data):
    return simplejpeg.decode_jpeg(data, "RGB")


def simplejpeg_area(data):
    return cv2.resize(simplejpeg.decode_jpeg(data, "RGB"), SIZE, interpolation=cv2.INTER_AREA)


def simplejpeg_linear(data):
    return cv2.resize(simplejpeg.decode_jpeg(data, "RGB"), SIZE, interpolation=cv2.INTER_LINEAR)


def simplejpeg_shrink(data):
    return simplejpeg.decode_jpeg(data, "RGB", min_width=SIZE[0], min_height=SIZE[1])


def simplejpeg_scaled(data):
    return cv2.resize(simplejpeg_shrink(data), SIZE, interpolation=cv2.INTER_AREA)


def simplejpeg_scaled_fast(data):
    small = simplejpeg.decode_jpeg(
        data, "RGB", fastdct=True, fastupsample=True, min_width=SIZE[0], min_height=SIZE[1])
    return cv2.resize(small, SIZE, interpolation=cv2.INTER_AREA)


def opencv_area(data):
    image = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR_RGB)
    return cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA)


def opencv_reduced(data):
    image = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    return cv2.cvtColor(cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)


def simplejpeg_tensor(data):
    return normalised(simplejpeg_area(data))


def opencv_tensor(data):
    # One deviation for all channels, which is what blobFromImage can do.
    mean = (0.485 * 255, 0.456 * 255, 0.406 * 255)
    return cv2.dnn.blobFromImage(simplejpeg_area(data), 1 / (255 * 0.226), SIZE, mean, swapRB=False)


# MARK: - NumPy

def normalised(pixels):
    """Channels first, less ImageNet's means and divided by its deviations."""
    pixels = numpy.asarray(pixels).astype(numpy.float32)
    pixels -= numpy.float32([0.485 * 255, 0.456 * 255, 0.406 * 255])
    pixels *= 1 / numpy.float32([0.229 * 255, 0.224 * 255, 0.225 * 255])
    return numpy.ascontiguousarray(pixels.transpose(2, 0, 1))


# MARK: - libvips

def vips_resize(data):
    image = pyvips.Image.new_from_buffer(data, "", access="sequential")
    return image.resize(SIZE[0] / image.width, vscale=SIZE[1] / image.height, kernel="linear").write_to_memory()


def vips_thumbnail(data):
    return pyvips.Image.thumbnail_buffer(data, SIZE[0], height=SIZE[1], size="force").write_to_memory()


# MARK: - Run

TASKS = {name: function for name, function in list(globals().items())
         if callable(function) and getattr(function, "__module__", None) == __name__}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in TASKS:
        sys.exit(f"usage: pixels.py {'|'.join(TASKS)} FOLDER")
    library, work = sys.argv[1].partition("_")[0], TASKS[sys.argv[1]]
    about = [f"Python {sys.version.split()[0]}", f"NumPy {numpy.__version__}"]
    # Each is imported only where it is used: libraries that come with OpenCV and libvips do not mix well.
    if library in ("pillow", "imagehash"):
        import PIL
        from PIL import Image, features
        about += [f"Pillow {PIL.__version__}", f"libjpeg-turbo {features.version('libjpeg_turbo')}"]
    if library == "imagehash":
        import imagehash
        about.append(f"imagehash {imagehash.__version__}")
    if library in ("simplejpeg", "opencv"):
        import cv2
        import simplejpeg
        cv2.setNumThreads(1)
        about += [f"simplejpeg {simplejpeg.__version__}", f"OpenCV {cv2.__version__}"]
    if library == "vips":
        import pyvips
        about.append(f"libvips {'.'.join(str(pyvips.version(part)) for part in range(3))}")
    images = rounds.read_folder(sys.argv[2])

    def request(line):
        verb, _, path = line.partition(" ")
        if verb != "write":
            return {"error": "no such request"}
        with open(path, "wb") as file:
            for image in images:
                result = work(image)
                file.write(result if isinstance(result, bytes) else str(result).encode()
                           if library == "imagehash" else result.tobytes())
        return {}

    rounds.answer(", ".join(about), work, images, request)
