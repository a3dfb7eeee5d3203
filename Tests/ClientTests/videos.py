"""Videos whose frames can be told apart by a formula, made by FFmpeg's own program."""

import functools
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from pictures import decoded

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs the program ffmpeg")


@functools.cache
def video(frames=50, ending="mp4", codec="libx264"):
    """64 × 48 pixels at 25 frames a second, without loss: the luma of frame n is 16 + 4n."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "video." + ending)
        subprocess.run([
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=black:size=64x48:rate=25", "-frames:v", str(frames),
            "-vf", "format=yuv420p,geq=lum='16+4*N':cb=128:cr=128", "-c:v", codec, "-qp", "0", "-bf", "2", "-g", "10",
            "-threads", "1", str(path)], check=True)
        return path.read_bytes()


def frame_number(blob):
    """Which frame of such a video a picture shows: its gray is (luma − 16) · 255 / 219."""
    gray = decoded(blob).mean()
    number = round(gray * 219 / 255 / 4)
    assert abs(number * 4 * 255 / 219 - gray) < 1.5, f"a gray of {gray} is that of no frame"
    return number
