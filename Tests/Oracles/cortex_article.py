"""What Cortex's article does, by `requests` and OpenCV: cortex_article.py SERVER IMAGE_URL.

Adds a URL, downloads the picture, draws its boxes, and pages through those that match the article's query. Prints a
line of JSON.
"""

import json
import sys

import cv2
import numpy
import requests

server, url = sys.argv[1:3]
session = requests.Session()
session.trust_env = False

sample = session.post(f"{server}/add", json={"url_or_id": url}).json()
same = session.post(f"{server}/add", json={"url_or_id": sample["_id"]}).json()

picture = cv2.imdecode(numpy.frombuffer(session.get(sample["url"]).content, numpy.uint8), cv2.IMREAD_COLOR)
drawn = 0
for boxes in sample["object_analysis"]:
    for box in boxes:
        cv2.rectangle(picture, (box["x1"], box["y1"]), (box["x2"], box["y2"]), (0, 255, 0), 5)
        cv2.putText(picture, f"{box['classname']} {box.get('conf', 1):.2f}", (box["x1"], box["y1"] - 10),
                    cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 255, 0), 2)
        drawn += (picture[box["y1"], box["x1"]] == (0, 255, 0)).all().item()

query = {"object_analysis": {"$elemMatch": {"$elemMatch": {"classname": "cat"}}}, "width": {"$gt": 100}}
found, page = [], 1
while True:
    answer = session.get(
        f"{server}/get-labeled-data", params={"page": str(page), "q": json.dumps(query)},
        headers={"X-RapidAPI-Key": "a key of theirs", "X-RapidAPI-Host": "cortex-api4.p.rapidapi.com"}).json()
    if not answer["output"]:
        break
    assert len(answer["output"]) <= 25, len(answer["output"])
    found += [one["_id"] for one in answer["output"]]
    page += 1

print(json.dumps({
    "sample": sample, "same": same == sample, "shape": list(picture.shape), "drawn": drawn, "found": len(found),
    "different": len(set(found)), "size": answer["size"], "pages": page - 1}))
