"""CSV files as aperturedb's loaders read them, and the loading of one."""

import csv


def write(path, rows):
    """Writes dictionaries of the same keys as a CSV file and gives its path."""
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def load(client, data, batch=4, threads=2):
    """Ingests one of aperturedb's data classes; gives the loader, for its counts."""
    from aperturedb.ParallelLoader import ParallelLoader

    loader = ParallelLoader(client)
    loader.ingest(data, batchsize=batch, numthreads=threads)
    assert loader.error_counter == 0
    return loader
