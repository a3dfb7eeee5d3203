"""SORT and ByteTrack's association in NumPy and SciPy, and how well tracks follow the truth.

usage: tracking_oracle.py assignment | track RULES | evaluate, with JSON on standard input

`assignment` reads lines of matrices and prints the least sum of costs of each, by scipy's linear_sum_assignment.
`track` reads a line for each frame, a list of [x, y, width, height, confidence], and prints one for each: a list of
[track, detection, x, y, width, height]. RULES is a JSON object of names as in `RULES` below. `evaluate` reads one line
{"truth": FRAMES, "found": FRAMES}, where each frame is a list of [number, x, y, width, height], and prints {"mota",
"idf1", "switches"}: CLEAR MOT (Bernardin and Stiefelhagen, 2008) with matches kept while they hold, and IDF1 (Ristani
and others, 2016), both at IoU 0.5. Written from the papers, with whole matrices.
"""

import json
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment


def iou(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


class Filter:
    """Constant velocity of centre and area."""
    F = np.eye(7) + np.diag([1.0] * 3, 4)
    H = np.eye(4, 7)
    R = np.diag([1.0, 1, 10, 10])
    Q = np.diag([1.0, 1, 1, 1, 1e-2, 1e-2, 1e-4])

    def __init__(self, box):
        self.x = np.concatenate([self.seen(box), np.zeros(3)])
        self.P = np.diag([10.0] * 4 + [1e4] * 3)

    @staticmethod
    def seen(box):
        x, y, w, h = box
        return np.array([x + w / 2, y + h / 2, w * h, w / h])

    def predict(self):
        if self.x[2] + self.x[6] <= 0:
            self.x[6] = 0
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, box):
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T @ np.linalg.inv(S)
        self.x = self.x + K @ (self.seen(box) - self.H @ self.x)
        left = np.eye(7) - K @ self.H
        self.P = left @ self.P @ left.T + K @ self.R @ K.T

    def box(self):
        with np.errstate(invalid="ignore"):
            w = np.sqrt(self.x[2] * self.x[3])
        h = self.x[2] / w
        return [self.x[0] - w / 2, self.x[1] - h / 2, w, h]


class Track:
    def __init__(self, number, box):
        self.number, self.filter, self.unseen, self.streak = number, Filter(box), 0, 0


def matched(tracks, boxes, least):
    if not tracks or not boxes:
        return []
    common = np.array([[iou(track.filter.box(), box) for _, box in boxes] for track in tracks])
    return [(tracks[row], boxes[column]) for row, column in zip(*linear_sum_assignment(-common))
            if common[row, column] >= least]


def track(rules, frames):
    tracks, number = [], 0
    for count, frame in enumerate(frames, 1):
        for each in tracks:
            each.filter.predict()
            if each.unseen > 0:
                each.streak = 0
            each.unseen += 1
        tracks = [each for each in tracks if np.all(np.isfinite(each.filter.box()))]
        strong = [(i, d[:4]) for i, d in enumerate(frame) if d[4] >= rules["first"]]
        weak = [(i, d[:4]) for i, d in enumerate(frame) if rules["lowest"] <= d[4] < rules["first"]]
        pairs = matched(tracks, strong, rules["first_iou"])
        taken = {i for _, (i, _) in pairs}
        left = [each for each in tracks if each.unseen == 1 and each not in [pair[0] for pair in pairs]]
        pairs += matched(left, weak, rules["second_iou"])
        for each, (_, box) in pairs:
            each.filter.update(box)
            each.unseen = 0
            each.streak += 1
        for i, box in strong:
            if i not in taken and frame[i][4] >= rules["beginning"]:
                number += 1
                tracks.append(Track(number, box))
                pairs.append((tracks[-1], (i, box)))
        shown = [[each.number, i, *each.filter.box()] for each, (i, _) in pairs
                 if each.streak >= rules["sightings"] or count <= rules["sightings"]]
        yield sorted(shown)
        tracks = [each for each in tracks if each.unseen <= rules["gap"]]


def evaluate(truth, found):
    missed = false = switches = total = 0
    last, pairs = {}, {}
    true_boxes = found_boxes = 0
    for expected, seen in zip(truth, found):
        total += len(expected)
        true_boxes += len(expected)
        found_boxes += len(seen)
        for a in expected:
            for b in seen:
                if iou(a[1:], b[1:]) >= 0.5:
                    pairs[a[0], b[0]] = pairs.get((a[0], b[0]), 0) + 1
        matches, free_a, free_b = {}, {a[0]: a[1:] for a in expected}, {b[0]: b[1:] for b in seen}
        for a, b in last.items():
            if a in free_a and b in free_b and iou(free_a[a], free_b[b]) >= 0.5:
                matches[a] = b
        for a, b in matches.items():
            del free_a[a], free_b[b]
        rows, columns = list(free_a), list(free_b)
        if rows and columns:
            common = np.array([[iou(free_a[a], free_b[b]) for b in columns] for a in rows])
            for row, column in zip(*linear_sum_assignment(-common)):
                if common[row, column] >= 0.5:
                    a, b = rows[row], columns[column]
                    switches += a in last and last[a] != b
                    matches[a] = b
        missed += len(expected) - len(matches)
        false += len(seen) - len(matches)
        last.update(matches)
    rows, columns = sorted({a for a, _ in pairs}), sorted({b for _, b in pairs})
    table = np.array([[pairs.get((a, b), 0) for b in columns] for a in rows])
    identified = sum(table[row, column] for row, column in zip(*linear_sum_assignment(-table))) if pairs else 0
    return {"mota": 1 - (missed + false + switches) / total, "idf1": float(2 * identified / (true_boxes + found_boxes)),
            "switches": switches}


if __name__ == "__main__":
    lines = [json.loads(line) for line in sys.stdin if line.strip()]
    if sys.argv[1] == "assignment":
        for matrix in lines:
            costs = np.array(matrix)
            print(costs[linear_sum_assignment(costs)].sum())
    elif sys.argv[1] == "track":
        for shown in track(json.loads(sys.argv[2]), lines):
            print(json.dumps(shown))
    else:
        print(json.dumps(evaluate(lines[0]["truth"], lines[0]["found"])))
