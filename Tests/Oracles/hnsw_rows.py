"""The rows that hnswlib finds: `hnsw_rows.py DIMENSIONS COUNT K EF SPACE`, M = 16, ef at construction 100.

Standard input: COUNT vectors and then the queries, 32-bit floats. A line of row numbers for each query.
"""

import sys

import hnswlib
import numpy

dimensions, count, k, ef = map(int, sys.argv[1:5])
numbers = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float32).reshape(-1, dimensions)
index = hnswlib.Index(space=sys.argv[5], dim=dimensions)
index.init_index(max_elements=count, ef_construction=100, M=16, random_seed=1)
index.add_items(numbers[:count], num_threads=1)
index.set_ef(ef)
for rows in index.knn_query(numbers[count:], k=k, num_threads=1)[0]:
    print(*rows)
