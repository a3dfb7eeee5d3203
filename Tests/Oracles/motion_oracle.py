"""What moves in a video, by OpenCV and NumPy.

usage: motion_oracle.py differences FILE | scores FILE

`differences` prints 1 or 0 for each second: whether a frame of it differs from the one before by more than 8 levels,
opened by 3 × 3, in 0.0002 of its 320 × 180 pixels. `scores` prints the score of each frame by docs/video-motion.md,
with floating-point numbers and OpenCV's morphology, every frame being a sample.
"""

import subprocess
import sys

import cv2
import numpy as np

SQUARE, ROW, COLUMN = (np.ones(shape, np.uint8) for shape in ((3, 3), (1, 3), (3, 1)))


def opened(mask, kernel):
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0


def differences(path):
    video, before, seconds = cv2.VideoCapture(path), None, []
    rate = video.get(cv2.CAP_PROP_FPS)
    while True:
        there, frame = video.read()
        if not there:
            break
        gray = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (320, 180), interpolation=cv2.INTER_AREA)
        moves = before is not None and opened(cv2.absdiff(gray, before) > 8, SQUARE).mean() >= 0.0002
        seconds.append(moves)
        before = gray
    for second in range(int(np.ceil(len(seconds) / rate))):
        print(int(any(seconds[int(second * rate):int((second + 1) * rate)])))


def small(frame):
    """Means of rectangles, rounded half up, as 180 rows of 320 numbers."""
    rows, columns = (np.arange(count) * side // count for count, side in zip((180, 320), frame.shape))
    sums = np.add.reduceat(np.add.reduceat(frame.astype(np.int64), rows, axis=0), columns, axis=1)
    areas = np.outer(np.diff(rows, append=frame.shape[0]), np.diff(columns, append=frame.shape[1]))
    return ((sums + areas // 2) // areas).astype(np.float64)


def scores(path, step=0.2, rate=0.05, factor=4, least=12, most=40):
    # The luma as it is decoded, without the filter that smooths the edges of blocks.
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-skip_loop_filter", "all", "-i", path, "-vf", "extractplanes=y", "-f", "rawvideo",
         "-"], stdout=subprocess.PIPE, check=True).stdout
    video = cv2.VideoCapture(path)
    width, height = (int(video.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    frames = [small(frame) for frame in np.frombuffer(raw, np.uint8).reshape(-1, height, width)]
    cell = np.add.outer(np.arange(180) * 9 // 180 * 16, np.arange(320) * 16 // 320)
    background, deviation, before = frames[0].copy(), np.full(frames[0].shape, 2.0), frames[0]
    print(0.0)
    for frame in frames[1:]:
        allowed = np.clip(factor * deviation, least, most)
        difference = frame - background
        different, changed = np.abs(difference) > allowed, np.abs(frame - before) > allowed
        squares = opened(different, SQUARE)
        lines = opened(changed, ROW) | opened(changed, COLUMN)
        counts = np.bincount(cell[squares], minlength=144)
        print((lines & (counts[cell] > 0)).mean())
        if squares.mean() > 0.7:
            background, deviation, before = frame.copy(), np.full(frame.shape, 2.0), frame
            continue
        moves = different & changed
        background = background + difference * np.where(moves, rate / 8, rate)
        towards = np.abs(difference) - deviation
        deviation = deviation + towards * np.where(moves, rate / 32, np.where(different, 0, rate))
        before = frame


if __name__ == "__main__":
    {"differences": differences, "scores": scores}[sys.argv[1]](*sys.argv[2:])
