"""`Dataset`, and a `DataLoader` that goes through one in one process and stacks pictures into arrays."""

import random

import numpy as np


class Dataset:
    """What has a length and can be indexed."""


class DataLoader:
    """Batches of a dataset, in its order, in a sampler's, or shuffled."""

    def __init__(self, dataset, batch_size=1, shuffle=False, sampler=None):
        self.dataset, self.batch_size = dataset, batch_size
        self.order = list(sampler if sampler is not None else range(len(dataset)))
        if shuffle:
            random.shuffle(self.order)

    def __iter__(self):
        for start in range(0, len(self.order), self.batch_size):
            rows = [self.dataset[index] for index in self.order[start:start + self.batch_size]]
            pictures, labels = zip(*rows)
            yield np.stack(pictures), list(labels)
