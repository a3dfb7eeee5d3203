"""What cleanlab, scikit-learn and SciPy say of labels made from seeds: expected values for the tests of Curation.

usage: label_quality_oracle.py boxes|classes|agreement COUNT

Prints a JSON line for each of COUNT seeded sets, with what was asked and what was answered.
"""

import json
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def random_box(rng):
    x, y = rng.uniform(0, 80, 2)
    width, height = rng.uniform(1, 60, 2)
    return [float(v) for v in (x, y, x + width, y + height)]


def boxes(seed):
    """A data set of a few images with given boxes [class, left, top, right, bottom] and predicted ones, which have
    their confidence behind the class; and cleanlab's scores."""
    from cleanlab.object_detection import rank

    rng, classes = np.random.default_rng(seed), 4
    images = []
    for _ in range(rng.integers(1, 12)):
        given = [[int(rng.integers(classes)), *random_box(rng)] for _ in range(rng.integers(0, 6))]
        predicted = []
        for name, *box in given:
            if rng.random() < 0.6:
                moved = [float(v) for v in np.array(box) + rng.normal(0, 2, 4)]
                predicted.append([name if rng.random() < 0.8 else int(rng.integers(classes)),
                                  float(rng.choice([rng.random(), 0.5, 0.95, 0.97, 0.99, 1.0])), *moved])
        for _ in range(rng.integers(0, 4)):
            predicted.append([int(rng.integers(classes)), float(rng.choice([rng.random(), 0.5, 0.95, 0.99, 1.0])),
                              *random_box(rng)])
        if given and rng.random() < 0.3:
            twin = [float(v) for v in np.array(given[0][1:]) + rng.normal(0, 0.1, 4)]
            given.append([int(rng.integers(classes)), *twin])
        predicted = sorted((p for p in predicted if p[4] > p[2] and p[5] > p[3]), key=lambda p: p[0])
        images.append((given, predicted))
    labels = [{"bboxes": np.array([g[1:] for g in given], dtype=float).reshape(-1, 4),
               "labels": np.array([g[0] for g in given], dtype=int)} for given, _ in images]
    predictions = []
    for _, predicted in images:
        of_classes = np.empty(classes, dtype=object)
        for name in range(classes):
            rows = [[*p[2:], p[1]] for p in predicted if p[0] == name]
            of_classes[name] = np.array(rows, dtype=float).reshape(-1, 5)
        predictions.append(of_classes)
    scores = rank.get_label_quality_scores(labels, predictions, verbose=False)
    terms = [compute(labels=labels, predictions=predictions) for compute in (
        rank.compute_overlooked_box_scores, rank.compute_badloc_box_scores, rank.compute_swap_box_scores)]
    return [{
        "given": given, "predicted": predicted, "score": float(scores[i]),
        "terms": [[None if np.isnan(v) else float(v) for v in term[i]] for term in terms],
    } for i, (given, predicted) in enumerate(images)]


def classes(seed):
    from cleanlab import count, filter, rank

    rng = np.random.default_rng(seed)
    kinds, size = int(rng.integers(2, 5)), int(rng.integers(20, 120))
    truth = np.r_[np.arange(kinds), np.arange(kinds), np.arange(kinds), rng.integers(0, kinds, size)]
    size = len(truth)
    probabilities = 0.5 * rng.dirichlet(np.ones(kinds) * 0.5, size)
    probabilities[np.arange(size), truth] += 0.5
    if seed % 3 == 0:  # many equal ones
        probabilities = np.round(probabilities, 1) + 1e-12
        probabilities /= probabilities.sum(1, keepdims=True)
    given, is_flipped = truth.copy(), rng.random(size) < 0.15
    is_flipped[:kinds] = False
    given[is_flipped] = rng.integers(0, kinds, is_flipped.sum())
    return {
        "given": given.tolist(), "probabilities": probabilities.tolist(),
        "thresholds": count.get_confident_thresholds(given, probabilities).tolist(),
        "counts": count.compute_confident_joint(given, probabilities, calibrate=False).tolist(),
        "joint": count.estimate_joint(given, probabilities).tolist(),
        "flagged": np.flatnonzero(
            filter.find_label_issues(given, probabilities, filter_by="confident_learning", n_jobs=1)).tolist(),
        "self_confidence": rank.get_label_quality_scores(given, probabilities).tolist(),
        "margin": rank.get_label_quality_scores(given, probabilities, method="normalized_margin").tolist(),
    }


def agreement(seed):
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(seed)
    left = rng.integers(0, 3, 40)
    right = np.where(rng.random(40) < 0.7, left, rng.integers(0, 3, 40))
    values = rng.random((rng.integers(1, 8), rng.integers(1, 8)))
    rows, columns = linear_sum_assignment(values, maximize=True)
    return {"left": left.tolist(), "right": right.tolist(), "kappa": float(cohen_kappa_score(left, right)),
            "values": values.tolist(), "pairs": [[int(r), int(c)] for r, c in zip(rows, columns)]}


if __name__ == "__main__":
    make = {"boxes": boxes, "classes": classes, "agreement": agreement}[sys.argv[1]]
    for number in range(int(sys.argv[2])):
        print(json.dumps(make(number)))
