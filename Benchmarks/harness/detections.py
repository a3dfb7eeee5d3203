"""Images with labelled boxes, and questions about them: no pixels, only what is known of them."""

import random
from bisect import bisect

LABELS = 80


class Detections:
    """Draws images and questions; labels have frequencies that fall as 1 / rank."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sums = []
        for rank in range(1, LABELS + 1):
            self.sums.append((self.sums[-1] if self.sums else 0) + 1 / rank)

    def image(self, number):
        """The path of an image, and of each of its boxes, three on average, label, confidence and place, in parts
        of the image of 1000 × 1000 pixels."""
        boxes = []
        for _ in range(self.random.randint(1, 5)):
            x, y = self.random.randrange(500), self.random.randrange(500)
            boxes.append((self.label(), self.confidence(), [x, y, 100 + self.random.randrange(400),
                                                             100 + self.random.randrange(400)]))
        return f"/nowhere/{number:07}.jpg", boxes

    def label(self):
        return f"class-{min(bisect(self.sums, self.random.uniform(0, self.sums[-1])), LABELS - 1):02}"

    def confidence(self):
        return round(self.random.random(), 4)

    def question(self, kind):
        """Labels of which no two are the same, and a confidence."""
        first = second = self.label()
        while second == first:
            second = self.label()
        return {"kind": kind, "labels": [first, second] if kind.startswith("two labels") else [first],
                "confidence": self.confidence()}
