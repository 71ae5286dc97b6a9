"""Amazon Rekognition."""

from __future__ import annotations

from typing import ClassVar

from archkit.shared.services import Service


class Rekognition(Service, name="rekognition", icon="aws/ml/rekognition", service="Amazon Rekognition"):
    """Image and video analysis: labels, text, faces, moderation.

    An edge to it grants the operations that it names: `resize -> eyes: DetectLabels, DetectText`. Images and videos are
    read with the caller's own rights on their bucket. `names: {collection: [staff]}` limits faces to the collections
    named.
    """

    example = "{names: {collection: [staff]}}"
    prefix = "rekognition"
    words: ClassVar = {
        "labels": ("DetectLabels",),
        "text": ("DetectText",),
        "faces": ("DetectFaces", "CompareFaces"),
        "moderate": ("DetectModerationLabels",),
        "search": ("SearchFaces", "SearchFacesByImage"),
        "index": ("IndexFaces",),
        "video": ("StartLabelDetection", "GetLabelDetection"),
    }
    calls: ClassVar = (
        "CompareFaces", "CreateCollection", "CreateFaceLivenessSession", "DeleteFaces", "DescribeCollection",
        "DetectCustomLabels", "DetectFaces", "DetectLabels", "DetectModerationLabels", "DetectProtectiveEquipment",
        "DetectText", "GetCelebrityInfo", "GetCelebrityRecognition", "GetContentModeration", "GetFaceDetection",
        "GetFaceLivenessSessionResults", "GetFaceSearch", "GetLabelDetection", "GetPersonTracking",
        "GetSegmentDetection", "GetTextDetection", "IndexFaces", "ListFaces", "RecognizeCelebrities", "SearchFaces",
        "SearchFacesByImage", "SearchUsers", "SearchUsersByImage", "StartCelebrityRecognition",
        "StartContentModeration", "StartFaceDetection", "StartFaceLivenessSession", "StartFaceSearch",
        "StartLabelDetection", "StartPersonTracking", "StartSegmentDetection", "StartTextDetection",
    )  # fmt: skip
    within: ClassVar = {
        **dict.fromkeys(("CreateCollection", "DeleteFaces", "DescribeCollection", "IndexFaces", "ListFaces",
                         "SearchFaces", "SearchFacesByImage", "SearchUsers", "SearchUsersByImage", "StartFaceSearch"),
                        "collection"),
        "DetectCustomLabels": "project",
    }  # fmt: skip
