"""Looks through a video with one of the peers, round by round, on one thread.

usage: motion.py opencv_mog2|pyav_decode FILE

A round is the whole video. Beside `round`, `opencv_mog2` answers `scores` with the share of moving pixels of each
frame.
"""

import os
import sys

os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "threads;1"  # read when a file is opened

import rounds  # noqa: E402


def opencv_mog2(path):
    """Each frame, at 320 × 180, against a mixture of Gaussians, as OpenCV's tutorial does it; scores."""
    video = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    model = cv2.createBackgroundSubtractorMOG2(detectShadows=False)
    kernel, scores = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3)), []
    while True:
        there, frame = video.read()
        if not there:
            return scores
        mask = model.apply(cv2.resize(frame, (320, 180)))
        scores.append(cv2.countNonZero(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)) / mask.size)


def pyav_decode(path):
    """Each frame, as it comes from the decoder."""
    count = 0
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1
        for _ in container.decode(stream):
            count += 1
    return range(count)


if __name__ == "__main__":
    task, path = sys.argv[1:]
    if task == "opencv_mog2":
        import cv2
        cv2.setNumThreads(1)
        about, work = f"OpenCV {cv2.__version__}", opencv_mog2
    else:
        import av
        about, work = f"PyAV {av.__version__}", pyav_decode

    class Frames:
        """Does the whole video when it is gone through, and has as many items as it has frames."""
        def __iter__(self):
            self.count = len(work(path))
            return iter(())

        def __len__(self):
            return self.count

    rounds.answer(about, None, Frames(), lambda line: {"scores": list(work(path))} if line == "scores" else
                  {"error": "no such request"})
