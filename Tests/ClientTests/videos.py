"""Videos whose frames can be told apart by a formula, made by FFmpeg's own program."""

import functools
import json
import pathlib
import shutil
import subprocess
import tempfile

import numpy as np
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


@functools.cache
def film(frames=50):
    """128 × 96 pixels of moving shapes at 25 frames a second, without loss, and a tone."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "film.mp4")
        subprocess.run([
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=128x96:rate=25:duration={frames / 25}",
            "-f", "lavfi", "-i", f"sine=duration={frames / 25}", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-qp", "0",
            "-bf", "2", "-g", "10", "-threads", "1", "-c:a", "aac", str(path)], check=True)
        return path.read_bytes()


@functools.cache
def moving():
    """160 × 90 pixels, six seconds at 25 frames a second: a square moves from second 2 to 4."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "moving.mp4")
        place = "if(lt(t\\,2)\\,10\\,if(lt(t\\,4)\\,10+(t-2)*50\\,110))"
        subprocess.run([
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:size=160x90:rate=25:duration=6", "-f", "lavfi",
            "-i", "color=white:size=30x30:rate=25:duration=6", "-filter_complex", f"overlay=x={place}:y=30:eval=frame",
            "-pix_fmt", "yuv420p", "-c:v", "libx264", "-threads", "1", str(path)], check=True)
        return path.read_bytes()


class Shown:
    """A video as FFmpeg's own programs read it."""

    def __init__(self, file):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "video")
            path.write_bytes(file)
            told = json.loads(subprocess.run([
                "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)], check=True,
                capture_output=True).stdout)
            stream = next(one for one in told["streams"] if one["codec_type"] == "video")
            self.codec, self.container = stream["codec_name"], told["format"]["format_name"]
            self.width, self.height = stream["width"], stream["height"]
            self.duration = float(told["format"]["duration"])
            self.has_sound = any(one["codec_type"] == "audio" for one in told["streams"])
            raw = subprocess.run([
                "ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough", "-vf",
                "format=yuv420p,extractplanes=y", "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
        self.frames = np.frombuffer(raw, np.uint8).reshape(-1, self.height, self.width)

    @property
    def numbers(self):
        """Which frames of `video()` these are."""
        return [round((frame.mean() - 16) / 4) for frame in self.frames]


def psnr(one, other):
    """The ratio of peak to noise in dB; 100 where nothing differs."""
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return 100 if error == 0 else 10 * np.log10(255 ** 2 / error)
